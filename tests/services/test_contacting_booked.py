"""A call that is booked goes first: until then nobody else calls, and afterwards all is as before."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_callback, make_patient, make_phone, make_window, otto
from tests.services.booking.desk import Asking, booked, first_slots, somebody, team_of
from tests.services.desk import no_difference, owed_by_patient
from tests.services.queues import derive, task_of
from tests.services.test_contacting import outlook, owing, refused_by, relate
from workqueue.models import Account, Callback, Patient
from workqueue.rules.business_days import office_midnight
from workqueue.rules.channels import RelationRole
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CallbackState, TaskState
from workqueue.services import calling, contacting, deriving, taking
from workqueue.services.booking import promising
from workqueue.services.calling import CallNotAllowed
from workqueue.services.outcomes import log_outcome

DAY = timedelta(days=1)
SOON = timedelta(minutes=5)
IN_CHICAGO = datetime.fromisoformat("2026-03-11T13:00:00+00:00")
"""Eight in the morning there, of the day after."""
BALANCE, CALLBACK = TaskKind.PATIENT_BALANCE, TaskKind.CALLBACK_DUE


def asked_for_a_call(session: Session) -> tuple[Asking, Account, datetime]:
    """Have somebody with two bills book a call about the first."""
    team_of(session)
    asking = somebody(session)
    other = owed_by_patient(session, 90_000, patient=asking.patient)
    at = first_slots(session, asking)[0]
    booked(session, asking, at)
    return asking, other, at


def taken(session: Session, now: datetime = NOON) -> int | None:
    leased = taking.take_next(session, rep_id=otto(session).id, now=now, lease_seconds=600)
    return leased.task_id if leased else None


def test_whoever_booked_a_call_is_not_called_about_another_bill_until_they_cancel_it(
    session: Session,
) -> None:
    asking, other, _ = asked_for_a_call(session)
    task = task_of(session, other, BALANCE)
    assert task.state is TaskState.WAITING
    assert refused_by(session, task, asking.phone) == {"CALL_BOOKED"}
    found = outlook(session, task)
    assert (found.is_allowed, found.next_legal_at) == (False, IN_CHICAGO)
    assert contacting.reasons_against(session, task.id, NOON)[0].startswith("A call is booked for ")
    assert taken(session) is None
    promising.cancel(session, asking.link, now=NOON)
    assert refused_by(session, task, asking.phone) == set()
    assert taken(session) == task.id
    no_difference(session)


def test_the_call_that_is_booked_is_made_and_then_the_others_follow(session: Session) -> None:
    asking, other, at = asked_for_a_call(session)
    rep = otto(session)
    now = at - SOON
    deriving.rescore_due(session, now=now)
    leased = taking.take_next(session, rep_id=rep.id, now=now, lease_seconds=600)
    assert leased is not None
    assert leased.task_id == task_of(session, asking.account, CALLBACK).id
    calling.place_call(
        session,
        task_id=leased.task_id,
        lease_token=leased.token,
        phone_id=asking.phone.id,
        rep_id=rep.id,
        now=at,
    )
    log_outcome(
        session,
        task_id=leased.task_id,
        lease_token=leased.token,
        entry=OutcomeEntry("no_answer"),
        rep_id=rep.id,
        now=at,
    )
    assert "CALL_BOOKED" not in refused_by(session, task_of(session, other, BALANCE), asking.phone, at)
    later = at + 3 * DAY
    deriving.rescore_due(session, now=later)
    assert deriving.check(session, now=later) == []
    assert taken(session, later) is not None


def test_whoever_has_the_other_task_in_hand_may_not_dial(session: Session) -> None:
    """The patient booked in the very minute: what was leased before stays, and the call is refused."""
    team_of(session)
    asking = somebody(session)
    other = owed_by_patient(session, 90_000, patient=asking.patient)
    rep = otto(session)
    leased = taking.take(
        session, task_id=task_of(session, other, BALANCE).id, rep_id=rep.id, now=NOON, lease_seconds=600
    )
    booked(session, asking, first_slots(session, asking)[0])
    with pytest.raises(CallNotAllowed) as refused:
        calling.place_call(
            session,
            task_id=leased.task_id,
            lease_token=leased.token,
            phone_id=asking.phone.id,
            rep_id=rep.id,
            now=NOON,
        )
    assert [each.code for each in refused.value.verdict.rules if not each.is_ok] == ["CALL_BOOKED"]


def test_of_two_calls_that_are_booked_neither_waits_for_the_other(session: Session) -> None:
    task, phone = owing(session)
    account = session.get_one(Account, task.account_id)
    other = owed_by_patient(session, patient=session.get_one(Patient, phone.patient_id))
    for each in (account, other):
        make_callback(session, account=each, phone=phone, at=NOON)
    for each in (account, other):
        derive(session, each)
        assert refused_by(session, task_of(session, each, CALLBACK), phone) == set()
        assert refused_by(session, task_of(session, each, BALANCE), phone) == {"CALL_BOOKED"}


def test_a_second_call_may_be_booked_while_a_first_one_is(session: Session) -> None:
    task, phone = owing(session)
    make_callback(session, account=session.get_one(Account, task.account_id), phone=phone, at=NOON + DAY)
    is_legal = contacting.callback_moments(
        session,
        account_id=task.account_id,
        person_id=phone.patient_id,
        e164=phone.e164,
        asked_at=NOON,
        now=NOON,
    )
    assert is_legal(NOON)


def test_when_the_day_of_a_late_call_is_over_others_may_call(session: Session) -> None:
    task, phone = owing(session)
    make_callback(session, account=session.get_one(Account, task.account_id), at=NOON - timedelta(hours=3))
    assert refused_by(session, task, phone) == {"CALL_BOOKED"}
    assert outlook(session, task).next_legal_at == IN_CHICAGO
    assert refused_by(session, task, phone, IN_CHICAGO) == set()


@pytest.mark.parametrize("state", [CallbackState.MET, CallbackState.CANCELLED])
def test_a_call_that_is_over_is_in_nobodys_way(session: Session, state: CallbackState) -> None:
    task, phone = owing(session)
    make_callback(session, account=session.get_one(Account, task.account_id), state=state)
    assert refused_by(session, task, phone) == set()


def test_a_call_with_the_guarantor_is_in_the_way_of_what_they_answer_for_alone(session: Session) -> None:
    task, phone = owing(session)
    patient = session.get_one(Patient, phone.patient_id)
    mother = make_patient(session, window=make_window(session, "America/Chicago"))
    hers = make_phone(session, patient=mother, e164="+13122210155")
    answered = owed_by_patient(session, patient=patient)
    answered.guarantor_id = mother.id
    derive(session, answered)
    make_callback(session, account=owed_by_patient(session, patient=mother), patient=mother)
    assert refused_by(session, task_of(session, answered, BALANCE), hers) == {"CALL_BOOKED"}
    assert refused_by(session, task, phone) == set()


def test_who_speaks_for_somebody_and_has_booked_a_call_is_left_alone_about_both(session: Session) -> None:
    """About the other's bill the other may still be called: only one of the two has booked."""
    task, phone = owing(session)
    theirs = relate(session, phone, RelationRole.AUTHORISED_CONTACT)
    own = owed_by_patient(session, patient=session.get_one(Patient, theirs.patient_id))
    make_callback(session, account=own)
    assert refused_by(session, task, theirs) == {"CALL_BOOKED"}
    assert refused_by(session, task, phone) == set()
    assert outlook(session, task).is_allowed


def test_who_is_called_back_about_somebody_elses_bill_is_alone_with_it(session: Session) -> None:
    task, phone = owing(session)
    theirs = relate(session, phone, RelationRole.AUTHORISED_CONTACT)
    account = session.get_one(Account, task.account_id)
    make_callback(session, account=account, patient=session.get_one(Patient, theirs.patient_id))
    assert refused_by(session, task, phone) == {"CALL_BOOKED"}
    assert refused_by(session, task, theirs) == {"CALL_BOOKED"}
    derive(session, account)
    called_back = task_of(session, account, CALLBACK)
    assert refused_by(session, called_back, theirs) == set()


def test_no_task_is_offered_about_which_nobody_may_be_called(session: Session) -> None:
    """The queue and the judge look at the same calls, whoever they are booked with."""
    task, phone = owing(session)
    patient = session.get_one(Patient, phone.patient_id)
    stranger = make_patient(session, window=make_window(session, "America/Chicago"))
    account = session.get_one(Account, task.account_id)
    other = owed_by_patient(session, patient=patient)
    for about, with_whom in ((account, patient), (other, patient), (account, stranger), (other, stranger)):
        callback = make_callback(session, account=about, patient=with_whom)
        for each in (account, other):
            derive(session, each)
            found = task_of(session, each, BALANCE)
            is_waiting = found.state is TaskState.WAITING
            assert is_waiting is (refused_by(session, found, phone) == {"CALL_BOOKED"}), (about, with_whom)
        over(session, callback)


def over(session: Session, callback: Callback) -> None:
    callback.state = CallbackState.CANCELLED
    session.flush()


def test_after_a_conversation_a_booked_call_does_not_put_others_off_for_longer(session: Session) -> None:
    """What waits for it waits by itself, and is free again when it is cancelled."""
    task, phone = owing(session)
    make_callback(session, account=session.get_one(Account, task.account_id), at=NOON + 5 * DAY)
    moments = contacting.next_legal_moments(session, [task.id], phone.patient_id, after=NOON, now=NOON)
    assert moments == {task.id: NOON}


def test_a_number_may_be_called_again_on_the_morning_after_the_booked_call(session: Session) -> None:
    task, _ = owing(session)
    make_callback(session, account=session.get_one(Account, task.account_id), at=NOON + DAY)
    (judged,) = contacting.judged(session, [task.id], NOON)
    assert judged.verdict.next_legal_at == office_midnight(TODAY + 2 * DAY) + timedelta(hours=9)
