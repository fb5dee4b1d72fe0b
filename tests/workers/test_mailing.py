"""Mail is sent once, tried again when it was refused, and never guessed about."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask
from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, make_patient, sue
from tests.services.booking.desk import booked, first_slots
from tests.services.booking.office import somebody_to_write_to
from tests.services.desk import owed_by_patient
from tests.workers.mail_server import MailServer, mail_server
from workers.chores import CHORES, send_what_waits, write_reports_that_are_due
from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.models import Message
from workqueue.rules.channels import CollectsAs
from workqueue.rules.messages import MOST_ATTEMPTS, SENDING_TAKES, MessageChannel, MessageState
from workqueue.rules.report_facts import Dimension, ReportCode
from workqueue.rules.reports import Period
from workqueue.rules.schedules import Every
from workqueue.rules.signatures import message_of
from workqueue.services import office_profile, outbox, report_schedules
from workqueue.services.booking import promising

MINUTE = timedelta(minutes=1)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def office(make_app: Callable[..., Flask], fresh_database: str, server: MailServer) -> Iterator[Flask]:
    app = make_app(fresh_database, smtp_url=server.url, mail_from="reports@hospital.example")
    with app.app_context():
        yield app
        db.engine.dispose()


def put(key: str = "one") -> None:
    with transaction() as session:
        outbox.write(
            session,
            natural_key=key,
            channel=MessageChannel.EMAIL,
            to_address="lead@hospital.example",
            subject="Collections",
            body="Cash: $10.00",
            attachments=[],
            send_after=NOON,
            now=NOON,
        )


def stands() -> tuple[MessageState, int]:
    with transaction() as session:
        state, attempts = session.execute(select(Message.state, Message.attempts)).one()
    return state, attempts


def test_a_message_is_sent_once_however_often_the_sweeper_looks(office: Flask, server: MailServer) -> None:
    put()
    put()
    for _ in range(3):
        send_what_waits(NOON)
    assert [each["To"] for each in server.kept] == ["lead@hospital.example"]
    assert server.kept[0]["From"] == "reports@hospital.example"
    assert server.kept[0].get_content().strip() == "Cash: $10.00"
    assert stands() == (MessageState.SENT, 1)
    assert send_what_waits in {chore.run for chore in CHORES}


def test_a_message_waits_for_its_time(office: Flask, server: MailServer) -> None:
    put()
    send_what_waits(NOON - MINUTE)
    assert server.kept == []


def test_a_message_refused_for_now_is_tried_again_later_and_later(office: Flask, server: MailServer) -> None:
    put()
    server.answers = ["451 try later", "451 try later"]
    send_what_waits(NOON)
    assert stands() == (MessageState.WAITING, 1)
    send_what_waits(NOON + MINUTE / 2)
    assert stands() == (MessageState.WAITING, 1)
    send_what_waits(NOON + MINUTE)
    assert stands() == (MessageState.WAITING, 2)
    send_what_waits(NOON + 3 * MINUTE)
    assert stands() == (MessageState.SENT, 3)
    assert len(server.kept) == 1


def test_a_server_that_is_away_is_asked_so_often_and_then_a_person_decides(
    make_app: Callable[..., Flask], fresh_database: str
) -> None:
    app = make_app(fresh_database, smtp_url="smtp://127.0.0.1:9", mail_from="reports@hospital.example")
    with app.app_context():
        put()
        for day in range(MOST_ATTEMPTS + 2):
            send_what_waits(NOON + timedelta(days=day))
        assert stands() == (MessageState.FAILED, MOST_ATTEMPTS)
        with transaction() as session:
            line = session.scalars(select(Message)).one()
            assert line.error == "ConnectionRefusedError"
            outbox.send_again(session, line.id, now=NOON)
        assert stands() == (MessageState.WAITING, 0)
        db.engine.dispose()


def test_an_address_that_is_refused_for_good_is_not_tried_again(office: Flask, server: MailServer) -> None:
    put()
    server.to_recipients = "550 no such person"
    send_what_waits(NOON)
    assert stands() == (MessageState.FAILED, 1)


def test_what_may_have_gone_out_is_not_sent_again_by_itself(office: Flask, server: MailServer) -> None:
    put()
    server.hangs_up = True
    for minutes in range(10):
        send_what_waits(NOON + minutes * MINUTE)
    assert len(server.kept) == 1
    assert stands() == (MessageState.UNSURE, 1)


def test_what_a_sender_that_died_had_is_not_sent_by_itself(office: Flask, server: MailServer) -> None:
    put()
    with transaction() as session:
        claimed = outbox.claim(session, now=NOON)
    assert claimed is not None
    send_what_waits(NOON + MINUTE)
    assert stands() == (MessageState.SENDING, 1)
    send_what_waits(NOON + SENDING_TAKES + MINUTE)
    assert stands() == (MessageState.UNSURE, 1)
    with transaction() as session:
        outbox.sent(session, claimed, now=NOON)
    assert stands() == (MessageState.UNSURE, 1), "a sender that comes back late settles nothing"
    assert server.kept == []


def test_without_a_mail_server_mail_lies_in_a_folder(
    make_app: Callable[..., Flask], fresh_database: str
) -> None:
    app = make_app(fresh_database)
    with app.app_context():
        put()
        send_what_waits(NOON)
        folder = app.extensions["workqueue.config"].home / "mail"
        (lying,) = folder.iterdir()
        mail = message_from_bytes(lying.read_bytes(), policy=policy.default)
        assert (lying.suffix, mail["To"]) == (".eml", "lead@hospital.example")
        assert stands() == (MessageState.SENT, 1)
        db.engine.dispose()


def test_a_scheduled_report_reaches_each_recipient_once_with_totals_and_no_patient(
    office: Flask, server: MailServer
) -> None:
    with transaction() as session:
        account = owed_by_patient(session, 30_000, patient=make_patient(session, last_name="Zzyzx"))
        number = account.number
        add_schedule(session, NOON - timedelta(days=7))
    tomorrow = NOON + timedelta(days=1)
    for minutes in range(3):
        write_reports_that_are_due(tomorrow + minutes * MINUTE)
        send_what_waits(tomorrow + minutes * MINUTE)
    assert sorted(each["To"] for each in server.kept) == ["lead@hospital.example", "uma@hospital.example"]
    mail = server.kept[0]
    body = mail.get_body()
    assert body is not None
    text = body.get_content()
    assert "Total: $300.00" in text
    assert "http://localhost:8000/reports/aging" in text
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "aging-2026-03-10-2026-03-10.xlsx"
    raw = mail.as_bytes() + attached.get_content()
    assert b"Zzyzx" not in raw
    assert number.encode() not in raw


def add_schedule(session: Session, now: datetime) -> None:
    office_profile.change(
        session,
        name="Sample Hospital",
        neutral_name="Sample Services",
        callback_number="217-221-0142",
        hours="weekdays",
        collects_as=CollectsAs.FIRST_PARTY,
        records_calls=False,
        mail_domains=["hospital.example"],
    )
    report_schedules.add(
        session,
        report=ReportCode.AGING,
        by=Dimension.PAYER_CLASS,
        period=Period.YESTERDAY,
        every=Every.WORKING_DAY,
        day=0,
        at_clock=time(7),
        recipients=["lead@hospital.example", "uma@HOSPITAL.example", "lead@hospital.example"],
        actor_id=sue(session).id,
        now=now,
    )


def entry_of(mail: EmailMessage) -> tuple[str | None, Event]:
    (attached,) = mail.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "call.ics")
    calendar = Calendar.from_ical(attached.get_payload(decode=True))
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == attached.get_param("method")
    return calendar["METHOD"], event


def test_a_booking_mail_brings_the_call_for_the_calendar_and_later_ones_follow_it(
    office: Flask, server: MailServer
) -> None:
    with transaction() as session:
        asking = somebody_to_write_to(session, may_text=False)
        first, second, _ = first_slots(session, asking)
        booked(session, asking, first)
        session.expunge_all()
    send_what_waits(NOON)
    with transaction() as session:
        promising.move(session, asking.link, at=second, now=NOON)
    send_what_waits(NOON)
    with transaction() as session:
        promising.cancel(session, asking.link, now=NOON)
    send_what_waits(NOON)
    entries = [entry_of(mail) for mail in server.kept]
    assert [method for method, _ in entries] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({str(event["UID"]) for _, event in entries}) == 1
    assert [int(event["SEQUENCE"]) for _, event in entries] == [0, 1, 2]
    assert [event["DTSTART"].dt for _, event in entries] == [first, second, second]
    assert str(entries[0][1]["SUMMARY"]) == "Call from Sample Services"


def test_a_mail_to_a_patient_has_a_way_out_in_one_press_and_in_words(
    office: Flask, server: MailServer
) -> None:
    with transaction() as session:
        asking = somebody_to_write_to(session, may_text=False)
        booked(session, asking, first_slots(session, asking)[0])
    send_what_waits(NOON)
    (mail,) = server.kept
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(mail["List-Unsubscribe"]).strip(" <>")
    body = mail.get_body(("plain",))
    assert body is not None
    assert address in body.get_content()
    secret = office.extensions["workqueue.config"].secret_key
    assert message_of(address.rpartition("/")[2], secret) == 1


def test_a_mail_to_the_office_has_none(office: Flask, server: MailServer) -> None:
    put()
    send_what_waits(NOON)
    assert server.kept[0]["List-Unsubscribe"] is None
