"""No callback is forgotten: its rep is busy, away, or nobody comes."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, make_hold
from tests.services.booking.desk import Asking, booked, first_slots, somebody, team_of
from workqueue.models import Callback, CallbackChange
from workqueue.rules.holds import HoldKind
from workqueue.rules.states import CallbackState, TaskState
from workqueue.services import calling, covering, deriving, leasing, verifying
from workqueue.services.booking import keeping
from workqueue.services.booking.keeping import LATE_AFTER

SOON = timedelta(minutes=5)


def changes(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(CallbackChange.kind, CallbackChange.reason).order_by(CallbackChange.id))
    return [(row.kind.value, row.reason) for row in rows]


def promised(session: Session, reps: int = 2) -> tuple[Asking, datetime, Callback]:
    team_of(session, reps)
    asking = somebody(session)
    at = first_slots(session, asking)[0]
    promise = booked(session, asking, at)
    deriving.rescore_due(session, now=at - SOON, limit=100)
    return asking, at, session.get_one(Callback, promise.callback_id)


def test_at_its_time_a_callback_nobody_has_taken_is_offered_to_everybody(session: Session) -> None:
    _, at, callback = promised(session)
    assert keeping.open_what_is_due(session, now=at - SOON) == 0
    assert keeping.open_what_is_due(session, now=at) == 1
    task = keeping.task_of(session, callback)
    assert task is not None
    assert (callback.rep_id, task.owner_id) == (None, None)
    assert changes(session)[-1] == ("rehomed", "its rep is busy")
    assert keeping.open_what_is_due(session, now=at) == 0


def test_a_callback_its_rep_has_in_hand_stays_with_them(session: Session) -> None:
    _, at, callback = promised(session)
    rep_id = callback.rep_id
    assert rep_id is not None
    assert leasing.lease_next(session, rep_id=rep_id, now=at - SOON, lease_seconds=900) is not None
    assert keeping.open_what_is_due(session, now=at) == 0
    assert callback.rep_id == rep_id


def test_whoever_covers_for_a_rep_has_their_time_reserved(session: Session) -> None:
    _, _, callback = promised(session)
    absent_id = callback.rep_id
    assert absent_id is not None
    covering.report_sick(session, absent_id, actor_id=absent_id, now=NOON)
    assert keeping.follow_new_owners(session, now=NOON) == 1
    task = keeping.task_of(session, callback)
    assert task is not None
    assert callback.rep_id == task.owner_id != absent_id
    assert keeping.follow_new_owners(session, now=NOON) == 0
    assert verifying.certify(session, now=NOON).is_ok


def test_whose_time_is_promised_already_is_not_promised_twice(session: Session) -> None:
    reps = team_of(session, 2)
    first, second = somebody(session), somebody(session, e164="+13122210143")
    at = first_slots(session, first)[0]
    promises = [booked(session, each, at) for each in (first, second)]
    assert {each.rep_id for each in promises} == {rep.id for rep in reps}
    callback = session.get_one(Callback, promises[0].callback_id)
    task = keeping.task_of(session, callback)
    assert task is not None
    task.owner_id = promises[1].rep_id
    session.flush()
    keeping.follow_new_owners(session, now=NOON)
    assert (callback.rep_id, task.owner_id) == (None, None)


def test_what_nobody_has_called_in_time_is_missed_once_and_still_owed(session: Session) -> None:
    _, at, callback = promised(session)
    assert keeping.notice_what_was_missed(session, now=at + LATE_AFTER - SOON) == []
    assert keeping.notice_what_was_missed(session, now=at + LATE_AFTER) == [callback.id]
    assert keeping.notice_what_was_missed(session, now=at + LATE_AFTER) == []
    assert (callback.state, callback.missed_at) == (CallbackState.BOOKED, at + LATE_AFTER)
    task = keeping.task_of(session, callback)
    assert task is not None
    assert (task.state, task.tier) == (TaskState.QUEUED, 0)


def test_what_is_called_in_time_is_not_missed(session: Session) -> None:
    asking, at, callback = promised(session)
    rep_id = callback.rep_id
    assert rep_id is not None
    leased = leasing.lease_next(session, rep_id=rep_id, now=at, lease_seconds=900)
    assert leased is not None
    calling.place_call(
        session,
        task_id=leased.task_id,
        lease_token=leased.token,
        phone_id=asking.phone.id,
        rep_id=rep_id,
        now=at,
    )
    assert keeping.notice_what_was_missed(session, now=at + LATE_AFTER) == []


def test_what_a_hold_forbids_is_called_off_at_its_time(session: Session) -> None:
    asking, at, callback = promised(session)
    make_hold(session, account=asking.account, kind=HoldKind.BANKRUPTCY, until_at=NOON + timedelta(days=90))
    deriving.rebuild(session, now=at)
    assert keeping.notice_what_was_missed(session, now=at + LATE_AFTER) == []
    assert keeping.call_off_what_is_held(session, now=at) == [callback.id]
    assert callback.state is CallbackState.CANCELLED
    assert changes(session)[-1] == ("cancelled", "a hold forbids the call")
    assert deriving.check(session, now=at) == []
