"""People, their teams and skills: who is added, changed, disabled."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models.people import (
    AfterLogging,
    ApiToken,
    Density,
    SignInSession,
    Skill,
    Team,
    Theme,
    User,
    UserSkill,
)
from workqueue.rules import passwords as password_rules
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.roles import WORKERS, Role
from workqueue.rules.shifts import Mastery
from workqueue.services import leasing, passwords, staffing


class UsernameTaken(Refusal):
    """Usernames are never given twice, not even after one was disabled: history names them."""

    code = "username_taken"
    sentence = "Somebody has this username already. Choose another."


class LastAdmin(Refusal):
    """Without an admin nobody could let anybody in any more."""

    code = "last_admin"
    sentence = "This is the only active admin. Make somebody else an admin first."


class WrongPassword(Invalid):
    """Whoever changes a password proves to know the present one."""

    code = "wrong_password"
    sentence = "This is not your present password."


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as the people page shows them."""

    id: int
    username: str
    name: str
    role: Role
    team_id: int | None
    team: str
    skill_ids: frozenset[int]
    skills: str
    is_active: bool
    created_at: datetime
    last_seen_at: datetime | None


def add_user(
    session: Session,
    *,
    username: str,
    name: str,
    role: Role,
    password: str,
    team_id: int | None = None,
    skill_ids: Collection[int] = (),
    now: datetime,
) -> int:
    """Let somebody in; return their id. The skills are theirs without end, at the level of most people."""
    username = username.lower()
    password_rules.check(password, username)
    _check_team(session, role, team_id)
    statement = (
        insert(User)
        .values(
            username=username,
            name=name,
            role=role,
            team_id=team_id,
            password_hash=passwords.hashed(password),
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["username"])
        .returning(User.id)
    )
    user_id = session.scalar(statement)
    if user_id is None:
        raise UsernameTaken
    staffing.set_skills(session, user_id, dict.fromkeys(skill_ids, Mastery()))
    return user_id


def change(
    session: Session,
    user_id: int,
    *,
    name: str,
    role: Role,
    team_id: int | None,
    now: datetime,
    actor_id: int,
) -> None:
    """Change what a person is here for; it holds from their next request on.

    Whoever no longer takes tasks gives back what they hold and what was passed to them.
    """
    if role not in WORKERS:
        # Before their own row, as in `disable`.
        leasing.give_back_all(session, user_id, reason="takes no tasks any more", actor_id=actor_id, now=now)
    user, is_last_admin = _locked_with_admins(session, user_id)
    if is_last_admin and role is not Role.ADMIN:
        raise LastAdmin
    _check_team(session, role, team_id)
    user.name, user.role, user.team_id = name, role, team_id


def disable(session: Session, user_id: int, now: datetime, *, actor_id: int | None = None) -> None:
    """Let somebody in no more: sessions end, tokens stop at once, and their tasks are everybody's again.

    At a command line nobody is signed in; the history then names the person themselves.
    """
    # Before their own row: whoever logs an outcome locks the account first and then refers to the person.
    leasing.give_back_all(
        session, user_id, reason="works here no more", actor_id=actor_id or user_id, now=now
    )
    user, is_last_admin = _locked_with_admins(session, user_id)
    if is_last_admin:
        raise LastAdmin
    user.is_active = False
    end_sessions(session, user_id, now)
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def enable(session: Session, user_id: int) -> None:
    """Let somebody in again; sessions and tokens of before stay ended."""
    _locked(session, user_id).is_active = True


def set_password(session: Session, user_id: int, password: str, now: datetime) -> None:
    """Give somebody another password; whoever is signed in with the old one is out."""
    user = _locked(session, user_id)
    password_rules.check(password, user.username)
    user.password_hash = passwords.hashed(password)
    end_sessions(session, user_id, now)


def change_own_password(
    session: Session, user_id: int, present: str, new: str, now: datetime, *, keep_session_id: int
) -> None:
    """Change one's own password; all other sessions of this person end."""
    user = _locked(session, user_id)
    if not passwords.is_right(user.password_hash, present):
        raise WrongPassword(field="present_password")
    password_rules.check(new, user.username, field="new_password")
    user.password_hash = passwords.hashed(new)
    end_sessions(session, user_id, now, keep_session_id=keep_session_id)


def set_display(
    session: Session,
    user_id: int,
    *,
    theme: Theme | None = None,
    density: Density | None = None,
    uses_shortcuts: bool | None = None,
    after_logging: AfterLogging | None = None,
) -> None:
    """Keep how a person likes the pages; what is None stays as it is."""
    given = {
        "theme": theme,
        "density": density,
        "uses_shortcuts": uses_shortcuts,
        "after_logging": after_logging,
    }
    changed = {column: value for column, value in given.items() if value is not None}
    if changed:
        session.execute(update(User).where(User.id == user_id).values(**changed))


def end_sessions(
    session: Session, user_id: int, now: datetime, *, keep_session_id: int | None = None
) -> None:
    statement = update(SignInSession).where(
        SignInSession.user_id == user_id, SignInSession.ended_at.is_(None)
    )
    if keep_session_id is not None:
        statement = statement.where(SignInSession.id != keep_session_id)
    session.execute(statement.values(ended_at=now))


def find_by_username(session: Session, username: str) -> int:
    user_id = session.scalar(select(User.id).where(User.username == username.lower()))
    if user_id is None:
        raise NotFound("There is nobody with this username.")
    return user_id


def get(session: Session, user_id: int) -> PersonRow:
    rows = listed(session, user_id=user_id)
    if not rows:
        raise NotFound
    return rows[0]


def listed(session: Session, *, user_id: int | None = None) -> list[PersonRow]:
    """Everybody, the active first, by name."""
    seen = (
        select(SignInSession.user_id, func.max(SignInSession.last_seen_at).label("at"))
        .group_by(SignInSession.user_id)
        .subquery()
    )
    statement = (
        select(User, Team.name, seen.c.at)
        .outerjoin(Team, Team.id == User.team_id)
        .outerjoin(seen, seen.c.user_id == User.id)
        .order_by(User.is_active.desc(), func.lower(User.name), User.id)
    )
    if user_id is not None:
        statement = statement.where(User.id == user_id)
    skills: dict[int, list[tuple[int, str]]] = {}
    for owner, skill_id, skill in session.execute(
        select(UserSkill.user_id, Skill.id, Skill.name)
        .join(Skill, Skill.id == UserSkill.skill_id)
        .order_by(Skill.id)
    ):
        skills.setdefault(owner, []).append((skill_id, skill))
    return [
        PersonRow(
            id=user.id,
            username=user.username,
            name=user.name,
            role=user.role,
            team_id=user.team_id,
            team=team or "",
            skill_ids=frozenset(skill_id for skill_id, _ in skills.get(user.id, [])),
            skills=", ".join(skill for _, skill in skills.get(user.id, [])),
            is_active=user.is_active,
            created_at=user.created_at,
            last_seen_at=seen_at,
        )
        for user, team, seen_at in session.execute(statement)
    ]


def workers(session: Session) -> list[tuple[int, str]]:
    """Return id and name of those who work accounts, and may look after a hold."""
    rows = session.execute(
        select(User.id, User.name).where(User.is_active, User.role.in_(WORKERS)).order_by(User.name)
    )
    return [(row.id, row.name) for row in rows]


def check_worker(session: Session, user_id: int, *, field: str) -> None:
    """Refuse to give anything to somebody who could not look after it."""
    if user_id not in {each for each, _ in workers(session)}:
        raise Invalid("Choose somebody who works accounts.", field=field)


def _locked(session: Session, user_id: int) -> User:
    # Two admins who change one person at once must not each undo the other's half.
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound
    return user


def _locked_with_admins(session: Session, user_id: int) -> tuple[User, bool]:
    """Return the person, and whether nobody else is an active admin."""
    # In one statement and in id order: two admins who disable each other at once must neither both
    # succeed nor wait for each other.
    rows = session.scalars(
        select(User)
        .where((User.id == user_id) | ((User.role == Role.ADMIN) & User.is_active))
        .order_by(User.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    user = next((row for row in rows if row.id == user_id), None)
    if user is None:
        raise NotFound
    return user, user.role is Role.ADMIN and user.is_active and len(rows) == 1


def _check_team(session: Session, role: Role, team_id: int | None) -> None:
    if team_id is None:
        if role in WORKERS:
            raise Invalid("A rep or lead works for a team. Choose which.", field="team_id")
    elif session.get(Team, team_id) is None:
        raise Invalid("Choose a team from the list.", field="team_id")
