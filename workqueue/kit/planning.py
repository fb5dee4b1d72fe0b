"""One run of the kit: what becomes of the office's bills, written into files."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import TypeVar

from workqueue.kit.faults import BILLS_A_FAULT, FAULTS, faulty_files, portions_of
from workqueue.kit.files import Kit, KitFile
from workqueue.kit.interchange import Kind, TransactionSet
from workqueue.kit.office import Bill
from workqueue.kit.remittance import Payment, ProviderLevel, remittance_set
from workqueue.kit.settling import Settled, Settlement, forwarded, reversal_of, settle, settle_second
from workqueue.kit.status import Status
from workqueue.kit.workshop import Workshop

Item = TypeVar("Item")

# How the claims of an ordinary week come back, in hundredths.
SETTLEMENTS: Mapping[Settlement, int] = {
    Settlement.PAID: 45,
    Settlement.NOTHING_LEFT: 12,
    Settlement.ALL_DEDUCTIBLE: 8,
    Settlement.UNDERPAID: 8,
    Settlement.PARTIAL: 9,
    Settlement.DENIED: 18,
}
REJECTED_SHARE, PENDING_SHARE, CORRECTED_SHARE, FORWARDED_SHARE = 0.08, 0.2, 0.08, 0.05
REJECTIONS = (
    ("A3", "21", "PR"),
    ("A6", "562", "85"),
    ("A7", "500", "IL"),
    ("A8", "116", "PR"),
    ("A4", "35", "PR"),
)
PENDING = (
    ("P1", "20", ""),
    ("P1", "3", ""),
    ("P2", "55", ""),
    ("P3", "46", "85"),
    ("R4", "294", ""),
    ("D0", "35", ""),
)


@dataclass(frozen=True)
class Fate:
    """What becomes of one bill: what is said of it, and what is paid."""

    acknowledged: tuple[Status, ...] = ()
    status: tuple[Status, ...] = ()
    settled: tuple[tuple[date, Settled], ...] = ()


def plan(
    bills: Sequence[Bill],
    *,
    seed: int,
    day: date,
    kinds: Sequence[Kind] = tuple(Kind),
    faults: Sequence[str] = (),
    claims_per_file: int = 500,
) -> Kit:
    """Make the files about these bills; those of the faults come last and are about bills of their own."""
    shop = Workshop(seed, day)
    ordinary, portions = _set_apart(bills, len(faults))
    fates = fates_of(shop, ordinary)
    makers: Mapping[Kind, Callable[[], Iterator[TransactionSet]]] = {
        Kind.SUBMISSION: lambda: submissions(shop, ordinary, claims_per_file),
        Kind.ACKNOWLEDGEMENT: lambda: answers(
            shop.acknowledgement, (each for fate in fates for each in fate.acknowledged), claims_per_file
        ),
        Kind.STATUS: lambda: answers(
            shop.status, (each for fate in fates for each in fate.status), claims_per_file
        ),
        Kind.REMITTANCE: lambda: payments(
            shop, (each for fate in fates for each in fate.settled), claims_per_file
        ),
    }
    files: list[KitFile] = []
    for kind in kinds:
        files += packed(shop, makers[kind](), claims_per_file)
    files += faulty_files(shop, portions, faults)
    return Kit(seed, day, tuple(files))


def _set_apart(bills: Sequence[Bill], wanted: int) -> tuple[list[Bill], list[list[Bill]]]:
    """Keep some accounts for the faults alone: of the newest, and half of all at most."""
    most = max(1, len(bills) // (2 * BILLS_A_FAULT))
    portions = portions_of(bills[::-1], min(wanted, most))
    numbers = {bill.number for portion in portions for bill in portion}
    return [bill for bill in bills if bill.number not in numbers], portions


def known_faults(named: str) -> list[str]:
    """Read a choice of faults: none, some (all there are) or names with commas between."""
    if named in {"none", ""}:
        return []
    if named == "some":
        return list(FAULTS)
    names = [name.strip() for name in named.split(",")]
    unknown = [name for name in names if name not in FAULTS]
    if unknown:
        raise ValueError(f"There is no fault called {', '.join(unknown)}. There are: {', '.join(FAULTS)}.")
    return names


def fates_of(shop: Workshop, bills: Iterable[Bill]) -> list[Fate]:
    """Draw what becomes of each bill; a second payer answers after the first."""
    firsts: dict[str, tuple[date, Settled]] = {}
    fates = []
    for bill in sorted(bills, key=lambda each: (each.sequence, each.number)):
        draw = shop.draw(bill.number, bill.sequence)
        if bill.sequence > 1:
            fates.append(_second_fate(bill, shop.day, firsts.get(bill.number)))
            continue
        fate = _fate(bill, shop.day, draw)
        if fate.settled:
            firsts[bill.number] = fate.settled[-1]
        fates.append(fate)
    return fates


def _fate(bill: Bill, day: date, draw: Random) -> Fate:
    received = bill.submitted_on + timedelta(days=draw.randint(1, 3))
    # Said of the receiver (40); what the payer itself has said before is another statement.
    taken = Status(bill, "A2", "20", received, "40")
    chance = draw.random()
    if chance < REJECTED_SHARE:
        return Fate(acknowledged=(Status(bill, *_said(draw, REJECTIONS, received)),))
    if chance < REJECTED_SHARE + PENDING_SHARE:
        said = max(received, day - timedelta(days=draw.randint(0, 12)))
        return Fate((taken,), (Status(bill, *_said(draw, PENDING, said)),))
    (settlement,) = draw.choices(list(SETTLEMENTS), list(SETTLEMENTS.values()))
    return _settled_fate(bill, day, draw, taken, settle(bill, settlement, draw))


def _said(draw: Random, among: Sequence[tuple[str, str, str]], on: date) -> tuple[str, str, date, str]:
    category, code, entity = draw.choice(among)
    return category, code, on, entity


def _settled_fate(bill: Bill, day: date, draw: Random, taken: Status, settled: Settled) -> Fate:
    paid_on = max(taken.on, day - timedelta(days=draw.randint(0, 6)))
    said: tuple[Status, ...] = ()
    if draw.random() < 0.4:
        category, code = ("F1", "65") if settled.paid_cents else ("F2", "585")
        said = (Status(bill, category, code, paid_on, paid_cents=settled.paid_cents),)
    chance = draw.random()
    if chance < CORRECTED_SHARE:
        again = settle(bill, draw.choice((Settlement.PAID, Settlement.DENIED)), draw)
        earlier = paid_on - timedelta(days=draw.randint(7, 20))
        return Fate((taken,), said, ((earlier, settled), (paid_on, reversal_of(settled)), (paid_on, again)))
    if chance < CORRECTED_SHARE + FORWARDED_SHARE:
        settled = forwarded(settled)
    return Fate((taken,), said, ((paid_on, settled),))


def _second_fate(bill: Bill, day: date, first: tuple[date, Settled] | None) -> Fate:
    if first is None or not first[1].adjusted_cents("PR"):
        return Fate()
    return Fate(settled=((max(day, first[0] + timedelta(days=1)), settle_second(bill, first[1])),))


def submissions(shop: Workshop, bills: Iterable[Bill], most: int) -> Iterator[TransactionSet]:
    """Write the bills, a set for each day on which some were sent."""
    for (_, sent_on), members in _grouped(bills, lambda each: ("", each.submitted_on)):
        for part in _parts(members, most):
            yield shop.submission(part, sent_on)


def answers(
    write: Callable[[Sequence[Status], date], TransactionSet], statuses: Iterable[Status], most: int
) -> Iterator[TransactionSet]:
    """Write what payers say, a set for each payer and day."""
    for (_, on), members in _grouped(statuses, lambda each: (each.bill.insurer.code, each.on)):
        for part in _parts(members, most):
            yield write(part, on)


def payments(shop: Workshop, settled: Iterable[tuple[date, Settled]], most: int) -> Iterator[TransactionSet]:
    """Write the payments, a set for each payer and day, some with adjustments outside of the claims."""
    for (_, paid_on), members in _grouped(settled, lambda each: (each[1].bill.insurer.code, each[0])):
        for part in _parts(members, most):
            payment = shop.payment((each for _, each in part), paid_on)
            draw = shop.draw(payment.trace)
            yield remittance_set(replace(payment, provider_level=_provider_level(payment, draw)))


def _provider_level(payment: Payment, draw: Random) -> tuple[ProviderLevel, ...]:
    room = max(0, payment.cents // 4)
    drawn: list[ProviderLevel] = []
    if draw.random() < 0.2 and room:
        drawn.append(ProviderLevel("WO", payment.settled[0].bill.control_number, draw.randint(1, room)))
    if draw.random() < 0.2:
        drawn.append(ProviderLevel("L6", payment.trace, -draw.randint(5, 900)))
    if draw.random() < 0.1 and room:
        drawn.append(ProviderLevel("FB", f"P{payment.trace}", draw.randint(1, room)))
    if draw.random() < 0.05 and room:
        returned = draw.randint(1, room)
        drawn += [
            ProviderLevel("72", payment.settled[-1].bill.control_number, -returned),
            ProviderLevel("WO", payment.settled[-1].bill.control_number, returned),
        ]
    return tuple(drawn)


def packed(shop: Workshop, sets: Iterable[TransactionSet], most: int) -> Iterator[KitFile]:
    """Put sets into files of about so many claims."""
    waiting: list[TransactionSet] = []
    for each in sets:
        waiting.append(each)
        if sum(one.totals.claims for one in waiting) >= most:
            yield shop.file(*waiting)
            waiting = []
    if waiting:
        yield shop.file(*waiting)


def _grouped(
    items: Iterable[Item], key: Callable[[Item], tuple[str, date]]
) -> list[tuple[tuple[str, date], list[Item]]]:
    groups: dict[tuple[str, date], list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return sorted(groups.items(), key=lambda each: each[0])


def _parts(members: Sequence[Item], most: int) -> Iterator[list[Item]]:
    rest = iter(members)
    while part := list(islice(rest, most)):
        yield part
