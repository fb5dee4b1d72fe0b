"""People, their teams and skills; the cast."""

from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.moments import numbers
from workqueue.models import Skill, Team, User, UserSkill
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.roles import Role

PASSWORD = "correct horse battery staple"
INSURANCE_TEAM = "Insurance follow-up"
PATIENT_TEAM = "Patient accounts"
TEAM_OF_SKILL = {
    SkillCode.CLAIMS: INSURANCE_TEAM,
    SkillCode.DENIALS: INSURANCE_TEAM,
    SkillCode.PAYMENTS: PATIENT_TEAM,
    SkillCode.PATIENTS: PATIENT_TEAM,
}


@cache
def hash_of(password: str) -> str:
    """Hash with the cheapest parameters: a test pays for a password check, not for its strength."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


def make_team(session: Session, name: str = INSURANCE_TEAM) -> Team:
    """Return the team of this name, made when there is none."""
    team = session.scalar(select(Team).where(Team.name == name))
    if team is None:
        team = Team(name=name)
        session.add(team)
        session.flush()
    return team


def make_skill(session: Session, code: str = SkillCode.CLAIMS, *, team: Team | None = None) -> Skill:
    """Return the skill of this code, worked by the team the cast works it in unless another is given."""
    skill = session.scalar(select(Skill).where(Skill.code == code))
    team = team or make_team(session, TEAM_OF_SKILL[SkillCode(code)])
    if skill is None:
        skill = Skill(code=code, name=code.capitalize())
        session.add(skill)
    skill.team_id = team.id
    session.flush()
    return skill


def make_user(
    session: Session,
    username: str | None = None,
    *,
    role: Role = Role.REP,
    team: Team | None = None,
    name: str | None = None,
    password: str = PASSWORD,
    skills: Iterable[str] = (),
    is_active: bool = True,
) -> User:
    """Make a person; a rep without a team has no queue."""
    username = username or f"person{next(numbers)}"
    user = User(
        username=username,
        name=name or username.capitalize(),
        role=role,
        team_id=team.id if team else None,
        password_hash=hash_of(password),
        is_active=is_active,
    )
    session.add(user)
    session.flush()
    for code in skills:
        give_skill(session, user, code)
    return user


def give_skill(session: Session, user: User, code: str) -> UserSkill:
    given = UserSkill(user_id=user.id, skill_id=make_skill(session, code).id)
    session.add(given)
    session.flush()
    return given


def _one_of_the_cast(
    session: Session, username: str, role: Role, team: str | None, skills: Iterable[str]
) -> User:
    known = session.scalar(select(User).where(User.username == username))
    if known is not None:
        return known
    belongs = make_team(session, team) if team else None
    return make_user(session, username, role=role, team=belongs, skills=skills)


INSURANCE_SKILLS = (SkillCode.CLAIMS, SkillCode.DENIALS)
PATIENT_SKILLS = (SkillCode.PAYMENTS, SkillCode.PATIENTS)


def ana(session: Session) -> User:
    """Return the rep most tests are about."""
    return _one_of_the_cast(session, "ana", Role.REP, INSURANCE_TEAM, INSURANCE_SKILLS)


def ben(session: Session) -> User:
    """Return the other rep of Ana's team."""
    return _one_of_the_cast(session, "ben", Role.REP, INSURANCE_TEAM, INSURANCE_SKILLS)


def otto(session: Session) -> User:
    """Return a rep of the team that calls patients."""
    return _one_of_the_cast(session, "otto", Role.REP, PATIENT_TEAM, PATIENT_SKILLS)


def sue(session: Session) -> User:
    """Return the lead of Ana's team."""
    return _one_of_the_cast(session, "sue", Role.LEAD, INSURANCE_TEAM, INSURANCE_SKILLS)


def leo(session: Session) -> User:
    """Return the lead of the team that calls patients."""
    return _one_of_the_cast(session, "leo", Role.LEAD, PATIENT_TEAM, PATIENT_SKILLS)


def ada(session: Session) -> User:
    """Return the admin."""
    return _one_of_the_cast(session, "ada", Role.ADMIN, None, ())


def uma(session: Session) -> User:
    """Return the auditor."""
    return _one_of_the_cast(session, "uma", Role.AUDITOR, None, ())
