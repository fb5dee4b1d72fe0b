"""The reps whose work is looked at."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Team, User
from workqueue.rules.roles import Role


@dataclass(frozen=True, slots=True)
class RepLine:
    rep_id: int
    name: str
    team_id: int
    team_name: str
    is_active: bool


def reps_listed(session: Session, *, team_id: int | None, rep_id: int | None = None) -> tuple[RepLine, ...]:
    """Return the reps of a team by name, of all teams when none is named; one of them when asked for."""
    statement = (
        select(User.id, User.name, Team.id, Team.name, User.is_active)
        .join(Team, Team.id == User.team_id)
        .where(User.role == Role.REP)
        .order_by(User.name)
    )
    if team_id is not None:
        statement = statement.where(User.team_id == team_id)
    if rep_id is not None:
        statement = statement.where(User.id == rep_id)
    return tuple(RepLine(*row) for row in session.execute(statement))
