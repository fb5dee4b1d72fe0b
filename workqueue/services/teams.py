"""Teams, and which team works which skill."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models.people import Skill, Team
from workqueue.rules.refusals import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class TeamRow:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class SkillRow:
    id: int
    code: str
    name: str
    team_id: int
    team: str


def listed(session: Session) -> list[TeamRow]:
    rows = session.execute(select(Team.id, Team.name).order_by(func.lower(Team.name)))
    return [TeamRow(row.id, row.name) for row in rows]


def skills(session: Session) -> list[SkillRow]:
    statement = select(Skill, Team.name).join(Team, Team.id == Skill.team_id).order_by(Skill.id)
    return [
        SkillRow(skill.id, skill.code, skill.name, skill.team_id, team)
        for skill, team in session.execute(statement)
    ]


def add(session: Session, name: str) -> int:
    """Add a team; asked again with the same name, return the one there is."""
    session.execute(insert(Team).values(name=name).on_conflict_do_nothing(index_elements=["name"]))
    return session.execute(select(Team.id).where(Team.name == name)).scalar_one()


def give_skill(session: Session, skill_id: int, team_id: int) -> None:
    """From now on this team works the tasks that need this skill."""
    if session.get(Team, team_id) is None:
        raise Invalid("Choose a team from the list.", field="team_id")
    skill = session.get(Skill, skill_id, with_for_update=True)
    if skill is None:
        raise NotFound
    skill.team_id = team_id
