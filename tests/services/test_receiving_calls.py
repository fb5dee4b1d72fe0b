"""A patient calls us: noted, counted as a conversation, and the task is in hand."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, ben, give_skill, make_account, make_patient, otto
from tests.services.desk import billed_to_payer, owed_by_patient, take
from workqueue.models import Account, Call, Note, Task
from workqueue.rules.call_states import CallState
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.refusals import Invalid
from workqueue.services import call_steps, receiving_calls
from workqueue.services.receiving_calls import NobodyToSpeakWith, ReceivedCall


def receive(session: Session, account: Account, rep_id: int) -> ReceivedCall:
    return receiving_calls.receive(session, account_id=account.id, rep_id=rep_id, lease_seconds=900, now=NOON)


@pytest.fixture
def rep_id(session: Session) -> int:
    return otto(session).id


def test_the_task_of_the_patient_is_taken_and_the_call_noted(session: Session, rep_id: int) -> None:
    account = owed_by_patient(session)
    received = receive(session, account, rep_id)
    call = session.get_one(Call, received.call_id)
    assert (call.task_id, call.is_inbound, call.state) == (received.task_id, True, CallState.ANSWERED)
    assert call.verdict["rules"][0]["code"] == "INBOUND"


def test_pressed_twice_it_is_one_call(session: Session, rep_id: int) -> None:
    account = owed_by_patient(session)
    assert receive(session, account, rep_id) == receive(session, account, rep_id)


def test_an_account_with_nothing_to_do_takes_a_call_with_a_note(session: Session, rep_id: int) -> None:
    account = make_account(session, patient=make_patient(session))
    received = receive(session, account, rep_id)
    assert received.task_id is None
    assert receive(session, account, rep_id) == received
    with pytest.raises(Invalid):
        receiving_calls.finish(session, call_id=received.call_id, note=" ", rep_id=rep_id, now=NOON)
    for _ in range(2):
        receiving_calls.finish(
            session, call_id=received.call_id, note="Asked for a receipt.", rep_id=rep_id, now=NOON
        )
    assert session.get_one(Call, received.call_id).state is CallState.LOGGED
    assert [note.text for note in session.scalars(select(Note))] == ["Asked for a receipt."]


def test_a_call_taken_by_somebody_else_is_not_finished_by_another(session: Session, rep_id: int) -> None:
    account = make_account(session, patient=make_patient(session))
    received = receive(session, account, rep_id)
    with pytest.raises(call_steps.NoSuchCall):
        receiving_calls.finish(session, call_id=received.call_id, note="x", rep_id=ana(session).id, now=NOON)


def test_a_rep_with_another_task_in_hand_takes_the_call_without_the_task(
    session: Session, rep_id: int
) -> None:
    held, _ = take(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE, otto(session))
    received = receive(session, owed_by_patient(session), rep_id)
    assert received.task_id is None
    assert session.get_one(Call, received.call_id).is_inbound
    assert session.get_one(Task, held).holder_id == rep_id


def test_a_task_in_the_hands_of_a_colleague_stays_there(session: Session, rep_id: int) -> None:
    account = owed_by_patient(session)
    give_skill(session, ben(session), Skill.PATIENTS)
    take(session, account, TaskKind.PATIENT_BALANCE, ben(session))
    assert receive(session, account, rep_id).task_id is None


def test_nobody_can_have_called_about_an_account_of_nobody(session: Session, rep_id: int) -> None:
    account = make_account(session)
    account.patient_id = None
    session.flush()
    with pytest.raises(NobodyToSpeakWith):
        receive(session, account, rep_id)
