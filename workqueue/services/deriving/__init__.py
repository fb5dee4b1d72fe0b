"""The one derivation: which tasks an account ought to have, and what each is worth.

`derive` runs it over the accounts an event touched, `rebuild` over the whole office, `check` compares the
live queue with what a rebuild would give. All three are the same SELECT (scoring.py over claim_rules.py
and account_rules.py) under the rules in force, which none of them chooses: they are read once the lock is
held that keeps a new set of rules away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from workqueue.rules.calendar import office_day
from workqueue.rules.queue_rules import QueueRules
from workqueue.rules.states import CauseKind
from workqueue.services import queue_rules
from workqueue.services.deriving import statements

REBUILD_LOCK = 7_201
"""Advisory lock: events derive under its shared form, a rebuild under its exclusive one, because a
rebuild must not lay an older picture over an event that was posted meanwhile."""

CHECK_LIMIT = 1_000


@dataclass(frozen=True)
class RebuildReport:
    """What a rebuild changed."""

    tasks: int
    opened: int
    changed: int
    closed: int


@dataclass(frozen=True)
class Difference:
    """One task that is not as a rebuild would have it."""

    account_id: int
    kind: str
    subject: int
    task_id: int | None
    live_state: str | None
    desired_state: str


def derive(
    session: Session,
    causes: Mapping[int, int | None],
    *,
    cause: CauseKind,
    now: datetime,
    actor_id: int | None = None,
) -> None:
    """Bring the tasks of these accounts up to date; each account names the event that touched it.

    The caller holds the accounts' row locks, taken in the order of their ids.
    """
    if not causes:
        return
    session.flush()
    keep_rebuild_away(session)
    _run(session, ENSURE_LANES, {})
    account_ids = sorted(causes)
    _run(
        session,
        statements.derive_sql(queue_rules.in_force(session).rules),
        _moment(now)
        | {
            "account_ids": account_ids,
            "cause_ids": [causes[each] for each in account_ids],
            "cause": cause.value,
            "actor_id": actor_id,
        },
    )
    # Rows were written past the session: what it remembers of tasks is stale.
    session.expire_all()


def keep_rebuild_away(session: Session) -> None:
    """Let no rebuild begin until this transaction has ended; wait for one that runs.

    Taken before any row is locked: a rebuild that holds its lock and waits for a row would else wait for
    ever.
    """
    _run(session, "SELECT pg_advisory_xact_lock_shared(%(lock)s)", {"lock": REBUILD_LOCK})


def rebuild(
    session: Session,
    *,
    now: datetime,
    actor_id: int | None = None,
    cause: CauseKind = CauseKind.REBUILD,
    cause_id: int | None = None,
) -> RebuildReport:
    """Derive the whole office anew and write what differs.

    The history of what it changes names what it follows: an estimation, or the publication of rules.
    """
    session.flush()
    # A rebuild of a large office takes longer than a page may.
    _run(session, "SET LOCAL statement_timeout = 0", {})
    _run(session, "SET LOCAL lock_timeout = '60s'", {})
    # A million tasks are joined once: in memory, not through files of four megabytes.
    _run(session, "SET LOCAL work_mem = '128MB'", {})
    _run(session, "SET LOCAL maintenance_work_mem = '256MB'", {})
    _run(session, "SELECT pg_advisory_xact_lock(%(lock)s)", {"lock": REBUILD_LOCK})
    _run(session, ENSURE_LANES, {})
    bound = _moment(now) | {
        "cause": cause.value,
        "cause_id": cause_id,
        "actor_id": actor_id,
    }
    rules = queue_rules.in_force(session).rules
    if not _run(session, "SELECT EXISTS (SELECT FROM tasks)", {}).scalar_one():
        opened = _fill_empty(session, rules, bound)
        return RebuildReport(tasks=opened, opened=opened, changed=0, closed=0)
    _run(session, statements.lay_out_sql(rules), bound)
    opened, changed = _run(session, statements.MERGE_ALL, bound).one()
    closed = _run(session, statements.CLOSE_ALL, bound).scalar_one()
    _run(session, "DROP TABLE differing_tasks", {})
    session.expire_all()
    tasks = _run(session, "SELECT count(*) FROM tasks WHERE state <> 'closed'", {}).scalar_one()
    return RebuildReport(tasks=tasks, opened=opened, changed=changed, closed=closed)


def check(session: Session, *, now: datetime, limit: int = CHECK_LIMIT) -> list[Difference]:
    """Return the tasks in which the live queue differs from a rebuild; empty is right."""
    session.flush()
    _run(session, "SET LOCAL statement_timeout = 0", {})
    bound = _moment(now) | {"limit": limit}
    in_force = queue_rules.in_force(session)
    while True:
        found = [Difference(*row) for row in _run(session, statements.check_sql(in_force.rules), bound)]
        # Rules that were published while it looked would make a difference of every task they moved.
        compared, in_force = in_force, queue_rules.in_force(session)
        if in_force.publication_id == compared.publication_id:
            return found


def rescore_due(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Derive the accounts of tasks whose hour has come; return how many accounts."""
    keep_rebuild_away(session)
    due = [
        row[0]
        for row in session.execute(
            text(
                # SKIP LOCKED: an account that an event holds is derived by that event.
                "SELECT id FROM accounts WHERE id IN (SELECT account_id FROM tasks"
                " WHERE rescore_at <= :now ORDER BY rescore_at LIMIT :limit)"
                " ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
            ),
            {"now": now, "limit": limit},
        )
    ]
    derive(session, dict.fromkeys(due), cause=CauseKind.CLOCK, now=now)
    return len(due)


ENSURE_LANES = """
    INSERT INTO lanes (skill_id, window_id)
    SELECT s.id, w.id FROM skills s CROSS JOIN windows w
    WHERE NOT EXISTS (SELECT FROM lanes l WHERE l.skill_id = s.id AND l.window_id = w.id)
    ON CONFLICT DO NOTHING
"""


def _fill_empty(session: Session, rules: QueueRules, bound: dict[str, Any]) -> int:
    """Fill the empty queue; an index built once is several times cheaper than a million insertions.

    The locks that taking the indexes away needs keep everybody out until all are back.
    """
    _run(session, statements.lay_out_all_sql(rules), bound)
    indexes = _run(session, INDEXES, {}).all()
    _run(session, "ALTER TABLE tasks DROP CONSTRAINT pk_tasks", {})
    for name, _ in indexes:
        _run(session, f"DROP INDEX {name}", {})
    opened: int = _run(session, statements.INSERT_ALL, {}).rowcount
    _run(session, "ALTER TABLE tasks ADD CONSTRAINT pk_tasks PRIMARY KEY (id)", {})
    for _, definition in indexes:
        _run(session, definition, {})
    _run(session, "DROP TABLE desired_tasks", {})
    session.expire_all()
    return opened


INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = 'tasks'::regclass AND NOT indisprimary
"""


def _moment(now: datetime) -> dict[str, Any]:
    return {"now": now, "today": office_day(now)}


def _run(session: Session, sql: str, parameters: dict[str, Any]) -> Any:
    return session.connection().exec_driver_sql(sql, parameters)
