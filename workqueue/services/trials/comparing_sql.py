"""What a trial asks the database: the tasks of both queues side by side, put in order, and summed.

`d` is the desired task under the rules tried, `t` the live one; `was` is in force, `now` is tried. Everything
reads the office and writes temporary tables of its own.
"""

from workqueue.rules.queue_rules import QueueRules
from workqueue.rules.trials import SAMPLES, WEEK_DAYS, Movement
from workqueue.services.deriving.claim_rules import CLAIM_KINDS
from workqueue.services.deriving.scoring import FAMILIES, Family, family_sql
from workqueue.services.deriving.statements import CARRY, NEW_OR_STATE, NOTHING_CARRIED, listed

OFFERED = "('queued', 'leased')"

DUE = "SELECT DISTINCT account_id FROM tasks WHERE rescore_at <= %(now)s"

COUNTS = "SELECT kind, count(*) FROM tasks WHERE state <> 'closed' GROUP BY kind"

# A task that is new takes over the deferral of its sibling, as a rebuild has it; the others keep their own.
_CARRY = CARRY.replace("WHERE o.account_id", "WHERE (t.id IS NULL OR t.state = 'closed') AND o.account_id")


def lay_out_sql(number: int, family: Family, rules: QueueRules) -> str:
    """Write down the tasks of one family that either queue offers. CREATE TABLE AS derives in parallel."""
    has_siblings = family.kinds == CLAIM_KINDS
    carry = _CARRY if has_siblings else f"CROSS JOIN (SELECT {NOTHING_CARRIED}) AS carried"
    return f"""
        CREATE TEMP TABLE tried_{number} ON COMMIT DROP AS
        SELECT coalesce(d.account_id, t.account_id) AS account_id, coalesce(d.kind, t.kind) AS kind,
            coalesce(d.subject, t.subject) AS subject, coalesce(d.value_cents, t.value_cents) AS value_cents,
            coalesce(d.deadline_on, t.deadline_on) AS deadline_on,
            CASE WHEN t.state IN {OFFERED} THEN was.skill_id END AS was_skill,
            t.priority AS was_priority, t.minutes AS was_minutes, t.gain_cents AS was_gain,
            CASE WHEN {NEW_OR_STATE} IN {OFFERED} THEN now.skill_id END AS now_skill,
            d.priority AS now_priority, d.minutes AS now_minutes, d.gain_cents AS now_gain
        FROM ({family_sql(family, rules)}) d
        FULL JOIN (SELECT * FROM tasks WHERE kind IN ({listed(family.kinds)})) t
            ON t.account_id = d.account_id AND t.kind = d.kind AND t.subject = d.subject
        {carry}
        CROSS JOIN LATERAL (SELECT d.*, carried.*) s
        LEFT JOIN lanes was ON was.id = t.lane_id
        LEFT JOIN lanes now ON now.id = d.lane_id
        WHERE (t.state IN {OFFERED} OR {NEW_OR_STATE} IN {OFFERED})
          AND coalesce(d.account_id, t.account_id) <> ALL(%(due)s::bigint[])
    """  # noqa: S608  # put together from constants


PARTS = [f"tried_{number}" for number in range(len(FAMILIES))]
_EACH = " UNION ALL ".join(f"SELECT * FROM {part}" for part in PARTS)  # noqa: S608  # our own tables


# What a priority is, to an eighth of a natural logarithm: where a team's horizon lies is found by adding up a
# few hundred groups, without ordering anything.
BUCKETS = f"""
    SELECT was_skill, now_skill, was_bucket, now_bucket, sum(was_minutes)::bigint, sum(now_minutes)::bigint,
        min(was_priority), min(now_priority)
    FROM (
        SELECT *, floor(ln(greatest(was_priority, 1)::float8) * 8)::int AS was_bucket,
            floor(ln(greatest(now_priority, 1)::float8) * 8)::int AS now_bucket
        FROM ({_EACH}) each
    ) b
    GROUP BY was_skill, now_skill, was_bucket, now_bucket
"""  # noqa: S608  # put together from constants


def _until(side: str) -> str:
    """Add up the minutes from the top of a team's queue to the end of each task of it.

    Of equal priority the account that came first goes first: the live queue goes by the task's number, which
    what is only tried has none of.
    """
    return f"""sum({side}_minutes) OVER (PARTITION BY {side}_skill
        ORDER BY {side}_priority DESC, account_id, kind, subject ROWS UNBOUNDED PRECEDING)"""


def _day(side: str) -> str:
    return f"""CASE WHEN {side}_is_near THEN least(({side}_until - {side}_minutes) / {side}_pace, %(horizon)s)
        WHEN {side}_skill IS NOT NULL THEN %(horizon)s END"""


# Only what either queue reaches within the horizon is put in order; the rest stays beyond it in both.
_PACED = f"""
    SELECT each.*, w.a_day AS was_pace, n.a_day AS now_pace, was_priority >= w.was_floor AS was_is_near,
        now_priority >= n.now_floor AS now_is_near
    FROM ({_EACH}) each
    LEFT JOIN pace w ON w.skill_id = was_skill LEFT JOIN pace n ON n.skill_id = now_skill
"""  # noqa: S608  # put together from constants
_IS_NEAR = "(was_skill IS DISTINCT FROM now_skill OR was_is_near OR now_is_near)"
_SUMS = "count(*), sum(was_minutes), sum(now_minutes), sum(value_cents), sum(was_gain), sum(now_gain)"

# One statement, so that what was put in order is kept once and looked at twice: summed, and for those with
# the most at stake. Both come as arrays, the sums first.
COMPARED = f"""
    WITH pace AS (
        SELECT * FROM unnest(%(skills)s::int[], %(paces)s::bigint[], %(was_floors)s::bigint[],
            %(now_floors)s::bigint[]) AS p(skill_id, a_day, was_floor, now_floor)
    ), due_days AS (
        SELECT * FROM unnest(%(due_skills)s::int[], %(days)s::date[], %(until)s::bigint[])
            AS u(skill_id, day, minutes)
    ), near AS MATERIALIZED (
        SELECT x.*, was_day < {WEEK_DAYS} AS was_in_week, now_day < {WEEK_DAYS} AS now_in_week,
            CASE WHEN was_skill IS NULL THEN '{Movement.ENTERS}'
                WHEN now_skill IS NULL THEN '{Movement.LEAVES}'
                WHEN was_skill <> now_skill THEN '{Movement.TEAM}'
                WHEN now_day < was_day THEN '{Movement.SOONER}'
                WHEN now_day > was_day THEN '{Movement.LATER}'
                ELSE '{Movement.SAME}' END AS movement
        FROM (
            SELECT o.*, {_day("was")} AS was_day, {_day("now")} AS now_day,
                wr.minutes IS NOT NULL AND (NOT was_is_near OR was_until > wr.minutes) AS was_at_risk,
                nr.minutes IS NOT NULL AND (NOT now_is_near OR now_until > nr.minutes) AS now_at_risk
            FROM (
                SELECT paced.*, {_until("was")} AS was_until, {_until("now")} AS now_until
                FROM ({_PACED}) paced WHERE {_IS_NEAR}
            ) o
            LEFT JOIN due_days wr ON wr.skill_id = was_skill AND wr.day = deadline_on
            LEFT JOIN due_days nr ON nr.skill_id = now_skill AND nr.day = deadline_on
        ) x
    ), ranked AS (
        SELECT *, row_number() OVER (
            PARTITION BY movement ORDER BY value_cents DESC, account_id, kind, subject) AS place
        FROM near WHERE movement <> '{Movement.SAME}'
    )
    SELECT 0 AS place, jsonb_build_array(movement, kind, was_skill, now_skill, was_in_week, now_in_week,
        was_at_risk, now_at_risk, {_SUMS}) AS found
    FROM near GROUP BY movement, kind, was_skill, now_skill, was_in_week, now_in_week, was_at_risk,
        now_at_risk
    UNION ALL
    SELECT 0, jsonb_build_array('{Movement.SAME}', kind, was_skill, now_skill, false, false,
        u.minutes IS NOT NULL, u.minutes IS NOT NULL, {_SUMS})
    FROM ({_PACED}) paced LEFT JOIN due_days u ON u.skill_id = was_skill AND u.day = deadline_on
    WHERE NOT {_IS_NEAR} GROUP BY kind, was_skill, now_skill, u.minutes IS NOT NULL
    UNION ALL
    SELECT place, jsonb_build_array(movement, account_id, kind, subject, was_day, now_day, value_cents,
        coalesce(now_minutes, was_minutes), deadline_on)
    FROM ranked WHERE place <= {SAMPLES} ORDER BY 1
"""  # noqa: S608  # put together from constants
