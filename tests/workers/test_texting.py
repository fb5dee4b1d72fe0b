"""A text is handed over once, tried again when it was refused, never guessed about, and held back in time."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.factories import NOON
from tests.services.booking.desk import Asking, booked, first_slots
from tests.services.booking.office import emails, somebody_to_write_to, texts
from tests.workers.text_server import TextServer, text_server
from workers import texting
from workers.sending import send_what_waits
from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.models import Callback, Message
from workqueue.rules.channels import ContactChannel
from workqueue.rules.messages import MessageChannel, MessageState
from workqueue.services import hearing, outbox, stopping
from workqueue.services.booking import inviting, links, promising

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def provider() -> Iterator[TextServer]:
    with text_server() as server:
        yield server


@pytest.fixture
def office(make_app: Callable[..., Flask], fresh_database: str, provider: TextServer) -> Iterator[Flask]:
    app = make_app(
        fresh_database,
        text_url=provider.url,
        text_from="+13125550100",
        public_url="https://office.example",
    )
    with app.app_context():
        yield app
        db.engine.dispose()


def book(*, has_email: bool = False) -> Asking:
    with transaction() as session:
        asking = somebody_to_write_to(session, has_email=has_email)
        booked(session, asking, first_slots(session, asking)[0])
        for kept in (asking.account, asking.patient, asking.phone):
            session.refresh(kept)
        session.expunge_all()
    return asking


def stands() -> tuple[MessageState, str]:
    with transaction() as session:
        text = texts(session)[0]
        return text.state, text.error


def test_a_text_is_handed_over_once_with_all_the_provider_needs(office: Flask, provider: TextServer) -> None:
    book()
    for _ in range(3):
        send_what_waits(NOON)
    (form,) = provider.kept
    assert (form["From"], form["To"]) == ("+13125550100", "+13122210142")
    assert form["Body"].startswith("Sample Services will call you")
    assert form["StatusCallback"] == "https://office.example/texts/status?message=1&attempt=1"
    with transaction() as session:
        (text,) = texts(session)
        assert (text.state, text.provider_id, text.sent_at) == (MessageState.SENT, "SM1", NOON)


@pytest.mark.parametrize("answer", [(429, 20429), (500, 0), (503, 0)])
def test_a_provider_that_is_busy_is_asked_again_later(
    office: Flask, provider: TextServer, answer: tuple[int, int]
) -> None:
    book()
    provider.answers = [answer]
    send_what_waits(NOON)
    assert stands()[0] is MessageState.WAITING
    send_what_waits(NOON + MINUTE / 2)
    assert provider.asked == 1
    send_what_waits(NOON + MINUTE)
    assert (len(provider.kept), stands()[0]) == (1, MessageState.SENT)


def test_what_is_refused_for_good_is_not_tried_again_and_its_code_is_kept(
    office: Flask, provider: TextServer
) -> None:
    book()
    provider.answers = [(400, 21614)]
    for minutes in range(5):
        send_what_waits(NOON + minutes * MINUTE)
    assert (provider.asked, stands()) == (1, (MessageState.FAILED, "text_21614"))


def test_who_told_the_provider_stop_is_texted_no_more(office: Flask, provider: TextServer) -> None:
    asking = book()
    provider.answers = [(400, 21610)]
    send_what_waits(NOON)
    with transaction() as session:
        promising.cancel(session, asking.link, now=NOON)
        assert len(texts(session)) == 1


def test_a_provider_that_is_away_has_nothing_and_is_asked_again(
    make_app: Callable[..., Flask], fresh_database: str
) -> None:
    app = make_app(fresh_database, text_url="http://a:b@127.0.0.1:9/Messages.json", text_from="+13125550100")
    with app.app_context():
        book()
        send_what_waits(NOON)
        assert stands() == (MessageState.WAITING, "ConnectionRefusedError")
        db.engine.dispose()


@pytest.mark.parametrize("dies", ["before", "after"])
def test_what_may_have_been_taken_is_not_sent_again_by_itself(
    office: Flask, provider: TextServer, dies: str
) -> None:
    book()
    provider.dies = dies
    for minutes in range(10):
        send_what_waits(NOON + minutes * MINUTE)
    assert len(provider.kept) == (1 if dies == "after" else 0)
    assert stands()[0] is MessageState.UNSURE


def test_a_provider_that_says_nothing_for_too_long_may_have_taken_it(
    office: Flask, provider: TextServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    book()
    monkeypatch.setattr(texting, "TEXT_SECONDS", 0.3)
    provider.hangs = threading.Event()
    send_what_waits(NOON)
    provider.hangs.set()
    assert stands() == (MessageState.UNSURE, "TimeoutError")


def test_an_answer_that_breaks_off_after_taken_is_taken(office: Flask, provider: TextServer) -> None:
    book()
    provider.dies = "within"
    send_what_waits(NOON)
    assert stands()[0] is MessageState.SENT


def test_without_a_provider_texts_lie_in_a_folder(
    make_app: Callable[..., Flask], fresh_database: str
) -> None:
    app = make_app(fresh_database)
    with app.app_context():
        book()
        send_what_waits(NOON)
        (lying,) = (app.extensions["workqueue.config"].home / "texts").iterdir()
        assert lying.name == "message-1.txt"
        assert lying.read_text().startswith("To: +13122210142\n")
        assert stands()[0] is MessageState.SENT
        db.engine.dispose()


def test_the_link_is_made_when_it_is_sent_and_opens(office: Flask, provider: TextServer) -> None:
    asking = book()
    send_what_waits(NOON)
    secret = office.extensions["workqueue.config"].secret_key
    with transaction() as session:
        inviting.invite(
            session,
            account_id=asking.account.id,
            channel=ContactChannel.TEXT,
            secret=secret,
            made_by_id=1,
            now=NOON,
        )
    send_what_waits(NOON)
    body = provider.kept[-1]["Body"]
    address = body.partition("https://office.example/b/")[2].partition(" ")[0]
    with transaction() as session:
        assert links.open_by_token(session, address, now=NOON).account_id == asking.account.id
        assert address not in " ".join(session.scalars(select(Message.body)))


# Held back


def claimed(now: datetime = NOON) -> outbox.Claimed:
    with transaction() as session:
        found = outbox.claim(session, now=now)
    assert found is not None
    return found


def test_what_was_moved_since_is_not_sent(office: Flask, provider: TextServer) -> None:
    asking = book()
    with transaction() as session:
        promising.move(session, asking.link, at=first_slots(session, asking)[1], now=NOON)
    send_what_waits(NOON)
    assert [form["Body"].partition(" you ")[0] for form in provider.kept] == ["Sample Services will now call"]
    assert stands()[0] is MessageState.SUPERSEDED


def test_what_waited_into_the_night_waits_on_for_the_morning(office: Flask, provider: TextServer) -> None:
    book()
    morning = NOON + 20 * HOUR
    with transaction() as session:
        session.execute(update(Message).values(goes_at_any_hour=False))
        callback = session.scalars(select(Callback)).one()
        callback.at, callback.ends_at = NOON + 30 * HOUR, NOON + 31 * HOUR
    send_what_waits(NOON + 9 * HOUR)
    assert (provider.kept, stands()[0]) == ([], MessageState.WAITING)
    send_what_waits(morning - MINUTE)
    assert provider.kept == []
    send_what_waits(morning)
    assert len(provider.kept) == 1
    with transaction() as session:
        assert texts(session)[0].attempts == 1, "waiting was no attempt"


def test_after_stop_nothing_leaves_but_the_one_answer(office: Flask, provider: TextServer) -> None:
    book()
    with transaction() as session:
        hearing.hear(session, provider_id="IN1", e164="+13122210142", body="STOP", now=NOON)
    send_what_waits(NOON)
    (form,) = provider.kept
    assert form["Body"].startswith("Sample Services: you get no more texts.")


def test_a_text_that_was_claimed_before_stop_is_not_sent_after_it(
    office: Flask, provider: TextServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    book()
    taken = claimed()
    with transaction() as session:
        stopping.stop(session, MessageChannel.TEXT, "+13122210142", how="STOP by text", now=NOON)
    hands = [taken]
    monkeypatch.setattr(outbox, "claim", lambda _session, **_: hands.pop() if hands else None)
    send_what_waits(NOON)
    assert (provider.kept, stands()) == ([], (MessageState.STOPPED, "asked_not_to"))


def test_stop_waits_for_a_text_that_is_just_being_handed_over(office: Flask, provider: TextServer) -> None:
    book()
    provider.hangs = threading.Event()
    order: list[str] = []

    def send() -> None:
        with office.app_context():
            send_what_waits(NOON)
            order.append("sent")

    def stop() -> None:
        with office.app_context(), transaction() as session:
            stopping.stop(session, MessageChannel.TEXT, "+13122210142", how="STOP by text", now=NOON)
        order.append("stopped")

    sender, stopper = threading.Thread(target=send), threading.Thread(target=stop)
    sender.start()
    assert provider.has_taken.wait(10)
    stopper.start()
    stopper.join(0.5)
    assert order == [], "the text is out, and STOP does not say otherwise before that is written down"
    provider.hangs.set()
    sender.join(10)
    stopper.join(10)
    assert sorted(order) == ["sent", "stopped"]
    assert stands()[0] is MessageState.SENT


def test_both_ways_carry_the_same_news(office: Flask, provider: TextServer) -> None:
    book(has_email=True)
    send_what_waits(NOON)
    with transaction() as session:
        assert {each.state for each in (*texts(session), *emails(session))} == {MessageState.SENT}
