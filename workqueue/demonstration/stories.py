"""What happened to the accounts of the demonstration: one short story for each, told in days before today."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from workqueue.demonstration.patients import (
    ADVANTAGE,
    MEDICAID,
    MUTUAL,
    PAYERS,
    SECOND,
    UNITED,
    PayerTerms,
    resident,
)
from workqueue.kit.office import Bill
from workqueue.kit.settling import (
    Adjustment,
    Settled,
    SettledLine,
    Settlement,
    forwarded,
    reversal_of,
    settle,
    settle_second,
)
from workqueue.kit.status import Status

SMALLEST_CENTS, USUAL_CENTS, LARGEST_CENTS = 6_000, 45_000, 900_000


@dataclass
class Chronicle:
    """Everything that is told to the office, each with its day."""

    submitted: list[Bill] = field(default_factory=list)
    acknowledged: list[Status] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    settled: list[tuple[date, Settled]] = field(default_factory=list)
    patient_paid: list[tuple[date, str, int]] = field(default_factory=list)
    """Day, account number, cents."""


@dataclass(frozen=True)
class Teller:
    """Tells the story of one account."""

    chronicle: Chronicle
    today: date
    draw: Random
    bill: Bill

    def ago(self, most: int, least: int) -> date:
        return self.today - timedelta(days=self.draw.randint(least, most))

    def submit(self, most: int, least: int, terms: PayerTerms | None = None, *, wait: int = 4) -> Bill:
        """Send the claim between `most` and `least` days ago, some days after the visit."""
        sent_on = self.ago(most, least)
        bill = replace(
            self.bill,
            insurer=terms.insurer if terms else self.bill.insurer,
            service_on=sent_on - timedelta(days=self.draw.randint(1, wait)),
            submitted_on=sent_on,
        )
        self.chronicle.submitted.append(bill)
        return bill

    def accept(self, bill: Bill) -> None:
        on = min(bill.submitted_on + timedelta(days=self.draw.randint(1, 2)), self.today)
        self.chronicle.acknowledged.append(Status(bill, "A2", "20", on, "PR"))

    def refuse(self, bill: Bill, category: str, code: str, entity: str) -> None:
        on = min(bill.submitted_on + timedelta(days=self.draw.randint(1, 2)), self.today)
        self.chronicle.acknowledged.append(Status(bill, category, code, on, entity))

    def say(self, bill: Bill, category: str, code: str, on: date, paid_cents: int = 0) -> None:
        self.chronicle.statuses.append(Status(bill, category, code, on, paid_cents=paid_cents))

    def pay(self, bill: Bill, settlement: Settlement, on: date, reason: str = "") -> Settled:
        settled = settle(bill, settlement, self.draw, reason=reason)
        self.remit(settled, on)
        return settled

    def remit(self, settled: Settled, on: date) -> None:
        self.chronicle.settled.append((on, settled))

    def pay_by_patient(self, on: date, cents: int) -> None:
        self.chronicle.patient_paid.append((on, self.bill.number, cents))


Story = Callable[[Teller], None]
STORIES: list[tuple[Story, int]] = []
"""Each story with how many accounts of a hundred it is about."""


def _share(hundredths: int) -> Callable[[Story], Story]:
    def note(story: Story) -> Story:
        STORIES.append((story, hundredths))
        return story

    return note


@_share(6)
def paid_in_full(teller: Teller) -> None:
    bill = teller.submit(100, 55)
    teller.accept(bill)
    teller.pay(bill, Settlement.NOTHING_LEFT, teller.ago(40, 2))


@_share(3)
def paid_by_the_patient(teller: Teller) -> None:
    bill = teller.submit(100, 75)
    teller.accept(bill)
    settled = teller.pay(bill, Settlement.PAID, teller.ago(60, 45))
    teller.pay_by_patient(teller.ago(40, 1), settled.patient_cents)


@_share(19)
def patient_owes(teller: Teller) -> None:
    bill = teller.submit(100, 75)
    teller.accept(bill)
    settlement = teller.draw.choice((Settlement.PAID, Settlement.PAID, Settlement.ALL_DEDUCTIBLE))
    settled = teller.pay(bill, settlement, teller.ago(70, 16))
    if teller.draw.random() < 0.25:
        teller.pay_by_patient(teller.ago(14, 1), settled.patient_cents // 3)


@_share(5)
def patient_owes_since_now(teller: Teller) -> None:
    bill = teller.submit(50, 20)
    teller.accept(bill)
    teller.pay(bill, Settlement.PAID, teller.ago(10, 0))


@_share(13)
def payer_does_not_answer(teller: Teller) -> None:
    bill = teller.submit(80, 44)
    teller.accept(bill)
    if teller.draw.random() < 0.3:
        teller.say(bill, "P1", "20", teller.ago(34, 20))


@_share(9)
def payer_is_at_work(teller: Teller) -> None:
    bill = teller.submit(14, 3)
    teller.accept(bill)
    if teller.draw.random() < 0.3:
        teller.say(bill, "P1", "20", teller.ago(2, 0))


@_share(7)
def rejected(teller: Teller) -> None:
    bill = teller.submit(20, 3)
    teller.refuse(bill, *teller.draw.choice(
        (("A3", "21", "PR"), ("A6", "562", "85"), ("A7", "500", "IL"), ("A8", "116", "PR"))
    ))  # fmt: skip


@_share(5)
def not_found(teller: Teller) -> None:
    bill = teller.submit(40, 5)
    if teller.draw.random() < 0.6:
        teller.refuse(bill, "A4", "35", "PR")
    else:
        teller.accept(bill)
        teller.say(bill, "D0", "35", teller.ago(4, 0))


@_share(6)
def information_wanted(teller: Teller) -> None:
    bill = teller.submit(50, 20)
    teller.accept(bill)
    category, code = teller.draw.choice((("P3", "46"), ("R4", "294"), ("R1", "294")))
    teller.say(bill, category, code, teller.ago(15, 0))


@_share(7)
def denied(teller: Teller) -> None:
    bill = teller.submit(60, 28)
    teller.accept(bill)
    on = teller.ago(24, 0)
    if teller.draw.random() < 0.4:
        teller.say(bill, "F2", "585", on)
    teller.pay(bill, Settlement.DENIED, on)


@_share(3)
def denied_in_part(teller: Teller) -> None:
    bill = teller.submit(60, 28)
    teller.accept(bill)
    teller.pay(bill, Settlement.PARTIAL, teller.ago(24, 0))


@_share(3)
def appeal_runs_out(teller: Teller) -> None:
    terms = teller.draw.choice((ADVANTAGE, MEDICAID, MUTUAL, UNITED))
    bill = teller.submit(100, 75, terms)
    teller.accept(bill)
    on = teller.today - timedelta(days=terms.appeal_days - teller.draw.randint(3, 24))
    teller.pay(bill, Settlement.DENIED, on, reason=teller.draw.choice(("50", "197", "151")))


@_share(3)
def filing_runs_out(teller: Teller) -> None:
    teller.submit(82, 66, teller.draw.choice((ADVANTAGE, MUTUAL)), wait=3)


@_share(5)
def underpaid(teller: Teller) -> None:
    richer = replace(teller, bill=replace(teller.bill, charge_cents=teller.bill.charge_cents + 20_000))
    bill = richer.submit(60, 28)
    teller.accept(bill)
    teller.pay(bill, Settlement.UNDERPAID, teller.ago(25, 0))


@_share(2)
def paid_under_another_number(teller: Teller) -> None:
    """Somebody mistyped the number: our claim waits, and the money is without an account."""
    bill = teller.submit(60, 44)
    teller.accept(bill)
    teller.pay(replace(bill, number=f"X{bill.number[1:]}"), Settlement.NOTHING_LEFT, teller.ago(12, 0))


@_share(2)
def paid_twice(teller: Teller) -> None:
    bill = teller.submit(70, 40)
    teller.accept(bill)
    settled = teller.pay(bill, Settlement.NOTHING_LEFT, teller.ago(30, 12))
    again = tuple(replace(line, charge_cents=line.paid_cents, adjustments=()) for line in settled.lines)
    teller.remit(replace(settled, lines=again), teller.ago(10, 0))


@_share(1)
def patient_paid_too_much(teller: Teller) -> None:
    bill = teller.submit(100, 75)
    teller.accept(bill)
    settled = teller.pay(bill, Settlement.PAID, teller.ago(60, 45))
    teller.pay_by_patient(teller.ago(30, 0), settled.patient_cents + 2_500)


@_share(2)
def nobody_explains_the_rest(teller: Teller) -> None:
    """The payer counts on another one that the office does not know of."""
    bill = teller.submit(60, 28)
    teller.accept(bill)
    lines = tuple(
        SettledLine(
            line,
            line.charge_cents,
            line.charge_cents // 2,
            (Adjustment("OA", "23", -(-line.charge_cents // 2)),),
        )
        for line in bill.lines
    )
    teller.remit(Settled(bill, "1", lines), teller.ago(20, 0))


@_share(4)
def second_payer(teller: Teller) -> None:
    bill = teller.submit(90, 70)
    teller.accept(bill)
    on = teller.ago(55, 40)
    settled = forwarded(settle(bill, Settlement.PAID, teller.draw))
    teller.remit(settled, on)
    again = replace(
        bill,
        sequence=2,
        insurer=SECOND.insurer,
        submitted_on=on + timedelta(days=1),
        known_control_number="",
    )
    teller.chronicle.submitted.append(again)
    if teller.draw.random() < 0.6:
        teller.remit(settle_second(again, settled), teller.ago(30, 1))


@_share(3)
def decided_twice(teller: Teller) -> None:
    bill = teller.submit(90, 60)
    teller.accept(bill)
    first = teller.pay(bill, Settlement.PAID, teller.ago(50, 30))
    on = teller.ago(20, 0)
    teller.remit(reversal_of(first), on)
    teller.pay(bill, teller.draw.choice((Settlement.DENIED, Settlement.PAID)), on)


def tell(accounts: int, *, seed: int, today: date, first: int = 1) -> Chronicle:
    """Tell the stories of so many accounts; every story occurs, as often as its share says."""
    chronicle = Chronicle()
    draw = Random(f"{seed}:stories")  # noqa: S311 - invented accounts, not secrets
    told = list(_dealt(accounts))
    draw.shuffle(told)
    for ordinal, story in enumerate(told, start=first):
        story(Teller(chronicle, today, draw, _bill(seed, ordinal, today)))
    return chronicle


def number_of(seed: int, ordinal: int) -> str:
    return f"D{seed:02d}{ordinal:07d}"


def patient_of(ordinal: int) -> int:
    """Return which patient an account belongs to: some have two accounts."""
    return ordinal - 1 if ordinal % 7 == 0 else ordinal


def _bill(seed: int, ordinal: int, today: date) -> Bill:
    draw = Random(f"{seed}:account:{ordinal}")  # noqa: S311 - invented accounts, not secrets
    cents = int(draw.lognormvariate(0, 0.9) * USUAL_CENTS)
    terms = draw.choices(PAYERS, [each.share for each in PAYERS])[0]
    return Bill(
        number=number_of(seed, ordinal),
        patient=resident(seed, patient_of(ordinal)).person,
        insurer=terms.insurer,
        charge_cents=min(max(cents, SMALLEST_CENTS), LARGEST_CENTS),
        service_on=today,
        submitted_on=today,
    )


def _dealt(accounts: int) -> Iterator[Story]:
    """Deal the stories out by their shares, each at least once while there are accounts."""
    whole = sum(share for _, share in STORIES)
    counts = [max(1, accounts * share // whole) for _, share in STORIES]
    dealt = [story for (story, _), count in zip(STORIES, counts, strict=True) for story in [story] * count]
    most_told = max(STORIES, key=lambda each: each[1])[0]
    # Rounding leaves some over; of a few accounts each is another story.
    dealt = list(dict.fromkeys(dealt))[:accounts] if len(dealt) > accounts else dealt
    yield from dealt
    yield from [most_told] * (accounts - len(dealt))
