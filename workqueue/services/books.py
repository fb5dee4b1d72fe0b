"""The books as plain rows, for programs that count again: nothing is added up, nothing left out but names.

Rows hold our own numbers and those of payers and accounts, no name, telephone, address or note of a person.
"""

from collections.abc import Generator
from datetime import date, timedelta
from typing import NamedTuple

from psycopg import sql
from sqlalchemy.orm import Session

from workqueue.rules.business_days import office_midnight

FORMULA = "^[=+@\\t\\r-]"
"""How a text begins that a spreadsheet would take for a formula: such a cell gets an apostrophe before it."""


class Book(NamedTuple):
    """What one book holds."""

    query: str
    moment: str = ""
    """By which a period is meant; a book without one is given whole."""


BOOKS: dict[str, Book] = {
    "ledger": Book(
        "SELECT e.id, e.account_id, e.claim_id, e.kind, e.group_code, e.reason_code, e.insurance_cents, "
        "e.patient_cents, e.effective_on, e.posted_at FROM ledger_entries e",
        "e.posted_at",
    ),
    "accounts": Book(
        "SELECT a.id, a.number, a.is_identified, a.service_on, a.opened_at, a.insurance_cents, "
        "a.patient_cents FROM accounts a",
    ),
    "claims": Book(
        "SELECT c.id, c.account_id, c.sequence, c.is_void, c.service_through_on, c.payer_id FROM claims c",
    ),
    "payers": Book("SELECT p.id, p.code, p.name, p.kind FROM payers p"),
    "decisions": Book(
        "SELECT f.id, f.account_id, f.sequence, f.payer_id, f.code, f.reason, f.paid_cents, "
        "f.denied_cents, f.processed_at FROM inbox f WHERE f.kind = 'remittance_claim' AND f.state = "
        "'applied'",
        "f.processed_at",
    ),
    "calls": Book(
        "SELECT c.id, c.account_id, c.rep_id, c.party, c.channel, c.is_inbound, c.disposition, "
        "c.placed_at, c.answered_at, c.ended_at FROM calls c",
        "c.placed_at",
    ),
    "outcomes": Book(
        "SELECT o.id, o.account_id, o.task_id, o.task_kind, o.rep_id, o.call_id, o.disposition, o.at, "
        "l.granted_at, l.ended_at, l.ended_by, t.kind, t.subject, t.minutes FROM outcomes o JOIN tasks t "
        "ON t.id = o.task_id LEFT JOIN leases l ON l.id = o.lease_token AND l.task_id = o.task_id",
        "o.at",
    ),
    "promises": Book(
        "SELECT p.id, p.account_id, p.amount_cents, p.cumulative_cents, p.made_on, p.due_on, p.grace_on, "
        "p.cancelled_at, o.rep_id FROM promises p JOIN outcomes o ON o.id = p.outcome_id",
    ),
    "callbacks": Book(
        "SELECT k.id, k.account_id, k.at, k.booked_by_id, k.asked_at, k.state FROM callbacks k",
        "k.at",
    ),
    "tasks": Book(
        "SELECT t.id, t.account_id, t.kind, t.state, t.waiting_on, t.opened_at, t.available_at, "
        "t.held_until, t.deferred_until, t.deferred_for, t.deadline_on, t.minutes, t.value_cents, "
        "t.lease_token, t.evidence, t.settled_evidence, s.team_id FROM tasks t JOIN lanes n ON n.id = "
        "t.lane_id JOIN skills s ON s.id = n.skill_id",
    ),
    "people": Book("SELECT u.id, u.team_id, u.role, u.is_active, u.zone, u.productive_percent FROM users u"),
    "shifts": Book(
        "SELECT s.id, s.user_id, s.weekday, s.begins, s.ends, s.break_minutes, s.from_on, s.until_on "
        "FROM shifts s",
    ),
    "absences": Book("SELECT b.id, b.user_id, b.starts_at, b.ends_at, b.cancelled_at FROM absences b"),
    "costs": Book(
        "SELECT k.id, k.month_on, k.category, k.amount_cents, k.entered_at FROM collection_costs k",
    ),
}

TEXTS = frozenset({"number", "name", "code", "reason", "group_code", "reason_code"})
"""Columns that hold what somebody outside wrote."""


def rows_of(
    session: Session, book: str, *, first_on: date | None = None, last_on: date | None = None
) -> Generator[bytes, None, None]:
    """Yield a book as CSV, piece by piece, oldest row first; the days are the office's, both included.

    It is streamed from the database: memory stays the same however large the office. Whoever stops in the
    middle closes it (`contextlib.closing`): until then the connection does nothing else.
    """
    query, moment = BOOKS[book]
    limits = []
    if moment and first_on is not None:
        limits.append(sql.SQL(moment + " >= {}").format(sql.Literal(office_midnight(first_on))))
    if moment and last_on is not None:
        until_at = office_midnight(last_on + timedelta(days=1))
        limits.append(sql.SQL(moment + " < {}").format(sql.Literal(until_at)))
    word = " AND " if " WHERE " in query else " WHERE "
    asked = sql.SQL("{}{}{}").format(
        sql.SQL(query), sql.SQL(word if limits else ""), sql.SQL(" AND ").join(limits)
    )
    driver = session.connection().connection.driver_connection
    if driver is None:
        raise RuntimeError("The connection is closed.")
    with driver.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(sql.SQL("SELECT * FROM ({}) q LIMIT 0").format(asked))
        columns = [_cell(each.name) for each in cursor.description or ()]
        statement = sql.SQL("COPY (SELECT {} FROM ({}) q ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER)")
        with cursor.copy(statement.format(sql.SQL(", ").join(columns), asked)) as pieces:
            yield from map(bytes, pieces)


def _cell(column: str) -> sql.Composable:
    name = sql.Identifier(column)
    if column not in TEXTS:
        return name
    return sql.SQL("CASE WHEN {0} ~ {1} THEN '''' || {0} ELSE {0} END AS {0}").format(
        name, sql.Literal(FORMULA)
    )
