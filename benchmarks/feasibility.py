"""What it costs to prove which of 100,000 deadlines 200 people cannot keep, against reading them once."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from benchmarks.findings import Finding, at_most
from benchmarks.ground import NOW, Ground, servers
from workqueue.rules.calendar import office_day
from workqueue.rules.feasibility import feasibility as weighed
from workqueue.services import feasibility

TASKS, DEADLINES, PEOPLE = 400_000, 100_000, 200
DAYS = 13
ROUNDS = 5
SHORT_MINUTES, LONG_MINUTES = 1, 15
"""Of a task: with the short ones all can be kept, with the long ones most cannot."""
ALLOWED_MS = 1_000.0

READ = "SELECT lane_id, deadline_on, owner_id, minutes, value_cents FROM tasks WHERE deadline_on IS NOT NULL"


def run() -> list[Finding]:
    with servers() as ground:
        engine = _office(ground)
        _take(engine, SHORT_MINUTES)
        kept = _times(engine, ground, _line)
        _take(engine, LONG_MINUTES)
        short = _times(engine, ground, _line)
        page = _times(engine, ground, _page)
        solver = _solver_ms(engine)
        engine.dispose()
    named = f"{DEADLINES:,} deadlines, {PEOPLE} people"
    return [
        at_most(f"the line where all can be kept, {named}, against reading them", "ms", *kept, 3.0),
        at_most(f"the line where most cannot, {named}, against reading them", "ms", *short, 20.0),
        at_most(f"the page with what would help, {named}, against reading them", "ms", *page, 40.0),
        at_most(f"the flow alone, {named}, against what is allowed", "ms", solver, ALLOWED_MS, 1.0),
    ]


def _office(ground: Ground) -> Engine:
    """Build an office in which so many tasks fall due within two weeks, and people of one to four skills."""
    engine = ground.office("office", tasks=TASKS)
    with engine.begin() as connection:
        connection.execute(text("UPDATE tasks SET deadline_on = NULL WHERE deadline_on IS NOT NULL"))
        connection.execute(
            text(
                "UPDATE tasks SET deadline_on = CAST(:today AS date) + 1 + (id % :days)::int,"
                " value_cents = 1000 + id * 7919 % 900000 WHERE id IN (SELECT t.id FROM tasks t"
                " JOIN lanes l ON l.id = t.lane_id JOIN skills s ON s.id = l.skill_id"
                " WHERE s.code IN ('claims', 'denials') AND t.state <> 'closed'"
                " ORDER BY t.id LIMIT :deadlines)"
            ),
            {"today": office_day(NOW), "days": DAYS, "deadlines": DEADLINES},
        )
        connection.execute(
            text(
                "INSERT INTO users (username, name, role, password_hash)"
                " SELECT 'rep' || n, 'Rep ' || n, 'rep', '' FROM generate_series(1, :people) AS n"
            ),
            {"people": PEOPLE},
        )
        connection.execute(
            text(
                "INSERT INTO user_skills (user_id, skill_id, level) SELECT u.id, s.id,"
                " (ARRAY['learning', 'able', 'expert'])[1 + (u.id + s.id) % 3]"
                " FROM users u, skills s WHERE (u.id * 7 + s.id * 3) % 5 < 2"
            )
        )
    return engine


def _take(engine: Engine, minutes: int) -> None:
    """Let the tasks take so many minutes, and a few more each."""
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE tasks SET minutes = :minutes + id % :minutes WHERE deadline_on IS NOT NULL"),
            {"minutes": minutes},
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE tasks"))


def _times(engine: Engine, ground: Ground, subject: Callable[[Session], None]) -> tuple[float, float]:
    """Return the medians of the subject and of reading all deadlines, in turns, in milliseconds."""
    ours, floor = [], []
    with psycopg.connect(ground.url("office").replace("+psycopg", "")) as connection:
        for _ in range(ROUNDS):
            started = perf_counter()
            connection.execute(READ).fetchall()
            floor.append((perf_counter() - started) * 1e3)
            with Session(engine) as session:
                started = perf_counter()
                subject(session)
                ours.append((perf_counter() - started) * 1e3)
    return median(ours), median(floor)


def _line(session: Session) -> None:
    feasibility.report(session, feasibility.ahead(session, now=NOW))


def _page(session: Session) -> None:
    found = feasibility.ahead(session, now=NOW)
    feasibility.fixes(session, found, feasibility.report(session, found))


def _solver_ms(engine: Engine) -> float:
    with Session(engine) as session:
        found = feasibility.ahead(session, now=NOW)
    times = []
    for _ in range(ROUNDS):
        started = perf_counter()
        weighed(found.needed, found.people)
        times.append((perf_counter() - started) * 1e3)
    return median(times)
