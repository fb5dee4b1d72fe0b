"""Facts that could be read but not posted: set aside one by one, in front of a lead, and tried again."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from workqueue import jobs

NOT_POSTED = "not_posted"
"""Code of what was read, but refused by the books."""


def set_aside(session: Session, fact_id: int, trouble: str, *, now: datetime) -> None:
    """Take the fact out of the others' way and show it to a lead; `trouble` names no patient's values."""
    session.execute(
        text(
            "UPDATE inbox SET state = 'quarantined', processed_at = :now, attempts = attempts + 1,"
            " error = :error WHERE id = :id"
        ),
        {"id": fact_id, "now": now, "error": trouble},
    )
    message = (
        f"This could be read but not posted ({trouble}). Release it to try once more; if it comes back, ask "
        "for a corrected file and dismiss it."
    )
    session.execute(text(SHOW_TO_A_LEAD), {"id": fact_id, "now": now, "code": NOT_POSTED, "message": message})


def post_again(session: Session, fact_id: int) -> None:
    """Let a fact that was set aside wait to be posted once more."""
    session.execute(
        text(
            "UPDATE inbox SET state = 'received', processed_at = NULL"
            " WHERE id = :id AND state = 'quarantined'"
        ),
        {"id": fact_id},
    )
    jobs.after_commit(session, jobs.Job.POST_INBOX)


# Shown with its file; what came without one is named by `flask verify`. The fact's own number stands where a
# claim's place would, under a set that no file has.
SHOW_TO_A_LEAD = """
    WITH item AS (
        INSERT INTO quarantined_items (file_id, set_ordinal, claim_ordinal, segment, position, code, message,
            amount_cents, fact_count, state, quarantined_at)
        SELECT file_id, -1, id, '', 0, :code, :message,
            CASE kind WHEN 'remittance_claim' THEN paid_cents ELSE charge_cents END, 1, 'open', :now
        FROM inbox WHERE id = :id AND file_id IS NOT NULL
        ON CONFLICT (file_id, set_ordinal, claim_ordinal) DO UPDATE SET state = 'open', reason = '',
            decided_at = NULL, decided_by_id = NULL, quarantined_at = excluded.quarantined_at
        RETURNING file_id
    )
    UPDATE files SET status = 'partial' FROM item WHERE files.id = item.file_id
"""
