"""Patients who all want the same time in the same instant, and a judge of what they were promised.

Each is a thread in one of several processes, which share a few connections as the threads of a web server do.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_fact, make_patient, make_phone, make_window
from workqueue.database import engine_options
from workqueue.models import Account, Callback, User
from workqueue.rules.channels import ContactChannel
from workqueue.rules.roles import Role
from workqueue.rules.slots import CallbackTopic
from workqueue.rules.states import CallbackState, FactKind
from workqueue.services import callbacks, posting
from workqueue.services.booking import links, promising
from workqueue.services.booking.seats import SlotGone
from workqueue.services.booking.times import Wish

CONNECTIONS = 8
CHICAGO = 3_122_210_000


def crowd(session: Session, count: int) -> list[tuple[int, str]]:
    """Have so many people with a link each; return links and numbers."""
    window = make_window(session, "America/Chicago")
    numbers: dict[str, str] = {}
    facts = []
    for number in range(count):
        patient = make_patient(session, window=window)
        e164 = f"+1{CHICAGO + 1_000 + number}"
        make_phone(session, patient=patient, e164=e164)
        fact = make_fact(
            session,
            FactKind.ACCOUNT_OPENED,
            charge_cents=30_000,
            code="self_pay",
            effective_on=TODAY,
            payload={"patient_id": patient.id, "service_on": TODAY.isoformat()},
        )
        numbers[fact.account_number] = e164
        facts.append(fact.id)
    posting.post_facts(session, facts, now=NOON)
    accounts = session.execute(select(Account.id, Account.number).where(Account.number.in_(numbers)))
    return [
        (
            links.issue(
                session, account_id=row.id, channel=ContactChannel.LETTER, secret="s" * 32,
                made_by_id=None, now=NOON,
            ).link_id,
            numbers[row.number],
        )
        for row in accounts.all()
    ]  # fmt: skip


def run_clients(
    url: str, clients: Sequence[tuple[int, str]], at: datetime, starts_at: float, log: Path
) -> None:
    """Let these people ask for the time at the bell; write what each was told, and after how long."""
    options = engine_options()["connect_args"]
    engine = create_engine(url, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=600, connect_args=options)
    told: list[dict[str, object]] = []

    def ask(link_id: int, e164: str) -> None:
        try:
            with engine.connect() as connection:
                began = time.perf_counter()
                told.append(_ask(Session(connection), link_id, e164, at) | {"began": began})
                told[-1]["seconds"] = time.perf_counter() - began
        except Exception as error:  # noqa: BLE001  # what a thread dies of must reach the test
            told.append({"said": repr(error)})

    threads = [threading.Thread(target=ask, args=client) for client in clients]
    time.sleep(max(starts_at - time.time(), 0))
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    engine.dispose()
    log.write_text("\n".join(map(json.dumps, told)))


def _ask(session: Session, link_id: int, e164: str, at: datetime) -> dict[str, object]:
    with session, session.begin():
        link = links.open_again(session, link_id, now=NOON)
        wish = Wish(link.account_id, link.person_id, e164, "en", needs_interpreter=False)
        try:
            if link_id % 2:
                promising.book(session, link, wish, at=at, topic=CallbackTopic.BILL, now=NOON)
            else:
                _book_for_them(session, link.account_id, at)
        except SlotGone as gone:
            session.rollback()
            return {"said": "gone", "nearest": [each.isoformat() for each in gone.nearest]}
    return {"said": "booked"}


def _book_for_them(session: Session, account_id: int, at: datetime) -> None:
    """Let the office book for every second of them: from the same seats."""
    rep_id = session.scalars(select(User.id).where(User.role == Role.REP).order_by(User.id)).first()
    callbacks.book(
        session,
        account_id=account_id,
        at=at,
        phone_id=None,
        booked_by_id=rep_id or 0,
        now=NOON,
        is_asked=True,
        rep_id=rep_id,
    )


@dataclass(frozen=True)
class Judgement:
    """What the rows say."""

    booked: int
    twice: int
    """Promises of a rep whose time was promised already."""


def judged(session: Session, at: datetime) -> Judgement:
    """Count the rows themselves, and not as the office counts them."""
    reps = session.scalars(
        select(Callback.rep_id).where(Callback.state == CallbackState.BOOKED, Callback.at == at)
    ).all()
    return Judgement(len(reps), sum(count - 1 for count in Counter(reps).values()))
