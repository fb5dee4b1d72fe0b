"""The steps of a call: identified before anything is said, and a telephone system heard once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, make_patient, make_phone, make_window, otto
from tests.services.desk import log, owed_by_patient, refused, take
from workqueue.models import Account, AuditEntry, Call, CallEvent, Phone
from workqueue.rules.call_states import CallEventKind, CallState, Identifier, WrongStep
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.refusals import Invalid
from workqueue.services import call_steps, calling
from workqueue.services.call_steps import CallNotLogged, NoSuchCall
from workqueue.services.contacting.attempts import calls_of

BORN = date(1960, 3, 9)


@pytest.fixture
def call(session: Session) -> Call:
    """A call just dialled by Otto."""
    patient = make_patient(session, window=make_window(session, "America/Chicago"))
    patient.birth_on, patient.zip = BORN, "60601"
    phone = make_phone(session, patient=patient, e164="+13125550142")
    account = owed_by_patient(session, patient=patient)
    task_id, token = take(session, account, TaskKind.PATIENT_BALANCE, otto(session))
    placed = calling.place_call(
        session, task_id=task_id, lease_token=token, phone_id=phone.id, rep_id=otto(session).id, now=NOON
    )
    return session.get_one(Call, placed.call_id)


def number_of(session: Session, call: Call) -> str:
    return session.get_one(Account, call.account_id).number


def step(session: Session, call: Call, kind: CallEventKind) -> CallState:
    return call_steps.take_step(session, call_id=call.id, kind=kind, rep_id=call.rep_id, now=NOON)


def identify(session: Session, call: Call, **stated: str) -> call_steps.Identification:
    said = {Identifier(name): text for name, text in stated.items()}
    return call_steps.identify(session, call_id=call.id, stated=said, rep_id=call.rep_id, now=NOON)


def hear(session: Session, call: Call, kind: CallEventKind, key: str, minutes: int = 1) -> CallState:
    at = NOON + timedelta(minutes=minutes)
    return call_steps.hear(session, call_id=call.id, kind=kind, key=key, at=at, now=at)


def masked(session: Session, call: Call) -> bool:
    return call_steps.is_masked(session, account_id=call.account_id, reader_id=call.rep_id, now=NOON)


def test_details_are_hidden_from_the_dial_until_two_identifiers_match(session: Session, call: Call) -> None:
    assert masked(session, call)
    step(session, call, CallEventKind.ANSWERED)
    assert masked(session, call)
    found = identify(session, call, birth_date="3/9/1960", account_number=number_of(session, call))
    assert found.state is CallState.VERIFIED
    assert not masked(session, call)
    assert session.get_one(Phone, call.phone_id).verified_at == NOON


def test_they_are_hidden_from_nobody_else(session: Session, call: Call) -> None:
    assert not call_steps.is_masked(session, account_id=call.account_id, reader_id=ana(session).id, now=NOON)


def test_which_identifiers_matched_is_kept_and_never_what_was_said(session: Session, call: Call) -> None:
    identify(session, call, birth_date="3/9/1960", account_number=number_of(session, call))
    assert call.verified_by == ["account_number", "birth_date"]
    kept = str([vars(each) for each in (call, *session.scalars(select(CallEvent)))])
    assert "1960" not in kept
    assert number_of(session, call) not in kept


def test_what_matched_before_still_counts(session: Session, call: Call) -> None:
    first = identify(session, call, birth_date="3/9/1960")
    assert (first.state, first.tries_left) == (CallState.DIALLED, 3)
    assert identify(session, call, account_number=number_of(session, call)).state is CallState.VERIFIED


def test_birth_date_and_zip_are_not_enough(session: Session, call: Call) -> None:
    found = identify(session, call, birth_date="3/9/1960", zip="60601")
    assert found.state is CallState.DIALLED
    assert "others in the household do not know" in found.sentence


def test_after_three_wrong_answers_the_call_has_to_end(session: Session, call: Call) -> None:
    left = [identify(session, call, birth_date=f"{month}/9/1960").tries_left for month in (4, 5, 6)]
    assert left == [2, 1, 0]
    assert call.state is CallState.NOT_VERIFIED
    with pytest.raises(WrongStep):
        identify(session, call, birth_date="3/9/1960", account_number=number_of(session, call))
    assert masked(session, call)


def test_nothing_said_is_no_try(session: Session, call: Call) -> None:
    with pytest.raises(Invalid):
        identify(session, call, birth_date=" ")
    assert call.failed_identifications == 0


def test_a_step_told_twice_is_one(session: Session, call: Call) -> None:
    assert step(session, call, CallEventKind.ANSWERED) is CallState.ANSWERED
    assert step(session, call, CallEventKind.ANSWERED) is CallState.ANSWERED
    assert len(session.scalars(select(CallEvent).where(CallEvent.call_id == call.id)).all()) == 1


def test_a_step_that_cannot_follow_is_refused(session: Session, call: Call) -> None:
    step(session, call, CallEventKind.ENDED)
    with pytest.raises(WrongStep):
        step(session, call, CallEventKind.ANSWERED)


def test_a_rep_cannot_say_that_a_call_was_not_connected_or_that_somebody_is_known(
    session: Session, call: Call
) -> None:
    for kind in (CallEventKind.NOT_CONNECTED, CallEventKind.VERIFIED):
        with pytest.raises(Invalid):
            step(session, call, kind)


def test_nobody_touches_the_call_of_somebody_else(session: Session, call: Call) -> None:
    with pytest.raises(NoSuchCall):
        call_steps.take_step(
            session, call_id=call.id, kind=CallEventKind.ENDED, rep_id=ana(session).id, now=NOON
        )


def test_a_telephone_system_may_repeat_itself_and_be_late(session: Session, call: Call) -> None:
    assert hear(session, call, CallEventKind.RANG, "e1") is CallState.RINGING
    assert hear(session, call, CallEventKind.RANG, "e1") is CallState.RINGING
    identify(session, call, birth_date="3/9/1960", account_number=number_of(session, call))
    assert hear(session, call, CallEventKind.ANSWERED, "e2", minutes=2) is CallState.VERIFIED
    assert hear(session, call, CallEventKind.ENDED, "e3", minutes=9) is CallState.ENDED
    assert call.ended_at == NOON + timedelta(minutes=9)
    told = session.scalars(select(CallEvent.kind).where(CallEvent.call_id == call.id).order_by(CallEvent.id))
    assert list(told) == ["rang", "verified", "answered", "ended"]


def test_a_call_the_network_could_not_connect_does_not_count(session: Session, call: Call) -> None:
    hear(session, call, CallEventKind.NOT_CONNECTED, "busy")
    assert not call.is_connected
    later = NOON + timedelta(hours=1)
    (attempt,) = calls_of(session, [call.patient_id or 0], later, timedelta(days=7))[
        call.patient_id or 0
    ].attempts
    assert not attempt.is_connected


def test_a_call_that_was_answered_counts_whatever_was_said_before(session: Session, call: Call) -> None:
    hear(session, call, CallEventKind.NOT_CONNECTED, "busy")
    hear(session, call, CallEventKind.ANSWERED, "answered", minutes=2)
    assert call.is_connected


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_moment_before_the_call_or_in_the_future_is_refused(
    session: Session, call: Call, minutes: int
) -> None:
    with pytest.raises(Invalid) as refusal:
        call_steps.hear(
            session,
            call_id=call.id,
            kind=CallEventKind.RANG,
            key="e",
            at=NOON + timedelta(minutes=minutes),
            now=NOON,
        )
    assert refusal.value.field == "at"


def test_who_shows_the_details_all_the_same_is_kept_with_the_reason(session: Session, call: Call) -> None:
    with pytest.raises(Invalid):
        call_steps.reveal(session, account_id=call.account_id, reason=" ", reader_id=call.rep_id, now=NOON)
    call_steps.reveal(
        session, account_id=call.account_id, reason="The line is bad", reader_id=call.rep_id, now=NOON
    )
    assert not masked(session, call)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor_id, entry.action, entry.details) == (
        call.rep_id,
        "details_revealed",
        {"reason": "The line is bad"},
    )


def test_a_call_that_nobody_logged_hides_nothing_for_ever(session: Session, call: Call) -> None:
    later = NOON + call_steps.LONGEST_CALL
    assert not call_steps.is_masked(session, account_id=call.account_id, reader_id=call.rep_id, now=later)


def test_a_task_is_not_given_back_in_the_middle_of_a_call(session: Session, call: Call) -> None:
    task_id = call.task_id or 0
    with pytest.raises(CallNotLogged):
        call_steps.check_logged(session, task_id=task_id, rep_id=call.rep_id)
    call.disposition = "no_answer"
    session.flush()
    call_steps.check_logged(session, task_id=task_id, rep_id=call.rep_id)


def test_the_page_of_the_person_is_hidden_too(session: Session, call: Call) -> None:
    asked = {"person_id": call.patient_id or 0, "reader_id": call.rep_id, "now": NOON}
    assert call_steps.is_person_masked(session, **asked)  # type: ignore[arg-type]
    identify(session, call, birth_date="3/9/1960", account_number=number_of(session, call))
    assert not call_steps.is_person_masked(session, **asked)  # type: ignore[arg-type]


def finish(session: Session, call: Call, code: str) -> None:
    log(session, (call.task_id or 0, call.verdict["lease_token"]), OutcomeEntry(code), call.rep_id)


def counts(session: Session, call: Call) -> bool:
    (attempt,) = calls_of(session, [call.patient_id or 0], NOON + timedelta(hours=1), timedelta(days=7))[
        call.patient_id or 0
    ].attempts
    return attempt.is_connected


@pytest.mark.parametrize("code", ["busy", "disconnected"])
@pytest.mark.parametrize("kind", [CallEventKind.ANSWERED, CallEventKind.VOICEMAIL, CallEventKind.THIRD_PARTY])
def test_a_call_that_was_put_through_is_not_logged_as_never_connected(
    session: Session, call: Call, kind: CallEventKind, code: str
) -> None:
    step(session, call, kind)
    step(session, call, CallEventKind.ENDED)
    held = (call.task_id or 0, call.verdict["lease_token"])
    assert set(refused(session, held, OutcomeEntry(code), call.rep_id)) == {"disposition"}


def test_neither_is_one_in_which_somebody_was_identified(session: Session, call: Call) -> None:
    identify(session, call, birth_date="3/9/1960", account_number=number_of(session, call))
    held = (call.task_id or 0, call.verdict["lease_token"])
    assert set(refused(session, held, OutcomeEntry("busy"), call.rep_id)) == {"disposition"}


def test_a_message_counts_though_the_network_had_reported_no_connection(session: Session, call: Call) -> None:
    hear(session, call, CallEventKind.NOT_CONNECTED, "busy")
    finish(session, call, "message_left")
    assert call.is_connected
    assert counts(session, call)


@pytest.mark.parametrize("kind", [CallEventKind.ANSWERED, CallEventKind.VOICEMAIL])
def test_a_late_report_of_an_answer_counts_a_call_that_was_logged_as_busy(
    session: Session, call: Call, kind: CallEventKind
) -> None:
    finish(session, call, "busy")
    assert not counts(session, call)
    hear(session, call, kind, "late")
    assert counts(session, call)
