"""Where every open balance stands. One in no state would be lost: it is counted, to show that none is."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.orm import Session

from workqueue.rules.holds import ABOUT_PATIENT, SPARING_GUARANTOR, HoldKind, kinds_that_stop
from workqueue.rules.kinds import Party

HELD = 7
STOPPING = {
    "of_patient": [kind.value for kind in kinds_that_stop(Party.PATIENT)],
    "of_payer": [kind.value for kind in kinds_that_stop(Party.PAYER)],
    "about_patient": [kind.value for kind in ABOUT_PATIENT],
    "sparing_guarantor": [kind.value for kind in SPARING_GUARANTOR],
}


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """Open balances by where the most urgent of their tasks stands.

    The insurance's and the patient's side of an account are two balances.
    """

    open_balances: int
    queued: int
    leased: int
    held: int
    held_by_kind: dict[HoldKind, int]
    """By the hold that lasts longest of those the task waits for; their sum is `held`."""
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
    found: Counter[int] = Counter()
    by_kind: Counter[HoldKind] = Counter()
    for place, kind, count in session.execute(statement, STOPPING | {"now": now}):
        found[place] += count
        if place == HELD:
            by_kind[HoldKind(kind or HoldKind.OFFICE)] += count
    return QueueSummary(
        open_balances=sum(found.values()),
        leased=found.get(1, 0),
        queued=found.get(2, 0),
        deferred=found.get(3, 0),
        held=found.get(HELD, 0),
        held_by_kind=dict(by_kind),
        waiting={party: found.get(4 + at, 0) + found.get(8 + at, 0) for at, party in enumerate(Party)},
        closed=found.get(11, 0),
        unaccounted=found.get(0, 0),
    )


# The certificate of `flask verify` counts the same sides in coarser places; a test holds the two together.
PLACES = """
    side AS (
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
"""
"""Open balances with the number of the place where each stands, as the subquery `placed`; 0 is none."""

_STANDING = f"""
    WITH {PLACES}
    SELECT coalesce(place, 0), CASE WHEN place = 7 THEN (
            SELECT h.kind FROM holds h JOIN accounts a ON a.id = placed.account_id
            WHERE (h.account_id = a.id OR h.patient_id = coalesce(a.guarantor_id, a.patient_id)
                   OR (h.patient_id = a.patient_id AND h.kind = ANY(CAST(:about_patient AS text[]))))
              AND NOT (a.guarantor_id IS NOT NULL AND h.kind = ANY(CAST(:sparing_guarantor AS text[])))
              AND h.lifted_at IS NULL AND h.until_at > :now
              AND h.kind = ANY(CASE WHEN is_patient THEN CAST(:of_patient AS text[])
                               ELSE CAST(:of_payer AS text[]) END)
            ORDER BY h.until_at DESC, h.id LIMIT 1) END AS hold_kind, count(*)
    FROM placed GROUP BY 1, 2
"""  # noqa: S608  # put together from constants
