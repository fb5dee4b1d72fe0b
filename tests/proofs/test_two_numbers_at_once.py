"""Two reps who each add a number of one person at once: the hours of calling follow from both."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from tests.factories import NOON, make_patient
from workqueue.database import engine_options
from workqueue.models import Patient, Window
from workqueue.rules.channels import PointSource
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, persons

NEW_YORK, HONOLULU = "212-221-0142", "808-221-0142"
BOTH = "America/Chicago|America/New_York|Pacific/Honolulu"
MEANWHILE = 0.5
"""So long the first one takes between its number and its commit; the second begins in it."""


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    made = create_engine(fresh_database)
    yield made
    made.dispose()


def add(url: str, patient_id: int, number: str, wait: float, *, is_locked: bool) -> None:
    """Add a number in a process of its own, and commit it after a while."""
    engine = create_engine(url, **engine_options())
    with Session(engine) as session, session.begin():
        changing = persons.changing(session, patient_id, actor_id=None, now=NOON)
        with changing if is_locked else nullcontext():
            contact_points.add_phone(
                session,
                patient_id=patient_id,
                text=number,
                place=PhonePlace.HOME,
                source=PointSource.PATIENT,
                language="",
                now=NOON,
            )
            time.sleep(wait)
    engine.dispose()


def race(engine: Engine, url: str, *, is_locked: bool) -> str:
    """Let both add their number; return the zones of the person afterwards."""
    with Session(engine) as session, session.begin():
        patient_id = make_patient(session).id
    engine.dispose()
    forked = multiprocessing.get_context("fork")
    first = forked.Process(
        target=add, args=(url, patient_id, NEW_YORK, 3 * MEANWHILE), kwargs={"is_locked": is_locked}
    )
    second = forked.Process(target=add, args=(url, patient_id, HONOLULU, 0), kwargs={"is_locked": is_locked})
    first.start()
    wait_for_the_lock_on(engine, patient_id)
    second.start()
    for each in (first, second):
        each.join(30)
    assert (first.exitcode, second.exitcode) == (0, 0)
    with Session(engine) as session:
        zones = session.scalar(
            select(Window.zones).join(Patient, Patient.window_id == Window.id).where(Patient.id == patient_id)
        )
    assert zones is not None
    return zones


def wait_for_the_lock_on(engine: Engine, patient_id: int) -> None:
    """Wait until the first process has the person's row."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with engine.begin() as connection:
            free = connection.execute(
                text("SELECT id FROM patients WHERE id = :id FOR NO KEY UPDATE SKIP LOCKED"),
                {"id": patient_id},
            ).one_or_none()
        if free is None:
            return
        time.sleep(0.01)
    pytest.fail("the first process never began")


def test_the_window_has_the_zones_of_both_numbers(engine: Engine, fresh_database: str) -> None:
    assert race(engine, fresh_database, is_locked=True) == BOTH


def test_without_the_lock_one_of_them_is_lost(engine: Engine, fresh_database: str) -> None:
    assert race(engine, fresh_database, is_locked=False) != BOTH
