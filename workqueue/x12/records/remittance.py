"""What an 835 says: a payment, its claims and lines, its provider adjustments."""

from datetime import date
from typing import NamedTuple

from workqueue.x12.records.envelope import Finding, SetHeader, SetSummary


class RemittanceStart(NamedTuple):
    """BPR, TRN, the payer and the payee: the payment a remittance explains."""

    header: SetHeader
    handling_code: str
    amount_cents: int
    """BPR02; negative when BPR03 says debit."""
    credit_or_debit: str
    method: str
    paid_on: date | None
    trace: str
    """TRN02: check or EFT number."""
    payer_tin: str
    """TRN03: the originating company."""
    payer_name: str
    payer_id: str
    payee_name: str
    payee_npi: str
    payee_tin: str
    produced_on: date | None
    receiver_id: str
    """REF*EV."""


class Adjustment(NamedTuple):
    """One CAS triple: positive reduces the payment, negative raises it."""

    group: str
    reason: str
    cents: int
    line: int
    """Which service line, from 1; 0 for the claim as a whole."""


class RemittanceLine(NamedTuple):
    """SVC and what follows it. Its adjustments are with the claim's, by `number`."""

    number: int
    qualifier: str
    procedure: str
    modifiers: tuple[str, ...]
    revenue_code: str
    charge_cents: int
    paid_cents: int
    units: str
    service_from: date | None
    service_through: date | None
    control_number: str
    """REF*6R: the provider's own line number."""
    remark_codes: tuple[str, ...]


class RemittanceClaim(NamedTuple):
    """CLP and what follows it: what a payer did with one claim."""

    claim_number: str
    status_code: str
    charge_cents: int
    paid_cents: int
    patient_responsibility_cents: int
    filing_indicator: str
    payer_control_number: str
    facility_code: str
    frequency: str
    last_name: str
    first_name: str
    middle_name: str
    member_id: str
    """Of the insured (NM1*IL) where given, else of the patient (NM1*QC)."""
    rendering_npi: str
    crossover_payer_name: str
    crossover_payer_id: str
    """NM1*TT: to whom the claim was forwarded."""
    original_number: str
    """REF*F8."""
    service_from: date | None
    """DTM*232, or the first day of its lines."""
    service_through: date | None
    statement_from: date | None
    """DTM*232/233 as sent."""
    statement_through: date | None
    received_on: date | None
    remark_codes: tuple[str, ...]
    """MOA and MIA; those of LQ are with the lines."""
    adjustments: tuple[Adjustment, ...]
    """Of the claim (line 0) and of its lines, in the order of the file."""
    lines: tuple[RemittanceLine, ...]
    ordinal: int
    """1 for the first claim of the set with this claim number, payer number and status, 2 for the next..."""
    position: int
    findings: tuple[Finding, ...]


class ProviderAdjustment(NamedTuple):
    """One pair of a PLB: positive lowers the payment, negative raises it."""

    provider_id: str
    fiscal_on: date | None
    reason: str
    reference: str
    cents: int
    position: int


class RemittanceEnd(NamedTuple):
    """Totals of one 835 set and whether it balances."""

    header: SetHeader
    summary: SetSummary
    amount_cents: int
    claims: int
    lines: int
    charge_cents: int
    paid_cents: int
    patient_responsibility_cents: int
    provider_adjustment_cents: int
    adjustments: tuple[tuple[str, int], ...]
    """Cents by CAS group, in alphabetical order of the group."""
    difference_cents: int
    """Payment less (claims paid less provider adjustments); 0 when the set balances."""
    is_balanced: bool
    """True when the payment, every claim and every line add up and every amount could be read."""
