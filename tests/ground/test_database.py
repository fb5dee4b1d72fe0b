"""transaction(): the one commit, and what happens around it."""

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import InternalError, OperationalError

from tests.conftest import Servers
from workqueue.database import reading, retrying, transaction


def test_all_of_it_is_rolled_back_when_something_is_raised(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        with transaction() as session:
            session.execute(text("CREATE TABLE kept (id int)"))

        def fail() -> None:
            with transaction() as session:
                session.execute(text("INSERT INTO kept VALUES (1)"))
                raise LookupError

        with pytest.raises(LookupError):
            fail()
        with transaction() as session:
            assert session.execute(text("SELECT count(*) FROM kept")).scalar() == 0


def test_a_transaction_inside_a_transaction_is_a_mistake(fresh_app: Flask) -> None:
    def nest() -> None:
        with transaction(), transaction():
            pass

    with fresh_app.app_context(), pytest.raises(RuntimeError, match="inside"):
        nest()


def test_every_connection_has_limits_and_speaks_utc(fresh_app: Flask) -> None:
    with fresh_app.app_context(), transaction() as session:
        shown = {
            name: session.execute(text(f"SHOW {name}")).scalar()
            for name in (
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "TimeZone",
            )
        }
    assert shown == {
        "statement_timeout": "30s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "1min",
        "TimeZone": "UTC",
    }


def test_a_unit_of_work_cut_off_in_the_middle_is_done_again(fresh_app: Flask) -> None:
    ended = []

    def unit() -> int:
        with transaction() as session:
            own = session.execute(text("SELECT pg_backend_pid()")).scalar()
            if not ended:
                ended.append(own)
                session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
            return int(session.execute(text("SELECT 42")).scalar_one())

    with fresh_app.app_context():
        assert retrying(unit) == 42
    assert len(ended) == 1


def test_a_mistake_in_the_statement_is_not_tried_again(fresh_app: Flask) -> None:
    tries = []

    def unit() -> None:
        tries.append(1)
        with transaction() as session:
            session.execute(text("SELECT 1 / 0"))

    with fresh_app.app_context(), pytest.raises(Exception, match="division by zero"):
        retrying(unit)
    assert len(tries) == 1


def test_a_connection_that_died_in_the_pool_costs_no_page(fresh_app: Flask, servers: Servers) -> None:
    with fresh_app.app_context():
        with transaction() as session:
            pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with psycopg.connect(servers.database_url.replace("+psycopg", "")) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (pid,))
        with transaction() as session:
            assert session.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid


def test_error_messages_carry_no_values(fresh_app: Flask) -> None:
    with fresh_app.app_context(), pytest.raises(OperationalError) as raised, transaction() as session:
        session.execute(
            text("SELECT pg_terminate_backend(pg_backend_pid()), CAST(:name AS text)"), {"name": "Rivera"}
        )
    assert "Rivera" not in str(raised.value)


def test_who_only_reads_cannot_write(app: Flask) -> None:
    def write() -> None:
        with reading() as session:
            session.execute(text("CREATE TABLE written (id int)"))

    with app.app_context():
        with pytest.raises(InternalError, match="read-only transaction"):
            write()
        with transaction() as session:
            session.execute(text("CREATE TABLE written (id int)"))


def test_after_reading_the_same_connection_may_write_again(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        with reading() as session:
            assert session.execute(text("SHOW transaction_read_only")).scalar() == "on"
        with transaction() as session:
            assert session.execute(text("SHOW transaction_read_only")).scalar() == "off"
