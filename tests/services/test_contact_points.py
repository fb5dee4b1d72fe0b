"""Numbers, addresses and language of a person, and the hours of calling that follow from them."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, make_patient, make_phone
from tests.services.desk import owed_by_patient, task_of
from workqueue.models import Account, Consent, Lane, Patient, Phone, PostalAddress, Window
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource
from workqueue.rules.kinds import TaskKind
from workqueue.rules.phones import NotAPhone
from workqueue.rules.places import NotAZip
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, deriving, persons, preferences
from workqueue.services.contact_points import NamedByInstruction
from workqueue.services.reading.account import account_version

CHICAGO, NEW_YORK, LOS_ANGELES = "America/Chicago", "America/New_York", "America/Los_Angeles"


def add_phone(session: Session, patient_id: int, text: str, **given: object) -> int:
    values: dict[str, object] = {
        "place": PhonePlace.MOBILE,
        "source": PointSource.PATIENT,
        "language": "",
        "now": NOON,
    }
    return contact_points.add_phone(
        session,
        patient_id=patient_id,
        text=text,
        **(values | given),  # type: ignore[arg-type]
    )


def zones_of(session: Session, patient_id: int) -> str:
    found = session.scalar(
        select(Window.zones).join(Patient, Patient.window_id == Window.id).where(Patient.id == patient_id)
    )
    assert found is not None
    return found


def zones_of_task(session: Session, account: Account) -> str:
    """Return the window of the lane in which the account's task lies."""
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    return session.scalars(
        select(Window.zones).join(Lane, Lane.window_id == Window.id).where(Lane.id == task.lane_id)
    ).one()


def test_a_number_in_another_zone_moves_the_tasks_of_the_person_in_the_same_transaction(
    session: Session,
) -> None:
    account = owed_by_patient(session)
    patient_id, rep_id = account.patient_id, ana(session).id
    assert patient_id is not None
    assert zones_of_task(session, account) == CHICAGO
    with persons.changing(session, patient_id, actor_id=rep_id, now=NOON):
        phone_id = add_phone(session, patient_id, "213-221-0142")
    assert zones_of_task(session, account) == f"{CHICAGO}|{LOS_ANGELES}"
    with persons.changing(session, patient_id, actor_id=rep_id, now=NOON):
        contact_points.invalidate_phone(session, phone_id=phone_id, now=NOON)
    assert zones_of_task(session, account) == CHICAGO
    assert deriving.check(session, now=NOON) == []


def test_a_page_that_is_open_learns_of_another_number(session: Session) -> None:
    account = owed_by_patient(session)
    patient_id = account.patient_id
    assert patient_id is not None
    before = account_version(session, account_id=account.id)
    assert account_version(session, account_id=account.id) == before
    with persons.changing(session, patient_id, actor_id=None, now=NOON):
        add_phone(session, patient_id, "312-221-0142")
    assert account_version(session, account_id=account.id) != before


def test_a_number_is_kept_with_its_extension_place_source_and_language(session: Session) -> None:
    person = make_patient(session)
    phone_id = add_phone(
        session, person.id, "(312) 221-0142 ext. 12", place=PhonePlace.WORK,
        source=PointSource.RELATIVE, language="es",
    )  # fmt: skip
    phone = session.get_one(Phone, phone_id)
    assert (phone.e164, phone.extension) == ("+13122210142", "12")
    assert (phone.place, phone.source, phone.language) == (PhonePlace.WORK, PointSource.RELATIVE, "es")


def test_a_number_that_was_wrong_or_ended_is_in_use_again_and_never_twice(session: Session) -> None:
    person = make_patient(session)
    phone_id = add_phone(session, person.id, "312-221-0142")
    contact_points.invalidate_phone(session, phone_id=phone_id, now=NOON)
    contact_points.end_phone(session, phone_id=phone_id, now=NOON)
    assert add_phone(session, person.id, "+1 312 221 0142", place=PhonePlace.HOME) == phone_id
    phone = session.get_one(Phone, phone_id)
    assert (phone.is_valid, phone.ended_at, phone.place) == (True, None, PhonePlace.HOME)
    assert session.scalar(select(func.count()).select_from(Phone).where(Phone.patient_id == person.id)) == 1


def test_a_wish_not_to_be_called_outlives_the_number_being_taken_off_the_list(session: Session) -> None:
    person = make_patient(session)
    phone_id = add_phone(session, person.id, "312-221-0142")
    contact_points.stop_phone(session, phone_id=phone_id, now=NOON)
    contact_points.end_phone(session, phone_id=phone_id, now=NOON)
    add_phone(session, person.id, "312-221-0142")
    assert session.get_one(Phone, phone_id).is_stopped
    contact_points.allow_phone(session, phone_id=phone_id)
    assert not session.get_one(Phone, phone_id).is_stopped


@pytest.mark.parametrize("text", ["911", "900-555-0142", "221-0142", "nobody", "+999 1"])
def test_a_number_that_cannot_be_dialled_names_its_field_and_changes_nothing(
    session: Session, text: str
) -> None:
    person = make_patient(session)
    with pytest.raises(NotAPhone) as refused:
        add_phone(session, person.id, text)
    assert refused.value.field == "number"
    assert session.scalar(select(Phone.id).where(Phone.patient_id == person.id)) is None


def test_a_foreign_number_is_kept_and_its_zones_count(session: Session) -> None:
    person = make_patient(session)
    add_phone(session, person.id, "+52 55 5555 1234")
    assert zones_of(session, person.id) == "America/Chicago|America/Mexico_City"


def test_a_wrong_number_takes_the_consent_to_machines_with_it(session: Session) -> None:
    person = make_patient(session)
    phone_id = add_phone(session, person.id, "312-221-0142")
    preferences.say(
        session, patient_id=person.id, is_given=True,
        channel=ContactChannel.TEXT, scope=ConsentScope.AUTOMATED_BILLING,
        phone_id=None, how="On the form", said_at=NOON, recorded_by_id=None, now=NOON,
    )  # fmt: skip
    contact_points.invalidate_phone(session, phone_id=phone_id, now=NOON)
    revoked = session.scalars(select(Consent).where(Consent.is_given.is_(False))).all()
    assert [(each.channel, each.phone_id) for each in revoked] == [(ContactChannel.TEXT, phone_id)]


def test_a_person_reached_at_a_number_makes_it_right_again(session: Session) -> None:
    person = make_patient(session)
    phone_id = make_phone(session, patient=person, e164="+12122210142", is_valid=False).id
    contact_points.verify_phone(session, phone_id=phone_id, now=NOON)
    phone = session.get_one(Phone, phone_id)
    assert (phone.is_valid, phone.verified_at) == (True, NOON)
    assert zones_of(session, person.id) == f"{CHICAGO}|{NEW_YORK}"


@pytest.mark.parametrize("extension", ["12a", "1" * 11, "٣"])
def test_an_extension_that_cannot_be_dialled_is_refused(session: Session, extension: str) -> None:
    phone_id = make_phone(session).id
    with pytest.raises(Invalid, match="digits"):
        contact_points.correct_phone(
            session, phone_id=phone_id, place=PhonePlace.WORK, language="", extension=extension
        )


def add_address(session: Session, patient_id: int, **given: str) -> int:
    told = {"street": "9 Sample Street", "city": "Gary", "state": "IN", "zip_code": "46402"} | given
    return contact_points.add_address(
        session,
        patient_id=patient_id,
        place=PhonePlace.HOME,
        source=PointSource.PATIENT,
        now=NOON,
        **told,
    )


def test_every_valid_address_says_where_the_person_may_be(session: Session) -> None:
    person = make_patient(session)
    address_id = add_address(session, person.id, city="New York", state="NY", zip_code="10001")
    assert zones_of(session, person.id) == f"{CHICAGO}|{NEW_YORK}"
    contact_points.invalidate_address(session, address_id=address_id, now=NOON)
    assert zones_of(session, person.id) == CHICAGO


def test_an_address_whose_zip_code_contradicts_its_state_is_kept_with_both_places(session: Session) -> None:
    person = make_patient(session)
    add_address(session, person.id, state="California", zip_code="10001")
    assert zones_of(session, person.id) == f"{CHICAGO}|{LOS_ANGELES}|{NEW_YORK}"


def test_the_same_address_is_not_written_twice(session: Session) -> None:
    person = make_patient(session)
    first = add_address(session, person.id)
    assert add_address(session, person.id, state=" indiana ", zip_code="46402 ") == first
    contact_points.end_address(session, address_id=first, now=NOON)
    assert add_address(session, person.id) != first


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"zip_code": "4640"}, "zip"),
        ({"state": "XX"}, "state"),
        ({"street": " "}, "street"),
        ({"city": ""}, "city"),
    ],
)
def test_an_address_no_letter_could_go_to_names_its_field(
    session: Session, given: dict[str, str], field: str
) -> None:
    person = make_patient(session)
    with pytest.raises(Invalid) as refused:
        add_address(session, person.id, **given)
    assert refused.value.field == field
    assert session.scalar(select(PostalAddress.id)) is None


def test_nonsense_for_a_zip_code_is_a_refusal_of_its_own(session: Session) -> None:
    with pytest.raises(NotAZip):
        add_address(session, make_patient(session).id, zip_code="99999")


def test_an_email_address_is_in_use_again_and_never_twice(session: Session) -> None:
    person = make_patient(session)

    def add(text: str) -> int:
        return contact_points.add_email(
            session, patient_id=person.id, text=text, place=PhonePlace.HOME,
            source=PointSource.PATIENT, now=NOON,
        )  # fmt: skip

    email_id = add("dana@example.org")
    contact_points.invalidate_email(session, email_id=email_id)
    contact_points.end_email(session, email_id=email_id, now=NOON)
    assert add("dana@EXAMPLE.org") == email_id
    with pytest.raises(Invalid) as refused:
        add("dana@")
    assert refused.value.field == "email"


def test_a_language_is_one_of_the_list(session: Session) -> None:
    person = make_patient(session)
    contact_points.set_language(session, patient_id=person.id, language="es", now=NOON)
    session.expire_all()
    assert session.get_one(Patient, person.id).language == "es"
    with pytest.raises(Invalid) as refused:
        contact_points.set_language(session, patient_id=person.id, language="xx", now=NOON)
    assert refused.value.field == "language"


@pytest.mark.parametrize(
    "close",
    [
        lambda session, phone_id: contact_points.end_phone(session, phone_id=phone_id, now=NOON),
        lambda session, phone_id: contact_points.stop_phone(session, phone_id=phone_id, now=NOON),
    ],
)
def test_the_number_of_a_confidential_instruction_is_not_closed_by_the_way(
    session: Session, close: Callable[[Session, int], None]
) -> None:
    person, rep = make_patient(session), ana(session)
    phone_id = add_phone(session, person.id, "312-221-0142")
    preferences.instruct(
        session, patient_id=person.id, channel=ContactChannel.CALL, phone_id=phone_id, email_id=None,
        address_id=None, note="", recorded_by_id=rep.id, now=NOON,
    )  # fmt: skip
    with pytest.raises(NamedByInstruction):
        close(session, phone_id)


def test_a_number_of_somebody_else_is_not_found(session: Session) -> None:
    phone = make_phone(session)
    with pytest.raises(NotFound):
        contact_points.check_owner(session, make_patient(session).id, phone_id=phone.id)
    contact_points.check_owner(session, phone.patient_id, phone_id=phone.id)


def test_nobody_can_be_changed_who_is_not_there(session: Session) -> None:
    with pytest.raises(Refusal), persons.changing(session, 999_999_999, actor_id=None, now=NOON):
        pytest.fail("nobody was changed")
