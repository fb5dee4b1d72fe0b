"""Gathering what decides whether somebody may be called: for one task as for fifty, and all of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    make_call,
    make_patient,
    make_phone,
    make_user,
    make_window,
    otto,
)
from tests.services.desk import billed_to_payer, owed_by_patient, take, task_of
from workqueue.models import (
    Account,
    ConfidentialInstruction,
    Consent,
    Hold,
    InconvenientTime,
    Lease,
    Patient,
    Phone,
    Relation,
    Task,
)
from workqueue.rules.call_states import CallState
from workqueue.rules.channels import ConsentScope, ContactChannel, RelationRole
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import TaskKind
from workqueue.services import contacting
from workqueue.services.contacting import Outlook
from workqueue.services.contacting.known import STOPS_CALLS

CHICAGO = "+13122210142"


def owing(session: Session, *, patient: Patient | None = None, e164: str = CHICAGO) -> tuple[Task, Phone]:
    patient = patient or make_patient(session, window=make_window(session, "America/Chicago"))
    phone = make_phone(session, patient=patient, e164=e164)
    account = owed_by_patient(session, patient=patient)
    return task_of(session, account, TaskKind.PATIENT_BALANCE), phone


def outlook(session: Session, task: Task, now: datetime = NOON) -> Outlook:
    session.flush()
    return contacting.outlooks(session, [task.id], now)[task.id]


def refused_by(session: Session, task: Task, phone: Phone, now: datetime = NOON) -> set[str]:
    session.flush()
    (verdict,) = [
        each.verdict for each in contacting.judged(session, [task.id], now) if each.phone_id == phone.id
    ]
    return {each.code for each in verdict.rules if not each.is_ok}


@contextmanager
def counted_statements(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(session.connection(), "before_cursor_execute", note)
    yield statements
    event.remove(session.connection(), "before_cursor_execute", note)


def test_somebody_with_nothing_against_it_may_be_called(session: Session) -> None:
    task, phone = owing(session)
    assert refused_by(session, task, phone) == set()
    assert outlook(session, task).is_allowed


def test_fifty_tasks_cost_as_many_statements_as_one(session: Session) -> None:
    task_ids = [task.id for task in [owing(session)[0] for _ in range(6)]]
    contacting.outlooks(session, task_ids[:1], NOON)
    with counted_statements(session) as of_one:
        contacting.outlooks(session, task_ids[:1], NOON)
    with counted_statements(session) as of_all:
        found = contacting.outlooks(session, task_ids, NOON)
    assert len(of_all) == len(of_one) <= 10
    assert [each.is_allowed for each in found.values()] == [True] * 6


def test_a_task_about_a_payer_has_no_outlook(session: Session) -> None:
    account = billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert contacting.outlooks(session, [task.id], NOON) == {}


def test_without_a_number_nobody_can_be_called(session: Session) -> None:
    account = owed_by_patient(session)
    found = outlook(session, task_of(session, account, TaskKind.PATIENT_BALANCE))
    assert (found.is_allowed, found.has_number, found.next_legal_at) == (False, False, None)


def test_of_several_numbers_the_one_that_may_be_called_soonest_counts(session: Session) -> None:
    task, phone = owing(session)
    hawaii = make_phone(session, patient=session.get_one(Patient, phone.patient_id), e164="+18083331234")
    assert "OUTSIDE_HOURS" in refused_by(session, task, hawaii)  # seven in the morning in Honolulu
    assert outlook(session, task).is_allowed
    phone.is_valid = False
    found = outlook(session, task)
    assert found.next_legal_at == datetime.fromisoformat("2026-03-10T18:00:00+00:00")
    assert any("Honolulu" in each for each in contacting.reasons_against(session, task.id, NOON))


def test_a_number_off_the_list_is_not_offered(session: Session) -> None:
    task, phone = owing(session)
    phone.ended_at = NOON
    assert not outlook(session, task).has_number


def test_the_guarantor_is_called_and_not_the_patient(session: Session) -> None:
    task, _childs = owing(session)
    mother = make_patient(session, window=make_window(session, "America/Chicago"))
    hers = make_phone(session, patient=mother, e164="+13122210155")
    session.get_one(Account, task.account_id).guarantor_id = mother.id
    session.flush()
    assert {each.phone_id for each in contacting.judged(session, [task.id], NOON)} == {hers.id}


def relate(session: Session, phone: Phone, role: RelationRole, *, ends_on: date | None = None) -> Phone:
    somebody = make_patient(session, window=make_window(session, "America/Chicago"))
    session.add(
        Relation(
            patient_id=phone.patient_id,
            person_id=somebody.id,
            role=role,
            starts_on=TODAY - timedelta(days=10),
            ends_on=ends_on,
            recorded_by_id=ana(session).id,
            recorded_at=NOON,
        )
    )
    return make_phone(session, patient=somebody, e164="+13122210166")


def test_who_may_speak_for_the_person_has_a_bucket_of_their_own(session: Session) -> None:
    task, phone = owing(session)
    theirs = relate(session, phone, RelationRole.PERSONAL_REPRESENTATIVE)
    for day in (1, 1, 2, 3, 4, 5, 6):
        make_call(
            session,
            task=task,
            patient=session.get_one(Patient, phone.patient_id),
            phone=phone,
            placed_at=NOON - timedelta(days=day, hours=-1),
            disposition="no_answer",
        )
    assert "FREQ_7IN7" in refused_by(session, task, phone)
    assert refused_by(session, task, theirs) == set()


def test_a_relation_that_is_over_gives_nobody_a_say(session: Session) -> None:
    task, phone = owing(session)
    relate(session, phone, RelationRole.AUTHORISED_CONTACT, ends_on=TODAY - timedelta(days=1))
    session.flush()
    assert {each.phone_id for each in contacting.judged(session, [task.id], NOON)} == {phone.id}


def hold(session: Session, kind: HoldKind, **covers: int) -> Hold:
    placed = Hold(
        kind=kind,
        reason="as told",
        owner_id=ana(session).id,
        placed_at=NOON,
        until_at=NOON + timedelta(days=30),
        **covers,
    )
    session.add(placed)
    session.flush()
    return placed


def test_a_hold_on_the_person_covers_each_of_their_accounts(session: Session) -> None:
    task, phone = owing(session)
    placed = hold(session, HoldKind.BANKRUPTCY, patient_id=phone.patient_id)
    assert refused_by(session, task, phone) != set()
    placed.lifted_at = NOON
    assert refused_by(session, task, phone) == set()


def test_a_hold_that_lets_only_payers_wait_stops_no_call(session: Session) -> None:
    task, phone = owing(session)
    kind = next(each for each in HoldKind if each not in STOPS_CALLS)
    hold(session, kind, account_id=task.account_id)
    assert refused_by(session, task, phone) == set()


def test_after_a_death_the_executor_is_called_and_nobody_else(session: Session) -> None:
    task, phone = owing(session)
    executor = relate(session, phone, RelationRole.EXECUTOR)
    hold(session, HoldKind.DECEASED, patient_id=phone.patient_id)
    assert refused_by(session, task, phone) != set()
    assert refused_by(session, task, executor) == set()


def consent(session: Session, phone: Phone, *, is_given: bool, channel: ContactChannel, one: bool) -> None:
    session.add(
        Consent(
            patient_id=phone.patient_id,
            channel=channel,
            scope=ConsentScope.BILLING,
            phone_id=phone.id if one else None,
            is_given=is_given,
            how="on the telephone",
            said_at=NOON - timedelta(days=1),
            recorded_at=NOON,
        )
    )
    session.flush()


def test_a_stop_holds_until_it_is_taken_back(session: Session) -> None:
    task, phone = owing(session)
    consent(session, phone, is_given=False, channel=ContactChannel.CALL, one=False)
    assert refused_by(session, task, phone) == {"CHANNEL_STOP"}
    consent(session, phone, is_given=True, channel=ContactChannel.CALL, one=False)
    assert refused_by(session, task, phone) == set()


def test_a_stop_of_texts_or_of_another_number_stops_no_call(session: Session) -> None:
    task, phone = owing(session)
    other = make_phone(session, patient=session.get_one(Patient, phone.patient_id), e164="+13122210177")
    consent(session, phone, is_given=False, channel=ContactChannel.TEXT, one=False)
    consent(session, other, is_given=False, channel=ContactChannel.CALL, one=True)
    assert refused_by(session, task, phone) == set()
    assert refused_by(session, task, other) == {"CHANNEL_STOP"}


def test_a_confidential_way_shuts_all_other_numbers(session: Session) -> None:
    task, phone = owing(session)
    only = make_phone(session, patient=session.get_one(Patient, phone.patient_id), e164="+13122210188")
    session.add(
        ConfidentialInstruction(
            patient_id=phone.patient_id,
            channel=ContactChannel.CALL,
            phone_id=only.id,
            recorded_by_id=ana(session).id,
            recorded_at=NOON,
        )
    )
    assert refused_by(session, task, phone) == {"CONFIDENTIAL_WAY"}
    assert refused_by(session, task, only) == set()


def test_a_bad_time_is_read_by_its_days(session: Session) -> None:
    task, phone = owing(session)
    session.add(
        InconvenientTime(
            patient_id=phone.patient_id,
            weekdays=1 << TODAY.weekday(),
            from_time=time(10),
            until_time=time(14),
            how="said so",
            recorded_by_id=ana(session).id,
            recorded_at=NOON,
        )
    )
    assert refused_by(session, task, phone) == {"BAD_TIME"}
    assert outlook(session, task).next_legal_at == NOON + timedelta(hours=2)  # two in Chicago
    assert "BAD_TIME" not in refused_by(session, task, phone, NOON + timedelta(days=1))


def test_where_a_person_says_they_are_goes_before_every_guess_while_it_is_fresh(session: Session) -> None:
    task, phone = owing(session)
    patient = session.get_one(Patient, phone.patient_id)
    patient.stated_zone, patient.stated_until = "Pacific/Honolulu", NOON + timedelta(days=30)
    assert "OUTSIDE_HOURS" in refused_by(session, task, phone)
    patient.stated_until = NOON
    patient.window_id = make_window(session, "Pacific/Honolulu").id
    assert refused_by(session, task, phone) == set(), "stale, and so is the window made of it"


def test_a_minor_is_never_called(session: Session) -> None:
    task, phone = owing(session)
    patient = session.get_one(Patient, phone.patient_id)
    patient.birth_on = date(TODAY.year - 18, TODAY.month, TODAY.day) + timedelta(days=1)
    assert refused_by(session, task, phone) == {"MINOR"}
    patient.birth_on -= timedelta(days=1)
    assert refused_by(session, task, phone) == set()


def test_while_a_colleague_is_on_the_line_nobody_else_calls(session: Session) -> None:
    task, phone = owing(session)
    patient = session.get_one(Patient, phone.patient_id)
    other = owed_by_patient(session, patient=patient)
    held_id, token = take(session, other, TaskKind.PATIENT_BALANCE, otto(session))
    placed = make_call(
        session,
        task=session.get_one(Task, held_id),
        phone=phone,
        rep=otto(session),
        verdict={"lease_token": token},
    )
    assert refused_by(session, task, phone) == {"ON_THE_LINE"}
    own = session.get_one(Task, held_id)
    assert "ON_THE_LINE" not in refused_by(session, own, phone), "one's own call is in nobody's way"
    assert "ON_THE_LINE" not in refused_by(session, task, phone, NOON + timedelta(hours=2)), "nobody ended it"
    placed.state = CallState.ENDED
    assert refused_by(session, task, phone) == set()


def test_who_is_on_the_line_may_be_called_again_in_some_minutes(session: Session) -> None:
    task, phone = owing(session)
    other = owed_by_patient(session, patient=session.get_one(Patient, phone.patient_id))
    held_id, token = take(session, other, TaskKind.PATIENT_BALANCE, otto(session))
    held = session.get_one(Task, held_id)
    make_call(session, task=held, phone=phone, rep=otto(session), verdict={"lease_token": token})
    found = outlook(session, task)
    assert (found.is_allowed, found.next_legal_at) == (False, NOON + contacting.CALL_TIME)


def test_the_next_legal_moment_is_looked_for_from_a_moment_on(session: Session) -> None:
    task, phone = owing(session)
    night = NOON + timedelta(hours=12)
    found = contacting.next_legal_moments(session, [task.id], phone.patient_id, after=night, now=NOON)
    assert found == {task.id: datetime.fromisoformat("2026-03-11T13:00:00+00:00")}
    noon = contacting.next_legal_moments(session, [task.id], phone.patient_id, after=NOON, now=NOON)
    assert noon == {task.id: NOON}
    phone.is_valid = False
    session.flush()
    assert contacting.next_legal_moments(session, [task.id], phone.patient_id, after=NOON, now=NOON) == {}


def test_calls_of_a_rep_who_let_go_of_the_task_are_over(session: Session) -> None:
    task, phone = owing(session)
    rep = make_user(session)
    other = owed_by_patient(session, patient=session.get_one(Patient, phone.patient_id))
    held_id, token = take(session, other, TaskKind.PATIENT_BALANCE, rep)
    make_call(
        session, task=session.get_one(Task, held_id), phone=phone, rep=rep, verdict={"lease_token": token}
    )
    assert refused_by(session, task, phone) == {"ON_THE_LINE"}
    session.get_one(Lease, token).ended_at = NOON
    assert "ON_THE_LINE" not in refused_by(session, task, phone)
