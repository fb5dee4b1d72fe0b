"""Tables: columns and the constraints the database can hold; one noun a file.

Importing the package registers every table, so that migrations and the drift check see all of them.
"""

from workqueue.models.accounts import Account, Claim
from workqueue.models.audit import AuditEntry
from workqueue.models.base import Base
from workqueue.models.booking import (
    BookingRules,
    CallbackChange,
    CallbackLink,
    CallbackReminder,
    CallbackWish,
    DoorAttempt,
    WaitingEntry,
)
from workqueue.models.calls import Call, CallEvent
from workqueue.models.contact_rules import ContactRuleVersion, OfficeProfile
from workqueue.models.estimates import Estimate
from workqueue.models.files import (
    File,
    FileChunk,
    FileReceipt,
    ProviderAdjustment,
    QuarantinedItem,
    Remittance,
)
from workqueue.models.holds import Hold
from workqueue.models.inbox import Fact
from workqueue.models.ledger import LedgerEntry
from workqueue.models.messages import IncomingText, Message
from workqueue.models.notices import Notice
from workqueue.models.patients import EmailAddress, Patient, Phone, PostalAddress, Relation, Window
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
from workqueue.models.preferences import ConfidentialInstruction, Consent, InconvenientTime
from workqueue.models.quality import (
    CoachingNote,
    QualityDispute,
    QualityItem,
    QualityPolicy,
    QualityReview,
    QualitySample,
    Scorecard,
)
from workqueue.models.queue_rules import QueueRulePublication, QueueRuleVersion
from workqueue.models.rebalances import Rebalance, RebalanceLoad, RebalanceMove
from workqueue.models.reports import CollectionCost, ReportSchedule
from workqueue.models.simulations import Simulation
from workqueue.models.staffing import Absence, ShiftRow, UserLanguage
from workqueue.models.tasks import Lane, Lease, Task, TaskChange
from workqueue.models.trials import Trial
from workqueue.models.work import Callback, Draft, Note, Outcome, PaymentPlan, Promise

__all__ = [
    "Absence",
    "Account",
    "ApiToken",
    "AuditEntry",
    "Base",
    "BookingRules",
    "Call",
    "CallEvent",
    "Callback",
    "CallbackChange",
    "CallbackLink",
    "CallbackReminder",
    "CallbackWish",
    "Claim",
    "CoachingNote",
    "CollectionCost",
    "ConfidentialInstruction",
    "Consent",
    "ContactRuleVersion",
    "DoorAttempt",
    "Draft",
    "EmailAddress",
    "Estimate",
    "Fact",
    "File",
    "FileChunk",
    "FileReceipt",
    "Hold",
    "IdempotencyKey",
    "IncomingText",
    "InconvenientTime",
    "Lane",
    "Lease",
    "LedgerEntry",
    "Message",
    "Note",
    "Notice",
    "OfficeProfile",
    "Outcome",
    "Patient",
    "Payer",
    "PaymentPlan",
    "Phone",
    "PostalAddress",
    "Promise",
    "ProviderAdjustment",
    "QualityDispute",
    "QualityItem",
    "QualityPolicy",
    "QualityReview",
    "QualitySample",
    "QuarantinedItem",
    "QueueRulePublication",
    "QueueRuleVersion",
    "Rebalance",
    "RebalanceLoad",
    "RebalanceMove",
    "Relation",
    "Remittance",
    "ReportSchedule",
    "Scorecard",
    "ShiftRow",
    "SignInAttempt",
    "SignInSession",
    "Simulation",
    "Skill",
    "Task",
    "TaskChange",
    "Team",
    "Trial",
    "User",
    "UserLanguage",
    "UserSkill",
    "WaitingEntry",
    "Window",
]
