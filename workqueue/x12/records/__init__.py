"""What the reader yields: small typed records, the same whichever file they came from.

All are named tuples: one file of a large payer makes a million of them. Money is integer cents with the
sign of the file; text is "" where the file says nothing; dates are None where there is none or none that
can be. Names, member ids and claim numbers are PHI: they are fields here and never part of a message.
"""

from workqueue.x12.records.claim import ClaimEnd, ClaimLine, ClaimPayer, ClaimStart, ClaimSubmission, Person
from workqueue.x12.records.envelope import (
    FileEnd,
    Finding,
    Group,
    Interchange,
    InterchangeAcknowledgement,
    Kind,
    OtherSet,
    SetHeader,
    SetSummary,
    Severity,
)
from workqueue.x12.records.remittance import (
    Adjustment,
    ProviderAdjustment,
    RemittanceClaim,
    RemittanceEnd,
    RemittanceLine,
    RemittanceStart,
)
from workqueue.x12.records.status import (
    ClaimStatus,
    LevelStatus,
    Status,
    StatusCode,
    StatusEnd,
    StatusLine,
    StatusStart,
)

Record = (
    Interchange
    | Group
    | Finding
    | InterchangeAcknowledgement
    | OtherSet
    | RemittanceStart
    | RemittanceClaim
    | ProviderAdjustment
    | RemittanceEnd
    | StatusStart
    | ClaimStatus
    | LevelStatus
    | StatusEnd
    | ClaimStart
    | ClaimSubmission
    | ClaimEnd
    | FileEnd
)

__all__ = [
    "Adjustment",
    "ClaimEnd",
    "ClaimLine",
    "ClaimPayer",
    "ClaimStart",
    "ClaimStatus",
    "ClaimSubmission",
    "FileEnd",
    "Finding",
    "Group",
    "Interchange",
    "InterchangeAcknowledgement",
    "Kind",
    "LevelStatus",
    "OtherSet",
    "Person",
    "ProviderAdjustment",
    "Record",
    "RemittanceClaim",
    "RemittanceEnd",
    "RemittanceLine",
    "RemittanceStart",
    "SetHeader",
    "SetSummary",
    "Severity",
    "Status",
    "StatusCode",
    "StatusEnd",
    "StatusLine",
    "StatusStart",
]
