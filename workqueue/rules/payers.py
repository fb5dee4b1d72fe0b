"""What kind of payer one is, and the limits that hold until its contract says otherwise.

Days are the defaults of the office's reference (regulation and EDI, 4.1 and 4.6); what is usually collected
of a billed balance is a starting point, to be replaced by the office's own figures.
"""

import re
from dataclasses import dataclass

from workqueue.rules.states import PayerKind


@dataclass(frozen=True)
class PayerDefaults:
    """The limits of one kind of payer."""

    response_days: int
    filing_days: int
    appeal_days: int
    net_bp: int


DEFAULTS: dict[PayerKind, PayerDefaults] = {
    # First check on day 15; one year from service (42 CFR 424.44); 120 days from receipt, presumed
    # five days after the notice (42 CFR 405.942).
    PayerKind.MEDICARE: PayerDefaults(15, 365, 125, 3500),
    # 65 days of the notice (42 CFR 422.582); filing is by contract, the short end is assumed.
    PayerKind.ADVANTAGE: PayerDefaults(30, 90, 65, 3500),
    # 90 % of clean claims paid in 30 days, filed within a year (42 CFR 447.45(d)); states: 30-90 to appeal.
    PayerKind.MEDICAID: PayerDefaults(30, 365, 60, 2500),
    # One year from service or discharge; appeal in 90 days.
    PayerKind.TRICARE: PayerDefaults(30, 365, 90, 4000),
    # Prompt-pay laws say about 30 days; filing and appeal windows start at 90 and 60 days.
    PayerKind.COMMERCIAL: PayerDefaults(30, 90, 60, 5000),
    PayerKind.OTHER: PayerDefaults(40, 90, 60, 4000),
}

_BY_INDICATOR: dict[str, PayerKind] = {
    "MA": PayerKind.MEDICARE,
    "MB": PayerKind.MEDICARE,
    "16": PayerKind.ADVANTAGE,
    "MC": PayerKind.MEDICAID,
    "CH": PayerKind.TRICARE,
    "VA": PayerKind.OTHER,
    "WC": PayerKind.OTHER,
    "AM": PayerKind.OTHER,
    "LM": PayerKind.OTHER,
    "OF": PayerKind.OTHER,
    "TV": PayerKind.OTHER,
    **dict.fromkeys(("12", "13", "14", "15", "17", "BL", "CI", "DS", "HM"), PayerKind.COMMERCIAL),
}

# In this order: "Medicare Advantage" is not Medicare.
_BY_NAME: tuple[tuple[re.Pattern[str], PayerKind], ...] = (
    (re.compile(r"\badvantage\b", re.IGNORECASE), PayerKind.ADVANTAGE),
    (re.compile(r"\b(medicaid|medi-cal|masshealth|badgercare)\b", re.IGNORECASE), PayerKind.MEDICAID),
    (re.compile(r"\b(medicare|dual eligible|noridian|novitas)\b", re.IGNORECASE), PayerKind.MEDICARE),
    (re.compile(r"\b(tricare|champus|champva)\b", re.IGNORECASE), PayerKind.TRICARE),
    (re.compile(r"\b(workers.? comp|auto|veterans)", re.IGNORECASE), PayerKind.OTHER),
    (
        re.compile(
            r"\b(aetna|cigna|humana|anthem|blue|bcbs|united ?health|uhc|kaiser|insurance|health ?plan|hmo)",
            re.IGNORECASE,
        ),
        PayerKind.COMMERCIAL,
    ),
)


def payer_kind(name: str, filing_indicator: str = "") -> PayerKind:
    """Tell the kind from the claim filing indicator (SBR09, CLP06), else from the name."""
    by_indicator = _BY_INDICATOR.get(filing_indicator.upper())
    if by_indicator:
        return by_indicator
    return next((kind for pattern, kind in _BY_NAME if pattern.search(name)), PayerKind.OTHER)


def payer_code(identifier: str, name: str) -> str:
    """Return the code a payer is kept under: its identifier, else its name in one spelling."""
    return " ".join((identifier or name).upper().split())
