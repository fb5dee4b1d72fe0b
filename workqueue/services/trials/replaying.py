"""The last days' queues in the order of other rules, beside the order they had and what was worked.

A day is replayed as the queue stood in its morning, before the first task was taken: every task as its
history says it was then, with the value, chances, minutes and deadline it had. Only the order is replayed:
the rules tried say the weight, the tier, the minutes and the team of a kind, whether it is on, and what a
later touch is worth. When a task comes up (lead times, waiting times, floors) follows from facts of that day
which history does not keep; a trial on today's facts shows that. Nor is it known what a task would have
brought that nobody worked: the page says what was at stake, not what would have come.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import QueueRulePublication, QueueRuleVersion
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.dispositions import PUT_ASIDE
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.priority import TIER_STEP
from workqueue.rules.queue_rules import QueueRules, rules_of
from workqueue.rules.trials import AT_RISK_DAYS, Figures, Replay, ReplayedDay, Taken
from workqueue.services.trials.comparing import Report

MORNING = time(6)
"""Before anybody works, after the night has derived what the day brings. A day goes from one to the next."""

# A value of that morning is what the first change since then found; unchanged since, the task has it still.
# A person's row says only what they changed, so each value is looked for by itself.
STOOD = """
    CREATE TEMP TABLE stood ON COMMIT DROP AS
    WITH later AS MATERIALIZED (
        SELECT task_id, id, before FROM task_changes WHERE at >= %(morning)s
    ), state AS (
        SELECT DISTINCT ON (task_id) task_id, before->>'state' AS state
        FROM later WHERE before ? 'state' ORDER BY task_id, id
    ), score AS (
        SELECT DISTINCT ON (task_id) task_id, (before->>'priority')::bigint AS priority,
            (before->>'value_cents')::bigint AS value_cents, (before->>'p_now_bp')::bigint AS p_now_bp,
            (before->>'p_later_bp')::bigint AS p_later_bp, (before->>'gain_cents')::bigint AS gain_cents,
            (before->>'minutes')::int AS minutes, (before->>'deadline_on')::date AS deadline_on
        FROM later WHERE before ? 'gain_cents' ORDER BY task_id, id
    ), worked AS (
        SELECT DISTINCT task_id FROM outcomes
        WHERE at >= %(morning)s AND at < %(night)s AND disposition <> ALL(%(not_work)s::text[])
    )
    SELECT t.id, t.kind, w.task_id IS NOT NULL AS is_worked,
        CASE WHEN h.task_id IS NULL THEN t.priority ELSE h.priority END AS priority,
        CASE WHEN h.task_id IS NULL THEN t.value_cents ELSE h.value_cents END AS value_cents,
        CASE WHEN h.task_id IS NULL THEN t.p_now_bp ELSE h.p_now_bp END AS p_now_bp,
        CASE WHEN h.task_id IS NULL THEN t.p_later_bp ELSE h.p_later_bp END AS p_later_bp,
        CASE WHEN h.task_id IS NULL THEN t.gain_cents ELSE h.gain_cents END AS gain_cents,
        CASE WHEN h.task_id IS NULL THEN t.minutes ELSE h.minutes END AS minutes,
        CASE WHEN h.task_id IS NULL THEN t.deadline_on ELSE h.deadline_on END AS deadline_on
    FROM tasks t
    LEFT JOIN state s ON s.task_id = t.id
    LEFT JOIN score h ON h.task_id = t.id
    LEFT JOIN worked w ON w.task_id = t.id
    -- A number given later than this morning's newest is a task that did not exist yet.
    WHERE t.id <= (SELECT max(id) FROM tasks WHERE opened_at < %(morning)s)
      AND t.kind <> 'callback_due' AND coalesce(s.state, t.state) IN ('queued', 'leased')
"""

# What was worked that day, whenever it came up.
WORKED = """
    SELECT t.kind, count(*), sum(t.minutes)::bigint FROM tasks t
    WHERE t.kind <> 'callback_due' AND t.id IN (
        SELECT task_id FROM outcomes
        WHERE at >= %(morning)s AND at < %(night)s AND disposition <> ALL(%(not_work)s::text[]))
    GROUP BY t.kind
"""

WORKED_ON = """
    SELECT DISTINCT (at AT TIME ZONE %(zone)s - %(begins)s)::date FROM outcomes
    WHERE at >= %(from_at)s AND at < %(until_at)s AND disposition <> ALL(%(not_work)s::text[])
    ORDER BY 1 DESC
"""

# The gain of both orders is the one of that morning: one measure for both.
TAKEN = f"""
    WITH of_kind AS (
        SELECT * FROM unnest(%(kinds)s::text[], %(was_skills)s::text[], %(now_skills)s::text[],
            %(tiers)s::int[], %(weights)s::int[], %(minutes)s::int[])
            AS k(kind, was_skill, now_skill, tier, weight, set_minutes)
    ), budget AS (
        SELECT * FROM unnest(%(skills)s::text[], %(budgets)s::bigint[]) AS b(skill, minutes)
    ), scored AS (
        SELECT s.*, k.was_skill, k.now_skill, coalesce(k.set_minutes, s.minutes) AS now_minutes,
            (2 - k.tier) * {TIER_STEP} + least(greatest(
                value_cents * (p_now_bp * 100 - CASE
                    WHEN deadline_on - %(day)s::date BETWEEN 0 AND %(revisit)s - 1 THEN 0
                    ELSE p_later_bp END * %(discount)s) / 1000000
                * k.weight * 10 / coalesce(k.set_minutes, s.minutes), 0), {TIER_STEP - 1}) AS now_priority
        FROM stood s JOIN of_kind k USING (kind)
    ), ordered AS (
        SELECT *,
            sum(minutes) OVER (PARTITION BY was_skill ORDER BY priority DESC, id
                ROWS UNBOUNDED PRECEDING) - minutes AS was_before,
            sum(now_minutes) OVER (PARTITION BY now_skill ORDER BY now_priority DESC, id
                ROWS UNBOUNDED PRECEDING) - now_minutes AS now_before
        FROM scored
    ), taken AS (
        SELECT o.*, was_before < coalesce(w.minutes, 0) AS is_was,
            now_skill IS NOT NULL AND now_before < coalesce(n.minutes, 0) AS is_now,
            coalesce(deadline_on - %(day)s::date BETWEEN 0 AND {AT_RISK_DAYS - 1}, false) AS is_due
        FROM ordered o
        LEFT JOIN budget w ON w.skill = was_skill
        LEFT JOIN budget n ON n.skill = now_skill
    )
    SELECT count(*),
        count(*) FILTER (WHERE is_was), sum(minutes) FILTER (WHERE is_was),
        sum(value_cents) FILTER (WHERE is_was), sum(gain_cents) FILTER (WHERE is_was),
        count(*) FILTER (WHERE is_was AND is_due), count(*) FILTER (WHERE is_was AND is_worked),
        count(*) FILTER (WHERE is_now), sum(now_minutes) FILTER (WHERE is_now),
        sum(value_cents) FILTER (WHERE is_now), sum(gain_cents) FILTER (WHERE is_now),
        count(*) FILTER (WHERE is_now AND is_due), count(*) FILTER (WHERE is_now AND is_worked),
        count(*) FILTER (WHERE is_was AND is_now)
    FROM taken
"""  # noqa: S608  # put together from constants


def replay(session: Session, rules: QueueRules, *, days: int, now: datetime, report: Report) -> Replay:
    """Replay those of the last days on which anything was worked."""
    _run(session, "SET LOCAL statement_timeout = 0")
    _run(session, "SET LOCAL work_mem = '256MB'")
    worked_on = _days(session, days, now)
    found = []
    for number, day in enumerate(worked_on):
        report(number, len(worked_on), f"Replaying {number + 1} of {len(worked_on)} days")
        found.append(_replayed(session, day, rules))
    return Replay(tuple(found))


def _days(session: Session, days: int, now: datetime) -> list[date]:
    begins = timedelta(hours=MORNING.hour)
    today = office_day(now - begins)
    rows = _run(
        session,
        WORKED_ON,
        {
            "zone": OFFICE_ZONE,
            "begins": begins,
            "from_at": _morning(today - timedelta(days=days)),
            "until_at": _morning(today),
            "not_work": _not_work(),
        },
    )
    return [row[0] for row in rows]


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, ZoneInfo(OFFICE_ZONE))


def _replayed(session: Session, day: date, rules: QueueRules) -> ReplayedDay:
    morning = _morning(day)
    then = _in_force(session, morning)
    span = {
        "morning": morning,
        "night": _morning(day + timedelta(days=1)),
        "not_work": _not_work(),
    }
    worked = [_Worked(*row) for row in _run(session, WORKED, span)]
    _run(session, STOOD, span)
    row = _run(session, TAKEN, _bound(day, then, rules, worked)).one()
    _run(session, "DROP TABLE stood")
    return ReplayedDay(
        day=day.isoformat(),
        worked=sum(each.tasks for each in worked),
        minutes=sum(each.minutes for each in worked),
        queue=row[0],
        was=_taken(row[1:7]),
        now=_taken(row[7:13]),
        shared=row[13],
    )


@dataclass(frozen=True)
class _Worked:
    """Tasks of one kind that were worked on a day, and what they are expected to take."""

    kind: str
    tasks: int
    minutes: int


def _taken(numbers: Any) -> Taken:
    tasks, minutes, value_cents, gain_cents, deadlines, worked = (int(each or 0) for each in numbers)
    return Taken(Figures(tasks, minutes, value_cents, gain_cents), deadlines, worked)


def _bound(day: date, then: QueueRules, rules: QueueRules, worked: list[_Worked]) -> dict[str, Any]:
    budgets: Counter[Skill] = Counter()
    for each in worked:
        budgets[then.of(TaskKind(each.kind)).skill] += each.minutes
    return {
        "day": day,
        "kinds": [each.kind.value for each in rules.kinds],
        "was_skills": [then.of(each.kind).skill.value for each in rules.kinds],
        # A kind that is off is not offered; the claims it would have had are left out of the replay.
        "now_skills": [each.skill.value if each.is_on else None for each in rules.kinds],
        "tiers": [each.tier for each in rules.kinds],
        "weights": [each.weight_percent for each in rules.kinds],
        "minutes": [each.minutes for each in rules.kinds],
        "skills": [each.value for each in budgets],
        "budgets": list(budgets.values()),
        "revisit": rules.revisit_days,
        "discount": rules.discount_percent,
    }


def _in_force(session: Session, at: datetime) -> QueueRules:
    """Return the rules that held then; the first ones for what was before them."""
    held = select(QueueRuleVersion.parameters).join(
        QueueRulePublication, QueueRulePublication.version_id == QueueRuleVersion.id
    )
    newest = held.where(QueueRulePublication.published_at <= at).order_by(QueueRulePublication.number.desc())
    first = held.where(QueueRulePublication.number == 1)
    return rules_of(session.scalar(newest.limit(1)) or session.scalars(first).one())


def _not_work() -> list[str]:
    return [each.code for each in PUT_ASIDE]


def _run(session: Session, sql: str, parameters: dict[str, Any] | None = None) -> Any:
    return session.connection().exec_driver_sql(sql, parameters or {})
