"""Logging outcomes: what is written, what follows, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, ben, make_call, make_phone, otto
from tests.services.desk import (
    billed_to_payer,
    call,
    deny,
    log,
    no_difference,
    owed_by_patient,
    refused,
    take,
    task_of,
)
from workqueue.models import (
    Call,
    Callback,
    Hold,
    Outcome,
    Patient,
    Phone,
    Promise,
    Task,
    TaskChange,
    Window,
)
from workqueue.rules.entries import InvalidEntry, OutcomeEntry
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.states import CallbackState, CauseKind, TaskState
from workqueue.services import deriving, drafts
from workqueue.services.contacting.attempts import calls_of
from workqueue.services.outcomes import StaleOutcome
from workqueue.services.reading.history import history

DECIDES_ON = TODAY + timedelta(days=9)
IN_PROCESS = OutcomeEntry("payer_in_process", next_on=DECIDES_ON, reference_number="REF-1", spoke_with="Dana")


def test_a_payer_that_is_working_on_it_is_waited_for(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    logged = log(session, held, IN_PROCESS, rep.id)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert task.state is TaskState.WAITING
    assert task.deferred_for is Party.PAYER
    assert task.deferred_until == logged.next_at == datetime(2026, 3, 24, 4, tzinfo=UTC)
    assert logged.sentence == "Payer is working on it. It comes up again on March 24, 2026."
    assert (task.holder_id, task.lease_token, task.attempts, task.worked_at) == (None, None, 1, NOON)
    outcome = session.get_one(Outcome, logged.outcome_id)
    assert outcome.details["reference_number"] == "REF-1"
    no_difference(session)


def test_history_names_the_outcome_as_the_cause_and_the_rep_who_acted(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    logged = log(session, held, IN_PROCESS, rep.id)
    change = session.scalars(select(TaskChange).order_by(TaskChange.id.desc())).first()
    assert change is not None
    assert (change.cause, change.cause_id, change.actor_id) == (CauseKind.OUTCOME, logged.outcome_id, rep.id)
    assert change.after["state"] == "waiting"


def test_the_same_entry_sent_twice_is_written_once_and_answered_the_same(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    first = log(session, held, IN_PROCESS, rep.id)
    second = log(session, held, IN_PROCESS, rep.id)
    assert second.is_repeat
    assert second.outcome_id == first.outcome_id
    assert second.sentence == first.sentence
    assert session.scalar(select(func.count()).select_from(Outcome)) == 1


def test_another_entry_under_a_used_lease_is_refused_and_handed_back(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    log(session, held, IN_PROCESS, rep.id)
    other = OutcomeEntry("resubmitted", note="A long note that took a while", next_on=date(2026, 4, 1))
    with pytest.raises(StaleOutcome) as refusal:
        log(session, held, other, rep.id)
    assert refusal.value.details() == {
        "sent": {
            "disposition": "resubmitted",
            "note": "A long note that took a while",
            "next_on": "2026-04-01",
        }
    }


@pytest.mark.parametrize("trouble", ["ran out", "taken over", "another rep"])
def test_a_lease_that_is_not_held_any_more_writes_nothing(session: Session, trouble: str) -> None:
    rep, account = ana(session), billed_to_payer(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    rep_id = rep.id
    if trouble == "ran out":
        task.lease_until = datetime.now(UTC) - timedelta(seconds=1)
    elif trouble == "taken over":
        task.lease_token, task.holder_id = held[1] + 1, ben(session).id
    else:
        rep_id = ben(session).id
    session.flush()
    with pytest.raises(StaleOutcome):
        log(session, held, IN_PROCESS, rep_id)
    assert session.scalar(select(func.count()).select_from(Outcome)) == 0


def test_a_draft_is_kept_until_the_outcome_is_logged(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    drafts.save(session, user_id=rep.id, task_id=held[0], fields={"note": "half"}, now=NOON)
    drafts.save(session, user_id=rep.id, task_id=held[0], fields={"note": "half a sen"}, now=NOON)
    assert drafts.load(session, user_id=rep.id, task_id=held[0]) == {"note": "half a sen"}
    with pytest.raises(InvalidEntry):
        log(session, held, OutcomeEntry("payer_in_process"), rep.id)
    assert drafts.load(session, user_id=rep.id, task_id=held[0]) == {"note": "half a sen"}
    log(session, held, IN_PROCESS, rep.id)
    assert drafts.load(session, user_id=rep.id, task_id=held[0]) == {}


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        (OutcomeEntry("promise", amount_cents=100, due_on=TODAY), {"disposition"}),
        (OutcomeEntry("no such thing"), {"disposition"}),
        (OutcomeEntry("payer_in_process"), {"reference_number", "spoke_with", "next_on"}),
        (
            OutcomeEntry("payer_in_process", reference_number="  ", spoke_with="x" * 201),
            {"reference_number", "spoke_with", "next_on"},
        ),
        (OutcomeEntry("deferred"), {"next_on", "reason"}),
        (OutcomeEntry("deferred", next_on=TODAY, reason="r"), {"next_on"}),
        (OutcomeEntry("deferred", next_on=TODAY + timedelta(days=91), reason="r"), {"next_on"}),
        (OutcomeEntry("passed", reason="r"), {"colleague_id"}),
        (OutcomeEntry("passed", reason="r", colleague_id=999_999), {"colleague_id"}),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named_field_by_field(
    session: Session, entry: OutcomeEntry, fields: set[str]
) -> None:
    rep, account = ana(session), billed_to_payer(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    found = refused(session, held, entry, rep.id)
    assert set(found) == fields
    assert all(sentence.endswith(".") for sentence in found.values())


def test_putting_off_past_the_deadline_is_refused_with_the_date(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    deny(session, account, 50_000)
    held = take(session, account, TaskKind.DENIAL, rep)
    session.execute(update(Task).where(Task.id == held[0]).values(deadline_on=TODAY + timedelta(days=20)))
    entry = OutcomeEntry("deferred", next_on=TODAY + timedelta(days=21), reason="waiting for the chart")
    assert refused(session, held, entry, rep.id) == {
        "next_on": "The deadline is 2026-03-30; choose an earlier day."
    }


def test_a_task_passed_on_waits_for_that_colleague_only(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    colleague = ben(session)
    log(session, held, OutcomeEntry("passed", colleague_id=colleague.id, reason="knows the payer"), rep.id)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert (task.state, task.owner_id, task.deferred_until) == (TaskState.QUEUED, colleague.id, None)
    said = history(session, account_id=account.id)[0]
    assert (said.words, said.cause_words) == (
        f"Given to {colleague.name}",
        f"{rep.name} logged: pass on",
    )


def test_nobody_is_passed_a_task_that_would_never_come_up_for_them(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    entry = OutcomeEntry("passed", colleague_id=otto(session).id, reason="r")
    assert refused(session, held, entry, rep.id) == {
        "colleague_id": "Choose somebody who does this kind of work and is here."
    }
    own = OutcomeEntry("passed", colleague_id=rep.id, reason="r")
    assert refused(session, held, own, rep.id) == {"colleague_id": "You have this task already."}


def test_what_a_patient_said_needs_a_call(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    assert refused(session, held, OutcomeEntry("no_answer"), rep.id) == {
        "disposition": "Place the call first, or say that the patient called."
    }


def test_nobody_answering_is_tried_again_at_another_time_of_day(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    placed = call(session, account, held, rep.id)
    logged = log(session, held, OutcomeEntry("no_answer"), rep.id)
    # Noon in Chicago, so tomorrow at nine.
    assert logged.next_at == datetime(2026, 3, 11, 14, 0, tzinfo=UTC)
    assert session.get_one(Call, placed.id).disposition == "no_answer"
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert (task.state, task.deferred_for) == (TaskState.WAITING, Party.PATIENT)
    assert session.get_one(Outcome, logged.outcome_id).call_id == placed.id
    no_difference(session)


def test_a_promise_waits_for_its_day_and_replaces_the_earlier_one(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session, 30_000)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    log(session, held, OutcomeEntry("promise", amount_cents=10_000, due_on=date(2026, 3, 20)), rep.id)
    first = session.scalars(select(Promise)).one()
    assert (first.amount_cents, first.due_on, first.grace_on) == (
        10_000,
        date(2026, 3, 20),
        date(2026, 3, 25),
    )
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING
    due = task_of(session, account, TaskKind.PROMISE_DUE)
    assert (due.state, due.subject) == (TaskState.WAITING, first.id)
    no_difference(session)
    later = NOON + timedelta(days=10)
    deriving.derive(session, {account.id: None}, cause=CauseKind.CLOCK, now=later)
    again = take(session, account, TaskKind.PROMISE_DUE, rep)
    call(session, account, again, rep.id, later)
    log(session, again, OutcomeEntry("promise", amount_cents=5_000, due_on=date(2026, 4, 1)), rep.id, later)
    assert session.get_one(Promise, first.id).cancelled_at == later
    assert session.scalars(select(Promise).where(Promise.cancelled_at.is_(None))).one().amount_cents == 5_000


@pytest.mark.parametrize(
    ("amount", "due_on", "field"),
    [
        (30_001, date(2026, 3, 20), "amount_cents"),
        (0, date(2026, 3, 20), "amount_cents"),
        (100, date(2026, 4, 10), "due_on"),
        (100, date(2026, 3, 9), "due_on"),
    ],
)
def test_a_promise_that_cannot_be_kept_is_not_written(
    session: Session, amount: int, due_on: date, field: str
) -> None:
    rep, account = otto(session), owed_by_patient(session, 30_000)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    entry = OutcomeEntry("promise", amount_cents=amount, due_on=due_on)
    assert set(refused(session, held, entry, rep.id)) == {field}


def test_a_callback_becomes_a_task_at_its_time_and_ends_when_the_call_was_made(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    at = NOON + timedelta(days=2)
    night = OutcomeEntry("callback", callback_at=NOON + timedelta(hours=12))
    assert set(refused(session, held, night, rep.id)) == {"callback_at"}
    log(session, held, OutcomeEntry("callback", callback_at=at), rep.id)
    booked = session.scalars(select(Callback)).one()
    assert (booked.at, booked.state) == (at, CallbackState.BOOKED)
    deriving.derive(session, {account.id: None}, cause=CauseKind.CLOCK, now=at)
    due = task_of(session, account, TaskKind.CALLBACK_DUE)
    assert (due.state, due.tier) == (TaskState.QUEUED, 0)
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING
    again = take(session, account, TaskKind.CALLBACK_DUE, rep)
    # Two days after a conversation, and allowed: the patient asked for it.
    call(session, account, again, rep.id, at)
    log(session, again, OutcomeEntry("answered", note="Explained the bill"), rep.id, at)
    assert session.get_one(Callback, booked.id).state is CallbackState.MET
    assert task_of(session, account, TaskKind.CALLBACK_DUE).state is TaskState.CLOSED


def test_a_dispute_holds_the_account_with_an_owner_and_an_end(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    log(session, held, OutcomeEntry("disputes", reason="was never there"), rep.id)
    hold = session.scalars(select(Hold)).one()
    assert (hold.owner_id, hold.until_at) == (rep.id, datetime(2026, 4, 9, 4, tzinfo=UTC))
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert (task.state, task.held_until) == (TaskState.WAITING, hold.until_at)
    no_difference(session)


def test_a_wrong_number_is_taken_out_of_use_and_the_window_judged_anew(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    patient = session.get_one(Patient, account.patient_id)
    phone = make_phone(session, patient=patient, e164="+16502530000")
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    log(session, held, OutcomeEntry("wrong_number"), rep.id)
    assert not session.get_one(Phone, phone.id).is_valid
    window = session.get_one(Window, session.get_one(Patient, patient.id).window_id)
    assert window.zones == "America/Chicago"


def test_a_conversation_lets_the_person_rest_on_all_their_accounts(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    patient = session.get_one(Patient, account.patient_id)
    other, stranger = owed_by_patient(session, patient=patient), owed_by_patient(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    log(session, held, OutcomeEntry("says_paid"), rep.id)
    assert task_of(session, other, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING
    assert task_of(session, stranger, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED
    no_difference(session)


def test_after_a_conversation_the_tasks_come_up_when_the_person_may_be_called_again(session: Session) -> None:
    """Seven days with the day of it, and then not before the office may call where the person is."""
    rep, account = otto(session), owed_by_patient(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    log(session, held, OutcomeEntry("says_paid"), rep.id)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    legal_at = datetime(2026, 3, 17, 13, 0, tzinfo=UTC)  # Tuesday at eight in Chicago
    assert task.deferred_until is not None
    assert task.deferred_until >= legal_at
    other = owed_by_patient(session, patient=session.get_one(Patient, account.patient_id))
    again = take(session, other, TaskKind.PATIENT_BALANCE, rep)
    log(session, again, OutcomeEntry("says_paid", is_inbound=True), rep.id, NOON + timedelta(hours=1))
    assert task_of(session, other, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING
    no_difference(session)


def test_after_the_last_call_a_limit_allows_all_tasks_wait_for_the_day_that_allows_one_more(
    session: Session,
) -> None:
    rep, account = otto(session), owed_by_patient(session)
    patient = session.get_one(Patient, account.patient_id)
    other = owed_by_patient(session, patient=patient)
    phone = make_phone(session, patient=patient, e164="+13122210142")
    for days in (1, 1, 2, 2, 3, 3):
        make_call(
            session,
            task=task_of(session, other, TaskKind.PATIENT_BALANCE),
            phone=phone,
            placed_at=NOON - timedelta(days=days),
            disposition="no_answer",
        )
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    logged = log(session, held, OutcomeEntry("no_answer"), rep.id)
    assert logged.next_at == datetime(2026, 3, 11, 14, 0, tzinfo=UTC)
    saturday_at_nine = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)  # the two of March 7 are old then
    for each in (account, other):
        assert task_of(session, each, TaskKind.PATIENT_BALANCE).deferred_until == saturday_at_nine
    no_difference(session)


def test_a_patient_who_calls_counts_as_a_conversation_and_not_as_a_call_of_ours(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    log(session, held, OutcomeEntry("says_paid", is_inbound=True), rep.id)
    person_id = account.patient_id or 0
    calls = calls_of(session, [person_id], NOON + timedelta(minutes=1), timedelta(days=9))[person_id]
    assert [(each.is_inbound, each.is_conversation) for each in calls.attempts] == [(True, True)]


def test_a_rep_may_still_log_what_was_done_when_the_task_closed_meanwhile(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session, 9_000)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    deny(session, account, 9_000)
    assert task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).state is TaskState.CLOSED
    log(session, held, IN_PROCESS, rep.id)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert (task.state, task.lease_token) == (TaskState.CLOSED, None)
    no_difference(session)
