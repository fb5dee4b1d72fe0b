"""When the people of the demonstration office work, what they speak, and what they still learn."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from workqueue.rules.kinds import Skill
from workqueue.rules.shifts import AbsenceKind, Mastery, Shift, SkillLevel, absence_span
from workqueue.services import staffing, teams

ZONE_OF_OTTO = "America/Denver"
WEEKDAYS = range(5)


def schedule(session: Session, people: Mapping[str, int], *, today: date, now: datetime) -> None:
    """Give everybody a week, and some of them a language, an absence, something to learn."""
    _weeks(session, people, from_on=today - timedelta(days=60))
    _skills(session, people, today=today)
    _absences(session, people, today=today, now=now)


def _weeks(session: Session, people: Mapping[str, int], *, from_on: date) -> None:
    early = [Shift(day, time(7, 30), time(16), break_minutes=30) for day in WEEKDAYS]
    usual = [Shift(day, time(8, 30), time(17), break_minutes=30) for day in WEEKDAYS]
    # Four long days with an afternoon off between them; half of the room answers calls until the evening.
    long_days = [Shift(day, time(8), time(18, 30), break_minutes=30) for day in (0, 1, 3, 4)]
    split = [
        *(Shift(day, time(9), time(13)) for day in WEEKDAYS),
        *(Shift(day, time(16), time(20)) for day in WEEKDAYS),
    ]
    weeks = {"ana": early, "ben": long_days, "otto": usual, "pia": split, "sue": usual, "leo": early}
    staffing.set_pace(session, people["otto"], zone=ZONE_OF_OTTO, productive_percent=80)
    for lead in ("sue", "leo"):
        staffing.set_pace(session, people[lead], zone="America/New_York", productive_percent=40)
    for name, week in weeks.items():
        staffing.set_week(session, people[name], week, from_on=from_on)


def _skills(session: Session, people: Mapping[str, int], *, today: date) -> None:
    ids = {each.code: each.id for each in teams.skills(session)}
    able, expert, learning = (
        Mastery(level) for level in (SkillLevel.ABLE, SkillLevel.EXPERT, SkillLevel.LEARNING)
    )
    soon = Mastery(SkillLevel.ABLE, today + timedelta(days=12))
    skills = {
        "ana": {Skill.CLAIMS: expert, Skill.DENIALS: able},
        "ben": {Skill.CLAIMS: able, Skill.DENIALS: soon},
        "pia": {Skill.PATIENTS: expert, Skill.PAYMENTS: learning},
    }
    for name, mastered in skills.items():
        staffing.set_skills(session, people[name], {ids[code]: each for code, each in mastered.items()})
    staffing.set_languages(session, people["pia"], {"es": expert})
    certified = Mastery(SkillLevel.ABLE, today + timedelta(days=25))
    staffing.set_languages(session, people["otto"], {"es": certified})
    staffing.set_languages(session, people["ana"], {"vi": learning})


def _absences(session: Session, people: Mapping[str, int], *, today: date, now: datetime) -> None:
    monday = today + timedelta(days=7 - today.weekday())
    thursday = monday + timedelta(days=3)
    absences = (
        ("ben", AbsenceKind.PLANNED, absence_span("America/New_York", monday, monday + timedelta(days=2))),
        (
            "pia",
            AbsenceKind.TRAINING,
            absence_span("America/New_York", thursday, thursday, time(9), time(12)),
        ),
    )
    recorder = {"ben": "sue", "pia": "leo"}
    for name, kind, span in absences:
        staffing.add_absence(
            session,
            people[name],
            kind,
            starts_at=span.begins_at,
            ends_at=span.ends_at,
            actor_id=people[recorder[name]],
            now=now,
        )
