"""Where every open balance stands. One in no state would be lost: it is counted, to show that none is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.orm import Session

from workqueue.rules.kinds import Party


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """Open balances by where the most urgent of their tasks stands.

    The insurance's and the patient's side of an account are two balances.
    """

    open_balances: int
    queued: int
    leased: int
    held: int
    deferred: int
    waiting: dict[Party, int]
    """On whom: told by the rep who put it off, or by what the task is about."""
    closed: int
    """Settled by a person with a reason."""
    unaccounted: int
    """In none of these states: must be 0."""


def queue_summary(session: Session, *, now: datetime) -> QueueSummary:
    """Count open balances by state; each is in exactly one."""
    statement = text(_STANDING).bindparams(bindparam("now", type_=DateTime(timezone=True)))
    found: dict[int, int] = {row[0]: row[1] for row in session.execute(statement, {"now": now})}
    return QueueSummary(
        open_balances=sum(found.values()),
        leased=found.get(1, 0),
        queued=found.get(2, 0),
        deferred=found.get(3, 0),
        held=found.get(7, 0),
        waiting={party: found.get(4 + at, 0) + found.get(8 + at, 0) for at, party in enumerate(Party)},
        closed=found.get(11, 0),
        unaccounted=found.get(0, 0),
    )


# The certificate of `flask verify` counts the same sides in coarser places; a test holds the two together.
_STANDING = """
    WITH side AS (
        SELECT id AS account_id, true AS is_patient FROM accounts WHERE patient_cents <> 0
        UNION ALL
        SELECT id, false FROM accounts WHERE insurance_cents <> 0
    ), guard AS (
        SELECT account_id,
            kind NOT IN ('patient_balance', 'promise_due', 'promise_broken', 'callback_due')
                AS is_of_insurance,
            kind IN ('patient_balance', 'promise_due', 'promise_broken', 'callback_due', 'credit_balance',
                     'payment_unmatched') AS is_of_patient,
            CASE WHEN state = 'leased' OR (state = 'closed' AND lease_token IS NOT NULL) THEN 1
                 WHEN state = 'queued' THEN 2
                 WHEN state = 'waiting' AND deferred_until > :now THEN
                    CASE deferred_for WHEN 'payer' THEN 4 WHEN 'patient' THEN 5
                                      WHEN 'office' THEN 6 ELSE 3 END
                 WHEN state = 'waiting' AND held_until > :now THEN 7
                 WHEN state = 'waiting' THEN
                    CASE waiting_on WHEN 'payer' THEN 8 WHEN 'patient' THEN 9 ELSE 10 END
                 WHEN settled_evidence = evidence THEN 11 END AS place
        FROM tasks
        WHERE state <> 'closed' OR settled_evidence IS NOT NULL OR lease_token IS NOT NULL
    ), placed AS (
        SELECT s.account_id, s.is_patient, min(g.place) AS place FROM side s
        LEFT JOIN guard g ON g.account_id = s.account_id
            AND CASE WHEN s.is_patient THEN g.is_of_patient ELSE g.is_of_insurance END
        GROUP BY s.account_id, s.is_patient
    )
    SELECT coalesce(place, 0), count(*) FROM placed GROUP BY place
"""
