"""The sweeper's frame: one at a time, and one chore's trouble is its own."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from tests.conftest import Servers
from workers.chores import Chore
from workers.sweeper import Sweeper
from workqueue.database import transaction

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


class Noted:
    """A chore that notes when it was run."""

    def __init__(self, *, fails: bool = False) -> None:
        self.runs: list[datetime] = []
        self.fails = fails

    def __call__(self, now: datetime) -> None:
        self.runs.append(now)
        if self.fails:
            raise LookupError


@pytest.fixture
def sweepers() -> Iterator[list[Sweeper]]:
    made: list[Sweeper] = []
    yield made
    for each in made:
        each.is_stopping.set()
        each.run()


def test_only_one_of_two_sweepers_does_the_chores(fresh_app: Flask, sweepers: list[Sweeper]) -> None:
    first, second = Noted(), Noted()
    sweepers += [
        Sweeper(fresh_app, [Chore("first", 0, first)]),
        Sweeper(fresh_app, [Chore("second", 0, second)]),
    ]
    for each in sweepers:
        each.tick(NOW)
    assert (len(first.runs), len(second.runs)) == (1, 0)


def test_a_sweeper_whose_connection_was_cut_takes_the_lock_again(
    fresh_app: Flask, sweepers: list[Sweeper], servers: Servers, fresh_database: str
) -> None:
    noted = Noted()
    sweepers.append(Sweeper(fresh_app, [Chore("noted", 0, noted)]))
    sweepers[0].tick(NOW)
    with fresh_app.app_context(), transaction() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()"
            )
        )
    sweepers[0].tick(NOW)
    sweepers[0].tick(NOW)
    assert len(noted.runs) == 2


def test_a_chore_that_fails_stops_no_other_and_waits_longer_each_time(
    fresh_app: Flask, sweepers: list[Sweeper]
) -> None:
    failing, sound = Noted(fails=True), Noted()
    sweepers.append(Sweeper(fresh_app, [Chore("failing", 0, failing), Chore("sound", 0, sound)]))
    for _ in range(5):
        sweepers[0].tick(NOW)
    assert len(sound.runs) == 5
    assert len(failing.runs) == 1


def test_a_chore_is_not_done_before_it_is_due(fresh_app: Flask, sweepers: list[Sweeper]) -> None:
    hourly = Noted()
    sweepers.append(Sweeper(fresh_app, [Chore("hourly", 3600, hourly)]))
    for _ in range(3):
        sweepers[0].tick(NOW)
    assert hourly.runs == [NOW]
