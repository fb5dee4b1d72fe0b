"""What an 837 asks: claims as they were sent."""

from datetime import date
from typing import NamedTuple

from workqueue.x12.records.envelope import Finding, Kind, SetHeader, SetSummary


class ClaimStart(NamedTuple):
    """BHT, submitter and receiver of an 837."""

    header: SetHeader
    purpose: str
    reference: str
    """BHT03."""
    created_on: date | None
    """BHT04."""
    claim_or_encounter: str
    """BHT06: CH claims, RP encounters, 31 subrogation."""
    submitter_name: str
    submitter_id: str
    receiver_name: str
    receiver_id: str


class Person(NamedTuple):
    """A subscriber or patient, as the claim says."""

    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    member_id: str
    born_on: date | None
    gender: str
    street: str
    street_2: str
    city: str
    state: str
    zip: str


class ClaimPayer(NamedTuple):
    """SBR and NM1*PR: who is asked to pay, in which turn (P, S, T...)."""

    sequence: str
    name: str
    payer_id: str
    filing_indicator: str
    group_number: str
    member_id: str


class ClaimLine(NamedTuple):
    """LX with SV1, SV2 or SV3."""

    number: int
    qualifier: str
    procedure: str
    modifiers: tuple[str, ...]
    revenue_code: str
    charge_cents: int
    units: str
    service_from: date | None
    service_through: date | None
    control_number: str


class ClaimSubmission(NamedTuple):
    """CLM and what surrounds it: one claim as it was sent."""

    kind: Kind
    claim_number: str
    charge_cents: int
    facility_code: str
    frequency: str
    """CLM05-3: 1 original, 7 replacement, 8 void."""
    payer: ClaimPayer
    other_payers: tuple[ClaimPayer, ...]
    subscriber: Person
    patient: Person
    """The subscriber again when the patient is the subscriber."""
    billing_name: str
    billing_npi: str
    billing_tin: str
    rendering_npi: str
    original_number: str
    """REF*F8: the payer's number of the claim this one replaces."""
    statement_from: date | None
    """DTP*434."""
    statement_through: date | None
    service_from: date | None
    """First and last day of the lines, else the claim's own DTP*472, else the statement's."""
    service_through: date | None
    lines: tuple[ClaimLine, ...]
    ordinal: int
    """1 for the first claim of the set with this number, 2 for the next..."""
    position: int
    findings: tuple[Finding, ...]


class ClaimEnd(NamedTuple):
    """Totals of one 837 set."""

    header: SetHeader
    summary: SetSummary
    claims: int
    lines: int
    charge_cents: int
