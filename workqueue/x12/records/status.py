"""What a 277 or 277CA says of claims, and of whole batches of them."""

from datetime import date
from typing import NamedTuple

from workqueue.x12.records.envelope import Finding, SetHeader, SetSummary


class StatusStart(NamedTuple):
    """BHT and the first payer of a 277 or 277CA."""

    header: SetHeader
    purpose: str
    reference: str
    """BHT03."""
    created_on: date | None
    payer_name: str
    payer_id: str
    trace: str
    """TRN02 of the information source."""
    received_on: date | None
    """DTP*050 of the source."""
    processed_on: date | None
    """DTP*009 of the source."""


class StatusCode(NamedTuple):
    """STC01, STC10 or STC11: category, status and the entity it speaks of."""

    category: str
    code: str
    entity: str


class Status(NamedTuple):
    """One STC segment; its first code in `category`, `code`, `entity`, the others in `further`."""

    category: str
    code: str
    entity: str
    effective_on: date | None
    action: str
    """WQ accepted, U rejected; empty in a 277."""
    amount_cents: int
    paid_cents: int
    paid_on: date | None
    """STC06: the day of adjudication or payment."""
    check_number: str
    message: str
    further: tuple[StatusCode, ...]


class StatusLine(NamedTuple):
    """SVC of a 277: one service line and what is said of it."""

    number: int
    qualifier: str
    procedure: str
    charge_cents: int
    paid_cents: int
    control_number: str
    service_from: date | None
    service_through: date | None
    statuses: tuple[Status, ...]


class ClaimStatus(NamedTuple):
    """What a payer or clearinghouse says of one claim."""

    claim_number: str
    """Ours: REF*EJ, else (277CA only) TRN02; "" when the file does not say."""
    payer_control_number: str
    trace: str
    """TRN02 of the claim: in a 277 the number of our question."""
    clearinghouse_number: str
    bill_type: str
    last_name: str
    first_name: str
    middle_name: str
    member_id: str
    payer_name: str
    payer_id: str
    provider_name: str
    provider_id: str
    service_from: date | None
    service_through: date | None
    statuses: tuple[Status, ...]
    lines: tuple[StatusLine, ...]
    ordinal: int
    """1 for the first of the set with this claim number, payer number and trace, 2 for the next..."""
    position: int
    findings: tuple[Finding, ...]


class LevelStatus(NamedTuple):
    """A status of a payer, receiver or provider as a whole: all its claims, or none, came through."""

    level: str
    """payer, receiver or provider."""
    name: str
    entity_id: str
    trace: str
    statuses: tuple[Status, ...]
    accepted: int
    rejected: int
    accepted_cents: int
    rejected_cents: int
    position: int


class StatusEnd(NamedTuple):
    """Counts of one 277 or 277CA set."""

    header: SetHeader
    summary: SetSummary
    claims: int
    levels: int
    statuses: int
    """All STC segments, those of lines included."""
