"""The statements built around the desired queue: apply it to a few accounts, compare it, apply it to all.

They are text because MERGE ... RETURNING old and new rows (PostgreSQL 18) has no other form. `t` is the
live task, `s` the desired one. What a rep owns (owner, deferral, lease) is read from `t` inside MERGE,
never copied through a snapshot: MERGE looks at the row again when a lease was granted in the meantime.
"""

from collections.abc import Iterable
from functools import lru_cache

from workqueue.rules.queue_rules import QueueRules
from workqueue.services.deriving.claim_rules import CLAIM_KINDS
from workqueue.services.deriving.scoring import KEPT_TEXTS, desired_sql

DERIVED = (
    "lane_id",
    "waiting_on",
    "tier",
    "priority",
    "value_cents",
    "p_now_bp",
    "p_later_bp",
    "penalty_cents",
    "gain_cents",
    "minutes",
    "deadline_on",
    "available_at",
    "held_until",
    "evidence",
)
"""The columns only the derivation writes; the rest of a task belongs to people or follows from both."""


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _desired(row: str) -> str:
    """Name the desired columns of a row that has others beside them."""
    return ", ".join(f"{row}.{name}" for name in ("account_id", "kind", "subject", *DERIVED, "rescore_at"))


IDENTITY = "t.account_id = s.account_id AND t.kind = s.kind AND t.subject = s.subject"

# A deferral lasts until its time, or until a new fact arrives.
_DEFERRED = "(t.deferred_until > %(now)s AND s.evidence <= t.evidence)"

# It goes on when the clock alone makes another kind of task of the same claim: a denial whose appeal is
# out does not come back as an appeal deadline.
CARRY = f"""
    LEFT JOIN LATERAL (
        SELECT o.deferred_until AS carried_until, o.deferred_for AS carried_for,
            o.owner_id AS carried_owner_id
        FROM tasks o
        WHERE o.account_id = d.account_id AND o.subject = d.subject AND o.kind <> d.kind
          AND o.kind IN ({listed(CLAIM_KINDS)}) AND d.kind IN ({listed(CLAIM_KINDS)})
          AND o.state <> 'closed' AND o.evidence >= d.evidence
          AND (o.deferred_until > %(now)s OR o.owner_id IS NOT NULL)
        LIMIT 1
    ) AS carried ON true
"""  # noqa: S608  # put together from constants
NOTHING_CARRIED = (
    "NULL::timestamptz AS carried_until, NULL::text AS carried_for, NULL::bigint AS carried_owner_id"
)

_KEPT_UNTIL = f"""CASE WHEN {_DEFERRED} THEN t.deferred_until
    WHEN t.state = 'closed' AND s.carried_until > %(now)s THEN s.carried_until END"""

STATE = f"""CASE
    WHEN t.settled_evidence = s.evidence THEN 'closed'
    WHEN t.lease_token IS NOT NULL THEN 'leased'
    WHEN s.available_at > %(now)s OR s.held_until > %(now)s OR {_KEPT_UNTIL} IS NOT NULL THEN 'waiting'
    ELSE 'queued' END"""

NEW_STATE = """CASE
    WHEN s.available_at > %(now)s OR s.held_until > %(now)s OR s.carried_until > %(now)s THEN 'waiting'
    ELSE 'queued' END"""

RESCORE_AT = f"least(s.rescore_at, {_KEPT_UNTIL})"

DIFFERS = (
    f"({', '.join(f't.{name}' for name in DERIVED)}, t.state, t.rescore_at) IS DISTINCT FROM"
    f" ({', '.join(f's.{name}' for name in DERIVED)}, {STATE}, {RESCORE_AT})"
)

_SET = ", ".join(f"{name} = s.{name}" for name in DERIVED)
_COLUMNS = (
    f"account_id, kind, subject, {', '.join(DERIVED)}, state, rescore_at,"
    " opened_at, opened_by_cause, opened_by_id, changed_at, deferred_until, deferred_for, owner_id"
)


def _values(cause_id: str) -> str:
    derived = ", ".join(f"s.{name}" for name in DERIVED)
    return (
        f"s.account_id, s.kind, s.subject, {derived}, {NEW_STATE}, least(s.rescore_at, s.carried_until),"
        f" %(now)s, %(cause)s, {cause_id}, %(now)s, s.carried_until, s.carried_for, s.carried_owner_id"
    )


def _facts_of(row: str) -> str:
    """Write what history keeps of a task, before and after a change."""
    names = (
        "state",
        "tier",
        "priority",
        "value_cents",
        "p_now_bp",
        "p_later_bp",
        "gain_cents",
        "minutes",
        "deadline_on",
        "available_at",
        "held_until",
        "deferred_until",
        "owner_id",
    )
    return "jsonb_build_object(" + ", ".join(f"'{name}', {row}.{name}" for name in names) + ")"


# What a person would call a change; a moved rescore_at alone is none.
_IS_CHANGE = (
    "(old.state, old.priority, old.owner_id, old.deadline_on) IS DISTINCT FROM"
    " (new.state, new.priority, new.owner_id, new.deadline_on)"
)
_RETURNED = (
    f"new.id AS task_id, new.account_id, {_IS_CHANGE} AS is_change,"
    f" {_facts_of('old')} AS before, {_facts_of('new')} AS after"
)

_WHEN = f"""
    WHEN MATCHED AND {DIFFERS} THEN UPDATE SET {_SET}, state = {STATE}, rescore_at = {RESCORE_AT},
        deferred_until = {_KEPT_UNTIL},
        deferred_for = CASE WHEN {_DEFERRED} THEN t.deferred_for
            WHEN {_KEPT_UNTIL} IS NOT NULL THEN s.carried_for END,
        owner_id = CASE WHEN t.state = 'closed' THEN s.carried_owner_id ELSE t.owner_id END,
        opened_at = CASE WHEN t.state = 'closed' AND {STATE} <> 'closed' THEN %(now)s ELSE t.opened_at END,
        changed_at = %(now)s
"""

# A task that a person settled is closed but still desired, and keeps its next moment: then the clock may make
# another of it (a promise that was due is broken). Once the facts no longer call for it, it has none.
IS_LIVE = "(t.state <> 'closed' OR t.rescore_at IS NOT NULL)"

# What is no longer desired is closed. A rep who holds it keeps the lease, and may still log what was done.
_CLOSE = (
    "state = 'closed', rescore_at = NULL, deferred_until = NULL, deferred_for = NULL, changed_at = %(now)s"
)


@lru_cache(KEPT_TEXTS)
def derive_sql(rules: QueueRules) -> str:
    """Write the one derivation for the accounts at hand, whose rows the caller has locked."""
    return f"""
        WITH scope AS (
            SELECT * FROM unnest(%(account_ids)s::bigint[], %(cause_ids)s::bigint[])
                AS x(account_id, cause_id)
        ), desired AS MATERIALIZED (
            SELECT d.*, scope.cause_id, carried.*
            FROM ({desired_sql(rules, is_scoped=True)}) d JOIN scope USING (account_id) {CARRY}
        ), merged AS (
            MERGE INTO tasks t USING desired s ON {IDENTITY} {_WHEN}
            WHEN NOT MATCHED THEN INSERT ({_COLUMNS}) VALUES ({_values("s.cause_id")})
            RETURNING merge_action() = 'UPDATE' AS is_update, s.cause_id, {_RETURNED}
        ), closed AS (
            UPDATE tasks t SET {_CLOSE} FROM scope
            WHERE t.account_id = scope.account_id AND {IS_LIVE}
              AND NOT EXISTS (SELECT FROM desired s WHERE {IDENTITY})
            RETURNING true AS is_update, scope.cause_id, {_RETURNED}
        )
        INSERT INTO task_changes (task_id, account_id, at, cause, cause_id, actor_id, before, after)
        SELECT task_id, account_id, %(now)s, %(cause)s, cause_id, %(actor_id)s, before, after
        FROM (SELECT * FROM merged UNION ALL SELECT * FROM closed) AS changed
        WHERE is_update AND is_change
    """  # noqa: S608  # put together from constants


NEW_OR_STATE = (
    f"CASE WHEN t.id IS NULL THEN {NEW_STATE} WHEN s.account_id IS NULL THEN 'closed' ELSE {STATE} END"
)


@lru_cache(KEPT_TEXTS)
def differing_sql(rules: QueueRules) -> str:
    """Select where the live queue and the desired one part: to insert, to update, or to close.

    One full join: PostgreSQL runs it in parallel, and nothing is written where nothing differs.
    """
    return f"""
        SELECT s.*, t.id AS task_id, t.account_id AS live_account_id, t.kind AS live_kind,
            t.subject AS live_subject, t.state AS live_state, {NEW_OR_STATE} AS desired_state
        FROM (SELECT d.*, {NOTHING_CARRIED} FROM ({desired_sql(rules, is_scoped=False)}) d) s
        FULL JOIN tasks t ON {IDENTITY}
        WHERE CASE WHEN t.id IS NULL THEN true WHEN s.account_id IS NULL THEN {IS_LIVE} ELSE {DIFFERS} END
    """  # noqa: S608  # put together from constants


@lru_cache(KEPT_TEXTS)
def lay_out_sql(rules: QueueRules) -> str:
    """Write what differs down. CREATE TABLE AS runs its SELECT in parallel; INSERT and MERGE would not."""
    return f"CREATE TEMP TABLE differing_tasks ON COMMIT DROP AS {differing_sql(rules)}"


@lru_cache(KEPT_TEXTS)
def lay_out_all_sql(rules: QueueRules) -> str:
    """Write the whole desired queue down, for an empty one: for the same reason, an INSERT reads it after."""
    return f"""
        CREATE TEMP TABLE desired_tasks ({_COLUMNS}) ON COMMIT DROP AS
        SELECT {_values("NULL::bigint")}
        FROM (SELECT d.*, {NOTHING_CARRIED} FROM ({desired_sql(rules, is_scoped=False)}) d) s
    """  # noqa: S608  # put together from constants


INSERT_ALL = f"INSERT INTO tasks ({_COLUMNS}) SELECT * FROM desired_tasks"  # noqa: S608  # our own columns


_KEEP = """
    INSERT INTO task_changes (task_id, account_id, at, cause, cause_id, actor_id, before, after)
    SELECT task_id, account_id, %(now)s, %(cause)s, %(cause_id)s, %(actor_id)s, before, after
"""

MERGE_ALL = f"""
    WITH merged AS (
        MERGE INTO tasks t USING (
            SELECT {_desired("d")}, carried.* FROM differing_tasks d {CARRY} WHERE d.account_id IS NOT NULL
        ) s
        ON {IDENTITY} {_WHEN}
        WHEN NOT MATCHED THEN INSERT ({_COLUMNS}) VALUES ({_values("NULL")})
        RETURNING merge_action() = 'UPDATE' AS is_update, {_RETURNED}
    ), kept AS ({_KEEP} FROM merged WHERE is_update AND is_change)
    SELECT count(*) FILTER (WHERE NOT is_update), count(*) FILTER (WHERE is_update) FROM merged
"""  # noqa: S608  # put together from constants

CLOSE_ALL = f"""
    WITH closed AS (
        UPDATE tasks t SET {_CLOSE} FROM differing_tasks d WHERE d.account_id IS NULL AND t.id = d.task_id
        RETURNING {_RETURNED}
    ), kept AS ({_KEEP} FROM closed WHERE is_change)
    SELECT count(*) FILTER (WHERE is_change) FROM closed
"""  # noqa: S608  # put together from constants


@lru_cache(KEPT_TEXTS)
def check_sql(rules: QueueRules) -> str:
    """Select where the live queue and a rebuild would part.

    Accounts with a task whose hour has come are left out: the sweeper derives them within a second.
    """
    return f"""
        SELECT coalesce(account_id, live_account_id) AS of_account_id, coalesce(kind, live_kind),
            coalesce(subject, live_subject), task_id, live_state, desired_state
        FROM ({differing_sql(rules)}) AS difference
        WHERE NOT EXISTS (
            SELECT FROM tasks due
            WHERE due.account_id = coalesce(difference.account_id, live_account_id)
              AND due.rescore_at <= %(now)s
        )
        ORDER BY 1, 2, 3 LIMIT %(limit)s
    """  # noqa: S608  # put together from constants
