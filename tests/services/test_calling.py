"""Placing calls: no call without a verdict, and no two reps past a limit together."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    make_call,
    make_hold,
    make_patient,
    make_payer,
    make_phone,
    make_window,
    otto,
)
from tests.factories.people import ada
from tests.services.desk import billed_to_payer, owed_by_patient, take, task_of
from tests.services.test_contact_rules import THREE_A_DAY
from workqueue.models import Account, Call, Patient, Phone
from workqueue.rules.call_states import CallEventKind, CallState
from workqueue.rules.contact_verdict import RULE_SET_VERSION
from workqueue.rules.holds import HOLDS, HoldKind, HoldReach
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.refusals import Invalid
from workqueue.services import call_steps, contact_rules, holding
from workqueue.services.calling import CallNotAllowed, LogTheCallFirst, PlacedCall, place_call
from workqueue.services.contacting.attempts import calls_of
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
    by_code = {rule["code"]: rule for rule in call.verdict["rules"]}
    assert {"HOLD", "PHONE_VALID", "OUTSIDE_HOURS", "FREQ_7IN7", "COOLDOWN_7D", "ON_THE_LINE"} <= set(by_code)
    kept = by_code["FREQ_7IN7"]
    in_force = {each.code: each for each in contact_rules.in_force(session, TODAY)}["FREQ_7IN7"]
    assert (kept["rule_id"], kept["rule_version"]) == (in_force.id, in_force.version)
    assert (kept["citation"], kept["basis"], kept["tag"]) == (
        "12 CFR 1006.14(b)(2)(i)(A)",
        "house policy",
        "V",
    )
    assert (call.state, call.place, call.is_with_consent) == (CallState.DIALLED, phone.place, False)
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


@pytest.mark.parametrize("kind", HoldKind)
def test_a_payer_is_called_unless_a_hold_stops_the_payer(session: Session, kind: HoldKind) -> None:
    rep, account = otto(session), billed_to_payer(session)
    lease = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    patient = session.get_one(Patient, account.patient_id)
    of_person = HOLDS[kind].reach is not HoldReach.ACCOUNT
    make_hold(session, account=account, person=patient if of_person else None, kind=kind, reason="as told")
    if Party.PAYER not in HOLDS[kind].stops:
        assert place(session, lease, None, rep.id, NOON).verdict.is_allowed
        return
    with pytest.raises(CallNotAllowed, match="as told") as refusal:
        place(session, lease, None, rep.id, NOON)
    assert refusal.value.verdict.next_legal_at == NOON + timedelta(days=30)
    assert session.scalar(select(func.count()).select_from(Call)) == 0


def test_calls_about_all_accounts_of_a_person_are_counted_together(session: Session) -> None:
    rep, (account, phone) = otto(session), person(session)
    other = owed_by_patient(session, patient=session.get_one(Patient, account.patient_id))
    task = task_of(session, other, TaskKind.PATIENT_BALANCE)
    for days in (1, 1, 2, 3, 4, 5, 6):
        make_call(
            session, task=task, phone=phone, placed_at=NOON - timedelta(days=days), disposition="no_answer"
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
    assert calls_of(session, [account.patient_id or 0], NOON, timedelta(days=9)) == {}


def test_the_guarantor_is_called_about_the_patients_bill_and_it_counts_as_theirs(session: Session) -> None:
    rep, (account, childs) = otto(session), person(session)
    mother = make_patient(session, window=make_window(session, "America/Chicago"))
    hers = make_phone(session, patient=mother, e164="+18005550155")
    account.guarantor_id = mother.id
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    with pytest.raises(Invalid):
        place(session, held, childs, rep.id, NOON)
    call = session.get_one(Call, place(session, held, hers, rep.id, NOON).call_id)
    assert call.patient_id == mother.id


def test_a_rule_added_today_judges_from_its_day_on_and_earlier_calls_keep_theirs(session: Session) -> None:
    """Without a restart: the process that placed the first call places the second."""
    rep, (account, phone) = otto(session), person(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    before = session.get_one(Call, place(session, held, phone, rep.id, NOON).call_id)
    before.state, before.disposition = CallState.LOGGED, "no_answer"
    none_at_noon = replace(
        THREE_A_DAY, parameters={"most": 1, "days": 7}, effective_from=TODAY + timedelta(days=1)
    )
    rule_id = contact_rules.add_version(session, none_at_noon, actor_id=ada(session).id, now=NOON)
    same_day = session.get_one(Call, place(session, held, phone, rep.id, NOON + timedelta(hours=1)).call_id)
    same_day.state, same_day.disposition = CallState.LOGGED, "no_answer"
    tomorrow = NOON + timedelta(days=1)
    with pytest.raises(CallNotAllowed) as refusal:
        place(session, held, phone, rep.id, tomorrow)
    assert codes(refusal.value) == ["OURS_A_DAY"]
    judged_by = {rule["rule_id"] for rule in before.verdict["rules"]}
    assert rule_id not in judged_by
    assert rule_id in {rule.rule_id for rule in refusal.value.verdict.rules}
    session.refresh(before)
    assert {rule["rule_id"] for rule in before.verdict["rules"]} == judged_by


def test_the_verdict_kept_with_a_call_names_the_version_that_judged_it(session: Session) -> None:
    rep, (account, phone) = otto(session), person(session)
    contact_rules.add_version(session, THREE_A_DAY, actor_id=ada(session).id, now=NOON)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    first = session.get_one(Call, place(session, held, phone, rep.id, NOON).call_id)
    first.state, first.disposition = CallState.LOGGED, "no_answer"
    later = replace(THREE_A_DAY, effective_from=TODAY + timedelta(days=1), citation="Office policy 13")
    contact_rules.add_version(session, later, actor_id=ada(session).id, now=NOON)
    second = session.get_one(Call, place(session, held, phone, rep.id, NOON + timedelta(days=1)).call_id)

    def kept(call: Call) -> list[tuple[int, str]]:
        rules = [rule for rule in call.verdict["rules"] if rule["code"] == "OURS_A_DAY"]
        return [(rule["rule_version"], rule["citation"]) for rule in rules]

    assert kept(first) == [(1, "Office policy 12")]
    assert kept(second) == [(2, "Office policy 13")]


@pytest.mark.parametrize("kind", [CallEventKind.ANSWERED, CallEventKind.VOICEMAIL])
def test_an_answered_call_is_logged_before_the_next_one(session: Session, kind: CallEventKind) -> None:
    rep, (account, phone) = otto(session), person(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    first = session.get_one(Call, place(session, held, phone, rep.id, NOON).call_id)
    call_steps.take_step(session, call_id=first.id, kind=kind, rep_id=rep.id, now=NOON)
    with pytest.raises(LogTheCallFirst):
        place(session, held, phone, rep.id, NOON + timedelta(minutes=5))
    call_steps.take_step(session, call_id=first.id, kind=CallEventKind.ENDED, rep_id=rep.id, now=NOON)
    with pytest.raises(LogTheCallFirst):
        place(session, held, phone, rep.id, NOON + timedelta(minutes=5))
    assert session.scalars(select(Call.id)).all() == [first.id]


def test_a_call_that_nobody_took_is_logged_as_such_by_the_next_one(session: Session) -> None:
    rep, (account, phone) = otto(session), person(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    later = NOON + timedelta(minutes=5)
    first = session.get_one(Call, place(session, held, phone, rep.id, NOON).call_id)
    second = session.get_one(Call, place(session, held, phone, rep.id, later).call_id)
    session.refresh(first)
    assert (first.disposition, first.state, first.ended_at) == ("no_answer", CallState.LOGGED, later)
    assert (second.disposition, second.state) == ("", CallState.DIALLED)
    attempts = calls_of(session, [phone.patient_id], later, timedelta(days=7))[phone.patient_id].attempts
    assert [(each.is_connected, each.is_conversation) for each in attempts] == [(True, False)] * 2


def test_a_call_to_a_payer_may_follow_another(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    held = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    for _ in range(2):
        place(session, held, None, rep.id, NOON)
    assert session.scalars(select(Call.disposition)).all() == ["", ""]
