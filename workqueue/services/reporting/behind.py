"""The accounts behind a number: what each adds to it, the most first, in pages."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from workqueue.rules.report_facts import Figure, Middle
from workqueue.services.reading.lines import full_name
from workqueue.services.reporting.items import Asked, items_of, values_of

PAGE = 50
MOST_TAKEN_OUT = 50_000

Cursor = tuple[int, int]
"""What the last account of a page adds, and its number."""


@dataclass(frozen=True)
class AccountBehind:
    """One account and what it adds to the number."""

    account_id: int
    number: str
    patient_name: str
    service_on: date | None
    insurance_cents: int
    patient_cents: int
    value: int
    """In the unit of what is counted; of a middle, the largest of the account's items."""


@dataclass(frozen=True)
class Behind:
    """One page of the accounts, and all of them together."""

    rows: tuple[AccountBehind, ...]
    next: Cursor | None
    accounts: int
    value: int
    """The sum over all accounts: the number itself, or what is divided in it."""


def accounts_behind(
    session: Session,
    asked: Asked,
    figure: Figure,
    *,
    key: str | None,
    now: datetime,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> Behind:
    """Return the accounts whose items make this figure, of one line or, without a key, of all of them."""
    column = figure.formula.column
    is_middle = isinstance(figure.formula, Middle)
    value = f"{'max' if is_middle else 'sum'}(i.{column})::bigint"
    line = f" AND i.{asked.by.value} = :key" if key is not None else ""
    behind = (
        f"SELECT i.account_id, {value} AS value FROM {items_of(asked)}"  # noqa: S608
        f" WHERE i.account_id IS NOT NULL AND i.{column} {'IS NOT NULL' if is_middle else '<> 0'}{line}"
        " GROUP BY i.account_id"
    )
    rows = session.execute(
        text(_PAGE.format(behind=behind)),
        values_of(session, asked, now)
        | {"key": key, "limit": limit + 1, "value": after and after[0], "id": after and after[1]},
    ).all()
    found = tuple(
        AccountBehind(
            row.account_id,
            row.number,
            full_name(row.last_name, row.first_name),
            row.service_on,
            row.insurance_cents,
            row.patient_cents,
            row.value,
        )
        for row in rows[:limit]
    )
    is_last = len(rows) <= limit
    return Behind(
        rows=found,
        next=None if is_last else (found[-1].value, found[-1].account_id),
        accounts=rows[0].accounts if rows else 0,
        value=rows[0].total if rows else 0,
    )


_PAGE = """
    WITH behind AS MATERIALIZED ({behind})
    SELECT b.account_id, b.value, a.number, a.service_on, a.insurance_cents, a.patient_cents, p.last_name,
        p.first_name, (SELECT count(*) FROM behind) AS accounts,
        (SELECT sum(value) FROM behind)::bigint AS total
    FROM behind b JOIN accounts a ON a.id = b.account_id LEFT JOIN patients p ON p.id = a.patient_id
    WHERE CAST(:value AS bigint) IS NULL OR b.value < :value OR (b.value = :value AND b.account_id > :id)
    ORDER BY b.value DESC, b.account_id LIMIT :limit
"""
