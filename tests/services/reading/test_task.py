"""The task as the rep sees it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    ben,
    make_callback,
    make_payer,
    make_phone,
    make_task,
    otto,
    sue,
)
from tests.services.desk import (
    billed_to_payer,
    deny,
    owed_by_patient,
    take,
    task_of,
)
from tests.services.queues import derive
from workqueue.models import Account, Patient, Task
from workqueue.rules.dispositions import dispositions_for
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.refusals import NotFound
from workqueue.rules.states import CallbackState
from workqueue.services import drafts
from workqueue.services.reading.task import colleagues, task_card

DECIDES_ON = TODAY + timedelta(days=9)
IN_PROCESS = OutcomeEntry(
    "payer_in_process", next_on=DECIDES_ON, reference_number="REF-1", spoke_with="Dana", note="Will pay"
)


@pytest.mark.parametrize("setting", ["claim", "denial", "patient"])
def test_the_parts_of_the_priority_sum_to_the_gain_that_sorts(session: Session, setting: str) -> None:
    account = owed_by_patient(session) if setting == "patient" else billed_to_payer(session, 73_331)
    if setting == "denial":
        deny(session, account, 41_017)
    task = session.scalars(select(Task).where(Task.account_id == account.id, Task.state != "closed")).one()
    why = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON).why
    assert why.gain_cents > 0
    assert (
        why.worth_now_cents - why.worth_later_cents + why.penalty_cents == why.gain_cents == task.gain_cents
    )
    assert why.worth_now_cents == why.value_cents * why.p_now_bp // 10_000
    assert why.cents_per_minute == why.gain_cents // why.minutes
    assert why.reasons
    assert all(reason.endswith(".") for reason in why.reasons)


def test_the_card_says_why_a_denial_is_here_and_by_when(session: Session) -> None:
    account = billed_to_payer(session, payer=make_payer(session, name="Prairie Health"))
    deny(session, account, 50_000)
    task = task_of(session, account, TaskKind.DENIAL)
    card = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON)
    assert card.why.reasons == (
        "Prairie Health refused $500.00 on March 10, 2026: Not medically necessary (CO-50).",
    )
    assert card.subject_words == "Primary claim, Prairie Health"
    assert card.why.deadline_on == task.deadline_on
    assert card.why.deadline_words.startswith("The deadline is in ")
    assert card.suggested_amount_cents == 50_000
    assert card.payer_verdict is not None
    assert card.payer_verdict.is_allowed


def test_every_kind_of_task_has_a_card(session: Session) -> None:
    account = billed_to_payer(session)
    for kind in TaskKind:
        task = (
            make_task(session, kind, account=account, subject=1)
            if kind is not TaskKind.CLAIM_NO_RESPONSE
            else None
        )
        task = task or task_of(session, account, kind)
        card = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON)
        assert card.kind_label
        assert card.dispositions == dispositions_for(kind)
        assert [each.code for each in card.put_aside] == ["deferred", "passed"]


def test_only_the_holder_gets_the_token(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    mine = task_card(session, task_id=task_id, rep_id=rep.id, now=NOON)
    theirs = task_card(session, task_id=task_id, rep_id=ben(session).id, now=NOON)
    assert (mine.is_mine, mine.lease_token) == (True, token)
    assert (theirs.is_mine, theirs.lease_token, theirs.holder_name) == (False, None, "Ana")
    session.execute(update(Task).where(Task.id == task_id).values(lease_until=datetime.now(UTC)))
    assert not task_card(session, task_id=task_id, rep_id=rep.id, now=NOON).is_mine


def test_each_number_of_the_patient_has_its_own_verdict(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    patient = session.get_one(Account, account.id).patient_id
    person = session.get_one(Patient, patient)
    good = make_phone(session, patient=person)
    wrong = make_phone(session, patient=person, is_valid=False)
    task_id, _ = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    drafts.save(session, user_id=rep.id, task_id=task_id, fields={"note": "half"}, now=NOON)
    card = task_card(session, task_id=task_id, rep_id=rep.id, now=NOON)
    allowed = {each.phone_id: each.verdict.is_allowed for each in card.phones}
    assert allowed == {good.id: True, wrong.id: False}
    assert card.draft == {"note": "half"}
    assert card.payer_verdict is None


def test_a_task_nobody_knows_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        task_card(session, task_id=987_654_321, rep_id=ana(session).id, now=NOON)


def test_a_task_is_passed_to_those_who_do_this_kind_of_work(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    ben(session), otto(session), sue(session)
    found = colleagues(
        session, task_id=task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).id, rep_id=rep.id, now=NOON
    )
    assert [(each.name, each.role) for each in found] == [("Sue", "lead"), ("Ben", "rep")]


def test_the_card_says_that_a_call_is_booked_for_which_the_others_wait(session: Session) -> None:
    account = owed_by_patient(session)
    other = owed_by_patient(session, patient=session.get_one(Patient, account.patient_id))
    callback = make_callback(session, account=account, at=NOON + timedelta(hours=2))
    for each in (account, other):
        derive(session, each)
        task = task_of(session, each, TaskKind.PATIENT_BALANCE)
        said = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON).why
        assert said.reasons[0] == (
            "A call is booked for March 10, 2026, 3:00 PM:"
            " nobody else calls before it is made or its day is over."
        )
        assert said.next_words == "It comes up on March 11, 2026."
    called_back = task_of(session, account, TaskKind.CALLBACK_DUE)
    card = task_card(session, task_id=called_back.id, rep_id=ana(session).id, now=NOON)
    assert card.why.reasons == ("The patient asked to be called on March 10, 2026, 3:00 PM.",)
    callback.state = CallbackState.CANCELLED
    session.flush()
    task = task_of(session, other, TaskKind.PATIENT_BALANCE)
    reasons = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON).why.reasons
    assert not any("booked" in each for each in reasons)


def test_work_with_a_payer_says_nothing_of_a_call_that_is_booked(session: Session) -> None:
    account = billed_to_payer(session)
    make_callback(session, account=account)
    task = session.scalars(select(Task).where(Task.account_id == account.id)).one()
    reasons = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON).why.reasons
    assert not any("booked" in each for each in reasons)
