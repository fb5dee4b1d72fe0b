"""Deadlines against staff: what is read, what is short, what would help; once more in plain Python."""

from datetime import timedelta
from fractions import Fraction
from math import ceil
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, ben, give_skill, make_task, make_user, otto, sue
from tests.services.deadlines import TODAY, TOMORROW, appeal, callback_of, works
from tests.services.desk import open_office
from tests.services.filling import Filling
from workqueue.models import Task, UserSkill
from workqueue.rules.business_days import office_midnight
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.shifts import AbsenceKind, SkillLevel, Span
from workqueue.rules.states import TaskState
from workqueue.services import staffing
from workqueue.services.feasibility import Fixes, Report, ahead, fixes, report

DAY = timedelta(days=1)
SKILL_OF = {TaskKind.APPEAL_DEADLINE: "denials", TaskKind.FILING_DEADLINE: "claims"}


def asked(session: Session, *, team_id: int | None = None, days: int = 3) -> Report:
    return report(session, ahead(session, now=NOON, days=days), team_id=team_id)


def helped(session: Session, *, team_id: int | None = None, days: int = 3) -> Fixes:
    found = ahead(session, now=NOON, days=days)
    return fixes(session, found, report(session, found, team_id=team_id))


@pytest.fixture(autouse=True)
def an_office(session: Session) -> None:
    open_office(session)


def test_with_nothing_due_everything_is_kept(session: Session) -> None:
    found = asked(session)
    assert found.is_feasible
    assert (found.due_count, found.lines, found.shortages, found.missed) == (0, (), (), ())


def test_what_fits_is_kept_and_what_does_not_is_short_by_the_difference(session: Session) -> None:
    works(session, ana(session), today=60, tomorrow=100)
    for cents in (10_000, 20_000, 30_000, 40_000):
        appeal(session, cents=cents)
    found = asked(session)
    (shortage,) = found.shortages
    assert (shortage.needed_minutes, shortage.possible_minutes, shortage.short_minutes) == (240, 160, 80)
    assert (shortage.skills, shortage.person_names, shortage.last_on) == (("denials",), ("Ana",), TOMORROW)
    # Two of four fit; the cheaper two are let go of.
    assert (shortage.at_least_count, shortage.missed_count, shortage.missed_cents) == (2, 2, 30_000)
    assert [(line.due_on, line.skill, line.due_count, line.missed_count) for line in found.lines] == [
        (TOMORROW, "denials", 4, 2)
    ]
    assert (found.missed_count, found.missed_cents, found.short_minutes) == (2, 30_000, 80)


def test_ordinary_tasks_and_closed_ones_need_no_minutes(session: Session) -> None:
    works(session, ana(session), today=10)
    make_task(session, TaskKind.UNDERPAID)
    appeal(session, state=TaskState.CLOSED)
    appeal(session, on=TODAY + 20 * DAY)
    assert asked(session).due_count == 0


def test_a_denial_that_is_not_yet_an_appeal_has_the_same_last_day(session: Session) -> None:
    make_task(session, TaskKind.DENIAL, deadline_on=TOMORROW)
    make_task(session, TaskKind.CLAIM_REJECTED, deadline_on=TOMORROW)
    assert [(line.skill, line.due_count) for line in asked(session).lines] == [("claims", 1), ("denials", 1)]


def test_a_deadline_that_passed_is_missed_already_and_not_short(session: Session) -> None:
    appeal(session, on=TODAY - DAY, cents=7_00)
    make_task(session, TaskKind.DENIAL, deadline_on=TODAY - 3 * DAY, value_cents=5_00)
    appeal(session, on=TODAY - 300 * DAY)
    found = asked(session)
    assert (found.passed.count, found.passed.value_cents) == (2, 12_00)
    assert found.is_feasible


def test_what_is_put_off_is_free_on_that_day_and_not_before(session: Session) -> None:
    works(session, ana(session), today=60)
    appeal(session, deferred_until=NOON + DAY)
    assert asked(session).short_minutes == 60
    works(session, ana(session), today=60, tomorrow=60)
    assert asked(session).is_feasible


def test_what_is_put_off_past_its_deadline_is_named_apart(session: Session) -> None:
    works(session, ana(session), today=60)
    appeal(session, on=TODAY, deferred_until=NOON + DAY, cents=9_00)
    held = appeal(session, on=TODAY, cents=1_00)
    held.held_until = NOON + 30 * DAY
    session.flush()
    found = asked(session)
    assert (found.stuck.count, found.stuck.value_cents, found.due_count) == (2, 10_00, 0)


def test_a_callback_is_kept_in_its_hour_before_any_money(session: Session) -> None:
    person = works(session, make_user(session, "pia", skills=[Skill.PATIENTS, Skill.DENIALS]), today=90)
    works(session, otto(session), today=0)
    at = NOON + timedelta(hours=1, minutes=30)  # 14:30 in New York, where the shift begins at 14:00
    callback_of(session, at, minutes=20)
    costly = appeal(session, on=TODAY, cents=90_000_00, minutes=80)
    found = asked(session)
    assert [task.id for task in found.missed] == [costly.id]
    assert found.shortages[0].person_ids == (person.id,)
    # In the next hour the person is at work for half of it only.
    callback_of(session, at + timedelta(hours=1), minutes=40)
    assert asked(session).short_minutes == 50


def test_a_callback_of_next_week_is_looked_at_by_the_day(session: Session) -> None:
    works(session, otto(session), today=60, tomorrow=60)
    callback_of(session, NOON + 7 * DAY, minutes=60)
    assert asked(session, days=7).is_feasible, "he works on Tuesdays, an hour later than the callback"
    callback_of(session, NOON + 7 * DAY, minutes=1)
    assert asked(session, days=7).short_minutes == 1


def test_a_skill_holds_until_its_last_day(session: Session) -> None:
    person = works(session, ana(session), today=60, tomorrow=60)
    for ability in session.scalars(select(UserSkill).where(UserSkill.user_id == person.id)):
        ability.expires_on = TODAY
    appeal(session, minutes=120)
    assert asked(session).short_minutes == 60


def test_who_learns_gets_less_done(session: Session) -> None:
    person = works(session, make_user(session, "pia"), today=60)
    give_skill(session, person, Skill.DENIALS).level = SkillLevel.LEARNING
    appeal(session)
    assert asked(session).short_minutes == 20


def test_a_team_sees_its_own_skills_and_the_office_all(session: Session) -> None:
    works(session, ana(session), today=30)
    works(session, otto(session), today=30)
    appeal(session, on=TODAY)
    callback_of(session, NOON + timedelta(hours=1, minutes=10), minutes=40)
    assert asked(session).missed_count == 2
    ours = asked(session, team_id=ana(session).team_id)
    assert (ours.missed_count, [line.skill for line in ours.lines]) == (1, ["denials"])


def test_whose_week_nobody_wrote_down_is_named(session: Session) -> None:
    works(session, ana(session), today=60)
    ben(session)
    found = asked(session).assumed
    assert (found.people_count, found.without_shifts) == (2, ("Ben",))


def test_overtime_and_a_skill_and_an_absence_help_by_what_solving_again_says(session: Session) -> None:
    works(session, ana(session), today=60)
    idle = works(session, make_user(session, "pia", skills=[Skill.PAYMENTS]), today=30)
    away = works(session, ben(session), today=60)
    absence_id = staffing.add_absence(
        session, away.id, AbsenceKind.PLANNED, starts_at=NOON, ends_at=NOON + DAY, actor_id=away.id, now=NOON
    )
    appeal(session, on=TODAY, minutes=150)
    found = helped(session)
    assert found.short_minutes == 90
    assert [(each.day, each.skill, each.minutes) for each in found.overtime] == [(TODAY, "denials", 90)]
    assert [(each.person_id, each.skill, each.saved_minutes) for each in found.grants] == [
        (idle.id, "denials", 20)
    ]
    assert [(each.absence_id, each.saved_minutes) for each in found.absences] == [(absence_id, 60)]
    staffing.end_absence(session, absence_id, ends_at=NOON, now=NOON)
    assert helped(session).short_minutes == 30


def test_nobody_is_asked_to_be_sick_another_day(session: Session) -> None:
    works(session, ana(session), today=60)
    staffing.sick_now(session, ana(session).id, actor_id=sue(session).id, now=NOON)
    works(session, sue(session), today=0)
    appeal(session, on=TODAY)
    assert helped(session).absences == ()


def test_what_was_passed_to_who_has_no_time_would_be_kept_by_passing_it_on(session: Session) -> None:
    works(session, ana(session), today=10)
    works(session, ben(session), today=60)
    appeal(session, on=TODAY, owner=ana(session))
    found = helped(session)
    assert (found.short_minutes, found.passing_minutes) == (0, 50)


def test_colleagues_of_other_teams_are_counted_and_said(session: Session) -> None:
    works(session, ana(session), today=10)
    helper = works(session, otto(session), today=60)
    give_skill(session, helper, Skill.DENIALS)
    appeal(session, on=TODAY)
    found = helped(session)
    assert (found.short_minutes, found.lent_minutes) == (0, 50)


def test_what_would_help_another_team_is_on_the_page_of_that_team(session: Session) -> None:
    works(session, ana(session), today=30)
    works(session, otto(session), today=30)
    appeal(session, on=TODAY, owner=otto(session))
    callback_of(session, NOON + timedelta(hours=1, minutes=10), minutes=40)
    ours = helped(session, team_id=ana(session).team_id)
    theirs = helped(session, team_id=otto(session).team_id)
    assert (ours.short_minutes, {each.skill for each in ours.overtime}) == (30, {"denials"})
    # Staying longer does not help a call that is promised for two o'clock.
    assert (theirs.short_minutes, theirs.overtime) == (10, ())
    # Otto does no denials: while it stays with him, the half hour that Ana has for it is lost too.
    assert (ours.passing_minutes, theirs.passing_minutes) == (30, 0)


def test_what_has_to_be_begun_today_is_what_tomorrow_cannot_hold(session: Session) -> None:
    works(session, ana(session), today=60, tomorrow=60)
    cheap, dear = appeal(session, minutes=30, cents=1_00), appeal(session, minutes=30, cents=99_00)
    later = appeal(session, minutes=60, on=TOMORROW, cents=50_00)
    first = helped(session).first
    assert first is not None
    assert (first.day, first.minutes) == (TODAY, 60)
    # As much money a minute as fits comes first; the cheap one may wait for tomorrow.
    assert [each.id for each in first.tasks] == [dear.id, later.id]
    assert cheap.id not in {each.id for each in first.tasks}


def test_where_tomorrow_holds_everything_nothing_has_to_be_begun_today(session: Session) -> None:
    works(session, ana(session), today=60, tomorrow=60)
    appeal(session, minutes=60)
    first = helped(session).first
    assert first is not None
    assert (first.minutes, first.tasks) == (0, ())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_figures_are_those_of_filling_days_minute_by_minute(session: Session, seed: int) -> None:
    draw = Random(seed)
    staff = [ana(session), ben(session), make_user(session, "pia", skills=[Skill.CLAIMS])]
    for person in staff:
        works(session, person, today=draw.randrange(10, 45), tomorrow=draw.randrange(10, 45))
    for _ in range(20):
        kind = draw.choice(list(SKILL_OF))
        task = make_task(
            session,
            kind,
            deadline_on=draw.choice([TODAY, TOMORROW]),
            value_cents=draw.randrange(1_00, 900_00),
        )
        task.minutes = draw.choice([5, 8, 12, 20])
    session.flush()

    bins = {}
    for day in (TODAY, TOMORROW):
        span = Span(max(NOON, office_midnight(day)), office_midnight(day + DAY))
        for who, minutes in staffing.capacity(session, [each.id for each in staff], between=span).items():
            bins[who, day] = minutes
    can = {each.id: set(SKILL_OF.values()) for each in staff} | {staff[2].id: {"claims"}}
    tasks = sorted(session.scalars(select(Task)), key=lambda each: -each.value_cents / each.minutes)
    filling = Filling(
        [
            {(who, day) for who, day in bins if day <= task.deadline_on and SKILL_OF[task.kind] in can[who]}
            for task in tasks
        ],
        bins,
    )
    kept = [filling.add(number, task.minutes) for number, task in enumerate(tasks)]
    lost = sum(
        (
            Fraction((task.minutes - done) * task.value_cents, task.minutes)
            for task, done in zip(tasks, kept, strict=True)
        ),
        Fraction(),
    )

    found = asked(session)
    assert found.short_minutes == sum(task.minutes for task in tasks) - sum(kept) > 0
    assert abs(sum(each.least_cents for each in found.shortages) - ceil(lost)) < len(found.shortages)
    assert found.missed_cents >= ceil(lost)
    assert found.missed_count >= sum(each.at_least_count for each in found.shortages)
