"""Shifts, absences, and what they leave of a person's time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import ana, ben, make_skill, otto, sue
from tests.services.desk import billed_to_payer, task_of
from workqueue.models import Absence, UserLanguage, UserSkill
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.kinds import TaskKind
from workqueue.rules.refusals import Invalid, NotAllowed, NotFound
from workqueue.rules.shifts import AbsenceKind, Mastery, Shift, SkillLevel, Span
from workqueue.services import leasing, staffing, taking
from workqueue.services.reading.task import colleagues
from workqueue.services.staffing import AbsenceOver, AwayThen, NotAway

DAY = timedelta(days=1)
TODAY = office_day(NOON)
WEEK = Span(NOON, NOON + 7 * DAY)


def planned(session: Session, user_id: int, starts_at: datetime, ends_at: datetime) -> int:
    return staffing.add_absence(
        session,
        user_id,
        AbsenceKind.PLANNED,
        starts_at=starts_at,
        ends_at=ends_at,
        actor_id=user_id,
        now=NOON,
    )


def test_a_new_week_ends_the_old_one_on_the_day_before(session: Session) -> None:
    person = ana(session)
    first = [Shift(TODAY.weekday(), time(8), time(9))]
    later = [Shift(TODAY.weekday(), time(10), time(12))]
    staffing.set_week(session, person.id, first, from_on=TODAY)
    staffing.set_week(session, person.id, later, from_on=TODAY + 7 * DAY)
    midnight = NOON.replace(hour=0)
    weeks = [Span(midnight + 7 * n * DAY, midnight + (7 * n + 1) * DAY) for n in range(2)]
    found = [staffing.duties(session, [person.id], between=week)[person.id] for week in weeks]
    assert [[duty.minutes for duty in each] for each in found] == [[60], [120]]


def test_who_has_no_shifts_is_taken_to_work_the_usual_week(session: Session) -> None:
    person = ana(session)
    assert staffing.capacity(session, [person.id], between=WEEK)[person.id] > 0
    assert staffing.weeks_of(session, [person.id]) == {person.id: []}


def test_an_absence_takes_its_time_out_of_the_capacity(session: Session) -> None:
    person, colleague = ana(session), ben(session)
    planned(session, person.id, NOON, NOON + 7 * DAY)
    found = staffing.capacity(session, [person.id, colleague.id], between=WEEK)
    assert found[person.id] == 0
    assert found[colleague.id] > 0


def test_who_is_sick_now_is_away_until_their_day_ends(session: Session) -> None:
    person, lead = ana(session), sue(session)
    staffing.set_pace(session, person.id, zone="America/Denver", productive_percent=50)
    staffing.sick_now(session, person.id, actor_id=lead.id, now=NOON)
    until = staffing.away_until(session, [person.id, lead.id], now=NOON)
    ends_at = until.pop(person.id).astimezone(ZoneInfo("America/Denver"))
    assert (ends_at.date(), ends_at.time(), until) == (TODAY + DAY, time(0), {})


def test_nobody_is_away_twice_at_once(session: Session) -> None:
    person = ana(session)
    planned(session, person.id, NOON, NOON + 2 * DAY)
    with pytest.raises(AwayThen):
        planned(session, person.id, NOON + DAY, NOON + 3 * DAY)
    after = planned(session, person.id, NOON + 2 * DAY, NOON + 3 * DAY)
    with pytest.raises(AwayThen):
        staffing.sick_now(session, person.id, actor_id=person.id, now=NOON)
    assert after


def test_who_is_back_early_is_here_again(session: Session) -> None:
    person = ana(session)
    absence_id = planned(session, person.id, NOON, NOON + 2 * DAY)
    staffing.end_absence(session, absence_id, ends_at=NOON + DAY, now=NOON + DAY)
    assert staffing.away_until(session, [person.id], now=NOON + DAY) == {}
    with pytest.raises(AbsenceOver):
        staffing.end_absence(session, absence_id, ends_at=NOON + 3 * DAY, now=NOON + DAY)


def test_an_absence_that_has_not_begun_is_called_off(session: Session) -> None:
    person = ana(session)
    absence_id = planned(session, person.id, NOON + DAY, NOON + 2 * DAY)
    staffing.end_absence(session, absence_id, ends_at=NOON, now=NOON)
    assert session.scalars(select(Absence.cancelled_at)).all() == [NOON]
    assert planned(session, person.id, NOON + DAY, NOON + 2 * DAY)


def test_an_absence_is_not_made_longer_into_the_next(session: Session) -> None:
    person = ana(session)
    first = planned(session, person.id, NOON, NOON + DAY)
    planned(session, person.id, NOON + 2 * DAY, NOON + 3 * DAY)
    with pytest.raises(AwayThen):
        staffing.end_absence(session, first, ends_at=NOON + 4 * DAY, now=NOON)


@pytest.mark.parametrize(("begins", "ends"), [(1, 1), (-2, -1), (0, 400)])
def test_an_absence_that_cannot_be_is_refused(session: Session, begins: int, ends: int) -> None:
    person = ana(session)
    with pytest.raises(Invalid) as refused:
        planned(session, person.id, NOON + begins * DAY, NOON + ends * DAY)
    assert refused.value.field == "ends_at"


def test_a_zone_and_a_share_that_cannot_be_are_refused(session: Session) -> None:
    person = ana(session)
    with pytest.raises(Invalid) as refused:
        staffing.set_pace(session, person.id, zone="Mars/Olympus", productive_percent=80)
    assert refused.value.field == "zone"
    with pytest.raises(Invalid) as refused:
        staffing.set_pace(session, person.id, zone=OFFICE_ZONE, productive_percent=101)
    assert refused.value.field == "productive_percent"
    with pytest.raises(NotFound):
        staffing.set_pace(session, 987_654, zone=OFFICE_ZONE, productive_percent=80)


def test_languages_are_replaced_and_only_known_ones_are_kept(session: Session) -> None:
    person = ana(session)
    staffing.set_languages(session, person.id, {"es": (SkillLevel.EXPERT, None)})
    staffing.set_languages(session, person.id, {"vi": (SkillLevel.LEARNING, date(2027, 1, 1))})
    with pytest.raises(Invalid):
        staffing.set_languages(session, person.id, {"xx": (SkillLevel.ABLE, None)})
    assert session.execute(select(UserLanguage.language, UserLanguage.level)).all() == [
        ("vi", SkillLevel.LEARNING)
    ]


def test_a_skill_that_has_run_out_brings_no_task(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    skill = make_skill(session, SkillCode.CLAIMS)

    def let_it_end_on(day: date) -> None:
        session.execute(
            update(UserSkill)
            .where(UserSkill.user_id == rep.id, UserSkill.skill_id == skill.id)
            .values(expires_on=day)
        )

    let_it_end_on(TODAY - DAY)
    assert leasing.lease_next(session, rep_id=rep.id, now=NOON, lease_seconds=900) is None
    with pytest.raises(NotAllowed):
        taking.take(session, task_id=task.id, rep_id=rep.id, now=NOON, lease_seconds=900)
    let_it_end_on(TODAY)
    leased = leasing.lease_next(session, rep_id=rep.id, now=NOON, lease_seconds=900)
    assert leased is not None
    assert leased.task_id == task.id


def test_nothing_is_passed_to_somebody_who_is_away(session: Session) -> None:
    rep, colleague, lead = ana(session), ben(session), sue(session)
    task = task_of(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE)
    staffing.sick_now(session, colleague.id, actor_id=lead.id, now=NOON)
    assert [each.name for each in colleagues(session, task_id=task.id, rep_id=rep.id, now=NOON)] == ["Sue"]
    with pytest.raises(leasing.NotAssignable, match="away"):
        leasing.reassign(session, task.id, to_user_id=colleague.id, reason="r", lead_id=lead.id, now=NOON)


def test_who_falls_sick_before_a_planned_absence_is_sick_until_it_begins(session: Session) -> None:
    person = ana(session)
    planned(session, person.id, NOON + timedelta(hours=2), NOON + DAY)
    staffing.sick_now(session, person.id, actor_id=person.id, now=NOON)
    assert staffing.away_until(session, [person.id], now=NOON) == {person.id: NOON + timedelta(hours=2)}


def test_who_is_back_is_here_from_that_moment(session: Session) -> None:
    person = ana(session)
    staffing.sick_now(session, person.id, actor_id=person.id, now=NOON)
    later = NOON + timedelta(hours=1)
    staffing.back_now(session, person.id, now=later)
    assert staffing.away_until(session, [person.id], now=later) == {}
    with pytest.raises(NotAway):
        staffing.back_now(session, person.id, now=later)


def test_skills_are_replaced_with_level_and_last_day(session: Session) -> None:
    person = ana(session)
    payments = make_skill(session, SkillCode.PAYMENTS)
    expert = Mastery(SkillLevel.EXPERT, TODAY + DAY)
    for _ in range(2):
        staffing.set_skills(session, person.id, {payments.id: expert})
    columns = (UserSkill.skill_id, UserSkill.level, UserSkill.expires_on)
    kept = session.execute(select(*columns).where(UserSkill.user_id == person.id)).all()
    assert kept == [(payments.id, *expert)]
    with pytest.raises(Invalid):
        staffing.set_skills(session, person.id, {31_000: Mastery()})


def test_a_lead_keeps_the_time_of_their_own_team_only(session: Session) -> None:
    lead, rep, stranger = sue(session), ana(session), otto(session)
    staffing.check_keeper(session, rep.id, role=lead.role, team_id=lead.team_id)
    with pytest.raises(NotAllowed, match="another team"):
        staffing.check_keeper(session, stranger.id, role=lead.role, team_id=lead.team_id)
    with pytest.raises(NotFound):
        staffing.check_keeper(session, 987_654, role=lead.role, team_id=lead.team_id)


def test_each_day_of_a_person_has_its_own_minutes(session: Session) -> None:
    person = ana(session)
    staffing.set_week(session, person.id, [Shift(TODAY.weekday(), time(8), time(12))], from_on=TODAY)
    staffing.set_pace(session, person.id, zone="America/Los_Angeles", productive_percent=50)
    between = Span(NOON - DAY, NOON + 8 * DAY)
    found = staffing.capacity_by_day(session, [person.id], between=between)
    assert found == {person.id: {TODAY: 120, TODAY + 7 * DAY: 120}}
