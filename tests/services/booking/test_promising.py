"""Booking, moving and cancelling a callback."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factories import NOON, make_callback
from tests.services.booking.desk import QUARTER, Asking, booked, first_slots, somebody, team_of
from workqueue.models import Callback, CallbackChange, Phone, Task
from workqueue.rules.kinds import TaskKind
from workqueue.rules.slots import CallbackTopic
from workqueue.rules.states import CallbackState, TaskState
from workqueue.services import calling, deriving, leasing, verifying
from workqueue.services.booking import promising
from workqueue.services.booking.promising import BookedAlready, NothingBooked
from workqueue.services.booking.seats import SlotGone
from workqueue.services.booking.times import Wish
from workqueue.services.reading.history import history


def task_of(session: Session, asking: Asking) -> Task:
    return session.scalars(
        select(Task)
        .where(Task.account_id == asking.account.id, Task.kind == TaskKind.CALLBACK_DUE)
        .execution_options(populate_existing=True)
    ).one()


def test_a_booked_call_is_its_reps_task_some_minutes_before(session: Session) -> None:
    rep = team_of(session)[0]
    asking = somebody(session)
    at = first_slots(session, asking)[0]
    promise = booked(session, asking, at)
    task = task_of(session, asking)
    assert (task.state, task.owner_id, task.tier) == (TaskState.WAITING, rep.id, 0)
    soon = at - timedelta(minutes=5)
    deriving.rescore_due(session, now=soon, limit=100)
    leased = leasing.lease_next(session, rep_id=rep.id, now=soon, lease_seconds=900)
    assert leased is not None
    assert leased.task_id == task.id
    assert promise.phrase
    assert verifying.certify(session, now=soon).is_ok
    assert deriving.check(session, now=soon) == []


def test_what_the_person_asked_for_is_consent_to_the_call(session: Session) -> None:
    rep = team_of(session)[0]
    asking = somebody(session)
    at = first_slots(session, asking)[0]
    booked(session, asking, at)
    deriving.rescore_due(session, now=at, limit=100)
    leased = leasing.lease_next(session, rep_id=rep.id, now=at, lease_seconds=900)
    assert leased is not None
    placed = calling.place_call(
        session,
        task_id=leased.task_id,
        lease_token=leased.token,
        phone_id=asking.phone.id,
        rep_id=rep.id,
        now=at,
    )
    assert placed.verdict.is_with_consent


def test_history_says_that_a_callback_changed(session: Session) -> None:
    team_of(session)
    asking = somebody(session)
    booked(session, asking, first_slots(session, asking)[0])
    assert "A callback changed" in {
        line.cause_words for line in history(session, account_id=asking.account.id)
    }


def test_a_number_the_office_did_not_know_is_written_down(session: Session) -> None:
    team_of(session)
    asking = somebody(session)
    other = Wish(asking.account.id, asking.patient.id, "+13122210199", "en", needs_interpreter=False)
    at = first_slots(session, asking)[0]
    promise = promising.book(session, asking.link, other, at=at, topic=CallbackTopic.PLAN, now=NOON)
    callback = session.get_one(Callback, promise.callback_id)
    assert session.get_one(Phone, callback.phone_id).e164 == "+13122210199"


def test_one_call_at_a_time(session: Session) -> None:
    team_of(session, 2)
    asking = somebody(session)
    first, second, _ = first_slots(session, asking)
    booked(session, asking, first)
    with pytest.raises(BookedAlready):
        booked(session, asking, second)


def test_a_time_that_is_gone_is_refused_with_the_nearest_times(session: Session) -> None:
    team_of(session)
    first, second = somebody(session), somebody(session, e164="+13122210143")
    at = first_slots(session, first)[1]
    booked(session, first, at)
    with pytest.raises(SlotGone) as refused:
        booked(session, second, at)
    assert at not in refused.value.nearest
    assert {at - QUARTER, at + QUARTER} <= set(refused.value.nearest)
    assert session.scalars(select(Callback)).one().link_id == first.link.id


@pytest.mark.parametrize("minutes", [-60, 0, 60 * 24 * 60])
def test_no_time_is_promised_in_the_past_or_too_far_ahead(session: Session, minutes: int) -> None:
    team_of(session)
    asking = somebody(session)
    with pytest.raises(SlotGone):
        booked(session, asking, NOON + timedelta(minutes=minutes))


def test_a_moved_call_frees_its_time_and_counts_up(session: Session) -> None:
    team_of(session)
    asking = somebody(session)
    first, second, _ = first_slots(session, asking)
    booked(session, asking, first)
    # Half of it overlaps with what it had itself: its own time is no obstacle.
    promise = promising.move(session, asking.link, at=second, now=NOON)
    callback = session.get_one(Callback, promise.callback_id)
    assert (callback.at, callback.sequence, callback.asked_at) == (second, 1, NOON)
    assert first in first_slots(session, somebody(session, e164="+13122210143"))
    assert [each.kind for each in session.scalars(select(CallbackChange).order_by(CallbackChange.id))] == [
        "booked",
        "moved",
    ]
    assert task_of(session, asking).available_at == second - timedelta(minutes=5)


def test_a_move_to_a_time_that_is_gone_keeps_the_old_one(session: Session) -> None:
    team_of(session)
    first, second = somebody(session), somebody(session, e164="+13122210143")
    early, late, _ = first_slots(session, first)
    booked(session, first, early)
    booked(session, second, late)
    with pytest.raises(SlotGone):
        promising.move(session, first.link, at=late, now=NOON)
    assert session.scalars(select(Callback.at).where(Callback.link_id == first.link.id)).one() == early


def test_a_cancelled_call_is_nobodys_task_and_can_be_booked_anew(session: Session) -> None:
    team_of(session)
    asking = somebody(session)
    at = first_slots(session, asking)[0]
    booked(session, asking, at)
    promising.cancel(session, asking.link, now=NOON)
    assert task_of(session, asking).state is TaskState.CLOSED
    with pytest.raises(NothingBooked):
        promising.cancel(session, asking.link, now=NOON)
    assert booked(session, asking, at).at == at
    assert verifying.certify(session, now=NOON).is_ok


def test_the_database_itself_keeps_a_rep_from_being_promised_twice(session: Session) -> None:
    rep = team_of(session)[0]
    for minutes in (0, 15):
        make_callback(session, at=NOON + timedelta(minutes=minutes)).rep_id = rep.id
    session.flush()
    make_callback(session, at=NOON, state=CallbackState.CANCELLED).rep_id = rep.id
    make_callback(session, at=NOON + timedelta(minutes=5))
    session.flush()
    overlapping = make_callback(session, at=NOON + timedelta(minutes=5))
    overlapping.rep_id = rep.id
    with pytest.raises(IntegrityError, match="ex_callbacks_one_at_a_time"):
        session.flush()
