"""What will be missed: proven shortages, and the tasks to let go of so that the least money is lost."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from workqueue.rules.deadline_network import DueTask
from workqueue.rules.feasibility import Shortage, feasibility, least_loss
from workqueue.services.feasibility import due
from workqueue.services.feasibility.ahead import Ahead, stuck
from workqueue.services.feasibility.due import Tally


@dataclass(frozen=True, slots=True)
class DayLine:
    """What is due of one skill on one day, and how much of it will not be done."""

    due_on: date
    skill: str
    skill_name: str
    due_count: int
    needed_minutes: int
    missed_count: int
    missed_minutes: int
    missed_cents: int

    @property
    def kept_minutes(self) -> int:
        return self.needed_minutes - self.missed_minutes


@dataclass(frozen=True, slots=True)
class ShortageLine:
    """Tasks that need more minutes than all who can do any of them have: a proof, and a choice."""

    skills: tuple[str, ...]
    skill_names: tuple[str, ...]
    first_on: date
    """When the first that is missed is due."""
    last_on: date
    due_count: int
    needed_minutes: int
    possible_minutes: int
    person_ids: tuple[int, ...]
    person_names: tuple[str, ...]
    at_least_count: int
    """So many whole tasks are missed at least, whatever is chosen."""
    missed_count: int
    """So many when the money lost is least."""
    missed_cents: int
    least_cents: int
    """No choice loses less."""

    @property
    def short_minutes(self) -> int:
        return self.needed_minutes - self.possible_minutes


@dataclass(frozen=True, slots=True)
class Assumed:
    """What the figures rest on."""

    people_count: int
    minutes: int
    without_shifts: tuple[str, ...]
    """Names of those whose usual week is assumed."""


@dataclass(frozen=True, slots=True)
class Report:
    """What will be missed until a day, of one team's skills or of all."""

    team_id: int | None
    days: int
    last_on: date
    due_count: int
    needed_minutes: int
    missed_count: int
    missed_cents: int
    short_minutes: int
    lines: tuple[DayLine, ...]
    shortages: tuple[ShortageLine, ...]
    passed: Tally
    stuck: Tally
    assumed: Assumed
    missed: tuple[DueTask, ...] = field(repr=False)
    """By deadline, of each day the most valuable first."""

    @property
    def is_feasible(self) -> bool:
        return not self.short_minutes


def report(session: Session, found: Ahead, *, team_id: int | None = None) -> Report:
    """Say which deadlines cannot be kept; the whole office is solved, the team's part is shown."""
    solved = feasibility(found.needed, found.people)
    skills = found.skills_of(team_id)
    ours = [each for each in solved.shortages if skills & set(each.skills)]
    chosen = [_chosen(session, found, each) for each in ours]
    missed = [task for _, tasks in chosen for task in tasks if task.skill in skills]
    lines = _lines(found, skills, missed)
    return Report(
        team_id=team_id,
        days=found.days,
        last_on=found.last_on,
        due_count=sum(line.due_count for line in lines),
        needed_minutes=sum(line.needed_minutes for line in lines),
        missed_count=len(missed),
        missed_cents=sum(task.value_cents for task in missed),
        short_minutes=sum(each.short for each in ours),
        lines=lines,
        shortages=tuple(line for line, _ in chosen),
        passed=due.passed(session, skills, now=found.now),
        stuck=stuck(found, skills),
        assumed=_assumed(found),
        missed=tuple(missed),
    )


def _chosen(session: Session, found: Ahead, shortage: Shortage) -> tuple[ShortageLine, list[DueTask]]:
    """Choose what to let go of in one shortage."""
    batches = due.tasks_of(session, found.slots, shortage.batches, now=found.now)
    tasks = [task for each in batches.values() for task in each]
    loss = least_loss(tasks, found.people)
    lost = set(loss.missed_ids)
    missed = sorted(
        (task for task in tasks if task.id in lost),
        key=lambda task: (found.due_on(task), -task.value_cents, task.id),
    )
    line = ShortageLine(
        skills=shortage.skills,
        skill_names=tuple(found.skills[code].name for code in shortage.skills),
        first_on=min(map(found.due_on, missed or tasks)),
        last_on=found.slots.days[shortage.last_due],
        due_count=len(tasks),
        needed_minutes=shortage.needed,
        possible_minutes=shortage.possible,
        person_ids=shortage.person_ids,
        person_names=tuple(sorted(found.staff[each].name for each in shortage.person_ids)),
        at_least_count=loss.least_count,
        missed_count=len(missed),
        missed_cents=loss.value_cents,
        least_cents=loss.least_value_cents,
    )
    return line, missed


def _lines(found: Ahead, skills: set[str], missed: Iterable[DueTask]) -> tuple[DayLine, ...]:
    lost: dict[tuple[date, str], list[DueTask]] = defaultdict(list)
    for task in missed:
        lost[found.due_on(task), task.skill].append(task)
    due_by: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])
    for load in found.loads:
        if load.batch.skill in skills and not load.is_stuck:
            due_by[load.due_on, load.batch.skill][0] += load.count
            due_by[load.due_on, load.batch.skill][1] += load.minutes
    return tuple(
        DayLine(
            due_on=day,
            skill=skill,
            skill_name=found.skills[skill].name,
            due_count=count,
            needed_minutes=minutes,
            missed_count=len(lost[day, skill]),
            missed_minutes=sum(each.minutes for each in lost[day, skill]),
            missed_cents=sum(each.value_cents for each in lost[day, skill]),
        )
        for (day, skill), (count, minutes) in sorted(due_by.items())
    )


def _assumed(found: Ahead) -> Assumed:
    able = {person.id for person in found.people if person.paces}
    return Assumed(
        people_count=len(able),
        minutes=sum(sum(person.minutes) for person in found.people if person.paces),
        without_shifts=tuple(
            found.staff[each].name for each in found.staff if each in able and not found.staff[each].week
        ),
    )
