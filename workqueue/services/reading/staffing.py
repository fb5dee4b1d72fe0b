"""Who works when and who is away, as lists and a week show it; and what training is due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from workqueue.models import Absence, Skill, Team, User, UserLanguage, UserSkill
from workqueue.rules.languages import LANGUAGES
from workqueue.rules.refusals import NotFound
from workqueue.rules.roles import WORKERS, Role
from workqueue.rules.shifts import (
    RUNS_OUT_SOON,
    USUAL_WEEK,
    AbsenceKind,
    Mastery,
    Shift,
    SkillLevel,
    Span,
    absence_span,
)
from workqueue.services import staffing

DAYS_OF_A_WEEK = 7
EARLIER = timedelta(days=90)
"""How far back a person's page lists absences."""

RECORDER = aliased(User, name="recorder")


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """One absence, with the clock of whoever is away."""

    absence_id: int
    user_id: int
    name: str
    kind: AbsenceKind
    starts_at: datetime
    ends_at: datetime
    zone: str
    recorded_by: str
    is_now: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class DayOfPerson:
    """What a day has of one person's time."""

    on: date
    minutes: int
    """For tasks, absences and breaks taken off."""
    away: AbsenceKind | None
    """Why some of it, or all, is missing."""


@dataclass(frozen=True, slots=True)
class WeekOfPerson:
    user_id: int
    name: str
    zone: str
    is_assumed: bool
    """Nobody has written down when this person works: the usual week is taken."""
    days: tuple[DayOfPerson, ...]

    @property
    def minutes(self) -> int:
        return sum(day.minutes for day in self.days)


@dataclass(frozen=True, slots=True)
class WeekOfTeam:
    days: tuple[date, ...]
    people: tuple[WeekOfPerson, ...]

    @property
    def totals(self) -> tuple[int, ...]:
        """Minutes of the team on each day."""
        return tuple(sum(each.days[at].minutes for each in self.people) for at in range(len(self.days)))


@dataclass(frozen=True, slots=True)
class ShiftLeft:
    """What is left of a person's day at work."""

    minutes: int
    """Until they leave, breaks and absences taken off; not only for tasks."""
    ends_at: datetime | None
    """When they leave; None for who works no more today."""
    is_on: bool
    """On shift at this moment."""


@dataclass(frozen=True, slots=True)
class TrainingLine:
    """Something a person does or speaks that needs training: they learn it, or it runs out soon."""

    user_id: int
    name: str
    what: str
    level: SkillLevel
    expires_on: date | None
    is_soon: bool
    """Runs out within 30 days, or has run out."""


@dataclass(frozen=True, slots=True)
class SkillLine:
    what: str
    level: SkillLevel
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class PersonTime:
    """One person's hours, absences and what they can do."""

    user_id: int
    name: str
    role: Role
    team_id: int | None
    team: str
    is_active: bool
    zone: str
    productive_percent: int
    week: tuple[Shift, ...]
    """As it holds today."""
    next_week: tuple[Shift, ...]
    """What is written down from a later day on; empty while nothing is."""
    next_from_on: date | None
    is_assumed: bool
    skills: tuple[SkillLine, ...]
    absences: tuple[AbsenceLine, ...]
    """Those of now and ahead first, by their beginning; then those that are over, the latest first."""

    @property
    def away(self) -> AbsenceLine | None:
        return next((each for each in self.absences if each.is_now), None)


def week_of_team(session: Session, *, team_id: int, first_on: date) -> WeekOfTeam:
    """Return the minutes for tasks of everybody who works for a team, on seven days."""
    days = tuple(first_on + timedelta(days=number) for number in range(DAYS_OF_A_WEEK))
    people = session.execute(
        select(User.id, User.name, User.zone).where(_works_for(team_id)).order_by(User.name, User.id)
    ).all()
    ids = [row.id for row in people]
    # Wide enough for every clock: a day of Guam begins 14 hours before that of New York.
    between = _wide(days)
    minutes = staffing.capacity_by_day(session, ids, between=between)
    written = staffing.weeks_of(session, ids)
    away = _absences(session, Absence.user_id.in_(ids), between)
    return WeekOfTeam(
        days,
        tuple(
            WeekOfPerson(
                row.id,
                row.name,
                row.zone,
                not written[row.id],
                tuple(
                    DayOfPerson(day, minutes[row.id].get(day, 0), _away_on(away, row.id, row.zone, day))
                    for day in days
                ),
            )
            for row in people
        ),
    )


def absences_of_team(
    session: Session, *, team_id: int, between: Span, now: datetime
) -> tuple[AbsenceLine, ...]:
    """Return the absences of a team within a span, by their beginning."""
    of_team = Absence.user_id.in_(select(User.id).where(_works_for(team_id)))
    return _lines(session, of_team & _within(between), now)


def training_due(session: Session, *, team_id: int, today: date) -> tuple[TrainingLine, ...]:
    """Return what people of a team are learning, and what of theirs runs out soon; the most urgent first."""
    soon = today + RUNS_OUT_SOON
    both = union_all(
        select(
            UserSkill.user_id.label("user_id"),
            Skill.name.label("what"),
            UserSkill.level.label("level"),
            UserSkill.expires_on.label("expires_on"),
            literal(value=False).label("is_language"),
        ).join(Skill, Skill.id == UserSkill.skill_id),
        select(
            UserLanguage.user_id,
            UserLanguage.language,
            UserLanguage.level,
            UserLanguage.expires_on,
            literal(value=True),
        ),
    ).subquery("both")
    rows = session.execute(
        select(User.id, User.name, both.c.what, both.c.level, both.c.expires_on, both.c.is_language)
        .join(both, both.c.user_id == User.id)
        .where(_works_for(team_id), or_(both.c.level == SkillLevel.LEARNING, both.c.expires_on <= soon))
        .order_by(both.c.expires_on.nulls_last(), User.name, both.c.what)
    )
    return tuple(
        TrainingLine(
            row.id,
            row.name,
            LANGUAGES.get(row.what, row.what) if row.is_language else row.what,
            row.level,
            row.expires_on,
            is_soon=row.expires_on is not None and row.expires_on <= soon,
        )
        for row in rows
    )


def shifts_left(session: Session, user_ids: Collection[int], *, now: datetime) -> dict[int, ShiftLeft]:
    """Return what is left of each person's day, by their own clock."""
    zones = session.execute(select(User.id, User.zone).where(User.id.in_(user_ids)))
    found = staffing.duties(session, user_ids, between=Span(now, now + timedelta(days=1)))
    left = {}
    for user_id, zone in zones:
        clock = ZoneInfo(zone)
        today = now.astimezone(clock).date()
        duties = [each for each in found[user_id] if each.span.begins_at.astimezone(clock).date() == today]
        left[user_id] = ShiftLeft(
            int(sum(each.minutes for each in duties)),
            max((each.span.ends_at for each in duties), default=None),
            is_on=any(each.span.begins_at <= now for each in duties),
        )
    return left


def person_time(session: Session, *, user_id: int, now: datetime) -> PersonTime:
    """Return a person's hours, absences and skills; raises NotFound."""
    person = session.get(User, user_id)
    if person is None:
        raise NotFound
    today = now.astimezone(ZoneInfo(person.zone)).date()
    week = staffing.weeks_of(session, [user_id])[user_id]
    later = min((each.from_on for each in week if each.from_on > today), default=None)
    absences = _lines(session, (Absence.user_id == user_id) & (Absence.ends_at > now - EARLIER), now)
    ahead = [each for each in absences if not each.is_over]
    over = [each for each in reversed(absences) if each.is_over]
    return PersonTime(
        user_id=person.id,
        name=person.name,
        role=person.role,
        team_id=person.team_id,
        team=session.scalar(select(Team.name).where(Team.id == person.team_id)) or "",
        is_active=person.is_active,
        zone=person.zone,
        productive_percent=person.productive_percent,
        week=week_on(week, today) if week else USUAL_WEEK,
        next_week=tuple(each for each in week if later is not None and each.from_on == later),
        next_from_on=later,
        is_assumed=not week,
        skills=_skills(session, user_id),
        absences=(*ahead, *over),
    )


def week_on(shifts: Sequence[Shift], day: date) -> tuple[Shift, ...]:
    """Return the shifts of the week that holds on a day, whatever its weekday."""
    return tuple(
        each for each in shifts if each.from_on <= day and (each.until_on is None or day <= each.until_on)
    )


def mastered(session: Session, user_id: int) -> tuple[dict[int, Mastery], dict[str, Mastery]]:
    """Return a person's skills by number and languages by code, with level and last day."""
    skills = session.execute(
        select(UserSkill.skill_id, UserSkill.level, UserSkill.expires_on).where(UserSkill.user_id == user_id)
    )
    languages = session.execute(
        select(UserLanguage.language, UserLanguage.level, UserLanguage.expires_on).where(
            UserLanguage.user_id == user_id
        )
    )
    return (
        {skill_id: Mastery(level, expires_on) for skill_id, level, expires_on in skills},
        {language: Mastery(level, expires_on) for language, level, expires_on in languages},
    )


def _skills(session: Session, user_id: int) -> tuple[SkillLine, ...]:
    skills, languages = mastered(session, user_id)
    names = {
        row.id: row.name
        for row in session.execute(
            select(Skill.id, Skill.name).where(Skill.id.in_(skills)).order_by(Skill.id)
        )
    }
    return (
        *(SkillLine(name, *skills[skill_id]) for skill_id, name in names.items()),
        *(SkillLine(LANGUAGES.get(code, code), *each) for code, each in sorted(languages.items())),
    )


def _works_for(team_id: int) -> ColumnElement[bool]:
    return (User.team_id == team_id) & User.is_active & User.role.in_(WORKERS)


def _within(between: Span) -> ColumnElement[bool]:
    return (Absence.starts_at < between.ends_at) & (Absence.ends_at > between.begins_at)


def _wide(days: Sequence[date]) -> Span:
    return absence_span("UTC", days[0] - timedelta(days=1), days[-1] + timedelta(days=1))


def _absences(session: Session, whose: ColumnElement[bool], between: Span) -> Collection[Absence]:
    return session.scalars(
        select(Absence).where(whose, _within(between), Absence.cancelled_at.is_(None))
    ).all()


def _away_on(absences: Collection[Absence], user_id: int, zone: str, day: date) -> AbsenceKind | None:
    whole = absence_span(zone, day, day)
    return next(
        (
            each.kind
            for each in absences
            if each.user_id == user_id and each.starts_at < whole.ends_at and each.ends_at > whole.begins_at
        ),
        None,
    )


def _lines(session: Session, where: ColumnElement[bool], now: datetime) -> tuple[AbsenceLine, ...]:
    rows = session.execute(
        select(Absence, User.name, User.zone, RECORDER.name)
        .join(User, User.id == Absence.user_id)
        .join(RECORDER, RECORDER.id == Absence.recorded_by_id)
        .where(where, Absence.cancelled_at.is_(None))
        .order_by(Absence.starts_at, Absence.id)
    )
    return tuple(
        AbsenceLine(
            absence.id,
            absence.user_id,
            name,
            absence.kind,
            absence.starts_at,
            absence.ends_at,
            zone,
            recorder,
            is_now=absence.starts_at <= now < absence.ends_at,
            is_over=absence.ends_at <= now,
        )
        for absence, name, zone, recorder in rows
    )
