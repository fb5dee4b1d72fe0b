"""Two reps who name the same new person at once: one person is written, whose calls are counted together."""

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Event

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from tests.factories import NOON
from workqueue.database import engine_options
from workqueue.models import Patient
from workqueue.rules.channels import PointSource
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, persons

NUMBER = "+13122210142"
MEANWHILE = 1.5
"""So long the first one takes between writing and its commit; the second begins in it."""


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    made = create_engine(fresh_database)
    yield made
    made.dispose()


def name(url: str, written: Event, wait: float) -> None:
    """Name the person in a process of its own, and commit it after a while."""
    engine = create_engine(url, **engine_options())
    with Session(engine) as session, session.begin():
        person_id = persons.find_or_add(
            session, first_name="Alma", last_name="Testwell", e164=NUMBER, now=NOON
        )
        contact_points.add_phone(
            session,
            patient_id=person_id,
            text=NUMBER,
            place=PhonePlace.HOME,
            source=PointSource.PATIENT,
            language="",
            now=NOON,
        )
        written.set()
        time.sleep(wait)
    engine.dispose()


def race(engine: Engine, url: str) -> int:
    """Let both name the person; return how many are written."""
    engine.dispose()
    forked = multiprocessing.get_context("fork")
    written = forked.Event()
    first = forked.Process(target=name, args=(url, written, MEANWHILE))
    second = forked.Process(target=name, args=(url, forked.Event(), 0))
    first.start()
    assert written.wait(20)
    second.start()
    for each in (first, second):
        each.join(30)
    assert (first.exitcode, second.exitcode) == (0, 0)
    with Session(engine) as session:
        named = select(func.count()).select_from(Patient).where(Patient.last_name == "Testwell")
        return session.scalars(named).one()


def test_the_second_finds_whom_the_first_wrote(engine: Engine, fresh_database: str) -> None:
    assert race(engine, fresh_database) == 1


def test_without_the_lock_there_are_two(
    engine: Engine, fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persons, "_lock_number", lambda *_: None)
    assert race(engine, fresh_database) == 2
