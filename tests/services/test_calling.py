"""Placing calls: no call without a verdict, and no two reps past a limit together."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    make_call,
    make_patient,
    make_payer,
    make_phone,
    make_user,
    make_window,
    otto,
)
from tests.services.desk import billed_to_payer, owed_by_patient, take, task_of
from workqueue.models import Account, Call, Patient, Phone
from workqueue.rules.contact_verdict import RULE_SET_VERSION
from workqueue.rules.first_contact_rules import FIRST_RULES
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.refusals import Invalid
from workqueue.services import calling, holding
from workqueue.services.calling import CallNotAllowed, PlacedCall, place_call
from workqueue.services.leasing import LeaseLost

NIGHT = NOON + timedelta(hours=12)


def person(session: Session, zones: str = "America/Chicago") -> tuple[Account, Phone]:
    patient = make_patient(session, window=make_window(session, zones))
    phone = make_phone(session, patient=patient, e164="+18005550123")
    return owed_by_patient(session, patient=patient), phone


def place(
    session: Session, held: tuple[int, int], phone: Phone | None, rep_id: int, now: datetime
) -> PlacedCall:
    return place_call(
        session,
        task_id=held[0],
        lease_token=held[1],
        phone_id=phone.id if phone else None,
        rep_id=rep_id,
        now=now,
    )


def codes(refusal: CallNotAllowed) -> list[str]:
    return [rule.code for rule in refusal.verdict.rules if not rule.is_ok]


def test_an_allowed_call_is_written_with_every_rule_that_was_looked_at(session: Session) -> None:
    rep, (account, phone) = otto(session), person(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call = session.get_one(Call, place(session, held, phone, rep.id, NOON).call_id)
    assert (call.party, call.phone_id, call.rep_id, call.placed_at) == (Party.PATIENT, phone.id, rep.id, NOON)
    assert call.patient_id == account.patient_id
    assert call.verdict["version"] == RULE_SET_VERSION
    looked_at = {rule["code"]: rule for rule in call.verdict["rules"]}
    assert {"HOLD", "PHONE_VALID", "OUTSIDE_HOURS", "FREQ_7IN7", "COOLDOWN_7D", "HOUSE_DAILY"} <= set(
        looked_at
    )
    assert (looked_at["FREQ_7IN7"]["rule_version"], looked_at["FREQ_7IN7"]["tag"]) == (1, "V")
    assert phone.e164 not in str(call.verdict)


def test_at_night_no_call_is_written_and_the_morning_is_named(session: Session) -> None:
    rep, (account, phone) = otto(session), person(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    with pytest.raises(CallNotAllowed) as refusal:
        place(session, held, phone, rep.id, NIGHT)
    assert codes(refusal.value) == ["OUTSIDE_HOURS", "HOUSE_WEEKDAYS"]
    assert refusal.value.details()["next_legal_at"] == "2026-03-11T13:00:00+00:00"
    assert session.scalar(select(func.count()).select_from(Call)) == 0


def test_the_place_of_the_number_itself_counts_too(session: Session) -> None:
    rep, (account, _) = otto(session), person(session)
    patient = session.get_one(Patient, account.patient_id)
    hawaii = make_phone(session, patient=patient, e164="+18083331234")
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    with pytest.raises(CallNotAllowed) as refusal:
        place(session, held, hawaii, rep.id, NOON)  # seven in the morning in Honolulu
    assert "Honolulu" in refusal.value.sentence


def test_an_account_on_hold_is_left_alone(session: Session) -> None:
    rep, (account, phone) = otto(session), person(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    until = TODAY + timedelta(days=5)
    holding.place(session, account_id=account.id, reason="estate", until_on=until, owner_id=rep.id, now=NOON)
    with pytest.raises(CallNotAllowed) as refusal:
        place(session, held, phone, rep.id, NOON)
    assert refusal.value.verdict.reasons == ("The account is on hold: estate.",)


def test_calls_about_all_accounts_of_a_person_are_counted_together(session: Session) -> None:
    rep, (account, phone) = otto(session), person(session)
    other = owed_by_patient(session, patient=session.get_one(Patient, account.patient_id))
    task = task_of(session, other, TaskKind.PATIENT_BALANCE)
    for days in range(1, 8):
        make_call(
            session,
            task=task,
            phone=phone,
            placed_at=NOON - timedelta(hours=20 * days),
            disposition="no_answer",
        )
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    with pytest.raises(CallNotAllowed) as refusal:
        place(session, held, phone, rep.id, NOON)
    assert codes(refusal.value) == ["FREQ_7IN7"]


def test_a_number_of_somebody_else_is_not_dialled(session: Session) -> None:
    rep, (account, _), (_, strangers) = otto(session), person(session), person(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    for phone in (strangers, None):
        with pytest.raises(Invalid) as refusal:
            place(session, held, phone, rep.id, NOON)
        assert refusal.value.field == "phone_id"


def test_without_the_lease_nobody_dials(session: Session) -> None:
    rep, (account, phone) = otto(session), person(session)
    task_id, token = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    with pytest.raises(LeaseLost):
        place(session, (task_id, token + 1), phone, rep.id, NOON)


def test_a_payer_is_called_at_any_hour_and_the_record_says_why(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session, payer=make_payer(session))
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    call = session.get_one(Call, place(session, held, None, rep.id, NIGHT).call_id)
    assert (call.party, call.patient_id) == (Party.PAYER, None)
    assert call.verdict["rules"][0]["code"] == "BUSINESS_CALL"
    with pytest.raises(Invalid):
        place(session, held, person(session)[1], rep.id, NIGHT)


def test_calls_to_payers_do_not_count_against_the_patient(session: Session) -> None:
    account = billed_to_payer(session)
    rep = ana(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    place(session, held, None, rep.id, NOON)
    assert calling.attempts_of(session, account.patient_id or 0, NOON) == ()


@pytest.fixture
def without_the_daily_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the week's limit as the one that six reps at once come up against."""
    kept = tuple(rule for rule in FIRST_RULES if rule.code != "HOUSE_DAILY")
    monkeypatch.setattr(calling, "FIRST_RULES", kept)


@contextmanager
def committed(url: str) -> Iterator[Session]:
    engine = create_engine(url)
    with Session(engine) as session:
        yield session
        session.commit()
    engine.dispose()


def dial_together(url: str, held: list[tuple[int, int, int]], phone_id: int) -> list[str]:
    """Let every rep dial the same person in the same instant, each in a connection of their own."""
    barrier = Barrier(len(held))

    def dial(task_id: int, token: int, rep_id: int) -> str:
        with committed(url) as session:
            session.execute(text("SELECT 1"))
            barrier.wait(timeout=20)
            try:
                place_call(
                    session, task_id=task_id, lease_token=token, phone_id=phone_id, rep_id=rep_id, now=NOON
                )
            except CallNotAllowed:
                session.rollback()
                return "refused"
            return "placed"

    with ThreadPoolExecutor(len(held)) as pool:
        return [future.result() for future in [pool.submit(dial, *each) for each in held]]


def seven_reps_and_one_person(url: str, earlier: int) -> tuple[list[tuple[int, int, int]], int, int]:
    with committed(url) as session:
        account, phone = person(session)
        patient = session.get_one(Patient, account.patient_id)
        task = task_of(session, account, TaskKind.PATIENT_BALANCE)
        for number in range(earlier):
            make_call(
                session,
                task=task,
                phone=phone,
                placed_at=NOON - timedelta(days=number + 1),
                disposition="no_answer",
            )
        held = []
        for _ in range(6):
            rep = make_user(session)
            own = owed_by_patient(session, patient=patient)
            held.append((*take(session, own, TaskKind.PATIENT_BALANCE, rep), rep.id))
        return held, phone.id, patient.id


@pytest.mark.usefixtures("without_the_daily_limit")
def test_reps_who_dial_the_same_person_at_once_do_not_pass_the_limit_together(fresh_database: str) -> None:
    held, phone_id, patient_id = seven_reps_and_one_person(fresh_database, earlier=4)
    assert sorted(dial_together(fresh_database, held, phone_id)) == ["placed"] * 3 + ["refused"] * 3
    with committed(fresh_database) as session:
        count = select(func.count()).select_from(Call).where(Call.patient_id == patient_id)
        assert session.scalar(count) == 7


@pytest.mark.usefixtures("without_the_daily_limit")
def test_without_the_lock_on_the_person_they_would(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the test above can fail: the same race, with the verdicts read before anybody writes."""
    held, phone_id, _ = seven_reps_and_one_person(fresh_database, earlier=4)
    judged = Barrier(len(held))
    verdicts = calling.verdicts

    def all_read_before_one_writes(*args: object, **named: object) -> object:
        found = verdicts(*args, **named)  # type: ignore[arg-type]
        judged.wait(timeout=20)
        return found

    monkeypatch.setattr(calling, "verdicts", all_read_before_one_writes)
    monkeypatch.setattr(calling, "lock_person", lambda *_args: None)
    assert dial_together(fresh_database, held, phone_id) == ["placed"] * 6
