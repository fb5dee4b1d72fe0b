"""The queue that other rules would make of today's facts, beside the live one.

The live queue is what the rules in force make of the same facts (`flask queue check` says so), so one
derivation is enough. Every statement reads the office and writes temporary tables of its own; a trial holds
no lock that anybody waits for.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import QueueRules
from workqueue.rules.trials import (
    HORIZON_DAYS,
    Figures,
    KindMoves,
    Movement,
    Outcome,
    Sample,
    Side,
    Team,
    total,
)
from workqueue.services.deriving.scoring import FAMILIES, Family
from workqueue.services.trials import comparing_sql as sql
from workqueue.services.trials.capacity import SkillTime, time_of_skills

Report = Callable[[int, int, str], None]
"""Called with how much is done, of how much, and what is being done."""


def compare(session: Session, rules: QueueRules, *, now: datetime, report: Report) -> Outcome:
    """Return what these rules would change at this moment."""
    _run(session, "SET LOCAL statement_timeout = 0")
    # As a rebuild has it: a million tasks are joined and sorted in memory.
    _run(session, "SET LOCAL work_mem = '256MB'")
    # Every task is handed on, where a rebuild finds few that differ: by the usual price of that the planner
    # would derive in one process.
    _run(session, "SET LOCAL parallel_tuple_cost = 0")
    due = [row[0] for row in _run(session, sql.DUE, {"now": now})]
    bound = {"now": now, "today": office_day(now), "due": due}
    steps = _Steps(session, report)
    for number, family in enumerate(FAMILIES):
        _run(session, sql.lay_out_sql(number, family, rules), bound)
        steps.derived(family)
    steps.ordering()
    outcome = _compared(session, time_of_skills(session, now), left_out=len(due))
    _run(session, f"DROP TABLE {', '.join(sql.PARTS)}")
    return outcome


class _Steps:
    """How far a trial is: the tasks of each family derived, then all of them ordered and compared."""

    def __init__(self, session: Session, report: Report) -> None:
        self._report = report
        counts = dict(_run(session, sql.COUNTS).all())
        self._of = {each.kinds: sum(counts.get(kind.value, 0) for kind in each.kinds) for each in FAMILIES}
        self._all = sum(self._of.values())
        # Ordering both queues and comparing them takes about half as long as deriving one.
        self._total = self._all * 3 // 2 + 1
        self._done = 0
        report(0, self._total, f"Deriving {self._all:,} tasks by the rules tried")

    def derived(self, family: Family) -> None:
        self._done += self._of[family.kinds]
        self._report(self._done, self._total, f"{self._done:,} of {self._all:,} tasks derived")

    def ordering(self) -> None:
        self._report(self._all, self._total, "Putting both queues in order and comparing them")


def _compared(session: Session, times: list[SkillTime], *, left_out: int) -> Outcome:
    # Few groups come of a million rows; without statistics the planner expects many, and would sort them.
    _run(session, "SET LOCAL enable_sort = off")
    rows: list[_Row] = []
    samples: dict[str, list[Sample]] = defaultdict(list)
    for place, found in _run(session, sql.COMPARED, _bound(times) | _floors(session, times)):
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


def _floors(session: Session, times: list[SkillTime]) -> dict[str, list[int]]:
    """Return down to which priority each team gets within the horizon, under either set of rules.

    The floor of a team is the lowest priority of the group in which its horizon lies: above it nothing is
    left out.
    """
    groups: dict[str, dict[int, dict[int, _Group]]] = {"was": defaultdict(dict), "now": defaultdict(dict)}
    for row in _run(session, sql.BUCKETS):
        for at, side in enumerate(("was", "now")):
            skill, bucket, minutes, lowest = row[at], row[at + 2], row[at + 4], row[at + 6]
            if skill is not None:
                group = groups[side][skill].setdefault(bucket, _Group(0, lowest))
                group.minutes += minutes
                group.lowest = min(group.lowest, lowest)
    return {
        f"{side}_floors": [_floor(of_skill[each.skill_id], each.minutes_a_day) for each in times]
        for side, of_skill in groups.items()
    }


@dataclass
class _Group:
    """Tasks of one team whose priorities are alike."""

    minutes: int
    lowest: int


def _floor(groups: dict[int, _Group], minutes_a_day: int) -> int:
    left, floor = HORIZON_DAYS * minutes_a_day, 0
    for bucket in sorted(groups, reverse=True):
        floor = groups[bucket].lowest
        left -= groups[bucket].minutes
        if left <= 0:
            break
    return floor


def _bound(times: list[SkillTime]) -> dict[str, Any]:
    due = [(each.skill_id, day, minutes) for each in times for day, minutes in each.minutes_until.items()]
    return {
        "horizon": HORIZON_DAYS,
        "skills": [each.skill_id for each in times],
        "paces": [each.minutes_a_day for each in times],
        "due_skills": [each[0] for each in due],
        "days": [each[1] for each in due],
        "until": [each[2] for each in due],
    }


def _run(session: Session, statement: str, parameters: dict[str, Any] | None = None) -> Any:
    return session.connection().exec_driver_sql(statement, parameters or {})
