"""The room: what people do, how the queue stands, which callbacks were kept."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    ana,
    ben,
    make_call,
    make_callback,
    make_lane,
    make_lease,
    make_outcome,
    make_sign_in_session,
    make_task,
    otto,
    sue,
)
from workqueue.models import Task
from workqueue.rules.calendar import office_day
from workqueue.rules.call_states import CallState
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.room import AgeBand, DeadlineBand, Doing, age_band, deadline_band
from workqueue.rules.shifts import Mastery, Shift, SkillLevel
from workqueue.rules.states import CallbackState, TaskState
from workqueue.services import leasing, staffing
from workqueue.services.reading import tallies
from workqueue.services.reading.callback_board import CallbacksAsked, callback_board, callbacks_listed
from workqueue.services.reading.people_now import PersonNow, done_today, people_now
from workqueue.services.reading.room import room, waiting_on_the_absent
from workqueue.services.reading.tallies import Kept, TaskCount, counted
from workqueue.services.reading.team import CallWindow, TeamFilters, team_page

TODAY = office_day(NOON)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count anew in each test."""
    monkeypatch.setattr(tallies, "_kept", Kept())


def seen(session: Session, *user_ids: int, hours: int = 2) -> None:
    for user_id in user_ids:
        make_sign_in_session(
            session,
            user=session.get_one(type(ana(session)), user_id),
            token_hash=f"token of {user_id}",
            created_at=NOON - timedelta(hours=hours),
            last_seen_at=NOON,
            expires_at=NOON + timedelta(hours=8),
        )


def of(people: tuple[PersonNow, ...], name: str) -> PersonNow:
    return next(each for each in people if each.name == name)


def test_everybody_is_doing_one_thing_since_a_moment(session: Session) -> None:
    rep, colleague, lead = ana(session), ben(session), sue(session)
    # Whether a lease still holds, the clock of the database decides.
    lease = make_lease(session, rep=rep, granted_at=NOON - 30 * MINUTE, seconds=10**9)
    staffing.set_skills(session, rep.id, {make_lane(session).skill_id: Mastery(SkillLevel.LEARNING)})
    staffing.sick_now(session, colleague.id, actor_id=lead.id, now=NOON)
    people = people_now(session, team_id=rep.team_id or 0, now=NOON)
    assert [(each.name, each.doing) for each in people] == [
        ("Ana", Doing.ON_TASK),
        ("Ben", Doing.AWAY),
        ("Sue", Doing.NOT_SIGNED_IN),
    ]
    held = of(people, "Ana").in_hand
    assert held is not None
    # Twelve minutes are expected of anybody, half as much again of who is learning.
    assert (held.task_id, held.minutes, held.expected_minutes, held.is_long) == (lease.task_id, 30, 18, False)
    assert of(people, "Ana").since == lease.granted_at
    assert of(people, "Ben").since == staffing.away_until(session, [colleague.id], now=NOON)[colleague.id]
    staffing.set_week(session, lead.id, [Shift(TODAY.weekday(), time(8), time(9))], from_on=TODAY)
    people = people_now(session, team_id=rep.team_id or 0, now=NOON)
    assert (of(people, "Sue").doing, of(people, "Sue").shift_minutes) == (Doing.OFF_SHIFT, 0)


def test_a_call_counts_until_it_is_ended_and_no_longer_than_anybody_talks(session: Session) -> None:
    rep = otto(session)
    call = make_call(session, rep=rep, placed_at=NOON - 5 * MINUTE)
    team_id = rep.team_id or 0

    def is_on_call(now: datetime = NOON) -> bool:
        return people_now(session, team_id=team_id, now=now)[0].doing is Doing.ON_CALL

    assert is_on_call()
    assert people_now(session, team_id=team_id, now=NOON)[0].since == call.placed_at
    assert not is_on_call(NOON + timedelta(hours=5))
    call.state = CallState.ENDED
    session.flush()
    assert not is_on_call()


def test_who_is_signed_in_and_has_nothing_in_hand_is_idle_since_their_last_outcome(session: Session) -> None:
    rep = ana(session)
    seen(session, rep.id)
    team_id = rep.team_id or 0
    assert people_now(session, team_id=team_id, now=NOON)[0].since == NOON - timedelta(hours=2)
    make_outcome(session, rep=rep, at=NOON - 20 * MINUTE)
    make_outcome(session, rep=rep, at=NOON - timedelta(days=1))
    found = people_now(session, team_id=team_id, now=NOON)[0]
    assert (found.doing, found.since, found.done) == (Doing.IDLE, NOON - 20 * MINUTE, 1)
    assert len(done_today(session, rep_id=rep.id, now=NOON)) == found.done


def test_the_bands_of_the_count_are_those_of_the_rules(session: Session) -> None:
    days = (None, -40, -1, 0, 1, 7, 8, 90)
    ages = (
        timedelta(minutes=1),
        timedelta(days=1),
        timedelta(days=6, hours=23),
        timedelta(days=29, hours=23),
    )
    for day in days:
        for age in (*ages, timedelta(days=30)):
            deadline_on = None if day is None else TODAY + timedelta(days=day)
            make_task(session, deadline_on=deadline_on, available_at=NOON - age)
    make_task(session, state=TaskState.CLOSED)
    expected: dict[tuple[DeadlineBand, AgeBand], int] = {}
    for task in session.scalars(select(Task).where(Task.state == TaskState.QUEUED)):
        key = deadline_band(task.deadline_on, TODAY), age_band(task.available_at, NOON)
        expected[key] = expected.get(key, 0) + 1
    assert {(each.deadline, each.age): each.count for each in counted(session, now=NOON)} == expected


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tasks=st.lists(
        st.tuples(
            st.sampled_from(["", "America/Chicago", "Pacific/Guam"]),
            st.sampled_from([TaskState.QUEUED, TaskState.WAITING]),
            st.integers(0, 2),
            st.sampled_from([None, -1, 0, 7, 30]),
            st.sampled_from([0, 3, 20, 60]),
        ),
        max_size=6,
    )
)
def test_every_number_of_the_queue_is_as_long_as_its_list(
    session: Session, tasks: list[tuple[str, TaskState, int, int | None, int]]
) -> None:
    with session.begin_nested() as savepoint:
        team_id = otto(session).team_id or 0
        for zones, state, tier, deadline, age in tasks:
            make_task(
                session,
                TaskKind.PATIENT_BALANCE,
                lane=make_lane(session, skill=Skill.PATIENTS, zones=zones),
                state=state,
                rescore_at=NOON if state is TaskState.WAITING else None,
                tier=tier,
                deadline_on=None if deadline is None else TODAY + timedelta(days=deadline),
                available_at=NOON - timedelta(days=age),
            )
        # The count that is kept is of the example before.
        tallies._kept = Kept()
        queue = room(session, team_id=team_id, now=NOON).queue

        def listed(**asked: object) -> int:
            filters = TeamFilters(**asked)  # type: ignore[arg-type]
            return len(team_page(session, team_id=team_id, filters=filters, now=NOON).rows)

        for each in queue.skills:
            assert each.open_now == listed(skill=each.skill, window=CallWindow.OPEN)
            assert each.closed_now == listed(skill=each.skill, window=CallWindow.CLOSED)
            assert each.waiting == listed(skill=each.skill, state=TaskState.WAITING)
        assert {band: listed(deadline=band) for band in DeadlineBand} == queue.deadlines
        assert {band: listed(age=band) for band in AgeBand} == queue.ages
        assert {tier: listed(tier=tier) for tier in range(3)} == queue.tiers
        assert [listed(lane_id=each.lane_id) for each in queue.lanes] == [each.queued for each in queue.lanes]
        assert [listed(kind=each.kind) for each in queue.kinds] == [each.queued for each in queue.kinds]
        assert queue.queued == listed()
        savepoint.rollback()


def test_what_waits_on_somebody_who_is_away_is_counted_and_listed(session: Session) -> None:
    rep, colleague, lead = ana(session), ben(session), sue(session)
    for owner in (rep, rep, colleague):
        make_task(session, owner=owner)
    team_id = rep.team_id or 0
    assert waiting_on_the_absent(session, team_id=team_id, now=NOON) == 0
    staffing.sick_now(session, rep.id, actor_id=lead.id, now=NOON)
    listed = team_page(session, team_id=team_id, filters=TeamFilters(is_owner_away=True), now=NOON).rows
    assert waiting_on_the_absent(session, team_id=team_id, now=NOON) == len(listed) == 2
    assert {each.owner_id for each in listed} == {rep.id}


def test_each_callback_of_today_is_in_one_place_of_the_board(session: Session) -> None:
    hours = {
        CallbacksAsked.HOUR: 0.5,
        CallbacksAsked.FOUR_HOURS: 3,
        CallbacksAsked.LATER_TODAY: 5,
        CallbacksAsked.DUE: -0.1,
        CallbacksAsked.OWED: -1,
        CallbacksAsked.OWED_BEFORE: -24,
    }
    for asked, ahead in hours.items():
        make_callback(session, at=NOON + timedelta(hours=ahead))
        assert len(callbacks_listed(session, asked, now=NOON)) == 1, asked
    make_callback(session, at=NOON + timedelta(days=2))
    make_callback(session, at=NOON - timedelta(days=1), state=CallbackState.MET)
    make_callback(session, state=CallbackState.CANCELLED)
    for minutes in (5, 25):
        made = make_callback(session, at=NOON - timedelta(hours=2), state=CallbackState.MET)
        task = make_task(session, TaskKind.CALLBACK_DUE, subject=made.id, state=TaskState.CLOSED)
        made.account_id = task.account_id
        call = make_call(session, task=task, placed_at=made.at + minutes * MINUTE, disposition="no_answer")
        make_outcome(session, task=task, call=call, at=made.at + 50 * MINUTE)
    board = callback_board(session, now=NOON)
    assert set(board.counts.values()) == {1}
    assert board.service_level == pytest.approx(1 / 3)
    for asked, count in board.counts.items():
        assert len(callbacks_listed(session, asked, now=NOON)) == count
    late = callbacks_listed(session, CallbacksAsked.LATE, now=NOON)[0]
    assert late.made_at == late.at + 25 * MINUTE


def test_only_the_team_that_calls_patients_has_callbacks(session: Session) -> None:
    make_lane(session), make_lane(session, skill=Skill.PATIENTS)
    insurance, patients = ana(session).team_id or 0, otto(session).team_id or 0
    assert room(session, team_id=insurance, now=NOON).callbacks is None
    assert room(session, team_id=patients, now=NOON).callbacks is not None


def test_what_is_in_hand_is_counted_where_it_is_listed(session: Session) -> None:
    rep, task = ana(session), make_task(session)
    leased = leasing.lease_next(session, rep_id=rep.id, now=NOON, lease_seconds=900)
    assert leased is not None
    found = room(session, team_id=rep.team_id or 0, now=NOON)
    claims = next(each for each in found.queue.skills if each.skill is Skill.CLAIMS)
    filters = TeamFilters(skill=Skill.CLAIMS, state=TaskState.LEASED)
    listed = team_page(session, team_id=rep.team_id or 0, filters=filters, now=NOON).rows
    assert (claims.in_hand, claims.open_now, [each.task_id for each in listed]) == (1, 0, [task.id])


def test_a_count_is_kept_while_it_is_cheap_to_wait_and_made_anew_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr(tallies.time, "monotonic", lambda: clock[0])
    made: list[int] = []

    def count(seconds: float) -> Callable[[], tuple[TaskCount, ...]]:
        def counting() -> tuple[TaskCount, ...]:
            made.append(1)
            clock[0] += seconds
            return ()

        return counting

    kept = Kept()
    for _ in range(2):
        kept.get(count(0.5))
    clock[0] += 9.9
    kept.get(count(0.01))
    assert len(made) == 1
    clock[0] += 0.2
    kept.get(count(0.01))
    clock[0] += 1.9
    kept.get(count(0.01))
    assert len(made) == 2
