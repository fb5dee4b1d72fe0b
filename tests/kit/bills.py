"""Bills of an office for the tests of the kit."""

from datetime import date, timedelta

from workqueue.kit.office import Bill, Insurer, Person
from workqueue.rules.states import PayerKind

DAY = date(2026, 3, 10)
INSURERS = (
    Insurer("SM001", "Sample Mutual"),
    Insurer("MCR01", "Sample Medicare", PayerKind.MEDICARE, 4_500),
    Insurer("MCD01", "Sample Medicaid", PayerKind.MEDICAID, None),
)


def some_bills(count: int, *, start: int = 1) -> list[Bill]:
    """Make bills of three payers; every tenth account has a second payer."""
    bills = []
    for number in range(start, start + count):
        person = Person(
            ("Robin", "Alex", "Sam")[number % 3],
            "Testwell",
            f"M{number:07d}",
            date(1950, 1, 1) + timedelta(number),
        )
        sent_on = DAY - timedelta(days=20 + number % 5)
        charge = 8_000 + number * 917
        insurer = INSURERS[number % 3]
        first = Bill(f"T{number:06d}", person, insurer, charge, sent_on - timedelta(days=4), sent_on)
        bills.append(first)
        if number % 10 == 0:
            second = Insurer("SUP01", "Sample Supplement", PayerKind.OTHER, None)
            bills.append(Bill(first.number, person, second, charge, first.service_on, sent_on, sequence=2))
    return bills
