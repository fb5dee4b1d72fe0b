"""How much time the people of each skill have in the next two weeks."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Skill, User, UserSkill
from workqueue.rules.business_days import is_business_day, office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.roles import Role
from workqueue.rules.shifts import Span
from workqueue.rules.trials import AT_RISK_DAYS, LONE_DAY_MINUTES
from workqueue.services import staffing


@dataclass(frozen=True)
class SkillTime:
    """The time of those who have one skill. Who has several gives each the same share of their time."""

    skill_id: int
    code: str
    name: str
    reps: int
    minutes_a_day: int
    """On an average working day of the next two weeks."""
    minutes_until: dict[date, int]
    """From now to the end of each of the next days."""


def time_of_skills(session: Session, now: datetime) -> list[SkillTime]:
    """Return every skill, whether anybody has it or not."""
    today = office_day(now)
    days = [today + timedelta(days=count) for count in range(AT_RISK_DAYS)]
    held = _held(session, today)
    shares = {user_id: len(skills) for user_id, skills in held.items()}
    by_day = [
        staffing.capacity(session, list(held), between=Span(now, office_midnight(day + timedelta(days=1))))
        for day in days
    ]
    workdays = sum(map(is_business_day, days))
    found = []
    for skill in session.scalars(select(Skill).order_by(Skill.id)):
        having = [user_id for user_id, skills in held.items() if skill.id in skills]
        until = [sum(minutes[user_id] // shares[user_id] for user_id in having) for minutes in by_day]
        if not until[-1]:
            until = [LONE_DAY_MINUTES * sum(map(is_business_day, days[: at + 1])) for at in range(len(days))]
        found.append(
            SkillTime(
                skill.id,
                skill.code,
                skill.name,
                len(having),
                max(until[-1] // workdays, 1),
                dict(zip(days, until, strict=True)),
            )
        )
    return found


def _held(session: Session, today: date) -> dict[int, set[int]]:
    """Return the skills of each rep. A lead may work too, and is not counted on."""
    held: dict[int, set[int]] = defaultdict(set)
    rows = session.execute(
        select(UserSkill.user_id, UserSkill.skill_id)
        .join(User, User.id == UserSkill.user_id)
        .where(User.is_active, User.role == Role.REP, UserSkill.holds_on(today))
    )
    for user_id, skill_id in rows:
        held[user_id].add(skill_id)
    return held
