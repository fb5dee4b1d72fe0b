"""Make one row of any table for a test: deterministic values, parents on demand, flushed, never committed.

Override only what the test is about. The cast is Ana and Ben (reps of one team), Sue (their lead), Otto (a
rep of another team), Leo (Otto's lead), Ada (admin) and Uma (auditor).
"""

from tests.factories.accounts import make_account, make_claim, make_fact, make_ledger_entry
from tests.factories.files import (
    make_file,
    make_file_receipt,
    make_provider_adjustment,
    make_quarantined_item,
    make_remittance,
)
from tests.factories.holds import make_hold, make_notice
from tests.factories.moments import NOON, TODAY
from tests.factories.patients import make_patient, make_payer, make_phone, make_window
from tests.factories.people import (
    PASSWORD,
    ada,
    ana,
    ben,
    give_skill,
    leo,
    make_skill,
    make_team,
    make_user,
    otto,
    sue,
    uma,
)
from tests.factories.queue import make_lane, make_lease, make_task, make_task_change
from tests.factories.signing_in import (
    make_api_token,
    make_idempotency_key,
    make_sign_in_attempt,
    make_sign_in_session,
)
from tests.factories.work import make_call, make_callback, make_draft, make_note, make_outcome, make_promise

__all__ = [
    "NOON",
    "PASSWORD",
    "TODAY",
    "ada",
    "ana",
    "ben",
    "give_skill",
    "leo",
    "make_account",
    "make_api_token",
    "make_call",
    "make_callback",
    "make_claim",
    "make_draft",
    "make_fact",
    "make_file",
    "make_file_receipt",
    "make_hold",
    "make_idempotency_key",
    "make_lane",
    "make_lease",
    "make_ledger_entry",
    "make_note",
    "make_notice",
    "make_outcome",
    "make_patient",
    "make_payer",
    "make_phone",
    "make_promise",
    "make_provider_adjustment",
    "make_quarantined_item",
    "make_remittance",
    "make_sign_in_attempt",
    "make_sign_in_session",
    "make_skill",
    "make_task",
    "make_task_change",
    "make_team",
    "make_user",
    "make_window",
    "otto",
    "sue",
    "uma",
]
