"""A person on one page: the same number of queries, however much there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, make_account, make_patient, make_phone
from workqueue.models import Patient
from workqueue.rules.bad_times import inconvenience
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource, RelationRole
from workqueue.rules.refusals import NotFound
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, persons, preferences, relations, whereabouts
from workqueue.services.reading.person import person_view
from workqueue.services.reading.reach import reach
from workqueue.services.reading.search import find_accounts


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Count the statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)


def tell(session: Session, person: Patient, times: int) -> None:
    """Let the person have and say so many of everything."""
    rep = ana(session)
    for each in range(times):
        phone = make_phone(session, patient=person, e164=f"+131222101{40 + each}")
        contact_points.add_address(
            session, patient_id=person.id, place=PhonePlace.HOME, street=f"{each} Sample Street",
            city="Chicago", state="IL", zip_code="60601", source=PointSource.PATIENT, now=NOON,
        )  # fmt: skip
        contact_points.add_email(
            session, patient_id=person.id, text=f"a{each}@example.org", place=PhonePlace.HOME,
            source=PointSource.PATIENT, now=NOON,
        )  # fmt: skip
        preferences.say(
            session, patient_id=person.id, is_given=False,
            channel=ContactChannel.TEXT, scope=ConsentScope.BILLING,
            phone_id=phone.id, how="STOP by text", said_at=NOON, recorded_by_id=rep.id, now=NOON,
        )  # fmt: skip
        preferences.add_bad_time(
            session, patient_id=person.id, said=inconvenience([each % 7], time(9), time(10), ""),
            how="On the telephone", recorded_by_id=rep.id, now=NOON,
        )  # fmt: skip
        relations.add(
            session, patient_id=person.id, person_id=make_patient(session).id,
            role=RelationRole.AUTHORISED_CONTACT, authority="", starts_on=TODAY, ends_on=None,
            recorded_by_id=rep.id, now=NOON,
        )  # fmt: skip
        make_account(session, patient=person, patient_cents=1_000)


def test_the_number_of_queries_does_not_grow(session: Session) -> None:
    little, much = make_patient(session), make_patient(session)
    tell(session, little, 1)
    tell(session, much, 6)
    asked = []
    for person in (little, much):
        session.expire_all()
        person_id = person.id
        with counted(session) as sent:
            view = person_view(session, person_id=person_id, now=NOON)
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 12
    assert (len(view.reach.numbers), len(view.emails), len(view.words), len(view.relations)) == (6, 6, 6, 6)
    assert len(view.addresses) == 7
    assert view.owed_cents == 6_000


def test_what_a_person_asked_for_is_said_at_a_glance(session: Session) -> None:
    person, rep = make_patient(session), ana(session)
    tell(session, person, 1)
    preferences.say(
        session, patient_id=person.id, is_given=False,
        channel=ContactChannel.EMAIL, scope=ConsentScope.ALL, phone_id=None,
        how="In writing", said_at=NOON, recorded_by_id=rep.id, now=NOON,
    )  # fmt: skip
    preferences.say(
        session, patient_id=person.id, is_given=True,
        channel=ContactChannel.CALL, scope=ConsentScope.AUTOMATED_BILLING,
        phone_id=None, how="On the form", said_at=NOON, recorded_by_id=rep.id, now=NOON,
    )  # fmt: skip
    view = reach(session, person.id, NOON)
    assert view is not None
    assert [(each.words, each.e164, each.is_stop) for each in view.wishes] == [
        ("No texts to", "+13122210140", True),
        ("No e-mail", "", True),
        ("Automated calls allowed", "", False),
        ("Not Mon, 9 AM to 10 AM", "", True),
    ]


def test_a_number_is_offered_only_while_nothing_speaks_against_it(session: Session) -> None:
    person = make_patient(session)
    good, wrong, stopped, ended, revoked = (
        make_phone(session, patient=person, e164=f"+1312221014{each}") for each in range(5)
    )
    contact_points.invalidate_phone(session, phone_id=wrong.id, now=NOON)
    contact_points.stop_phone(session, phone_id=stopped.id, now=NOON)
    contact_points.end_phone(session, phone_id=ended.id, now=NOON)
    preferences.say(
        session, patient_id=person.id, is_given=False,
        channel=ContactChannel.CALL, scope=ConsentScope.BILLING,
        phone_id=revoked.id, how="On the telephone", said_at=NOON, recorded_by_id=None, now=NOON,
    )  # fmt: skip
    view = reach(session, person.id, NOON)
    assert view is not None
    assert [each.phone_id for each in view.numbers if each.is_offered] == [good.id]
    assert view.numbers[-1].phone_id == ended.id


def test_where_a_person_said_they_are_is_shown_while_it_is_fresh(session: Session) -> None:
    person = make_patient(session)
    whereabouts.state_zone(session, patient_id=person.id, zone="Pacific/Honolulu", now=NOON)
    fresh = reach(session, person.id, NOON + timedelta(days=29))
    stale = reach(session, person.id, NOON + timedelta(days=31))
    assert fresh is not None
    assert stale is not None
    assert (fresh.stated_zone, stale.stated_zone) == ("Pacific/Honolulu", "")


def test_nobody_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        person_view(session, person_id=999_999_999, now=NOON)
    assert reach(session, None, NOON) is None


def test_an_account_is_found_by_anybody_it_concerns(session: Session) -> None:
    rep, account, stranger = ana(session), make_account(session), make_account(session)
    assert account.patient_id is not None
    mother = persons.add(session, first_name="Alma", last_name="Guarantor", now=NOON)
    friend = persons.add(session, first_name="Olga", last_name="Speaker", now=NOON)
    number = make_phone(session, patient=session.get_one(Patient, mother), e164="+13122210177")
    relations.set_guarantor(session, account_ids=[account.id], guarantor_id=mother, actor_id=rep.id, now=NOON)
    relations.add(
        session, patient_id=account.patient_id, person_id=friend, role=RelationRole.AUTHORISED_CONTACT,
        authority="", starts_on=TODAY, ends_on=None, recorded_by_id=rep.id, now=NOON,
    )  # fmt: skip
    # Calls come from numbers that are out of use too.
    contact_points.end_phone(session, phone_id=number.id, now=NOON)
    for text in ("Guarantor", "Speaker, Olga", "(312) 221-0177", "+1 312 221 0177"):
        assert [each.account_id for each in find_accounts(session, text=text)] == [account.id], text
    assert stranger.id != account.id
