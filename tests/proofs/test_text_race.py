"""Texts under kill and STOP: each is taken once at most, and after STOP nothing leaves but its answer.

With controls: without the person's lock something does leave after STOP.
"""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from tests.conftest import SECRET
from tests.factories import NOON, make_patient
from tests.services.booking.desk import Asking
from tests.services.booking.office import somebody_to_write_to
from tests.workers.text_server import TextServer, text_server
from workers import sending
from workqueue.application import create_app
from workqueue.config import Config
from workqueue.database import transaction
from workqueue.models import Message, User
from workqueue.rules.channels import ContactChannel
from workqueue.rules.messages import MessageChannel, MessageState
from workqueue.services import hearing, outbox
from workqueue.services.booking import inviting
from workqueue.services.outbox import About

SENDERS, MESSAGES, KILLS = 2, 60, 6
NUMBER = "+13122210142"
forked = multiprocessing.get_context("fork")


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    made = create_engine(fresh_database)
    yield made
    made.dispose()


@pytest.fixture
def provider() -> Iterator[TextServer]:
    with text_server() as server:
        yield server


@pytest.fixture
def config(fresh_database: str, valkey_url: str, tmp_path: object, provider: TextServer) -> Config:
    return Config(
        tmp_path,  # type: ignore[arg-type]
        SECRET,
        fresh_database,
        valkey_url,
        text_url=provider.url,
        text_from="+13125550100",
        public_url="https://office.example",
    )


def send_all(config: Config, lock: Callable[[Session, int], None]) -> None:
    """Send in a process of its own until nothing waits."""
    outbox.lock_messages_to = lock
    with create_app(config).app_context():
        for _ in range(MESSAGES // sending.MESSAGES_A_TICK + 1):
            sending.send_what_waits(NOON)


def begin(config: Config, lock: Callable[[Session, int], None] = outbox.lock_messages_to) -> BaseProcess:
    sender = forked.Process(target=send_all, args=(config, lock))
    sender.start()
    return sender


def without_a_lock(_session: Session, _patient_id: int) -> None:
    """Lock nobody, as somebody would who forgot that STOP comes at any moment."""


def test_senders_that_are_killed_leave_no_text_twice_and_none_lost(
    engine: Engine, config: Config, provider: TextServer
) -> None:
    with Session(engine) as session, session.begin():
        for number in range(MESSAGES):
            put_answer(session, number)
    engine.dispose()
    provider.seconds = 0.02
    senders = [begin(config) for _ in range(SENDERS)]
    for number in range(KILLS):
        time.sleep(0.4)
        senders[number % SENDERS].kill()
        senders[number % SENDERS].join(10)
        senders[number % SENDERS] = begin(config)
    for each in senders:
        each.join(60)
        assert each.exitcode == 0
    taken = Counter(form["Body"] for form in provider.kept)
    assert max(taken.values()) == 1
    with Session(engine) as session:
        stands = {row.body: row.state for row in session.execute(select(Message.body, Message.state))}
    left = {body for body, state in stands.items() if state is not MessageState.SENT}
    assert {stands[body] for body in left} <= {MessageState.SENDING}
    assert len(left) <= KILLS
    assert {body for body, state in stands.items() if state is MessageState.SENT} <= set(taken)


def put_answer(session: Session, number: int) -> None:
    outbox.write(
        session,
        natural_key=f"text {number}",
        channel=MessageChannel.TEXT,
        to_address=f"+1312221{number:04d}",
        subject="Answer to a text",
        body=f"text {number}",
        attachments=[],
        send_after=NOON,
        now=NOON,
        about=About(make_patient(session).id, goes_at_any_hour=True),
    )


def left_after_stop(
    engine: Engine, config: Config, provider: TextServer, lock: Callable[[Session, int], None]
) -> int:
    """Let somebody write STOP while many texts go to them; return how many were taken after that."""
    with Session(engine) as session, session.begin():
        asking = somebody_to_write_to(session, has_email=False)
        for _ in range(MESSAGES):
            invite(session, asking)
    engine.dispose()
    # Far longer than a sender takes between two: whenever STOP comes, a text is on its way.
    provider.seconds = 0.4
    senders = [begin(config, lock) for _ in range(SENDERS)]
    assert provider.has_taken.wait(30)
    stop(config, lock)
    before = len(provider.kept)
    for each in senders:
        each.join(60)
        assert each.exitcode == 0
    assert 0 < before < MESSAGES
    return sum(not form["Body"].startswith("Sample Services: you get no") for form in provider.kept[before:])


def stop(config: Config, lock: Callable[[Session, int], None]) -> None:
    kept, outbox.lock_messages_to = outbox.lock_messages_to, lock
    try:
        with create_app(config).app_context(), transaction() as session:
            hearing.hear(session, provider_id="IN1", e164=NUMBER, body="STOP", now=NOON)
    finally:
        outbox.lock_messages_to = kept


def invite(session: Session, asking: Asking) -> None:
    inviting.invite(
        session,
        account_id=asking.account.id,
        channel=ContactChannel.TEXT,
        secret=SECRET,
        made_by_id=session.scalars(select(User.id)).first() or 0,
        now=NOON,
    )


def test_after_stop_nothing_leaves_but_its_one_answer(
    engine: Engine, config: Config, provider: TextServer
) -> None:
    assert left_after_stop(engine, config, provider, outbox.lock_messages_to) == 0
    answers = [form for form in provider.kept if form["Body"].startswith("Sample Services: you get no")]
    assert len(answers) == 1
    with Session(engine) as session:
        states = Counter(session.scalars(select(Message.state)))
    assert set(states) == {MessageState.SENT, MessageState.STOPPED}
    assert states[MessageState.SENT] == len(provider.kept)


def test_control_without_the_lock_a_text_leaves_after_stop(
    engine: Engine, config: Config, provider: TextServer
) -> None:
    assert left_after_stop(engine, config, provider, without_a_lock) > 0
