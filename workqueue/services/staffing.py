"""Who is at work when: shifts, absences, and the minutes of work they leave."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, delete, func, not_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Absence, ShiftRow, Skill, User, UserLanguage, UserSkill
from workqueue.rules.languages import read_language
from workqueue.rules.refusals import Invalid, NotAllowed, NotFound, Refusal
from workqueue.rules.roles import Role, keeps_time_of
from workqueue.rules.shifts import (
    USUAL_WEEK,
    AbsenceKind,
    Duty,
    Mastery,
    Shift,
    SkillLevel,
    Span,
    check_week,
    minutes_by_day,
    on_duty,
    task_minutes,
)

LONGEST_ABSENCE = timedelta(days=366)


class AwayThen(Refusal):
    """The person is away at that time already."""

    code = "away_then"
    sentence = "This person is away in that time already. Change that absence instead."


class AbsenceOver(Refusal):
    """What has ended or was called off cannot be changed."""

    code = "absence_over"
    sentence = "This absence is over already."


class NotAway(Refusal):
    """Nobody comes back who is here."""

    code = "not_away"
    sentence = "This person is not away now."


def check_keeper(session: Session, user_id: int, *, role: Role, team_id: int | None) -> None:
    """Refuse whoever does not keep this person's shifts and absences; raises NotFound, NotAllowed."""
    person = session.get(User, user_id)
    if person is None:
        raise NotFound
    if not keeps_time_of(person.team_id, role=role, team_id=team_id):
        raise NotAllowed("This person is of another team. Their own lead or an admin does this.")


def set_week(session: Session, user_id: int, shifts: Sequence[Shift], *, from_on: date) -> None:
    """Give a person a week of shifts from a day on; what was before stays on record until that day.

    No shift at all means a person who works no hours; raises Invalid for a week nobody can work.
    """
    check_week(shifts)
    _locked(session, user_id)
    session.execute(delete(ShiftRow).where(ShiftRow.user_id == user_id, ShiftRow.from_on >= from_on))
    session.execute(
        update(ShiftRow)
        .where(ShiftRow.user_id == user_id, or_(ShiftRow.until_on.is_(None), ShiftRow.until_on >= from_on))
        .values(until_on=from_on - timedelta(days=1))
    )
    for shift in shifts:
        session.add(
            ShiftRow(
                user_id=user_id,
                weekday=shift.weekday,
                begins=shift.begins,
                ends=shift.ends,
                break_minutes=shift.break_minutes,
                from_on=from_on,
            )
        )
    session.flush()


def set_pace(session: Session, user_id: int, *, zone: str, productive_percent: int) -> None:
    """Say by which clock a person works and how much of their time is for tasks."""
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        raise Invalid("Choose a time zone from the list.", field="zone") from error
    if not 10 <= productive_percent <= 100:
        raise Invalid("Enter a percentage from 10 to 100.", field="productive_percent")
    person = _locked(session, user_id)
    person.zone, person.productive_percent = zone, productive_percent


def set_skills(session: Session, user_id: int, skills: Mapping[int, Mastery]) -> None:
    """Say which kinds of work a person does, how well, and until when; those not named are theirs no more."""
    known = set(session.scalars(select(Skill.id).where(Skill.id.in_(skills))))
    if known != set(skills):
        raise Invalid("Choose skills from the list.", field="skill_ids")
    _locked(session, user_id)
    session.execute(delete(UserSkill).where(UserSkill.user_id == user_id))
    for skill_id, (level, expires_on) in skills.items():
        session.add(UserSkill(user_id=user_id, skill_id=skill_id, level=level, expires_on=expires_on))
    session.flush()


def set_languages(
    session: Session, user_id: int, languages: Mapping[str, tuple[SkillLevel, date | None]]
) -> None:
    """Say which languages a person speaks with patients, how well, and until when that is certified."""
    for code in languages:
        read_language(code)
    _locked(session, user_id)
    session.execute(delete(UserLanguage).where(UserLanguage.user_id == user_id))
    for code, (level, expires_on) in languages.items():
        session.add(UserLanguage(user_id=user_id, language=code, level=level, expires_on=expires_on))
    session.flush()


def add_absence(
    session: Session,
    user_id: int,
    kind: AbsenceKind,
    *,
    starts_at: datetime,
    ends_at: datetime,
    actor_id: int,
    now: datetime,
) -> int:
    """Write an absence down; return its number. Raises AwayThen where one overlaps it, Invalid."""
    if ends_at <= max(starts_at, now):
        raise Invalid("An absence ends after it begins, and not in the past.", field="ends_at")
    if ends_at - starts_at > LONGEST_ABSENCE:
        raise Invalid("An absence lasts a year at most. Disable who is gone for longer.", field="ends_at")
    _locked(session, user_id)
    written: int | None = session.scalar(
        insert(Absence)
        .values(
            user_id=user_id,
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
            recorded_by_id=actor_id,
            recorded_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Absence.id)
    )
    if written is None:
        raise AwayThen
    return written


def sick_now(session: Session, user_id: int, *, actor_id: int, now: datetime) -> int:
    """Write down that a person is sick from this moment to the end of their day; return the absence.

    It ends where another begins that was planned for later today.
    """
    person = _locked(session, user_id)
    tomorrow = now.astimezone(ZoneInfo(person.zone)).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, datetime.min.time(), ZoneInfo(person.zone))
    planned = session.scalar(
        select(func.min(Absence.starts_at)).where(
            Absence.user_id == user_id, Absence.cancelled_at.is_(None), Absence.starts_at > now
        )
    )
    ends_at = midnight if planned is None else min(midnight, planned)
    return add_absence(
        session, user_id, AbsenceKind.SICK, starts_at=now, ends_at=ends_at, actor_id=actor_id, now=now
    )


def back_now(session: Session, user_id: int, *, now: datetime) -> int:
    """Let whoever is away be here again from this moment on; return the absence. Raises NotAway."""
    absence_id = session.scalar(select(Absence.id).where(Absence.user_id == user_id, is_going_on(now)))
    if absence_id is None:
        raise NotAway
    end_absence(session, absence_id, ends_at=now, now=now)
    return absence_id


def end_absence(session: Session, absence_id: int, *, ends_at: datetime, now: datetime) -> None:
    """Let an absence end at another time: now for whoever is back, later for whoever stays away.

    One that has not begun is called off when it would end before it begins. Raises AbsenceOver, AwayThen.
    """
    absence = session.get(Absence, absence_id, with_for_update=True, populate_existing=True)
    if absence is None:
        raise NotFound
    if absence.cancelled_at is not None or absence.ends_at <= now:
        raise AbsenceOver
    if ends_at <= absence.starts_at:
        absence.cancelled_at = now
        return
    if ends_at - absence.starts_at > LONGEST_ABSENCE:
        raise Invalid("An absence lasts a year at most. Disable who is gone for longer.", field="ends_at")
    overlaps = session.scalar(
        select(Absence.id).where(
            Absence.user_id == absence.user_id,
            Absence.id != absence.id,
            Absence.cancelled_at.is_(None),
            Absence.starts_at < ends_at,
            Absence.ends_at > absence.starts_at,
        )
    )
    if overlaps is not None:
        raise AwayThen
    absence.ends_at = ends_at
    session.flush()


def absence(session: Session, absence_id: int) -> Absence:
    """Return an absence; raises NotFound."""
    found = session.get(Absence, absence_id)
    if found is None:
        raise NotFound
    return found


def away_until(session: Session, user_ids: Collection[int], *, now: datetime) -> dict[int, datetime]:
    """Return those of these people who are away now, and until when."""
    rows = session.execute(
        select(Absence.user_id, Absence.ends_at).where(Absence.user_id.in_(user_ids), is_going_on(now))
    )
    return {row.user_id: row.ends_at for row in rows}


def absent(now: datetime) -> Select[int]:
    """Select who is away: a handful of people."""
    return select(Absence.user_id).where(is_going_on(now))


def is_here(now: datetime) -> ColumnElement[bool]:
    """Whether the person of the row of `users` at hand is not away."""
    return not_(select(Absence.id).where(Absence.user_id == User.id, is_going_on(now)).exists())


def is_going_on(now: datetime) -> ColumnElement[bool]:
    """Whether the absence of the row at hand is in force at a moment."""
    return and_(
        Absence.cancelled_at.is_(None), func.tstzrange(Absence.starts_at, Absence.ends_at).op("@>")(now)
    )


def duties(session: Session, user_ids: Collection[int], *, between: Span) -> dict[int, list[Duty]]:
    """Return for each person the stretches in which they work, absences cut out, in order."""
    zones = {
        row.id: row.zone for row in session.execute(select(User.id, User.zone).where(User.id.in_(user_ids)))
    }
    weeks = weeks_of(session, zones)
    away = _absences(session, zones, between)
    return {
        user_id: on_duty(weeks[user_id] or USUAL_WEEK, zone, away[user_id], between)
        for user_id, zone in zones.items()
    }


def capacity(session: Session, user_ids: Collection[int], *, between: Span) -> dict[int, int]:
    """Return the minutes each person has for tasks within a span."""
    shares = {
        row.id: row.productive_percent
        for row in session.execute(select(User.id, User.productive_percent).where(User.id.in_(user_ids)))
    }
    found = duties(session, user_ids, between=between)
    return {user_id: task_minutes(each, shares[user_id]) for user_id, each in found.items()}


def capacity_by_day(
    session: Session, user_ids: Collection[int], *, between: Span
) -> dict[int, dict[date, int]]:
    """Return the minutes each person has for tasks on each day of their own clock on which they work."""
    people = session.execute(select(User.id, User.zone, User.productive_percent).where(User.id.in_(user_ids)))
    found = duties(session, user_ids, between=between)
    return {row.id: minutes_by_day(found[row.id], row.zone, row.productive_percent) for row in people}


def weeks_of(session: Session, user_ids: Collection[int]) -> dict[int, list[Shift]]:
    """Return the shifts written down for each person, of now and of other times; none of whom has none."""
    weeks: dict[int, list[Shift]] = {user_id: [] for user_id in user_ids}
    for row in session.scalars(
        select(ShiftRow).where(ShiftRow.user_id.in_(user_ids)).order_by(ShiftRow.weekday, ShiftRow.begins)
    ):
        weeks[row.user_id].append(
            Shift(row.weekday, row.begins, row.ends, row.break_minutes, row.from_on, row.until_on)
        )
    return weeks


def _absences(session: Session, user_ids: Collection[int], between: Span) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = defaultdict(list)
    rows = session.execute(
        select(Absence.user_id, Absence.starts_at, Absence.ends_at).where(
            Absence.user_id.in_(user_ids),
            Absence.cancelled_at.is_(None),
            func.tstzrange(Absence.starts_at, Absence.ends_at).op("&&")(
                func.tstzrange(between.begins_at, between.ends_at)
            ),
        )
    )
    for user_id, starts_at, ends_at in rows:
        found[user_id].append(Span(starts_at, ends_at))
    return found


def _locked(session: Session, user_id: int) -> User:
    # Two leads who change one person's week at once must not leave half of each. NO KEY: what the person logs
    # in the same instant refers to them, and must not wait for us with an account in hand.
    person = session.get(User, user_id, with_for_update={"key_share": True}, populate_existing=True)
    if person is None:
        raise NotFound
    return person
