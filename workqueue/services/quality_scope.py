"""Whose work a lead may look at: that of the reps of their own team, never their own."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workqueue.models import User
from workqueue.rules.refusals import NotFound
from workqueue.rules.roles import Role


def reps_of(team_id: int) -> Select[int]:
    """Select the reps of a team, those who have left included: their work stays to be looked at."""
    return select(User.id).where(User.team_id == team_id, User.role == Role.REP)


def check_own_rep(session: Session, *, rep_id: int, lead_id: int) -> None:
    """Raise NotFound unless this is a rep of the lead's own team."""
    team_id = session.scalar(select(User.team_id).where(User.id == lead_id, User.role == Role.LEAD))
    if team_id is None or session.scalar(reps_of(team_id).where(User.id == rep_id)) is None:
        raise NotFound
