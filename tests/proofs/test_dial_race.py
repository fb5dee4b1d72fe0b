"""64 reps dial the same few persons at once: together they pass no limit. Without the lock they would."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    make_call,
    make_callback,
    make_lease,
    make_patient,
    make_phone,
    make_user,
    make_window,
)
from tests.proofs import dialling
from tests.proofs.dialling import Client, Limit, calls_under, exceeded
from tests.services.desk import owed_by_patient, task_of
from workqueue.models import Account, Call, Patient, Phone, Task
from workqueue.rules.kinds import TaskKind
from workqueue.services import contacting, deriving

PROCESSES = 8
CLIENTS = 64


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    made = create_engine(fresh_database)
    yield made
    made.dispose()


class Scene:
    """Three persons, each one call or two below another limit, and reps with a task of theirs in hand."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.clients: list[Client] = []
        self.limits: list[Limit] = []

    def somebody(self, e164: str, zone: str) -> tuple[Patient, Phone]:
        patient = make_patient(self.session, window=make_window(self.session, zone))
        return patient, make_phone(self.session, patient=patient, e164=e164)

    def called(self, account: Account, phone: Phone, *days_ago: int) -> None:
        task = task_of(self.session, account, TaskKind.PATIENT_BALANCE)
        for days in days_ago:
            make_call(
                self.session,
                task=task,
                phone=phone,
                placed_at=NOON - timedelta(days=days),
                disposition="no_answer",
            )

    def on_accounts_of(self, patient: Patient, phone: Phone, count: int) -> None:
        """Let so many reps each have another account of the person."""
        for _ in range(count):
            account = owed_by_patient(self.session, patient=patient)
            self.hold(task_of(self.session, account, TaskKind.PATIENT_BALANCE), phone)

    def on_callbacks_of(self, account: Account, phone: Phone, count: int) -> None:
        """Let so many reps have a callback of the same account each: no count of a person limits these."""
        asked_in = self.session.scalars(select(Call).where(Call.account_id == account.id)).one()
        made = [
            make_callback(
                self.session, account=account, phone=phone, at=NOON, booked_at=NOON, asked_in=asked_in
            )
            for _ in range(count)
        ]
        deriving.rebuild(self.session, now=NOON)
        for callback in made:
            due = select(Task).where(Task.kind == TaskKind.CALLBACK_DUE, Task.subject == callback.id)
            self.hold(self.session.scalars(due).one(), phone)

    def hold(self, task: Task, phone: Phone) -> None:
        rep = make_user(self.session)
        lease = make_lease(self.session, task=task, rep=rep, granted_at=datetime.now(UTC))
        self.clients.append(Client(task.id, lease.id, rep.id, phone.id))


def set_up(engine: Engine) -> Scene:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        scene = Scene(session)
        weekly, phone = scene.somebody("+13122210142", "America/Chicago")
        first = owed_by_patient(session, patient=weekly)
        scene.called(first, phone, 1, 2, 3, 4, 5, 6)
        scene.on_accounts_of(weekly, phone, 22)
        scene.limits.append(Limit("7 in 7 days", 7, 7, person_id=weekly.id))

        daily, phone = scene.somebody("+13122210143", "America/Chicago")
        scene.on_accounts_of(daily, phone, 21)
        scene.limits.append(Limit("2 a day", 2, 1, person_id=daily.id))

        patient, phone = scene.somebody("+16172420142", "America/New_York")
        patient.state, patient.zip = "MA", "02129"
        account = owed_by_patient(session, patient=patient)
        scene.called(account, phone, 3)
        scene.on_callbacks_of(account, phone, 21)
        scene.limits.append(Limit("Massachusetts, 2 in 7 days", 2, 7, account_id=account.id))
        assert len(scene.clients) == CLIENTS
        return scene


def race(url: str, clients: list[Client], folder: Path) -> None:
    forked = multiprocessing.get_context("fork")
    starts_at = time.time() + 1
    logs = [folder / f"{number}.log" for number in range(PROCESSES)]
    processes = [
        # Every process has clients of every person.
        forked.Process(
            target=dialling.run_clients, args=(url, clients[number::PROCESSES], starts_at, logs[number])
        )
        for number in range(PROCESSES)
    ]
    for each in processes:
        each.start()
    for each in processes:
        each.join(60)
    assert [each.exitcode for each in processes] == [0] * PROCESSES
    assert [log.read_text() for log in logs] == [""] * PROCESSES


TOGETHER = 26
"""So many that of each of the two persons whose calls nothing else keeps apart at least three are among them:
21 and 22 reps dial them, and of the third person's one at a time comes so far."""


@pytest.fixture
def thinking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every rep's transaction take a while between reading and writing."""
    judged = contacting.judged

    def slowly(*args: Any, **named: Any) -> Any:
        found = judged(*args, **named)
        time.sleep(dialling.THINKING)
        return found

    monkeypatch.setattr(contacting, "judged", slowly)


@pytest.mark.usefixtures("thinking")
def test_64_reps_who_dial_at_once_pass_no_limit_together(
    engine: Engine, fresh_database: str, tmp_path: Path
) -> None:
    scene = set_up(engine)
    engine.dispose()
    race(fresh_database, scene.clients, tmp_path)
    with Session(engine) as session:
        assert exceeded(session, scene.limits) == {}
        # And nothing was lost: each limit was reached to the last call.
        used = {each.name: calls_under(session, each, NOON) for each in scene.limits}
        assert used == {each.name: each.most for each in scene.limits}


@pytest.fixture
def thinking_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody write until many have read: on a busy machine too, where a while is not long enough."""
    judged = contacting.judged
    everybody = multiprocessing.get_context("fork").Barrier(TOGETHER)

    def wait(*args: Any, **named: Any) -> Any:
        found = judged(*args, **named)
        # Once is enough: afterwards nobody waits any more.
        with suppress(BrokenBarrierError):
            everybody.wait(timeout=20)
            everybody.abort()
        return found

    monkeypatch.setattr(contacting, "judged", wait)


@pytest.mark.usefixtures("thinking_together")
def test_without_the_lock_on_the_person_the_judge_convicts_the_same_race(
    engine: Engine, fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacting, "lock_person", lambda *_args: None)
    scene = set_up(engine)
    engine.dispose()
    race(fresh_database, scene.clients, tmp_path)
    with Session(engine) as session:
        # Calls about one account stand behind each other at its lease already.
        assert set(exceeded(session, scene.limits)) >= {"7 in 7 days", "2 a day"}
