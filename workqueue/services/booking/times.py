"""Which times can be promised to a person: the hours of the team, what is promised already, and the law."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import BookingRules, Callback, Skill, User, UserLanguage, UserSkill
from workqueue.rules import slots as slot_rules
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.roles import WORKERS
from workqueue.rules.shifts import SkillLevel, Span
from workqueue.rules.slots import RepTime, Slot, SlotRules, beginnings
from workqueue.rules.states import CallbackState
from workqueue.services import contacting, staffing

OFFICE_LANGUAGE = "en"
"""Everybody in the office speaks it."""

NAMES = tuple(SlotRules.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is to be called about what, where, and in which language."""

    account_id: int
    person_id: int
    e164: str
    """Empty for any of their numbers."""
    language: str
    needs_interpreter: bool
    is_asked: bool = True
    """The person asks for the call at this time: their consent. An appointment that the office makes keeps to
    the ordinary limits."""


def rules_of(session: Session, team_id: int) -> SlotRules:
    """Return how a team gives out its time."""
    row = session.get(BookingRules, team_id)
    return SlotRules(**{name: getattr(row, name) for name in NAMES}) if row else SlotRules()


def set_rules(session: Session, team_id: int, rules: SlotRules, *, actor_id: int, now: datetime) -> None:
    """Change how a team gives out its time; what is promised stays promised. The caller has checked them."""
    given = {name: getattr(rules, name) for name in NAMES} | {"changed_by_id": actor_id, "changed_at": now}
    session.execute(
        insert(BookingRules)
        .values(team_id=team_id, **given)
        .on_conflict_do_update(index_elements=["team_id"], set_=given)
    )
    session.expire_all()


def calling_team(session: Session) -> int:
    """Return the team that calls patients back."""
    return session.scalars(
        select(Skill.team_id).where(Skill.code == KINDS[TaskKind.CALLBACK_DUE].skill)
    ).one()


@dataclass(frozen=True, slots=True)
class Offer:
    """All that decides which times can be promised to one person, read once and looked at many times."""

    rules: SlotRules
    reps: Sequence[RepTime]
    length: timedelta
    is_legal: Callable[[datetime], bool]
    now: datetime

    def soonest(self, *, day_ends_at: datetime | None = None) -> Iterator[Slot]:
        """Yield the times that can be promised, the soonest first; look at as many as are wanted."""
        return self.among(beginnings(self.rules, self.now, day_ends_at=day_ends_at))

    def among(self, begins: Iterable[datetime]) -> Iterator[Slot]:
        """Yield those of these beginnings that can be promised."""
        return slot_rules.slots(
            self.reps,
            self.rules,
            length=self.length,
            is_legal=self.is_legal,
            begins=slot_rules.when_somebody_works(self.reps, begins),
        )


def offer(session: Session, wish: Wish, *, now: datetime, besides: int | None = None) -> Offer:
    """Return what can be promised from now on; `besides` is a callback that is to be moved."""
    rules = rules_of(session, calling_team(session))
    between = Span(now, now + timedelta(days=rules.ahead_days + 1))
    return _offer(session, wish, rules, between, now, besides)


def offered(
    session: Session, wish: Wish, *, now: datetime, day_ends_at: datetime | None = None
) -> Iterator[Slot]:
    """Yield the times that can be promised, the soonest first; look at as many as are wanted."""
    return offer(session, wish, now=now).soonest(day_ends_at=day_ends_at)


def at_this_time(
    session: Session, wish: Wish, at: datetime, *, now: datetime, besides: int | None = None
) -> Slot | None:
    """Return who could call at this time, if it can be promised.

    `besides` is a callback that is to be moved there: its own time is free.
    """
    rules = rules_of(session, calling_team(session))
    is_near = now < at <= now + timedelta(days=rules.ahead_days)
    begins = [at] if is_near and rules.may_begin(at) else []
    # The whole day: of those who are free, who has fewer calls on it makes this one.
    between = Span(office_midnight(office_day(at)), office_midnight(office_day(at) + timedelta(days=1)))
    return next(_offer(session, wish, rules, between, now, besides).among(begins), None)


def is_spoken(session: Session, language: str, *, today: date) -> bool:
    """Return whether anybody of the team speaks it: else an interpreter is offered from the start."""
    return any(rep.speaks for rep in _team(session, language, needs_interpreter=False, today=today).values())


def _offer(
    session: Session, wish: Wish, rules: SlotRules, between: Span, now: datetime, besides: int | None
) -> Offer:
    reps = rep_times(
        session,
        wish.language,
        needs_interpreter=wish.needs_interpreter,
        between=between,
        today=office_day(now),
        besides=besides,
    )
    is_legal = contacting.callback_moments(
        session,
        account_id=wish.account_id,
        person_id=wish.person_id,
        e164=wish.e164,
        asked_at=now if wish.is_asked else None,
        now=now,
    )
    return Offer(rules, reps, rules.length(needs_interpreter=wish.needs_interpreter), is_legal, now)


def rep_times(
    session: Session,
    language: str,
    *,
    needs_interpreter: bool,
    between: Span,
    today: date,
    besides: int | None = None,
) -> list[RepTime]:
    """Return the hours of everybody who calls patients, and what of them is promised."""
    team = _team(session, language, needs_interpreter=needs_interpreter, today=today)
    duties = staffing.duties(session, team, between=between)
    busy = _busy(session, team, between, besides)
    return [
        RepTime(
            rep_id,
            tuple(
                duty.span
                for duty in duties[rep_id]
                if able.expires_on is None
                or duty.span.ends_at <= office_midnight(able.expires_on + timedelta(days=1))
            ),
            tuple(busy[rep_id]),
            able.speaks,
        )
        for rep_id, able in team.items()
    ]


@dataclass(frozen=True, slots=True)
class _Able:
    speaks: bool
    expires_on: date | None
    """The last day on which they may do this work."""


def _team(session: Session, language: str, *, needs_interpreter: bool, today: date) -> dict[int, _Able]:
    """Return who may call patients at all, and whether they speak the language well enough."""
    speaks = (
        select(UserLanguage.user_id)
        .where(
            UserLanguage.user_id == User.id,
            UserLanguage.language == language,
            UserLanguage.level != SkillLevel.LEARNING,
            or_(UserLanguage.expires_on.is_(None), UserLanguage.expires_on >= today),
        )
        .exists()
    )
    rows = session.execute(
        select(User.id, speaks.label("speaks"), UserSkill.expires_on)
        .join(UserSkill, UserSkill.user_id == User.id)
        .join(Skill, Skill.id == UserSkill.skill_id)
        .where(Skill.code == KINDS[TaskKind.CALLBACK_DUE].skill, UserSkill.holds_on(today))
        .where(User.is_active, User.role.in_(WORKERS), User.team_id == Skill.team_id)
        .order_by(User.id)
    )
    everybody = needs_interpreter or language == OFFICE_LANGUAGE
    return {row.id: _Able(everybody or row.speaks, row.expires_on) for row in rows}


def _busy(
    session: Session, rep_ids: Collection[int], between: Span, besides: int | None
) -> dict[int, list[Span]]:
    """Return what is promised of these people's time; ix_callbacks_booked_at and the exclusion serve it."""
    found: dict[int, list[Span]] = defaultdict(list)
    rows = session.execute(
        select(Callback.rep_id, Callback.at, Callback.ends_at).where(
            Callback.state == CallbackState.BOOKED,
            Callback.rep_id.in_(rep_ids),
            Callback.id != (besides or 0),
            func.tstzrange(Callback.at, Callback.ends_at).op("&&")(
                func.tstzrange(between.begins_at, between.ends_at)
            ),
        )
    )
    for rep_id, begins_at, ends_at in rows:
        found[rep_id or 0].append(Span(begins_at, ends_at))
    return found
