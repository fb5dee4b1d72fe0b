"""Handing tasks on, many at once: the moves of one rebalance are done, or taken back, item by item.

Each statement takes a batch whose accounts are locked, and looks at every row again as it writes it. What has
changed since it was looked at stays where it is, with a reason. An account that somebody is writing on at
this instant is left for later, a second at most (`go_on_with_what_is_left`): thousands of locked accounts
must not wait for one, and who never waits stands in no ring. Owners are no part of the derivation, so the
history is written here and no account is derived.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from workqueue.models import Rebalance, RebalanceMove
from workqueue.rules.calendar import office_day
from workqueue.rules.dispositions import CONVERSATIONS
from workqueue.rules.moves import MoveResult, RebalanceCause, RebalanceState
from workqueue.services import deriving

BATCH = 500
LEFT_SINCE = timedelta(days=1)
"""What could not be done in a day is not tried any more."""


def go_on(session: Session, rebalance: Rebalance, *, now: datetime) -> int:
    """Do what is left of a rebalance that is applied, or take back what is left of one that has ended.

    Returns how many tasks changed hands. A cover's task stays if somebody else has spoken with the patient
    since; an undone one goes back in any case, if it is still where it was put.
    """
    bound = {
        "rebalance_id": rebalance.id,
        "now": now,
        "today": office_day(now),
        "conversations": sorted(CONVERSATIONS),
    }
    if rebalance.state is RebalanceState.APPLIED:
        bound |= {"reason": rebalance.reason, "actor_id": rebalance.applied_by_id}
        return sum(
            _counted(session, _HAND_OVER, _SAY_WHY_NOT, bound | {"ids": ids})
            for ids in _batches(session, rebalance.id, MoveResult.PLANNED)
        )
    is_cover = rebalance.cause is RebalanceCause.ABSENCE
    bound |= {
        "reason": f"{rebalance.reason}, until now" if is_cover else f"undone: {rebalance.reason}",
        "actor_id": rebalance.ended_by_id,
        "spoken_since": rebalance.applied_at if is_cover else None,
    }
    return sum(
        _counted(session, _HAND_BACK, _SAY_WHY_KEPT, bound | {"ids": ids})
        for ids in _batches(session, rebalance.id, MoveResult.MOVED)
    )


def go_on_with_what_is_left(session: Session, *, now: datetime) -> int:
    """Do what had to wait because somebody was writing on the account; return how many tasks."""
    move = RebalanceMove
    left = select(move.id).where(move.rebalance_id == Rebalance.id)
    is_left = or_(
        and_(
            Rebalance.state == RebalanceState.APPLIED,
            Rebalance.applied_at > now - LEFT_SINCE,
            left.where(move.result == MoveResult.PLANNED).exists(),
        ),
        and_(
            Rebalance.state.in_((RebalanceState.UNDONE, RebalanceState.RETURNED)),
            Rebalance.ended_at > now - LEFT_SINCE,
            left.where(move.result == MoveResult.MOVED).exists(),
        ),
    )
    # SKIP LOCKED: whoever holds it is at it.
    rows = select(Rebalance).where(is_left).order_by(Rebalance.id).with_for_update(skip_locked=True)
    return sum(go_on(session, each, now=now) for each in session.scalars(rows).all())


def _batches(session: Session, rebalance_id: int, result: MoveResult) -> Iterable[list[int]]:
    """Lock the free accounts of one batch after the other; yield the moves."""
    session.flush()
    # Before any account, as everywhere.
    deriving.keep_rebuild_away(session)
    rows = session.execute(
        select(RebalanceMove.id, RebalanceMove.account_id)
        .where(RebalanceMove.rebalance_id == rebalance_id, RebalanceMove.result == result)
        .order_by(RebalanceMove.account_id, RebalanceMove.id)
    ).all()
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        account_ids = {row.account_id for row in batch}
        free = set(session.scalars(text(_LOCK_FREE).bindparams(_IDS), {"ids": sorted(account_ids)}))
        yield [row.id for row in batch if row.account_id in free]
    # Rows were written past the session: what it remembers of tasks and moves is stale.
    session.expire_all()


def _counted(session: Session, do: str, explain: str, bound: dict[str, object]) -> int:
    """Do it, then say of the rest of the batch why it was not done; return how many were."""
    count, _ = (
        session.execute(text(sql).bindparams(_IDS), bound).rowcount  # type: ignore[attr-defined]
        for sql in (do, explain)
    )
    return int(count)


_IDS = bindparam("ids", type_=ARRAY(BigInteger))
_LOCK_FREE = "SELECT id FROM accounts WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"

_ABLE = """
    EXISTS (
        SELECT FROM users u JOIN user_skills s ON s.user_id = u.id JOIN lanes l ON l.skill_id = s.skill_id
        WHERE u.id = m.to_user_id AND u.is_active AND l.id = t.lane_id
          AND (s.expires_on IS NULL OR s.expires_on >= :today)
    )
"""


def _away(user_id: str) -> str:
    return f"""
        EXISTS (
            SELECT FROM absences a WHERE a.user_id = {user_id} AND a.cancelled_at IS NULL
              AND tstzrange(a.starts_at, a.ends_at) @> CAST(:now AS timestamptz)
        )
    """


_KEEP = """
    INSERT INTO task_changes (task_id, account_id, at, cause, cause_id, actor_id, before, after)
    SELECT id, account_id, CAST(:now AS timestamptz), 'rebalance', :rebalance_id, CAST(:actor_id AS bigint),
        jsonb_build_object('state', state, 'owner_id', was),
        jsonb_build_object('state', state, 'owner_id', becomes, 'reason', CAST(:reason AS text))
    FROM handed WHERE was IS DISTINCT FROM becomes ORDER BY account_id, id
"""

# A rep may take a task whose account is locked: WHERE is looked at again once the row itself is.
_HAND_OVER = f"""
    WITH handed AS (
        UPDATE tasks t SET owner_id = m.to_user_id
        FROM rebalance_moves m
        WHERE m.id = ANY(:ids) AND t.id = m.task_id
          AND t.state IN ('queued', 'waiting') AND t.lease_token IS NULL
          AND t.owner_id IS NOT DISTINCT FROM m.from_user_id
          AND t.worked_at IS NOT DISTINCT FROM m.seen_worked_at
          AND (m.to_user_id IS NULL OR ({_ABLE} AND NOT {_away("m.to_user_id")}))
        RETURNING m.id AS move_id, t.id, t.account_id, t.state, old.owner_id AS was, new.owner_id AS becomes
    ), kept AS ({_KEEP})
    UPDATE rebalance_moves m SET result = 'moved' FROM handed WHERE m.id = handed.move_id
"""  # noqa: S608  # put together from constants

_SAY_WHY_NOT = f"""
    UPDATE rebalance_moves m SET result = 'failed', stayed = CASE
        WHEN t.state = 'closed' THEN 'done'
        WHEN t.lease_token IS NOT NULL THEN 'in_hand'
        WHEN t.owner_id IS DISTINCT FROM m.from_user_id THEN 'given'
        WHEN t.worked_at IS DISTINCT FROM m.seen_worked_at THEN 'worked'
        WHEN {_away("m.to_user_id")} THEN 'away'
        WHEN m.to_user_id IS NOT NULL AND NOT {_ABLE} THEN 'unable'
        ELSE 'changed' END
    FROM tasks t WHERE m.id = ANY(:ids) AND m.result = 'planned' AND t.id = m.task_id
"""  # noqa: S608  # put together from constants

# Of covers, a task is still where it was put when the newest of them says so: Dana's work that Ben covered,
# and Cara when he fell ill too, goes back to Dana from Cara. A rep who holds it keeps the lease.
_STANDING = """
    SELECT m.id AS move_id, m.task_id, m.from_user_id, m.account_id, newest.id AS newest_id,
        newest.to_user_id AS at_user_id
    FROM rebalance_moves m JOIN rebalances r ON r.id = m.rebalance_id
    CROSS JOIN LATERAL (
        SELECT n.id, n.to_user_id FROM rebalance_moves n
        WHERE n.task_id = m.task_id AND n.result = 'moved'
          AND (n.id = m.id OR (r.cause = 'absence'
            AND (SELECT cause FROM rebalances WHERE id = n.rebalance_id) = 'absence'))
        ORDER BY n.id DESC LIMIT 1
    ) newest
    WHERE m.id = ANY(:ids) AND m.result = 'moved'
"""

_SPOKEN = """
    EXISTS (
        SELECT FROM outcomes o
        WHERE o.account_id = t.account_id AND o.at >= CAST(:spoken_since AS timestamptz)
          AND o.rep_id IS DISTINCT FROM m.from_user_id AND o.disposition = ANY(CAST(:conversations AS text[]))
    )
"""

_HAND_BACK = f"""
    WITH standing AS ({_STANDING}), handed AS (
        UPDATE tasks t SET owner_id = m.from_user_id
        FROM standing m
        WHERE t.id = m.task_id AND t.state <> 'closed'
          AND t.owner_id IS NOT DISTINCT FROM m.at_user_id AND NOT {_SPOKEN}
          AND NOT {_away("m.from_user_id")}
          AND NOT EXISTS (SELECT FROM users u WHERE u.id = m.from_user_id AND NOT u.is_active)
        RETURNING m.move_id, m.newest_id, t.id, t.account_id, t.state,
            old.owner_id AS was, new.owner_id AS becomes
    ), kept AS ({_KEEP}
    ), further AS (
        UPDATE rebalance_moves m SET result = 'back' FROM handed
        WHERE m.id = handed.newest_id AND handed.newest_id <> handed.move_id
    )
    UPDATE rebalance_moves m SET result = 'back' FROM handed WHERE m.id = handed.move_id
"""  # noqa: S608  # put together from constants

_SAY_WHY_KEPT = f"""
    UPDATE rebalance_moves m SET result = 'kept', stayed = CASE
        WHEN t.state = 'closed' THEN 'done'
        WHEN {_SPOKEN} THEN 'spoken'
        WHEN {_away("m.from_user_id")} THEN 'away'
        WHEN EXISTS (SELECT FROM users u WHERE u.id = m.from_user_id AND NOT u.is_active) THEN 'unable'
        ELSE 'given' END
    FROM tasks t WHERE m.id = ANY(:ids) AND m.result = 'moved' AND t.id = m.task_id
"""  # noqa: S608  # put together from constants
