"""The queue that other rules would make of today's facts, beside the live one.

The live queue is what the rules in force make of the same facts (`flask queue check` says so), so one
derivation is enough. Every statement reads the office and writes temporary tables of its own; a trial holds
no lock that anybody waits for.

`d` is the desired task under the rules tried, `t` the live one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import TaskKind
from workqueue.rules.priority import TIER_STEP
from workqueue.rules.queue_rules import QueueRules
from workqueue.rules.trials import (
    SAMPLES,
    WEEK_DAYS,
    Figures,
    KindMoves,
    Movement,
    Outcome,
    Sample,
    Side,
    Team,
    total,
)
from workqueue.services.deriving.claim_rules import CLAIM_KINDS
from workqueue.services.deriving.scoring import FAMILIES, Family, family_sql
from workqueue.services.deriving.statements import CARRY, NEW_OR_STATE, NOTHING_CARRIED, listed
from workqueue.services.trials.capacity import SkillTime, time_of_skills

Report = Callable[[int, int, str], None]
"""Called with how much is done, of how much, and what is being done."""

OFFERED = "('queued', 'leased')"


def compare(session: Session, rules: QueueRules, *, now: datetime, report: Report) -> Outcome:
    """Return what these rules would change at this moment."""
    _run(session, "SET LOCAL statement_timeout = 0")
    # As a rebuild has it: a million tasks are joined and sorted in memory.
    _run(session, "SET LOCAL work_mem = '256MB'")
    # Every task is handed on, where a rebuild finds few that differ: by the usual price of that the planner
    # would derive in one process.
    _run(session, "SET LOCAL parallel_tuple_cost = 0")
    due = [row[0] for row in _run(session, DUE, {"now": now})]
    bound = {"now": now, "today": office_day(now), "due": due}
    steps = _Steps(session, report)
    for number, family in enumerate(FAMILIES):
        _run(session, _lay_out(number, family, rules), bound)
        steps.derived(family)
    steps.ordering()
    outcome = _compared(session, time_of_skills(session, now), left_out=len(due))
    _run(session, f"DROP TABLE {', '.join(_PARTS)}")
    return outcome


class _Steps:
    """How far a trial is: the tasks of each family derived, then all of them ordered and compared."""

    def __init__(self, session: Session, report: Report) -> None:
        self._report = report
        counts = dict(_run(session, COUNTS).all())
        self._of = {each.kinds: sum(counts.get(kind.value, 0) for kind in each.kinds) for each in FAMILIES}
        self._all = sum(self._of.values())
        # Ordering both queues and comparing them takes about as long as deriving one.
        self._total = self._all * 2 + 1
        self._done = 0
        report(0, self._total, f"Deriving {self._all:,} tasks by the rules tried")

    def derived(self, family: Family) -> None:
        self._done += self._of[family.kinds]
        self._report(self._done, self._total, f"{self._done:,} of {self._all:,} tasks derived")

    def ordering(self) -> None:
        self._report(self._all, self._total, "Putting both queues in order and comparing them")


DUE = "SELECT DISTINCT account_id FROM tasks WHERE rescore_at <= %(now)s"

COUNTS = "SELECT kind, count(*) FROM tasks WHERE state <> 'closed' GROUP BY kind"

# A task that is new takes over the deferral of its sibling, as a rebuild has it; the others keep their own.
_CARRY = CARRY.replace("WHERE o.account_id", "WHERE (t.id IS NULL OR t.state = 'closed') AND o.account_id")


def _lay_out(number: int, family: Family, rules: QueueRules) -> str:
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


_PARTS = [f"tried_{number}" for number in range(len(FAMILIES))]
_EACH = " UNION ALL ".join(f"SELECT * FROM {part}" for part in _PARTS)  # noqa: S608  # our own tables


def _until(side: str) -> str:
    """Add up the minutes of all teams' queues, one behind the other, to the end of each task.

    Team and priority are one number: sorting a million of them takes half as long as by team, then priority.
    Of equal priority the account that came first goes first: the live queue goes by the task's number, which
    what is only tried has none of.
    """
    return f"""sum({side}_minutes) OVER (
        ORDER BY {side}_skill * {TEAM_STEP} - {side}_priority, account_id, kind, subject
        ROWS UNBOUNDED PRECEDING)"""


TEAM_STEP = 4 * TIER_STEP
"""Above every priority, so that teams do not mix."""

MINUTES = f"""
    SELECT was_skill, now_skill, sum(was_minutes)::bigint, sum(now_minutes)::bigint,
        bool_or((was_skill, was_priority, was_minutes)
            IS DISTINCT FROM (now_skill, now_priority, now_minutes))
    FROM ({_EACH}) each GROUP BY was_skill, now_skill
"""  # noqa: S608  # put together from constants


# A team in whose queue nothing differs is put in order once.
_IS_MOVED = "coalesce(was_skill, now_skill) = ANY(%(moved)s::int[])"

# One statement, so that a million ordered tasks are kept once and looked at twice: summed, and for those with
# the most at stake. Both come as arrays, the sums first.
COMPARED = f"""
    WITH pace AS (
        SELECT * FROM unnest(%(skills)s::int[], %(paces)s::bigint[], %(was_before)s::bigint[],
            %(now_before)s::bigint[]) AS p(skill_id, a_day, was_before, now_before)
    ), due_days AS (
        SELECT * FROM unnest(%(due_skills)s::int[], %(days)s::date[], %(until)s::bigint[])
            AS u(skill_id, day, minutes)
    ), moved AS MATERIALIZED (
        SELECT account_id, kind, subject, value_cents, deadline_on, was_skill, now_skill, was_minutes,
            now_minutes, was_gain, now_gain, was_day, now_day, was_at_risk, now_at_risk,
            was_day < {WEEK_DAYS} AS was_in_week, now_day < {WEEK_DAYS} AS now_in_week,
            CASE WHEN was_skill IS NULL THEN '{Movement.ENTERS}'
                WHEN now_skill IS NULL THEN '{Movement.LEAVES}'
                WHEN was_skill <> now_skill THEN '{Movement.TEAM}'
                WHEN now_day < was_day THEN '{Movement.SOONER}'
                WHEN now_day > was_day THEN '{Movement.LATER}'
                ELSE '{Movement.SAME}' END AS movement
        FROM (
            SELECT o.*, (was_until - w.was_before - was_minutes) / w.a_day AS was_day,
                (now_until - n.now_before - now_minutes) / n.a_day AS now_day,
                was_until - w.was_before > wr.minutes AS was_at_risk,
                now_until - n.now_before > nr.minutes AS now_at_risk
            FROM (
                SELECT each.*, {_until("was")} AS was_until, {_until("now")} AS now_until
                FROM ({_EACH}) each WHERE {_IS_MOVED}
                UNION ALL
                SELECT still.*, was_until AS now_until FROM (
                    SELECT each.*, {_until("was")} AS was_until FROM ({_EACH}) each WHERE NOT {_IS_MOVED}
                ) still
            ) o
            LEFT JOIN pace w ON w.skill_id = was_skill
            LEFT JOIN pace n ON n.skill_id = now_skill
            LEFT JOIN due_days wr ON wr.skill_id = was_skill AND wr.day = deadline_on
            LEFT JOIN due_days nr ON nr.skill_id = now_skill AND nr.day = deadline_on
        ) x
    ), ranked AS (
        SELECT *, row_number() OVER (
            PARTITION BY movement ORDER BY value_cents DESC, account_id, kind, subject) AS place
        FROM moved WHERE movement <> '{Movement.SAME}'
    )
    SELECT 0 AS place, jsonb_build_array(movement, kind, was_skill, now_skill, was_in_week, now_in_week,
        was_at_risk, now_at_risk, count(*), sum(was_minutes), sum(now_minutes), sum(value_cents),
        sum(was_gain), sum(now_gain)) AS found
    FROM moved GROUP BY movement, kind, was_skill, now_skill, was_in_week, now_in_week, was_at_risk,
        now_at_risk
    UNION ALL
    SELECT place, jsonb_build_array(movement, account_id, kind, subject, was_day, now_day, value_cents,
        coalesce(now_minutes, was_minutes), deadline_on)
    FROM ranked WHERE place <= {SAMPLES} ORDER BY 1
"""  # noqa: S608  # put together from constants


def _compared(session: Session, times: list[SkillTime], *, left_out: int) -> Outcome:
    # Few groups come of a million rows; without statistics the planner expects many, and would sort them.
    _run(session, "SET LOCAL enable_sort = off")
    rows: list[_Row] = []
    samples: dict[str, list[Sample]] = defaultdict(list)
    for place, found in _run(session, COMPARED, _bound(times) | _before(session, times)):
        if place:
            samples[found[0]].append(Sample(*found[1:]))
        else:
            rows.append(_row(*found))
    return Outcome(
        teams=tuple(_team(each, rows) for each in times),
        moves={move.value: _of_movement(move, rows) for move in Movement},
        kinds=_kinds(rows),
        samples={movement: tuple(each) for movement, each in samples.items()},
        left_out=left_out,
    )


@dataclass(frozen=True)
class _Row:
    """Tasks of one kind that go the same way between the same teams."""

    movement: Movement
    kind: str
    was_skill: int | None
    now_skill: int | None
    was: Side
    now: Side


def _row(
    movement: str,
    kind: str,
    was_skill: int | None,
    now_skill: int | None,
    was_in_week: bool | None,
    now_in_week: bool | None,
    was_at_risk: bool | None,
    now_at_risk: bool | None,
    tasks: int,
    was_minutes: int | None,
    now_minutes: int | None,
    value_cents: int,
    was_gain: int | None,
    now_gain: int | None,
) -> _Row:
    was = Figures(tasks, was_minutes or 0, value_cents, was_gain or 0)
    now = Figures(tasks, now_minutes or 0, value_cents, now_gain or 0)
    return _Row(
        Movement(movement),
        kind,
        was_skill,
        now_skill,
        _side(was, is_offered=was_skill is not None, is_in_week=was_in_week, is_at_risk=was_at_risk),
        _side(now, is_offered=now_skill is not None, is_in_week=now_in_week, is_at_risk=now_at_risk),
    )


def _side(figures: Figures, *, is_offered: bool, is_in_week: bool | None, is_at_risk: bool | None) -> Side:
    return Side(
        figures if is_offered else Figures(),
        figures if is_in_week else Figures(),
        figures if is_at_risk else Figures(),
    )


def _team(time: SkillTime, rows: list[_Row]) -> Team:
    was = sum((each.was for each in rows if each.was_skill == time.skill_id), Side())
    now = sum((each.now for each in rows if each.now_skill == time.skill_id), Side())
    return Team(time.code, time.name, time.reps, time.minutes_a_day, was, now)


def _of_movement(move: Movement, rows: list[_Row]) -> Figures:
    """Sum what moves, as it will be; what leaves, as it was."""
    side = "was" if move is Movement.LEAVES else "now"
    return total(getattr(each, side).queue for each in rows if each.movement is move)


def _kinds(rows: list[_Row]) -> tuple[KindMoves, ...]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for each in rows:
        side = each.was if each.movement is Movement.LEAVES else each.now
        counts[each.kind][each.movement.value] += side.queue.tasks
    return tuple(KindMoves(kind, dict(counts[kind])) for kind in TaskKind if kind in counts)


def _before(session: Session, times: list[SkillTime]) -> dict[str, list[int]]:
    """Return the teams whose queues differ, and where each team's begins in the order of all like it."""
    was: Counter[int] = Counter()
    now: Counter[int] = Counter()
    moved: set[int] = set()
    for was_skill, now_skill, was_minutes, now_minutes, is_moved in _run(session, MINUTES):
        was[was_skill or 0] += was_minutes or 0
        now[now_skill or 0] += now_minutes or 0
        if is_moved:
            moved |= {was_skill, now_skill} - {None}
    ids = [each.skill_id for each in times]
    return {"moved": sorted(moved)} | {
        f"{side}_before": [
            sum(minutes[other] for other in ids if other < each and (other in moved) is (each in moved))
            for each in ids
        ]
        for side, minutes in (("was", was), ("now", now))
    }


def _bound(times: list[SkillTime]) -> dict[str, Any]:
    due = [(each.skill_id, day, minutes) for each in times for day, minutes in each.minutes_until.items()]
    return {
        "skills": [each.skill_id for each in times],
        "paces": [each.minutes_a_day for each in times],
        "due_skills": [each[0] for each in due],
        "days": [each[1] for each in due],
        "until": [each[2] for each in due],
    }


def _run(session: Session, sql: str, parameters: dict[str, Any] | None = None) -> Any:
    return session.connection().exec_driver_sql(sql, parameters or {})
