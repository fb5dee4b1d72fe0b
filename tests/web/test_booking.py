"""The patients' page: a time chosen, moved, called off, in their own language."""

import re
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.services.booking import desk
from tests.services.booking.desk import Asking
from tests.web.visiting import book, booked, come_in, say, times_on
from workqueue.models import CallbackWish, OfficeProfile, WaitingEntry
from workqueue.services.booking import seats

pytestmark = pytest.mark.usefixtures("at_noon")


def test_no_page_tells_who_the_person_is(client: FlaskClient, asking: Asking) -> None:
    come_in(client, asking)
    say(client, phone=str(asking.phone.id))
    at = times_on(client.get("/callback/times"))[0]
    pages = [client.get("/callback"), client.get("/callback/times"), client.get(f"/callback/confirm?at={at}")]
    client.post("/callback/book", data={"at": at})
    pages += [client.get("/callback"), client.get("/callback/cancel"), client.get("/callback/call.ics")]
    for page in pages:
        for secret in (asking.patient.last_name, asking.account.number, asking.phone.e164[2:], "221-0142"):
            assert secret not in page.text, page.request.path
    assert "ending in 42" in pages[3].text


def test_a_call_is_booked_as_it_was_asked_for(client: FlaskClient, session: Session, asking: Asking) -> None:
    at = book(client, asking)
    callback = booked(session)[0]
    assert callback.at.isoformat() == at
    assert (callback.topic, callback.language, callback.needs_interpreter) == ("plan", "en", False)
    page = client.get("/callback").text
    assert "Your call is booked" in page
    assert callback.phrase in page
    assert "(312) 221-0100" in page
    assert "Central Time" in page


def test_sent_again_there_is_still_one_call(client: FlaskClient, session: Session, asking: Asking) -> None:
    at = book(client, asking)
    for _ in range(3):
        assert client.post("/callback/book", data={"at": at}).status_code == 303
    assert len(booked(session)) == 1


def test_a_call_is_moved_and_called_off(client: FlaskClient, session: Session, asking: Asking) -> None:
    at = book(client, asking)
    later = [each for each in times_on(client.get("/callback/times")) if each > at][1]
    assert "Instead of" in client.get("/callback/confirm", query_string={"at": later}).text
    client.post("/callback/move", data={"at": later})
    assert [each.at.isoformat() for each in booked(session)] == [later]
    assert "We would call you" in client.get("/callback/cancel").text
    answer = client.post("/callback/cancel")
    assert "Your call is cancelled" in client.get(answer.headers["Location"]).text
    assert booked(session) == []
    assert client.post("/callback/cancel").status_code == 409


def test_who_comes_too_late_is_shown_the_nearest_times_and_keeps_what_was_typed(
    client: FlaskClient, session: Session, asking: Asking
) -> None:
    come_in(client, asking)
    say(client, topic="insurance")
    at = times_on(client.get("/callback/times"))[0]
    for number in ("+13122210181", "+13122210182"):
        other = desk.somebody(session, e164=number)
        desk.booked(session, other, datetime.fromisoformat(at))
    answer = client.post("/callback/book", data={"at": at})
    assert answer.status_code == 409
    assert "This time is not free any more" in answer.text
    assert len(re.findall(r"/callback/confirm\?at=", answer.text)) >= seats.NEAREST
    wish = session.scalars(select(CallbackWish)).one()
    assert wish.topic == "insurance"


def test_a_time_between_two_slots_takes_none_of_them(
    client: FlaskClient, session: Session, asking: Asking
) -> None:
    come_in(client, asking)
    say(client)
    at = times_on(client.get("/callback/times"))[0].replace(":00+", ":07+")
    assert client.post("/callback/book", data={"at": at}).status_code == 409
    assert booked(session) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"number": ""}, "Type the number we should call."),
        ({"number": "555 0142"}, "The area code is missing. Type all ten digits."),
        ({"number": "911"}, "emergency or service code"),
        ({"topic": ""}, "Choose what the call is about."),
        ({"language": "xx"}, "Choose a language from the list."),
        ({"phone": "999999"}, "Choose one of the numbers, or type another."),
    ],
)
def test_what_cannot_be_used_is_said_beside_the_field_and_the_rest_is_kept(
    client: FlaskClient, asking: Asking, given: dict[str, str], sentence: str
) -> None:
    come_in(client, asking)
    answer = say(client, **({"number": "(312) 221-0177"} | given))
    assert answer.status_code == 422
    assert sentence in answer.text
    if "number" not in given:
        assert "(312) 221-0177" in answer.text


def test_a_number_is_looked_at_while_it_is_typed(client: FlaskClient, asking: Asking) -> None:
    assert client.post("/callback/number", data={"number": "312"}).status_code == 404
    come_in(client, asking)
    assert "Digits are missing" in client.post("/callback/number", data={"number": "312221014"}).text
    assert client.post("/callback/number", data={"number": "312 221 0142"}).text == ""


def test_the_page_is_read_on_in_spanish_with_all_that_was_typed(client: FlaskClient, asking: Asking) -> None:
    come_in(client, asking)
    form = {"phone": "other", "number": "312 22", "topic": "plan", "language": "vi", "speak": "es"}
    page = client.post("/callback/language", data=form).text
    assert '<html lang="es-US">' in page
    assert "¿Cuándo podemos llamarle?" in page
    assert 'value="312 22"' in page
    assert re.search(r'value="vi" lang="vi" selected', page)
    say(client, number="1")
    refused = say(client, number="555 0142")
    assert "Falta el código de área" in refused.text
    assert "hora central" in (say(client) and client.get("/callback/times").text)


def test_who_speaks_spanish_reads_spanish(client: FlaskClient, asking: Asking, session: Session) -> None:
    asking.patient.language = "es"
    session.flush()
    come_in(client, asking)
    assert "¿Cuándo podemos llamarle?" in client.get("/callback").text


def test_who_reads_spanish_reads_the_hours_in_spanish_where_the_office_wrote_them(
    client: FlaskClient, asking: Asking, session: Session
) -> None:
    asking.patient.language = "es"
    office = session.scalars(select(OfficeProfile)).one()
    come_in(client, asking)
    assert '(<span lang="en">Monday to Friday, 8 AM to 6 PM</span>)' in client.get("/callback").text
    office.hours_es = "de lunes a viernes, de 8 a 18"
    session.flush()
    page = client.get("/callback").text
    assert "de lunes a viernes, de 8 a 18" in page
    assert "Monday to Friday" not in page


def test_who_reads_english_reads_the_hours_in_english(
    client: FlaskClient, asking: Asking, session: Session
) -> None:
    session.scalars(select(OfficeProfile)).one().hours_es = "de lunes a viernes, de 8 a 18"
    come_in(client, asking)
    page = client.get("/callback").text
    assert "Monday to Friday, 8 AM to 6 PM" in page
    assert "de lunes a viernes" not in page


def test_where_nobody_speaks_the_language_somebody_interprets(
    client: FlaskClient, asking: Asking, session: Session
) -> None:
    come_in(client, asking)
    say(client, language="vi")
    assert "An interpreter joins the call" in client.get("/callback/times").text
    assert session.scalars(select(CallbackWish)).one().needs_interpreter


def test_who_may_be_in_several_zones_chooses_by_which_clock_to_read(
    client: FlaskClient, asking: Asking, session: Session
) -> None:
    come_in(client, asking)
    say(client, number="(212) 221-0142")
    page = client.get("/callback/times").text
    assert "Times are shown in Eastern Time" in page
    before = times_on(client.get("/callback/times"))
    client.post("/callback/zone", data={"zone": "America/Chicago"})
    page = client.get("/callback/times")
    assert "Times are shown in Central Time" in page.text
    assert times_on(page) == before
    client.post("/callback/zone", data={"zone": "Mars/Olympus"})
    assert "Times are shown in Central Time" in client.get("/callback/times").text


def test_the_call_is_given_as_a_file_for_the_calendar(client: FlaskClient, asking: Asking) -> None:
    at = book(client, asking)
    first = client.get("/callback/call.ics")
    assert first.mimetype == "text/calendar"
    assert "SUMMARY:Call from Lakeside Services" in first.text
    assert "BEGIN:VTIMEZONE" in first.text
    assert "SEQUENCE:0" in first.text
    later = [each for each in times_on(client.get("/callback/times")) if each > at][1]
    client.post("/callback/move", data={"at": later})
    second = client.get("/callback/call.ics").text
    assert "SEQUENCE:1" in second
    uid = re.compile(r"UID:(.+)")
    assert uid.search(first.text)[1] == uid.search(second)[1]  # type: ignore[index]


def test_who_can_wait_is_told_to_take_what_is_free(
    client: FlaskClient, asking: Asking, session: Session
) -> None:
    come_in(client, asking)
    say(client)
    answer = client.post("/callback/wait", data={"days": "3"})
    assert answer.status_code == 409
    assert "There are free times until then" in answer.text
    assert client.post("/callback/wait", data={"days": "x"}).status_code == 422
    assert session.scalar(select(func.count()).select_from(WaitingEntry)) == 0


def test_where_there_is_no_time_at_all_the_page_says_whom_to_call(
    client: FlaskClient, asking: Asking, session: Session
) -> None:
    for rep in session.scalars(select(desk.User)):
        rep.is_active = False
    session.flush()
    come_in(client, asking)
    say(client)
    page = client.get("/callback/times").text
    assert "In the next 14 days we have no time" in page
    assert "Please call us at (312) 221-0100" in page
    assert client.post("/callback/wait", data={"days": "3"}).status_code == 303
    assert "You are on the waiting list" in client.get("/callback").text
    client.post("/callback/leave-list")
    assert "You are on the waiting list" not in client.get("/callback").text
