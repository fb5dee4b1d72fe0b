"""What would help where deadlines cannot be kept; every figure is the difference of two solutions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from workqueue.rules.deadline_fixes import (
    OVERTIME_MINUTES,
    best,
    best_grants,
    least_in,
    overtime,
)
from workqueue.rules.deadline_network import DueTask, Needed, PersonTime, batch_of
from workqueue.rules.feasibility import minutes_short
from workqueue.services.feasibility import due, staff
from workqueue.services.feasibility.ahead import Ahead
from workqueue.services.feasibility.report import Report


@dataclass(frozen=True, slots=True)
class OvertimeLine:
    """So much more of a skill on a day."""

    day: date
    skill: str
    skill_name: str
    minutes: int


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A skill for somebody who has time; counted at a learner's pace."""

    person_id: int
    person_name: str
    skill: str
    skill_name: str
    saved_minutes: int


@dataclass(frozen=True, slots=True)
class MovableAbsence:
    """An absence that could be moved to after the horizon."""

    absence_id: int
    person_id: int
    person_name: str
    starts_at: datetime
    ends_at: datetime
    saved_minutes: int


@dataclass(frozen=True, slots=True)
class FirstDay:
    """What the next day of work has to go on, lest more is missed."""

    day: date
    minutes: int
    tasks: tuple[DueTask, ...]
    """In the order in which to work them."""


@dataclass(frozen=True, slots=True)
class Fixes:
    """Each by itself, solved for the whole office; what concerns the team's deadlines is named."""

    short_minutes: int
    overtime: tuple[OvertimeLine, ...]
    grants: tuple[GrantLine, ...]
    absences: tuple[MovableAbsence, ...]
    passing_minutes: int
    """So much more is missed while what was passed to people stays with them."""
    lent_minutes: int
    """So much more would be missed without colleagues of other teams."""
    first: FirstDay | None

    @property
    def overtime_minutes(self) -> int:
        return sum(each.minutes for each in self.overtime)


def fixes(session: Session, found: Ahead, reported: Report) -> Fixes:
    """Look for what would help where the report found something short."""
    needed, people = found.needed, found.people
    short = minutes_short(needed, people)
    skills = {code for each in reported.shortages for code in each.skills}
    ours = found.skills_of(reported.team_id)
    return Fixes(
        short_minutes=reported.short_minutes,
        overtime=_overtime(found, needed, skills) if skills else (),
        grants=_grants(found, needed, skills) if skills else (),
        absences=_absences(session, found, needed, skills) if skills else (),
        passing_minutes=minutes_short(found.needed_as_passed(ours), people) - short,
        lent_minutes=minutes_short(needed, _without_help(found, ours)) - short,
        first=first_day(session, found, reported),
    )


def _overtime(found: Ahead, needed: Needed, skills: set[str]) -> tuple[OvertimeLine, ...]:
    """Let everybody who works on a day stay longer on it."""
    last = {found.slots.last_of(day) for day in found.slots.days}
    most = []
    for person in found.people:
        days = {found.slots.days[slot] for slot, minutes in enumerate(person.minutes) if minutes}
        most.append(
            replace(
                person,
                minutes=[
                    OVERTIME_MINUTES if slot in last and day in days else 0
                    for slot, day in enumerate(found.slots.days)
                ],
            )
        )
    return tuple(
        OvertimeLine(found.slots.days[each.slot], each.skill, found.skills[each.skill].name, each.minutes)
        for each in overtime(needed, found.people, most)
        if each.skill in skills
    )


def _grants(found: Ahead, needed: Needed, skills: set[str]) -> tuple[GrantLine, ...]:
    return tuple(
        GrantLine(
            grant.person_id,
            found.staff[grant.person_id].name,
            grant.skill,
            found.skills[grant.skill].name,
            saved,
        )
        for grant, saved in best_grants(needed, found.people, skills)
    )


def _absences(session: Session, found: Ahead, needed: Needed, skills: set[str]) -> tuple[MovableAbsence, ...]:
    able = {
        member.id: member
        for member in found.staff.values()
        if skills & {ability.skill for ability in member.abilities}
    }
    away = {each.id: each for each in staff.movable_absences(session, able, found.slots)}
    options: dict[int, Sequence[PersonTime]] = {
        each.id: [*(person for person in found.people if person.id == each.person_id), *each.regained]
        for each in away.values()
        if each.regained
    }
    return tuple(
        MovableAbsence(
            absence_id,
            away[absence_id].person_id,
            found.staff[away[absence_id].person_id].name,
            away[absence_id].starts_at,
            away[absence_id].ends_at,
            saved,
        )
        for absence_id, saved in best(needed, found.people, options)
    )


def _without_help(found: Ahead, skills: set[str]) -> list[PersonTime]:
    """Take these skills from whoever is of another team than the one that works them."""
    return [
        replace(
            person,
            paces={
                skill: pace
                for skill, pace in person.paces.items()
                if skill not in skills or found.skills[skill].team_id == found.staff[person.id].team_id
            },
        )
        for person in found.people
    ]


def first_day(session: Session, found: Ahead, reported: Report) -> FirstDay | None:
    """Return what the next day of work has to go on, and the tasks to begin with."""
    days = [
        found.slots.days[slot]
        for slot in range(len(found.slots.days))
        if any(each.minutes[slot] for each in found.people)
    ]
    if not days:
        return None
    slots = [slot for slot, each in enumerate(found.slots.days) if each == days[0]]
    kept = found.needed
    for task in reported.missed:
        kept[batch_of(task)] -= task.minutes
    least = least_in(kept, found.people, slots)
    ours = {
        batch: minutes for batch, minutes in least.items() if batch.skill in found.skills_of(reported.team_id)
    }
    lost = {task.id for task in reported.missed}
    batches = due.tasks_of(session, found.slots, ours, now=found.now)
    tasks = [
        task
        for batch, minutes in ours.items()
        for task in _worth_most([each for each in batches[batch] if each.id not in lost], minutes)
    ]
    in_order = sorted(tasks, key=lambda task: (task.due, -task.value_cents, task.id))
    return FirstDay(days[0], sum(ours.values()), tuple(in_order))


def _worth_most(tasks: list[DueTask], minutes: int) -> list[DueTask]:
    """Take tasks of one batch until these minutes are filled, those worth most a minute first."""
    chosen = []
    for task in sorted(tasks, key=lambda task: (-task.value_cents / task.minutes, task.id)):
        if minutes <= 0:
            break
        chosen.append(task)
        minutes -= task.minutes
    return chosen
