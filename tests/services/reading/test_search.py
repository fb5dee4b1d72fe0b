"""How an account is found by its patient's name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from tests.factories import make_account, make_patient
from workqueue.services.reading.search import find_accounts


def found(session: Session, asked: str) -> list[str]:
    return [each.number for each in find_accounts(session, text=asked)]


def test_a_name_is_found_by_how_it_begins_in_any_case(session: Session) -> None:
    for number, last, first in (("A", "Smith", "Jo"), ("B", "SMITHERS", "Ann"), ("C", "Goldsmith", "Jo")):
        make_account(session, number=number, patient=make_patient(session, last_name=last, first_name=first))
    assert sorted(found(session, "smith")) == ["A", "B"]
    assert found(session, "Smith, j") == found(session, "jo smi") == ["A"]
    assert found(session, "smith%") == []


def test_a_name_is_looked_up_in_an_index_and_never_by_reading_every_patient(session: Session) -> None:
    with statements(session) as seen:
        find_accounts(session, text="Smith, Jo")
    statement, parameters = seen[-1]
    # With a handful of patients the planner would rather read them all.
    session.execute(
        text(
            "INSERT INTO patients (key, last_name, first_name, created_at)"
            " SELECT 'bulk' || n, 'Name' || n, 'First' || n, now() FROM generate_series(1, 5000) AS n"
        )
    )
    session.execute(text("ANALYZE patients"))
    plan = "\n".join(
        row[0] for row in session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
    )
    assert "ix_patients_name" in plan
    assert "lower(first_name) ~>=~ 'jo'" in plan


@contextmanager
def statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Note what is sent to the database, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)
