"""Tables: columns and the constraints the database can hold; one noun a file.

Importing the package registers every table, so that migrations and the drift check see all of them.
"""

from workqueue.models.accounts import Account, Claim, Hold
from workqueue.models.base import Base
from workqueue.models.estimates import Estimate
from workqueue.models.files import (
    File,
    FileChunk,
    FileReceipt,
    ProviderAdjustment,
    QuarantinedItem,
    Remittance,
)
from workqueue.models.inbox import Fact
from workqueue.models.ledger import LedgerEntry
from workqueue.models.patients import Patient, Phone, Window
from workqueue.models.payers import Payer
from workqueue.models.people import (
    ApiToken,
    IdempotencyKey,
    SignInAttempt,
    SignInSession,
    Skill,
    Team,
    User,
    UserSkill,
)
from workqueue.models.tasks import Lane, Lease, Task, TaskChange
from workqueue.models.work import Call, Callback, Draft, Note, Outcome, Promise

__all__ = [
    "Account",
    "ApiToken",
    "Base",
    "Call",
    "Callback",
    "Claim",
    "Draft",
    "Estimate",
    "Fact",
    "File",
    "FileChunk",
    "FileReceipt",
    "Hold",
    "IdempotencyKey",
    "Lane",
    "Lease",
    "LedgerEntry",
    "Note",
    "Outcome",
    "Patient",
    "Payer",
    "Phone",
    "Promise",
    "ProviderAdjustment",
    "QuarantinedItem",
    "Remittance",
    "SignInAttempt",
    "SignInSession",
    "Skill",
    "Task",
    "TaskChange",
    "Team",
    "User",
    "UserSkill",
    "Window",
]
