"""flask export: the books as CSV, for programs that count again."""

import sys
from contextlib import closing
from datetime import datetime

import click
from flask.cli import with_appcontext

from workqueue.database import reading
from workqueue.logging import log
from workqueue.services.books import BOOKS, rows_of

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("book", type=click.Choice(sorted(BOOKS)))
@click.option("--from", "first", type=DAY, help="The first office day; from the beginning.")
@click.option("--to", "last", type=DAY, help="The last office day; until now.")
@with_appcontext
def export(book: str, first: datetime | None, last: datetime | None) -> None:
    """Write one of the books to standard output, row by row.

    The ledger, decisions, calls, outcomes and callbacks can be limited to a period. There are no names in it;
    account numbers are, so keep it as you keep the database.
    """
    log.info("book_exported", kind=book)
    first_on, last_on = first.date() if first else None, last.date() if last else None
    with reading() as session, closing(rows_of(session, book, first_on=first_on, last_on=last_on)) as rows:
        for piece in rows:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


COMMANDS = [export]
