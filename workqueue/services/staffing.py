"""Who is at work when: shifts, absences, and the minutes of work they leave."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, func, not_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Absence, ShiftRow, User, UserLanguage
from workqueue.rules.languages import read_language
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.shifts import (
    USUAL_WEEK,
    AbsenceKind,
    Duty,
    Shift,
    SkillLevel,
    Span,
    check_week,
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


def set_languages(
    session: Session, user_id: int, languages: dict[str, tuple[SkillLevel, date | None]]
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
    """Write down that a person is sick from this moment to the end of their day; return the absence."""
    person = _locked(session, user_id)
    tomorrow = now.astimezone(ZoneInfo(person.zone)).date() + timedelta(days=1)
    ends_at = datetime.combine(tomorrow, datetime.min.time(), ZoneInfo(person.zone))
    return add_absence(
        session, user_id, AbsenceKind.SICK, starts_at=now, ends_at=ends_at, actor_id=actor_id, now=now
    )


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


def away_until(session: Session, user_ids: Collection[int], *, now: datetime) -> dict[int, datetime]:
    """Return those of these people who are away now, and until when."""
    rows = session.execute(
        select(Absence.user_id, Absence.ends_at).where(
            Absence.user_id.in_(user_ids),
            Absence.cancelled_at.is_(None),
            func.tstzrange(Absence.starts_at, Absence.ends_at).op("@>")(now),
        )
    )
    return {row.user_id: row.ends_at for row in rows}


def is_here(now: datetime) -> ColumnElement[bool]:
    """Whether the person of the row of `users` at hand is not away."""
    return not_(
        select(Absence.id)
        .where(
            Absence.user_id == User.id,
            Absence.cancelled_at.is_(None),
            func.tstzrange(Absence.starts_at, Absence.ends_at).op("@>")(now),
        )
        .exists()
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
