"""Who works here: teams, skills, people, and the ways in which they are let in."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Identity, Index, SmallInteger, func, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.roles import Role
from workqueue.rules.shifts import PRODUCTIVE_PERCENT, SkillLevel


class AfterLogging(StrEnum):
    """Where a rep goes once an outcome is logged."""

    NEXT = "next"
    STAY = "stay"
    LIST = "list"


class Theme(StrEnum):
    """Colours of the pages."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """How much fits on a page."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Team(Base):
    """Reps who share a load, and the lead's field of view."""

    __tablename__ = "teams"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)


class Skill(Base):
    """A kind of work that has to be learned; one team works it."""

    __tablename__ = "skills"
    id: Mapped[int] = mapped_column(SmallInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))


class User(Base):
    """A person who signs in. Never deleted, only disabled: history names them."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("username = lower(username)", name="username_is_lower_case"),
        CheckConstraint("productive_percent BETWEEN 10 AND 100", name="has_productive_time"),
    )
    id: Mapped[Id]
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(text_enum(Role))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    password_hash: Mapped[str]
    """argon2id with its parameters inside."""
    is_active: Mapped[bool] = mapped_column(server_default="true", default=True)
    created_at: Mapped[At] = mapped_column(server_default=func.now())
    zone: Mapped[str] = mapped_column(server_default=OFFICE_ZONE, default=OFFICE_ZONE)
    """IANA name of the clock by which this person works; people may work from elsewhere."""
    productive_percent: Mapped[int] = mapped_column(
        SmallInteger, server_default=str(PRODUCTIVE_PERCENT), default=PRODUCTIVE_PERCENT
    )
    """Of their minutes on shift, how many are for tasks."""
    uses_shortcuts: Mapped[bool] = mapped_column(server_default="true", default=True)
    """Single-key shortcuts; speech input and some hands need them off (WCAG 2.1.4)."""
    after_logging: Mapped[AfterLogging] = mapped_column(
        text_enum(AfterLogging, "after_logging"), server_default=AfterLogging.NEXT, default=AfterLogging.NEXT
    )
    theme: Mapped[Theme] = mapped_column(text_enum(Theme), server_default=Theme.SYSTEM, default=Theme.SYSTEM)
    density: Mapped[Density] = mapped_column(
        text_enum(Density), server_default=Density.COMFORTABLE, default=Density.COMFORTABLE
    )


class UserSkill(Base):
    """This person can do this kind of work, how well, and until when without new training."""

    __tablename__ = "user_skills"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(SmallInteger, ForeignKey("skills.id"), primary_key=True)
    level: Mapped[SkillLevel] = mapped_column(
        text_enum(SkillLevel), server_default=SkillLevel.ABLE, default=SkillLevel.ABLE
    )
    expires_on: Mapped[date | None]
    """The last day on which it holds; after it no task of this kind is offered to them."""

    @classmethod
    def holds_on(cls, day: date) -> ColumnElement[bool]:
        """Whether the person may do this work on that day, as a condition."""
        return or_(cls.expires_on.is_(None), cls.expires_on >= day)


class SignInSession(Base):
    """One signed-in browser. Holds no role: what a person may do is read from `users` at each request."""

    __tablename__ = "sessions"
    # Changing a password or disabling a person ends all their sessions.
    __table_args__ = (Index("ix_sessions_user_id", "user_id"),)
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token in the cookie: a copy of this table opens no door."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[At]
    last_seen_at: Mapped[At]
    expires_at: Mapped[At]
    """The absolute end; the idle end is counted from last_seen_at."""
    ended_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One password tried, so that guessing is slowed down across all processes and restarts."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        # The throttle counts the recent failures of one network, before each password is looked at;
        # the username narrows the same range of rows. A success is never counted, so it is not in the index.
        Index(
            "ix_sign_in_attempts_network_at", "network", "at", "username", postgresql_where="NOT succeeded"
        ),
    )
    id: Mapped[Id]
    username: Mapped[str]
    network: Mapped[str]
    """IPv4 /24 or IPv6 /48: one household or office, whichever address it uses today."""
    at: Mapped[At]
    succeeded: Mapped[bool]


class ApiToken(Base):
    """A key for a program that acts as one person."""

    __tablename__ = "api_tokens"
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[At]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """The answer given to one POST of one program, to be given again when it asks again."""

    __tablename__ = "idempotency_keys"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    status: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[At]
