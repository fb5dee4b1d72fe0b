"""A person's page: who may change what, and that nothing typed is lost."""

from collections.abc import Callable
from datetime import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, make_account, make_patient, make_phone, sue, uma
from tests.services.desk import owed_by_patient, task_of
from workqueue.models import (
    Account,
    ConfidentialInstruction,
    Consent,
    EmailAddress,
    InconvenientTime,
    Patient,
    Phone,
    PostalAddress,
    Relation,
    User,
)
from workqueue.rules.bad_times import END
from workqueue.rules.channels import ContactChannel
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, preferences

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def dana(session: Session) -> Patient:
    person = make_patient(session, first_name="Dana", last_name="Whitfield")
    make_phone(session, patient=person, e164="+13122210142")
    make_account(session, patient=person)
    return person


@pytest.fixture
def rep(session: Session, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(ana(session))


def phone_of(session: Session, person: Patient) -> Phone:
    session.expire_all()
    return session.scalars(select(Phone).where(Phone.patient_id == person.id)).one()


def test_the_page_names_nobody_in_its_title_and_address(rep: FlaskClient, dana: Patient) -> None:
    page = rep.get(f"/patients/{dana.id}")
    assert page.status_code == 200
    assert "<title>Person · Workqueue</title>" in page.text
    assert "Dana Whitfield" in page.text
    assert "(312) 221-0142" in page.text


def test_the_account_and_the_task_lead_to_the_person_and_show_their_wishes(
    session: Session, rep: FlaskClient
) -> None:
    account = owed_by_patient(session)
    person = session.get_one(Patient, account.patient_id)
    make_phone(session, patient=person, e164="+13122210142")
    contact_points.set_language(session, patient_id=person.id, language="es", now=NOON)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    for path in (f"/accounts/{account.id}", f"/tasks/{task.id}"):
        page = rep.get(path).text
        assert f'href="/patients/{person.id}"' in page
        assert "Speaks Spanish" in page
        assert "(312) 221-0142" in page


def test_nobody_is_not_found(rep: FlaskClient) -> None:
    assert rep.get("/patients/999999999").status_code == 404
    assert rep.post("/patients/999999999/phones", data={"number": "x"}).status_code == 404


def test_an_auditor_reads_and_is_offered_no_form(session: Session, sign_in_as: SignIn, dana: Patient) -> None:
    page = sign_in_as(uma(session)).get(f"/patients/{dana.id}").text
    assert "Add a number" not in page
    assert "(312) 221-0142" in page


@pytest.mark.parametrize(
    ("path", "typed", "says"),
    [
        ("phones", {"number": "555-0100", "place": "work", "source": "relative"}, "The area code is missing"),
        ("phones", {"number": "900 555 0142", "place": "home", "source": "patient"}, "charged to the caller"),
        ("phones", {"number": "", "place": "home", "source": "patient"}, "The number is needed"),
        ("phones", {"number": "312-221-0149", "place": "boat", "source": "patient"}, "Choose one of those"),
        ("phones", {"number": "312-221-0149", "place": "home", "language": "xx"}, "language from the list"),
        ("addresses", {"street": "1 Long Lane", "city": "Gary", "state": "IN", "zip": "9"}, "five digits"),
        ("addresses", {"street": "1 Long", "city": "Gary", "state": "Oz", "zip": "46402"}, "two letters"),
        ("emails", {"email": "dana at example.org"}, "blanks"),
        ("language", {"language": "xx"}, "language from the list"),
        ("whereabouts", {"zone": "Mars/Base"}, "time zone from the list"),
        (
            "consents",
            {"word": "revokes", "channel": "call", "scope": "all", "how": "Letter", "said_on": "2026-03-11"},
            "or earlier",
        ),
        (
            "consents",
            {"word": "revokes", "channel": "call", "scope": "all", "how": "", "said_on": "1899-01-01"},
            "or later",
        ),
        ("bad-times", {"from_time": "17:00", "until_time": "9:00", "how": "On the phone"}, "has to come"),
        ("bad-times", {"from_time": "25:00", "how": "On the phone"}, "Enter a time"),
        ("bad-times", {"how": "On the phone"}, "Say at which time"),
        ("instruction", {"way": "call-999999999", "how": "In writing"}, "own"),
        ("instruction", {"way": "pigeon-1", "how": "In writing"}, "Choose the one way"),
        (
            "relations",
            {"first_name": "Alma", "last_name": "Whitfield", "role": "executor", "starts_on": "2026-03-10"},
            "by which paper",
        ),
        (
            "relations",
            {"first_name": "Alma", "last_name": "W", "number": "12", "role": "attorney",
             "starts_on": "2026-03-10"},
            "Digits are missing",
        ),
        (
            "relations",
            {"first_name": "Alma", "last_name": "W", "role": "attorney", "starts_on": "2026-03-10",
             "ends_on": "2026-03-09"},
            "or later",
        ),
        ("guarantor", {"guarantor_id": "patient"}, "Choose at least one bill"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_comes_back_with_a_sentence_and_all_that_was_typed(
    rep: FlaskClient, dana: Patient, path: str, typed: dict[str, str], says: str
) -> None:
    answer = rep.post(f"/patients/{dana.id}/{path}", data=typed)
    assert answer.status_code == 422
    assert "<title>Error: Person · Workqueue</title>" in answer.text
    assert says in answer.text
    for value in typed.values():
        is_offered = f'value="{value}" selected' in answer.text or f'value="{value}"' in answer.text
        # A choice that was never offered cannot be shown as chosen.
        assert is_offered or value in {"boat", "xx", "Mars/Base", "pigeon-1", "call-999999999"}, value


def test_a_number_is_added_corrected_and_closed(session: Session, rep: FlaskClient, dana: Patient) -> None:
    session.delete(phone_of(session, dana))
    session.flush()
    answer = rep.post(
        f"/patients/{dana.id}/phones",
        data={"number": "(312) 221-0149 x5", "place": "work", "source": "relative", "language": "es"},
    )
    assert (answer.status_code, answer.location) == (303, f"/patients/{dana.id}#numbers")
    phone = phone_of(session, dana)
    assert (phone.e164, phone.extension, phone.place, phone.language) == ("+13122210149", "5", "work", "es")
    path = f"/patients/{dana.id}/phones/{phone.id}"
    rep.post(path, data={"change": "correct", "place": "home", "language": "", "extension": "77"})
    assert (phone_of(session, dana).place, phone_of(session, dana).extension) == ("home", "77")
    rep.post(path, data={"change": "stop"})
    assert phone_of(session, dana).is_stopped
    rep.post(path, data={"change": "allow"})
    assert not phone_of(session, dana).is_stopped
    rep.post(path, data={"change": "wrong"})
    assert not phone_of(session, dana).is_valid
    rep.post(path, data={"change": "verify"})
    assert (phone_of(session, dana).is_valid, phone_of(session, dana).verified_at) == (True, NOON)
    rep.post(path, data={"change": "end"})
    assert phone_of(session, dana).ended_at == NOON
    assert rep.post(path, data={"change": "dance"}).status_code == 422


def test_a_wrong_extension_comes_back_into_the_form_of_its_number(
    session: Session, rep: FlaskClient, dana: Patient
) -> None:
    phone = phone_of(session, dana)
    answer = rep.post(
        f"/patients/{dana.id}/phones/{phone.id}",
        data={"change": "correct", "place": "home", "language": "", "extension": "12 a"},
    )
    assert answer.status_code == 422
    assert f'id="phone-{phone.id}-extension-error"' in answer.text
    assert 'value="12 a"' in answer.text


def test_a_number_of_somebody_else_is_not_found(session: Session, rep: FlaskClient, dana: Patient) -> None:
    other = make_phone(session)
    answer = rep.post(f"/patients/{dana.id}/phones/{other.id}", data={"change": "wrong"})
    assert answer.status_code == 404
    session.expire_all()
    assert session.get_one(Phone, other.id).is_valid


def test_an_address_in_two_places_is_kept_and_the_contradiction_is_shown(
    session: Session, rep: FlaskClient, dana: Patient
) -> None:
    typed = {"street": "9 Sample Street", "city": "Gary", "state": "il", "zip": "46402", "place": "home"}
    page = rep.post(f"/patients/{dana.id}/addresses", data=typed | {"source": "payer"}, follow_redirects=True)
    assert "46402 is in IN, not in IL" in page.text
    address = session.scalars(select(PostalAddress)).one()
    rep.post(f"/patients/{dana.id}/addresses/{address.id}", data={"change": "wrong"})
    session.expire_all()
    assert not session.get_one(PostalAddress, address.id).is_valid
    rep.post(f"/patients/{dana.id}/addresses/{address.id}", data={"change": "end"})
    session.expire_all()
    assert session.get_one(PostalAddress, address.id).ended_at == NOON


def test_an_email_address_is_added_and_closed(session: Session, rep: FlaskClient, dana: Patient) -> None:
    rep.post(
        f"/patients/{dana.id}/emails", data={"email": "d@example.org", "place": "work", "source": "patient"}
    )
    email = session.scalars(select(EmailAddress)).one()
    rep.post(f"/patients/{dana.id}/emails/{email.id}", data={"change": "wrong"})
    rep.post(f"/patients/{dana.id}/emails/{email.id}", data={"change": "end"})
    session.expire_all()
    assert (email.is_valid, email.ended_at) == (False, NOON)


def test_language_and_whereabouts_are_kept(session: Session, rep: FlaskClient, dana: Patient) -> None:
    rep.post(f"/patients/{dana.id}/language", data={"language": "es"})
    page = rep.post(
        f"/patients/{dana.id}/whereabouts", data={"zone": "Pacific/Honolulu"}, follow_redirects=True
    ).text
    assert "Speaks Spanish" in page
    assert "that alone decides the hours of calling" in page
    session.expire_all()
    assert session.get_one(Patient, dana.id).stated_zone == "Pacific/Honolulu"
    assert "A call has to suit in all of them" in rep.post(
        f"/patients/{dana.id}/whereabouts", data={"zone": ""}, follow_redirects=True
    ).text  # fmt: skip


def test_a_revocation_is_written_with_who_when_and_how(
    session: Session, rep: FlaskClient, dana: Patient
) -> None:
    typed = {"channel": "text", "scope": "billing", "phone_id": "", "how": "STOP by text"}
    page = rep.post(
        f"/patients/{dana.id}/consents",
        data=typed | {"word": "revokes", "said_on": "2026-03-09"},
        follow_redirects=True,
    ).text
    word = session.scalars(select(Consent)).one()
    assert (word.is_given, word.how, word.recorded_by_id) == (False, "STOP by text", ana(session).id)
    assert word.said_at < NOON
    assert "Heeded at once; the law asks for it by Mar 23, 2026" in page
    assert "No texts" in page
    rep.post(f"/patients/{dana.id}/consents", data=typed | {"word": "allows", "said_on": "2026-03-10"})
    assert session.scalars(select(Consent.is_given).order_by(Consent.id)).all() == [False, True]


def test_a_bad_time_without_hours_is_the_whole_day(session: Session, rep: FlaskClient, dana: Patient) -> None:
    page = rep.post(
        f"/patients/{dana.id}/bad-times",
        data={
            "weekday_5": "on",
            "weekday_6": "on",
            "from_time": "",
            "until_time": "",
            "place": "",
            "how": "Sabbath",
        },
        follow_redirects=True,
    ).text
    bad_time = session.scalars(select(InconvenientTime)).one()
    assert (bad_time.weekdays, bad_time.until_time) == (0b1100000, END)
    assert "Not Sat, Sun" in page
    assert 'Suits again<span class="visually-hidden">: Sat, Sun</span>' in page
    rep.post(f"/patients/{dana.id}/bad-times/{bad_time.id}/end")
    session.expire_all()
    assert bad_time.ended_at == NOON


@pytest.mark.parametrize(
    ("typed", "kept", "words"),
    [
        ({"from_time": "20:00", "until_time": "00:00"}, (127, time(20), END, None), "Not 8 PM to midnight"),
        ({"place": "work"}, (127, time(0), END, PhonePlace.WORK), "Not at work"),
    ],
)
def test_midnight_ends_a_day_and_a_place_alone_is_meant_always(
    session: Session,
    rep: FlaskClient,
    dana: Patient,
    typed: dict[str, str],
    kept: tuple[object, ...],
    words: str,
) -> None:
    data = typed | {"how": "On the telephone"}
    page = rep.post(f"/patients/{dana.id}/bad-times", data=data, follow_redirects=True)
    assert (page.status_code, words in page.text) == (200, True)
    row = session.scalars(select(InconvenientTime)).one()
    assert (row.weekdays, row.from_time, row.until_time, row.place) == kept


def test_a_rep_writes_a_confidential_instruction_and_a_lead_ends_it(
    session: Session, sign_in_as: SignIn, rep: FlaskClient, dana: Patient
) -> None:
    phone = phone_of(session, dana)
    page = rep.post(
        f"/patients/{dana.id}/instruction",
        data={"way": f"text-{phone.id}", "how": "In writing", "note": "After noon"},
        follow_redirects=True,
    ).text
    assert "Confidential: only by text" in page
    instruction = session.scalars(select(ConfidentialInstruction)).one()
    assert (instruction.channel, instruction.phone_id) == (ContactChannel.TEXT, phone.id)
    assert rep.post(f"/patients/{dana.id}/instruction/end").status_code == 403
    lead = sign_in_as(sue(session))
    assert lead.post(f"/patients/{dana.id}/instruction/end").status_code == 303
    session.expire_all()
    assert instruction.ended_by_id == sue(session).id


def test_the_number_of_an_instruction_is_not_taken_off_the_list_and_the_page_says_why(
    session: Session, rep: FlaskClient, dana: Patient
) -> None:
    phone = phone_of(session, dana)
    preferences.instruct(
        session, patient_id=dana.id, channel=ContactChannel.CALL, phone_id=phone.id, email_id=None,
        address_id=None, note="", recorded_by_id=ana(session).id, now=NOON,
    )  # fmt: skip
    answer = rep.post(f"/patients/{dana.id}/phones/{phone.id}", data={"change": "end"})
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text
    assert "Write a new instruction first" in answer.text


def test_a_representative_is_added_by_a_rep_and_ended_by_a_lead(
    session: Session, sign_in_as: SignIn, rep: FlaskClient, dana: Patient
) -> None:
    page = rep.post(
        f"/patients/{dana.id}/relations",
        data={
            "first_name": "Alma", "last_name": "Whitfield", "number": "312-221-0177",
            "role": "personal_representative", "authority": "Power of attorney",
            "starts_on": TODAY.isoformat(), "ends_on": "",
        },
        follow_redirects=True,
    ).text  # fmt: skip
    relation = session.scalars(select(Relation)).one()
    assert f'href="/patients/{relation.person_id}"' in page
    assert session.scalar(select(Phone.e164).where(Phone.patient_id == relation.person_id)) == "+13122210177"
    path = f"/patients/{dana.id}/relations/{relation.id}/end"
    assert rep.post(path).status_code == 403
    assert sign_in_as(sue(session)).post(path).status_code == 303
    session.expire_all()
    assert relation.ended_by_id == sue(session).id


def test_a_guarantor_is_chosen_among_those_the_page_names_for_bills_of_the_page(
    session: Session, rep: FlaskClient, dana: Patient
) -> None:
    bill, foreign, stranger = (
        make_account(session, patient=dana),
        make_account(session),
        make_patient(session),
    )
    rep.post(
        f"/patients/{dana.id}/relations",
        data={
            "first_name": "Alma",
            "last_name": "W",
            "role": "authorised_contact",
            "starts_on": "2026-03-10",
        },
    )
    relation = session.scalars(select(Relation)).one()
    path = f"/patients/{dana.id}/guarantor"
    answer = rep.post(path, data={"account_ids": [bill.id], "guarantor_id": stranger.id})
    assert answer.status_code == 422
    assert f'id="bill-{bill.id}"' in answer.text
    assert " checked" in answer.text
    rep.post(path, data={"account_ids": [bill.id, foreign.id], "guarantor_id": relation.person_id})
    session.expire_all()
    assert session.get_one(Account, bill.id).guarantor_id == relation.person_id
    assert session.get_one(Account, foreign.id).guarantor_id is None
    page = rep.get(f"/patients/{relation.person_id}").text
    assert "answers for 1 bill" in page
    rep.post(path, data={"account_ids": [bill.id], "guarantor_id": "patient"})
    session.expire_all()
    assert session.get_one(Account, bill.id).guarantor_id is None
