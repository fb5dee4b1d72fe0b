"""The states things can be in, as closed lists."""

from enum import StrEnum


class TaskState(StrEnum):
    """Where a task stands: `queued` may be offered, `leased` is in a rep's hands, `waiting` is not due."""

    QUEUED = "queued"
    LEASED = "leased"
    WAITING = "waiting"
    CLOSED = "closed"


class FactState(StrEnum):
    """What became of an incoming fact. Every fact received ends as one of the last three."""

    RECEIVED = "received"
    APPLIED = "applied"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


class FactKind(StrEnum):
    """What an incoming fact says."""

    ACCOUNT_OPENED = "account_opened"
    CLAIM_SUBMITTED = "claim_submitted"
    CLAIM_STATUS = "claim_status"
    REMITTANCE_CLAIM = "remittance_claim"
    PAYMENT = "payment"
    OFFICE_ENTRY = "office_entry"


class FileStatus(StrEnum):
    """What became of a file as a whole."""

    RECEIVED = "received"
    APPLIED = "applied"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    PARTIAL = "partial"
    REJECTED = "rejected"


class FileSource(StrEnum):
    """The way a file came in."""

    DROP = "drop"
    UPLOAD = "upload"
    CLI = "cli"
    API = "api"


class QuarantineState(StrEnum):
    """What was decided about something set aside."""

    OPEN = "open"
    RELEASED = "released"
    DISMISSED = "dismissed"


class EntryKind(StrEnum):
    """What a ledger entry is for."""

    CHARGE = "charge"
    CHARGE_CHANGE = "charge_change"
    PAYER_PAYMENT = "payer_payment"
    CONTRACTUAL = "contractual"
    PATIENT_RESPONSIBILITY = "patient_responsibility"
    PATIENT_PAYMENT = "patient_payment"
    TRANSFER = "transfer"
    WRITE_OFF = "write_off"
    REFUND = "refund"
    COORDINATION = "coordination"
    """What the decisions of several payers make of the shares together."""


class CauseKind(StrEnum):
    """What made a task change. Each history row names one."""

    FACT = "fact"
    CLOCK = "clock"
    REBUILD = "rebuild"
    OUTCOME = "outcome"
    LEAD = "lead"
    LEASE = "lease"
    HOLD = "hold"
    CONTACT = "contact"
    """What is known of how to reach the person, or who answers for the bill, changed."""
    RULES = "rules"
    """A lead published rules of the queue."""
    REBALANCE = "rebalance"
    """The team's work was shared out anew, or that was taken back."""
    CALLBACK = "callback"
    """A callback was booked, moved, cancelled, given to another rep, or missed."""


class LeaseEnd(StrEnum):
    """How a rep's hold on a task ended."""

    OUTCOME = "outcome"
    RELEASED = "released"
    RAN_OUT = "ran_out"
    TAKEN_OVER = "taken_over"


class CallbackState(StrEnum):
    """A callback is booked until the patient was called, it was missed, or somebody cancelled it."""

    BOOKED = "booked"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"


class PhonePlace(StrEnum):
    """Where a telephone rings."""

    HOME = "home"
    MOBILE = "mobile"
    WORK = "work"
    OTHER = "other"


class PayerKind(StrEnum):
    """The law and the habits a payer follows."""

    MEDICARE = "medicare"
    ADVANTAGE = "advantage"
    MEDICAID = "medicaid"
    TRICARE = "tricare"
    COMMERCIAL = "commercial"
    OTHER = "other"
