"""How migrations run: numbered, one transaction each, never waiting long for a lock."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from alembic import context
from alembic.operations import MigrationScript
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text

from workqueue import models
from workqueue.models.base import Base

# A migration that waits for a lock makes every page behind it wait too; better it fails and is run again.
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "15min"

for each in iter_modules(models.__path__):
    import_module(f"workqueue.models.{each.name}")


def number(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    """Give a new migration the next number; write none when nothing changed."""
    script = directives[0]
    is_by_hand = not getattr(context.config.cmd_opts, "migrate", False)
    if not is_by_hand and script.upgrade_ops is not None and script.upgrade_ops.is_empty():
        directives.clear()
        return
    numbers = [int(each.revision) for each in ScriptDirectory.from_config(context.config).walk_revisions()]
    script.rev_id = f"{max(numbers, default=0) + 1:04}"


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
        # Two processes that start at once migrate one after the other.
        connection.execute(text("SELECT pg_advisory_lock(hashtext('workqueue.migrations'))"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=False,
            process_revision_directives=number,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("SELECT pg_advisory_unlock(hashtext('workqueue.migrations'))"))
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database; offline scripts are not made.")
run()
