"""Amounts, days and codes as sentences say them."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.states import EntryKind, FactKind

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

SEQUENCES = {1: "Primary", 2: "Secondary", 3: "Tertiary"}

ENTRIES: dict[EntryKind, str] = {
    EntryKind.CHARGE: "Charge",
    EntryKind.CHARGE_CHANGE: "Charge corrected",
    EntryKind.PAYER_PAYMENT: "Payer payment",
    EntryKind.CONTRACTUAL: "Contractual adjustment",
    EntryKind.PATIENT_RESPONSIBILITY: "Patient's share",
    EntryKind.PATIENT_PAYMENT: "Patient payment",
    EntryKind.TRANSFER: "Transfer",
    EntryKind.WRITE_OFF: "Write-off",
    EntryKind.REFUND: "Refund",
    EntryKind.COORDINATION: "Settled between payers",
}

FACTS: dict[FactKind, str] = {
    FactKind.ACCOUNT_OPENED: "account opened",
    FactKind.CLAIM_SUBMITTED: "claim submitted",
    FactKind.CLAIM_STATUS: "claim status",
    FactKind.REMITTANCE_CLAIM: "remittance",
    FactKind.PAYMENT: "payment",
    FactKind.OFFICE_ENTRY: "entry by the office",
}


def dollars(cents: int) -> str:
    """Write an amount as `$1,234.50`, a negative one with a minus before the sign."""
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}${cents // 100:,}.{cents % 100:02}"


def day_words(day: date | None) -> str:
    """Write a day as `March 10, 2026`."""
    return f"{day:%B} {day.day}, {day.year}" if day else "an unknown day"


def moment_words(at: datetime) -> str:
    """Write a moment by the office's clock: `March 10, 2026, 1:05 PM`; midnight is the day."""
    local = at.astimezone(ZoneInfo(OFFICE_ZONE))
    if local.time() == time(0):
        return day_words(local.date())
    return f"{day_words(local.date())}, {local.hour % 12 or 12}:{local:%M %p}"


def sequence_words(sequence: int) -> str:
    return SEQUENCES.get(sequence, f"Payer {sequence}")


def person_name(first_name: str | None, last_name: str | None) -> str:
    """Write a name as it is spoken; nothing for nobody."""
    return " ".join(filter(None, (first_name, last_name)))
