"""What a person says in a call changes their record at once, on all that they answer for."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    make_outcome,
    make_patient,
    make_phone,
    make_promise,
    make_window,
    otto,
)
from tests.services.desk import call, log, no_difference, owed_by_patient, refused, take, task_of
from workqueue.models import (
    Account,
    Call,
    Callback,
    Consent,
    Hold,
    InconvenientTime,
    Patient,
    Phone,
    Promise,
    Relation,
    User,
)
from workqueue.rules.business_days import office_midnight
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource, RelationRole
from workqueue.rules.contact_facts import Attempt
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.holds import HOLDS, HoldKind
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.states import PhonePlace, TaskState
from workqueue.services import attorneys, contacting, preferences
from workqueue.services.contacting.attempts import calls_of

LATER = NOON + timedelta(hours=1)


def said(
    session: Session, code: str, *, account: Account | None = None, **typed: Any
) -> tuple[Account, User]:
    """Let a rep call about the account and log what was said."""
    rep, account = otto(session), account or owed_by_patient(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    log(session, held, OutcomeEntry(code, **typed), rep.id)
    no_difference(session)
    return account, rep


def person_of(session: Session, account: Account) -> Patient:
    return session.get_one(Patient, account.patient_id, populate_existing=True)


def attempts(session: Session, account: Account) -> list[Attempt]:
    person_id = account.person_id or 0
    return calls_of(session, [person_id], LATER, timedelta(days=9))[person_id].attempts


def counts_of(attempt: Attempt) -> bool:
    """Tell whether the limits count it as placed (12 CFR 1006.14(b)(3))."""
    return attempt.is_connected and not attempt.is_inbound


def the_call(session: Session) -> Call:
    return session.scalars(select(Call)).one()


def test_a_busy_line_is_tried_again_within_the_hour_and_does_not_count(session: Session) -> None:
    account, _ = said(session, "busy")
    assert not the_call(session).is_connected
    attempt = attempts(session, account)
    assert [(counts_of(each), each.is_conversation) for each in attempt] == [(False, False)]
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert (task.state, task.deferred_until) == (TaskState.WAITING, LATER)


@pytest.mark.parametrize(("code", "counts"), [("disconnected", False), ("wrong_number", True)])
def test_a_number_that_leads_nowhere_is_out_of_use_and_so_is_the_consent_to_automation(
    session: Session, code: str, counts: bool
) -> None:
    account = owed_by_patient(session)
    preferences.say(
        session,
        patient_id=account.patient_id or 0,
        is_given=True,
        channel=ContactChannel.CALL,
        scope=ConsentScope.AUTOMATED_BILLING,
        phone_id=None,
        how="in writing",
        said_at=NOON,
        recorded_by_id=None,
        now=NOON,
    )
    said(session, code, account=account)
    phone = session.scalars(select(Phone)).one()
    assert not phone.is_valid
    assert [counts_of(each) for each in attempts(session, account)] == [counts]
    word = session.scalars(select(Consent).order_by(Consent.id.desc())).first()
    assert word is not None
    assert (word.is_given, word.channel, word.scope, word.phone_id) == (
        False,
        ContactChannel.CALL,
        ConsentScope.AUTOMATED_BILLING,
        phone.id,
    )


def test_a_caller_may_say_which_of_the_persons_numbers_is_wrong_and_no_other(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    own = make_phone(session, patient=person_of(session, account))
    foreign = make_phone(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    entry = OutcomeEntry("wrong_number", is_inbound=True, phone_id=foreign.id)
    assert set(refused(session, held, entry, rep.id)) == {"phone_id"}
    log(session, held, OutcomeEntry("wrong_number", is_inbound=True, phone_id=own.id), rep.id)
    assert not session.get_one(Phone, own.id, populate_existing=True).is_valid
    assert session.get_one(Phone, foreign.id, populate_existing=True).is_valid


@pytest.mark.parametrize("only_this_number", [False, True])
def test_a_medium_is_taken_back_for_all_numbers_or_for_the_one_called(
    session: Session, only_this_number: bool
) -> None:
    _, rep = said(session, "opt_out", medium="text", only_this_number=only_this_number)
    phone = session.scalars(select(Phone)).one()
    word = session.scalars(select(Consent)).one()
    assert (word.is_given, word.channel, word.scope) == (False, ContactChannel.TEXT, ConsentScope.BILLING)
    assert word.phone_id == (phone.id if only_this_number else None)
    assert (word.said_at, word.recorded_by_id) == (NOON, rep.id)


def test_an_inconvenient_time_is_kept_by_day_and_hour(session: Session) -> None:
    said(session, "inconvenient", weekdays=(0, 4), until_time=time(10))
    bad = session.scalars(select(InconvenientTime)).one()
    assert (bad.weekdays, bad.from_time, bad.until_time, bad.place) == (0b10001, time(0), time(10), None)


def test_not_at_work_closes_every_number_there_and_no_other(session: Session) -> None:
    account = owed_by_patient(session)
    person = person_of(session, account)
    make_phone(session, patient=person)
    said(session, "inconvenient", account=account, place="work")
    # One that comes later, too: it is the place, not the number.
    make_phone(
        session, patient=person, e164="+13125550177", place=PhonePlace.WORK
    ).source = PointSource.PATIENT
    bad = session.scalars(select(InconvenientTime)).one()
    assert (bad.weekdays, bad.place, bad.until_time) == (127, PhonePlace.WORK, time.max)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    judged = contacting.judged(session, [task.id], NOON)
    against = {
        each.dial.place: {rule.code for rule in each.verdict.rules if not rule.is_ok} for each in judged
    }
    assert [place for place, codes in against.items() if "BAD_TIME" in codes] == [PhonePlace.WORK]
    assert not session.scalars(select(Phone.id).where(Phone.is_stopped)).all()


@pytest.mark.parametrize(
    ("code", "kind", "typed"),
    [
        ("cease", HoldKind.CEASE, {}),
        ("deceased", HoldKind.DECEASED, {"spoke_with": "her son"}),
        ("has_attorney", HoldKind.ATTORNEY, {"attorney_name": "Ada Sample"}),
    ],
)
def test_what_stops_all_contact_holds_all_that_the_person_answers_for(
    session: Session, code: str, kind: HoldKind, typed: dict[str, Any]
) -> None:
    account = owed_by_patient(session)
    person = person_of(session, account)
    other = owed_by_patient(session, patient=person)
    child, stranger = owed_by_patient(session), owed_by_patient(session)
    session.execute(update(Account).where(Account.id == child.id).values(guarantor_id=person.id))
    _, rep = said(session, code, account=account, **typed)
    hold = session.scalars(select(Hold)).one()
    assert (hold.kind, hold.patient_id, hold.account_id) == (kind, person.id, None)
    assert hold.owner_id == rep.id
    assert hold.until_at == office_midnight(TODAY + timedelta(days=HOLDS[kind].usual_days))
    for each in (account, other, child):
        task = task_of(session, each, TaskKind.PATIENT_BALANCE)
        assert (task.state, task.held_until) == (TaskState.WAITING, hold.until_at)
    assert task_of(session, stranger, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED


def test_what_a_patient_says_does_not_hold_a_bill_somebody_else_answers_for(session: Session) -> None:
    account = owed_by_patient(session)
    person = person_of(session, account)
    paid_by_parent = owed_by_patient(session, patient=person)
    session.execute(
        update(Account).where(Account.id == paid_by_parent.id).values(guarantor_id=make_patient(session).id)
    )
    said(session, "cease", account=account)
    assert task_of(session, paid_by_parent, TaskKind.PATIENT_BALANCE).held_until is None


def test_an_attorney_becomes_known_with_name_and_number_once(session: Session) -> None:
    typed = {"attorney_name": "Ada  B. Sample", "attorney_phone": "(312) 555-0188"}
    account, rep = said(session, "has_attorney", **typed)
    other, _ = said(session, "has_attorney", **typed)
    first, second = session.scalars(select(Relation).order_by(Relation.id))
    assert (first.patient_id, first.role, first.starts_on) == (
        account.patient_id,
        RelationRole.ATTORNEY,
        TODAY,
    )
    assert first.recorded_by_id == rep.id
    assert (second.patient_id, second.person_id) == (other.patient_id, first.person_id)
    attorney = session.get_one(Patient, first.person_id)
    assert (attorney.first_name, attorney.last_name) == ("Ada B.", "Sample")
    number = session.scalars(select(Phone).where(Phone.patient_id == attorney.id)).one()
    assert (number.e164, number.place) == ("+13125550188", PhonePlace.WORK)


def test_an_attorney_whom_the_office_knows_already_is_not_written_again(session: Session) -> None:
    known = make_patient(session, first_name="Ada", last_name="Sample")
    make_phone(session, patient=known, e164="+13125550188", place=PhonePlace.WORK)
    said(session, "has_attorney", attorney_name="ada sample", attorney_phone="(312) 555-0188")
    assert session.scalars(select(Relation.person_id)).all() == [known.id]


def test_an_attorney_without_a_number_is_one_however_often_they_are_named(session: Session) -> None:
    account, rep = said(session, "has_attorney", attorney_name="Ada Sample")
    again = attorneys.record(
        session,
        patient_id=account.patient_id or 0,
        name="ada  sample",
        telephone="",
        recorded_by_id=rep.id,
        now=LATER,
    )
    assert session.scalars(select(Relation.id)).all() == [again]


def test_a_petition_says_its_case_chapter_and_day_in_the_reason(session: Session) -> None:
    said(session, "bankruptcy", chapter="13", case_number="26-01234", happened_on=date(2026, 2, 1))
    reason = session.scalars(select(Hold)).one().reason
    assert reason == "bankruptcy, chapter 13, case 26-01234, filed on 2026-02-01"


@pytest.mark.parametrize(
    ("disputed", "kind", "reason"),
    [
        ("", HoldKind.DISPUTE, "the patient disputes the bill"),
        ("amount", HoldKind.DISPUTE, "the patient disputes the amount"),
        ("service", HoldKind.DISPUTE, "the patient disputes a service"),
        ("identity", HoldKind.DISPUTE, "the patient says that the bill is not theirs"),
        ("estimate", HoldKind.ESTIMATE_DISPUTE, "the bill is above the good faith estimate"),
    ],
)
def test_what_is_disputed_decides_the_hold(
    session: Session, disputed: str, kind: HoldKind, reason: str
) -> None:
    account, _ = said(session, "disputes", reason="was never there", disputed=disputed)
    hold = session.scalars(select(Hold)).one()
    assert (hold.account_id, hold.kind, hold.reason) == (account.id, kind, reason)


@pytest.mark.parametrize(
    ("code", "kind", "days", "typed"),
    [
        ("assistance_requested", HoldKind.ASSISTANCE_PENDING, 45, {}),
        ("cannot_pay", HoldKind.ASSISTANCE_OFFERED, 30, {}),
        ("insurance_given", HoldKind.OTHER_INSURANCE, 45, {"reason": "Prairie Health 123"}),
    ],
)
def test_what_changes_who_pays_holds_this_account_and_lets_the_person_rest_a_week_on_the_others(
    session: Session, code: str, kind: HoldKind, days: int, typed: dict[str, Any]
) -> None:
    account = owed_by_patient(session)
    other = owed_by_patient(session, patient=person_of(session, account))
    said(session, code, account=account, **typed)
    hold = session.scalars(select(Hold)).one()
    assert (hold.kind, hold.account_id) == (kind, account.id)
    assert hold.until_at.date() == TODAY + timedelta(days=days)
    rested = task_of(session, other, TaskKind.PATIENT_BALANCE)
    assert (rested.held_until, rested.deferred_until) == (None, datetime(2026, 3, 17, 13, tzinfo=UTC))
    # Once the hold is lifted only the rest after a conversation keeps it away.
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).deferred_until == rested.deferred_until


@pytest.mark.parametrize(
    ("code", "typed", "calls_off_others"),
    [
        ("insurance_given", {"reason": "Prairie Health 123"}, False),
        ("assistance_requested", {}, False),
        ("bankruptcy", {}, True),
    ],
)
def test_news_that_changes_who_pays_calls_off_what_was_promised(
    session: Session, code: str, typed: dict[str, Any], calls_off_others: bool
) -> None:
    account = owed_by_patient(session)
    other = owed_by_patient(session, patient=person_of(session, account))
    here, there = (
        make_promise(
            session,
            account=each,
            outcome=make_outcome(session, task=task_of(session, each, TaskKind.PATIENT_BALANCE)),
        )
        for each in (account, other)
    )
    said(session, code, account=account, **typed)
    cancelled = [
        session.get_one(Promise, each.id, populate_existing=True).cancelled_at is not None
        for each in (here, there)
    ]
    assert cancelled == [True, calls_off_others]


def test_a_language_is_kept_and_the_interpreters_call_booked(session: Session) -> None:
    at = NOON + timedelta(days=2)
    account, _ = said(session, "language", language="es", callback_at=at)
    assert person_of(session, account).language == "es"
    assert session.scalars(select(Callback)).one().at == at
    assert [each.is_conversation for each in attempts(session, account)] == [False]


def test_without_an_agreed_time_the_interpreter_calls_the_next_day(session: Session) -> None:
    account, _ = said(session, "language", language="vi")
    assert session.scalars(select(Callback)).all() == []
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert task.deferred_until == datetime(2026, 3, 11, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "typed"), [("third_party_message", {"spoke_with": "a neighbour"}), ("hung_up", {})]
)
def test_somebody_else_on_the_line_counts_and_is_no_conversation(
    session: Session, code: str, typed: dict[str, Any]
) -> None:
    account, _ = said(session, code, **typed)
    attempt = attempts(session, account)
    assert [(counts_of(each), each.is_conversation) for each in attempt] == [(True, False)]


def test_whoever_cannot_show_who_they_are_gets_a_letter_and_counts_as_spoken_to(session: Session) -> None:
    account, _ = said(session, "id_failed", letter_on=TODAY)
    attempt = attempts(session, account)
    assert [(counts_of(each), each.is_conversation) for each in attempt] == [(True, True)]
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert task.deferred_until == datetime(2026, 3, 24, 13, tzinfo=UTC)


def test_a_refusal_waits_for_the_office(session: Session) -> None:
    account, _ = said(session, "refuses", reason="thinks insurance should pay")
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert (task.state, task.deferred_for) == (TaskState.WAITING, Party.OFFICE)


@pytest.mark.parametrize("code", ["cease", "says_paid", "hung_up"])
def test_a_call_that_came_in_never_counts_and_is_a_conversation_where_the_code_is(
    session: Session, code: str
) -> None:
    rep, account = otto(session), owed_by_patient(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    log(session, held, OutcomeEntry(code, is_inbound=True), rep.id)
    attempt = attempts(session, account)
    assert [(counts_of(each), each.is_conversation) for each in attempt] == [(False, code != "hung_up")]


def test_what_a_guarantor_says_is_kept_with_the_guarantor(session: Session) -> None:
    account = owed_by_patient(session)
    guarantor = make_patient(session, window=make_window(session, "America/Chicago"))
    session.execute(update(Account).where(Account.id == account.id).values(guarantor_id=guarantor.id))
    rep = otto(session)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    log(session, held, OutcomeEntry("opt_out", medium="letter", is_inbound=True), rep.id)
    assert session.scalars(select(Consent)).one().patient_id == guarantor.id
    assert the_call(session).patient_id == guarantor.id
