"""Four senders at one outbox: each message reaches the mail server once. Without the claim, it does not."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.orm import Session

from tests.conftest import SECRET
from tests.factories import NOON
from tests.workers.mail_server import MailServer, mail_server
from workers import sending
from workqueue.application import create_app
from workqueue.config import Config
from workqueue.models import Message
from workqueue.rules.messages import MessageChannel, MessageState
from workqueue.services import outbox
from workqueue.services.outbox import Claimed

SENDERS, MESSAGES = 4, 60


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    made = create_engine(fresh_database)
    yield made
    made.dispose()


def without_a_lock(session: Session, *, now: object) -> Claimed | None:
    """Take the oldest message as somebody would who forgot that others do the same."""
    message = session.scalars(
        select(Message).where(Message.state == MessageState.WAITING).order_by(Message.id).limit(1)
    ).one_or_none()
    if message is None:
        return None
    time.sleep(0.01)
    session.execute(
        update(Message).where(Message.id == message.id).values(state=MessageState.SENDING, attempts=1)
    )
    return Claimed(
        message.id,
        1,
        message.channel,
        message.to_address,
        message.subject,
        message.body,
        (),
        message.written_at,
    )


def send_all(config: Config, claim: Callable[..., Claimed | None]) -> None:
    """Send in a process of its own until nothing waits."""
    outbox.claim = claim  # type: ignore[assignment]
    app: Flask = create_app(config)
    with app.app_context():
        for _ in range(MESSAGES // sending.MESSAGES_A_TICK + 1):
            sending.send_what_waits(NOON)


def race(
    engine: Engine, config: Config, server: MailServer, claim: Callable[..., Claimed | None]
) -> Counter[str]:
    """Let all send at once; return how often each message came in."""
    with Session(engine) as session, session.begin():
        for number in range(MESSAGES):
            outbox.write(
                session,
                natural_key=f"message {number}",
                channel=MessageChannel.EMAIL,
                to_address=f"p{number}@hospital.example",
                subject="Totals",
                body="-",
                attachments=[],
                send_after=NOON,
                now=NOON,
            )
    engine.dispose()
    forked = multiprocessing.get_context("fork")
    senders = [forked.Process(target=send_all, args=(config, claim)) for _ in range(SENDERS)]
    for each in senders:
        each.start()
    for each in senders:
        each.join(60)
        assert each.exitcode == 0
    return Counter(str(mail["To"]) for mail in server.kept)


@pytest.fixture
def config(fresh_database: str, valkey_url: str, tmp_path: object) -> Iterator[tuple[Config, MailServer]]:
    with mail_server() as server:
        yield (
            Config(
                tmp_path,  # type: ignore[arg-type]
                SECRET,
                fresh_database,
                valkey_url,
                smtp_url=server.url,
                mail_from="reports@hospital.example",
            ),
            server,
        )


def test_each_message_is_sent_once_whoever_sends(engine: Engine, config: tuple[Config, MailServer]) -> None:
    came = race(engine, *config, outbox.claim)
    assert came == Counter({f"p{number}@hospital.example": 1 for number in range(MESSAGES)})
    with Session(engine) as session:
        assert set(session.scalars(select(Message.state))) == {MessageState.SENT}


def test_control_without_the_claim_some_are_sent_twice(
    engine: Engine, config: tuple[Config, MailServer]
) -> None:
    came = race(engine, *config, without_a_lock)
    assert max(came.values()) > 1
