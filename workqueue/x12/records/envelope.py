"""Interchanges, groups, sets, and what is wrong with any of them."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a transaction set is; the value is what people call it."""

    REMITTANCE = "835"
    CLAIM_STATUS = "277"
    CLAIM_ACKNOWLEDGEMENT = "277CA"
    INFORMATION_REQUEST = "277RFI"
    PROFESSIONAL_CLAIM = "837P"
    INSTITUTIONAL_CLAIM = "837I"
    DENTAL_CLAIM = "837D"
    ELIGIBILITY_REQUEST = "270"
    ELIGIBILITY_RESPONSE = "271"
    STATUS_REQUEST = "276"
    FUNCTIONAL_ACKNOWLEDGEMENT = "997"
    IMPLEMENTATION_ACKNOWLEDGEMENT = "999"
    INTERCHANGE_ACKNOWLEDGEMENT = "TA1"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """An error keeps what it is about from being applied until a person has looked; a warning does not."""

    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """Something that is not as it should be: what, where, and what to do about it."""

    code: str
    severity: Severity
    segment: str
    """Tag of the segment, "" where none can be named."""
    position: int
    """The segment's number in the file, from 1; 0 where none can be named."""
    set_position: int
    """The segment's number in its transaction set, ST being 1; 0 outside a set."""
    offset: int
    """Byte offset of the block of the file the segment lies in: a place to start looking."""
    message: str


class Interchange(NamedTuple):
    """ISA: who sent this to whom."""

    position: int
    sender_id: str
    receiver_id: str
    sent_on: date | None
    control_number: str
    version: str
    is_test: bool


class Group(NamedTuple):
    """GS: a functional group within an interchange."""

    position: int
    code: str
    sender_id: str
    receiver_id: str
    sent_on: date | None
    control_number: str
    version: str


class SetHeader(NamedTuple):
    """ST and the envelope around it; carried by the start and the end record of every set."""

    kind: Kind
    ordinal: int
    """Which set of the file it is, from 1."""
    position: int
    code: str
    control_number: str
    implementation: str
    """ST03, or GS08 where ST03 is empty."""
    group: Group | None
    interchange: Interchange | None


class SetSummary(NamedTuple):
    """What can be said of every transaction set once it is over."""

    is_complete: bool
    """False when the file ended, or the next set began, before SE."""
    segments: int
    content_hash: str
    """SHA-256 of the segments between ST and SE, in hexadecimal: whatever the separators, line breaks and
    control numbers, the same content has the same hash."""
    errors: int
    """All errors of the set: those in `findings` and those of its claims."""
    warnings: int
    findings: tuple[Finding, ...]
    """Those of the set as a whole (the first hundred), not those carried by its claims."""


class OtherSet(NamedTuple):
    """A set that is recognised and counted but not interpreted (270, 271, 276, 277RFI, 997, 999, unknown)."""

    header: SetHeader
    summary: SetSummary


class InterchangeAcknowledgement(NamedTuple):
    """TA1: what the receiver says of an interchange of ours: A accepted, E with errors, R rejected."""

    position: int
    control_number: str
    code: str
    note: str


class FileEnd(NamedTuple):
    """The last record of every file."""

    segments: int
    bytes: int
    interchanges: int
    groups: int
    sets: int
    errors: int
    """Of the whole file, sets and claims included."""
    warnings: int
    has_envelope: bool
    """False when the file has no ISA and its separators were guessed."""
