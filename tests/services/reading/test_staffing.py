"""A team's week, its absences, what training is due, and one person's time."""

from datetime import time, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import INSURANCE_SKILLS, ada, ana, ben, make_skill, make_user, otto, sue
from workqueue.models import UserSkill
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.refusals import NotFound
from workqueue.rules.shifts import AbsenceKind, Mastery, Shift, SkillLevel, Span, absence_span
from workqueue.services import staffing
from workqueue.services.reading.staffing import (
    ShiftLeft,
    absences_of_team,
    person_time,
    shifts_left,
    training_due,
    week_of_team,
)

DAY = timedelta(days=1)
TODAY = office_day(NOON)
MONDAY = TODAY - DAY


def away(session: Session, user_id: int, kind: AbsenceKind, span: Span) -> int:
    return staffing.add_absence(
        session, user_id, kind, starts_at=span.begins_at, ends_at=span.ends_at, actor_id=user_id, now=NOON
    )


def test_a_teams_week_has_everybody_who_works_for_it_and_what_absences_leave(session: Session) -> None:
    rep, colleague = ana(session), ben(session)
    otto(session), ada(session)
    make_user(session, "gone", team=None, is_active=False)
    hours = [Shift(1, time(8), time(10)), Shift(2, time(8), time(9))]
    staffing.set_week(session, rep.id, hours, from_on=MONDAY)
    staffing.set_pace(session, rep.id, zone="Pacific/Guam", productive_percent=100)
    away(session, rep.id, AbsenceKind.TRAINING, absence_span("Pacific/Guam", TODAY + DAY, TODAY + DAY))
    week = week_of_team(session, team_id=rep.team_id or 0, first_on=MONDAY)
    assert [each.name for each in week.people] == ["Ana", "Ben"]
    first, second = week.people
    assert [(day.minutes, day.away) for day in first.days[:3]] == [
        (0, None),
        (120, None),
        (0, AbsenceKind.TRAINING),
    ]
    assert (first.is_assumed, second.is_assumed, second.user_id) == (False, True, colleague.id)
    assert week.totals[1] == 120 + second.days[1].minutes
    assert second.minutes == 5 * second.days[1].minutes > 0


def test_absences_of_the_team_are_listed_by_their_beginning(session: Session) -> None:
    rep, colleague, stranger = ana(session), ben(session), otto(session)
    days = [absence_span(rep.zone, TODAY + n * DAY, TODAY + n * DAY) for n in range(41)]
    away(session, rep.id, AbsenceKind.PLANNED, days[3])
    called_off = away(session, rep.id, AbsenceKind.PLANNED, days[5])
    away(session, rep.id, AbsenceKind.PLANNED, days[40])
    away(session, stranger.id, AbsenceKind.PLANNED, days[2])
    staffing.sick_now(session, colleague.id, actor_id=rep.id, now=NOON)
    staffing.end_absence(session, called_off, ends_at=NOON, now=NOON)
    found = absences_of_team(
        session, team_id=rep.team_id or 0, between=absence_span("UTC", TODAY, TODAY + 28 * DAY), now=NOON
    )
    assert [(each.name, each.kind, each.is_now) for each in found] == [
        ("Ben", AbsenceKind.SICK, True),
        ("Ana", AbsenceKind.PLANNED, False),
    ]


def test_training_is_due_for_who_learns_and_for_what_runs_out_within_thirty_days(session: Session) -> None:
    rep, colleague = ana(session), ben(session)
    denials = make_skill(session, SkillCode.DENIALS)
    staffing.set_skills(
        session,
        rep.id,
        {
            make_skill(session, SkillCode.CLAIMS).id: Mastery(SkillLevel.ABLE, TODAY + 31 * DAY),
            denials.id: Mastery(SkillLevel.EXPERT, TODAY + 30 * DAY),
        },
    )
    staffing.set_languages(
        session, colleague.id, {"es": (SkillLevel.LEARNING, None), "vi": (SkillLevel.ABLE, TODAY - DAY)}
    )
    staffing.set_languages(session, otto(session).id, {"es": (SkillLevel.LEARNING, None)})
    found = training_due(session, team_id=rep.team_id or 0, today=TODAY)
    assert [(each.name, each.what, each.is_soon) for each in found] == [
        ("Ben", "Vietnamese", True),
        ("Ana", denials.name, True),
        ("Ben", "Spanish", False),
    ]


def test_a_persons_time_has_this_week_the_next_and_who_told_of_absences(session: Session) -> None:
    rep, lead = ana(session), sue(session)
    session.execute(update(UserSkill).where(UserSkill.user_id == rep.id).values(level=SkillLevel.EXPERT))
    assert person_time(session, user_id=rep.id, now=NOON).is_assumed
    this, later = Shift(0, time(8), time(9)), Shift(0, time(10), time(12))
    staffing.set_week(session, rep.id, [this], from_on=MONDAY)
    staffing.set_week(session, rep.id, [later], from_on=TODAY + 7 * DAY)
    staffing.sick_now(session, rep.id, actor_id=lead.id, now=NOON)
    found = person_time(session, user_id=rep.id, now=NOON)
    assert [(each.begins, each.ends) for each in (*found.week, *found.next_week)] == [
        (time(8), time(9)),
        (time(10), time(12)),
    ]
    assert (found.next_from_on, found.is_assumed) == (TODAY + 7 * DAY, False)
    assert found.away is not None
    assert (found.away.kind, found.away.recorded_by) == (AbsenceKind.SICK, "Sue")
    assert [(each.what, each.level) for each in found.skills] == [
        (make_skill(session, code).name, SkillLevel.EXPERT) for code in INSURANCE_SKILLS
    ]
    with pytest.raises(NotFound):
        person_time(session, user_id=987_654, now=NOON)


def test_what_is_left_of_a_shift_goes_by_the_persons_own_day(session: Session) -> None:
    rep, colleague = ana(session), ben(session)
    # 13:00 in New York; the evening shift of tomorrow is nothing of today.
    week = [Shift(TODAY.weekday(), time(9), time(17), break_minutes=48)]
    staffing.set_week(session, rep.id, [*week, Shift(TODAY.weekday() + 1, time(9), time(11))], from_on=TODAY)
    staffing.set_week(session, colleague.id, [Shift(TODAY.weekday(), time(8), time(12))], from_on=TODAY)
    left = shifts_left(session, [rep.id, colleague.id], now=NOON)
    mine = left[rep.id]
    assert (mine.minutes, mine.ends_at, mine.is_on) == (216, NOON + timedelta(hours=4), True)
    assert left[colleague.id] == ShiftLeft(0, None, is_on=False)
