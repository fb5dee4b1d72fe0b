"""Who can do what, and how many minutes they have for it, slot by slot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import Absence, Skill, User, UserSkill
from workqueue.rules.deadline_network import PersonTime
from workqueue.rules.deadline_slots import Slots, minutes_by_slot
from workqueue.rules.roles import WORKERS
from workqueue.rules.shifts import (
    PACE_PERCENT,
    USUAL_WEEK,
    AbsenceKind,
    Duty,
    Shift,
    SkillLevel,
    Span,
    on_duty,
)
from workqueue.services import staffing


@dataclass(frozen=True, slots=True)
class Ability:
    """One skill of a person."""

    skill: str
    level: SkillLevel
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works tasks."""

    id: int
    name: str
    team_id: int | None
    zone: str
    productive_percent: int
    abilities: tuple[Ability, ...]
    week: Sequence[Shift]
    """Empty where nobody wrote any down: the usual week is assumed."""


@dataclass(frozen=True, slots=True)
class Away:
    """An absence that could be moved, and the time it would give back."""

    id: int
    person_id: int
    starts_at: datetime
    ends_at: datetime
    regained: tuple[PersonTime, ...]


def members(session: Session) -> dict[int, Member]:
    """Return everybody who works tasks of any kind."""
    rows = session.execute(
        select(User.id, User.name, User.team_id, User.zone, User.productive_percent)
        .where(User.is_active, User.role.in_(WORKERS))
        .order_by(User.name, User.id)
    ).all()
    ids = [row.id for row in rows]
    abilities: dict[int, list[Ability]] = defaultdict(list)
    for user_id, code, level, expires_on in session.execute(
        select(UserSkill.user_id, Skill.code, UserSkill.level, UserSkill.expires_on)
        .join(Skill, Skill.id == UserSkill.skill_id)
        .where(UserSkill.user_id.in_(ids))
    ):
        abilities[user_id].append(Ability(code, level, expires_on))
    weeks = staffing.weeks_of(session, ids)
    return {row.id: Member(*row, tuple(abilities[row.id]), weeks[row.id]) for row in rows}


def time_of(session: Session, staff: Mapping[int, Member], slots: Slots) -> list[PersonTime]:
    """Return the minutes all of them have for tasks, absences taken out."""
    whole = Span(slots.starts_at[0], slots.ends_at)
    duties = staffing.duties(session, list(staff), between=whole)
    return [time for member in staff.values() for time in divided(member, slots, duties[member.id])]


def divided(member: Member, slots: Slots, duties: Iterable[Duty]) -> list[PersonTime]:
    """Lay a person's time out, once for each set of skills they hold: a certificate may run out."""
    minutes = minutes_by_slot(slots, duties, member.productive_percent)
    by_skills: dict[tuple[tuple[str, int], ...], list[int]] = {}
    for slot, day in enumerate(slots.days):
        held = tuple(
            sorted(
                (each.skill, PACE_PERCENT[each.level])
                for each in member.abilities
                if each.expires_on is None or each.expires_on >= day
            )
        )
        by_skills.setdefault(held, [0] * len(slots.days))[slot] = minutes[slot]
    return [PersonTime(member.id, dict(held), each) for held, each in by_skills.items() if any(each)]


def movable_absences(session: Session, staff: Mapping[int, Member], slots: Slots) -> list[Away]:
    """Return absences within the horizon that somebody planned; nobody is asked to be sick later."""
    whole = Span(slots.starts_at[0], slots.ends_at)
    rows = session.execute(
        select(Absence.id, Absence.user_id, Absence.starts_at, Absence.ends_at)
        .where(
            Absence.user_id.in_(staff),
            Absence.kind != AbsenceKind.SICK,
            Absence.cancelled_at.is_(None),
            func.tstzrange(Absence.starts_at, Absence.ends_at).op("&&")(
                func.tstzrange(whole.begins_at, whole.ends_at)
            ),
        )
        .order_by(Absence.starts_at, Absence.id)
    )
    return [
        Away(*row, regained=tuple(_regained(staff[row.user_id], slots, row.starts_at, row.ends_at)))
        for row in rows
    ]


def _regained(member: Member, slots: Slots, starts_at: datetime, ends_at: datetime) -> list[PersonTime]:
    # Nobody is away twice at once, so no other absence covers any of it.
    span = Span(max(starts_at, slots.starts_at[0]), min(ends_at, slots.ends_at))
    return divided(member, slots, on_duty(member.week or USUAL_WEEK, member.zone, (), span))
