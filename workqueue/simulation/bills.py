"""What is billed, day by day, and what payers make of it: the kit plans it, as it does for files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from workqueue.demonstration.patients import PAYERS, PayerTerms, resident
from workqueue.kit.office import Bill
from workqueue.kit.planning import Fate, fates_of
from workqueue.kit.workshop import Workshop
from workqueue.simulation.office import BACKLOG_HALF_LIFE_DAYS, Office, days_before

SMALLEST_CENTS, USUAL_CENTS, LARGEST_CENTS = 6_000, 45_000, 900_000
SPREAD = 0.9
"""Charges are spread as the demonstration's are: lognormal, the middle one 450 dollars."""
SOONEST_ANSWER_DAYS, LATEST_ANSWER_DAYS = 7, 21
TERMS: dict[str, PayerTerms] = {each.insurer.code: each for each in PAYERS}


@dataclass(frozen=True)
class Heard:
    """A bill and all that was said and paid about it, as it is known on a day."""

    on: date
    bill: Bill
    fate: Fate


def heard_on(office: Office, on: date, count: int) -> list[Heard]:
    """Return what becomes known on a day about so many bills."""
    shop = Workshop(office.seed % 1000, on)
    bills = [_bill(office.seed, on, number) for number in range(count)]
    # The kit answers in the order of the numbers, in which they were made.
    return [Heard(on, bill, fate) for bill, fate in zip(bills, fates_of(shop, bills), strict=True)]


def heard(office: Office) -> Iterator[Heard]:
    """Yield what the office knows at the start, thinned as old work is, and then what each day brings."""
    first, *later = office.working_days[:-1]
    for day in (*days_before(first), first):
        kept = 0.5 ** ((first - day).days / BACKLOG_HALF_LIFE_DAYS)
        yield from heard_on(office, day, max(1, round(office.bills_a_day * kept)))
    for day in later:
        yield from heard_on(office, day, office.bills_a_day)


def _bill(seed: int, on: date, number: int) -> Bill:
    draw = Random(f"{seed}:{on}:{number}")  # noqa: S311 - invented accounts, not secrets
    cents = int(draw.lognormvariate(0, SPREAD) * USUAL_CENTS)
    terms = draw.choices(PAYERS, [each.share for each in PAYERS])[0]
    submitted_on = on - timedelta(days=draw.randint(SOONEST_ANSWER_DAYS, LATEST_ANSWER_DAYS))
    ordinal = on.toordinal() % 10_000 * 10_000 + number
    return Bill(
        number=f"S{seed % 100:02d}{ordinal:08d}",
        patient=resident(seed, ordinal).person,
        insurer=terms.insurer,
        charge_cents=min(max(cents, SMALLEST_CENTS), LARGEST_CENTS),
        service_on=submitted_on - timedelta(days=draw.randint(1, 4)),
        submitted_on=submitted_on,
    )
