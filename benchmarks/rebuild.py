"""The whole queue: derived from nothing, and derived again when nothing changed."""

import io
from time import perf_counter

import psycopg
from sqlalchemy import Engine, text

from benchmarks.findings import Finding, at_least
from benchmarks.ground import seconds_of_rebuild, servers

TASKS = 1_000_000
ROUNDS = 3


def run() -> list[Finding]:
    floors, filled, unchanged = [], [], []
    with servers() as ground:
        engine = ground.office("office", tasks=TASKS)
        with engine.connect() as connection:
            count: int = connection.execute(text("SELECT count(*) FROM tasks")).scalar_one()
        rows = _copy_out(engine)
        for _ in range(ROUNDS):
            floors.append(_floor(engine, rows))
            unchanged.append(seconds_of_rebuild(engine))
            with engine.begin() as connection:
                connection.execute(text("TRUNCATE tasks"))
            filled.append(seconds_of_rebuild(engine))
    floor = count / min(floors)
    return [
        at_least(
            "rebuild from nothing against COPY and index build",
            "tasks a second",
            count / min(filled),
            floor,
            0.5,
        ),
        at_least(
            "rebuild with nothing changed against COPY and index build",
            "tasks a second",
            count / min(unchanged),
            floor,
            1.0,
        ),
    ]


def _connect(engine: Engine) -> psycopg.Connection:
    return psycopg.connect(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))


def _copy_out(engine: Engine) -> bytes:
    with _connect(engine) as connection, io.BytesIO() as rows:
        with connection.cursor().copy("COPY tasks TO STDOUT (FORMAT binary)") as copy:
            for piece in copy:
                rows.write(piece)
        return rows.getvalue()


def _floor(engine: Engine, rows: bytes) -> float:
    """Load the same rows by COPY into a bare table, then build the same indexes."""
    with _connect(engine) as connection:
        indexes = [
            row[0].replace(" tasks_floor", " tasks_floor")
            for row in connection.execute(
                "SELECT replace(pg_get_indexdef(indexrelid), ' ON public.tasks ', ' ON tasks_floor ')"
                " FROM pg_index WHERE indrelid = 'tasks'::regclass"
            )
        ]
        connection.execute("CREATE TABLE tasks_floor (LIKE tasks)")
        connection.commit()
        started = perf_counter()
        with connection.cursor().copy("COPY tasks_floor FROM STDIN (FORMAT binary)") as copy:
            copy.write(rows)
        for number, index in enumerate(indexes):
            head, _, tail = index.partition(" ON ")
            unique = "UNIQUE " if "UNIQUE" in head else ""
            connection.execute(f"CREATE {unique}INDEX floor_{number} ON {tail}")
        connection.commit()
        seconds = perf_counter() - started
        connection.execute("DROP TABLE tasks_floor")
        connection.commit()
    return seconds
