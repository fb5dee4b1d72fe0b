"""What verdicts cost: a queue page of 50 patients, and the lanes of a million tasks when windows change."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from benchmarks.findings import Finding, at_least, at_most
from benchmarks.ground import NOW, add_rep, seconds_of_rebuild, servers
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.services.reading.team import TeamFilters, TeamPage, team_page, with_outlooks

PAGE_TASKS = 20_000
TASKS = 1_000_000
ROUNDS = 200
RECOUNTS = 3
ALLOWED_MS = 10.0

# Each person has two numbers, and three calls an account in two weeks that nobody answered.
# Some have said something about calls, so that no look-up comes back from an empty table.
NUMBERS = """
    INSERT INTO phones (patient_id, e164, place, created_at)
    SELECT id, '+1' || area || '555' || lpad((id % 10000)::text, 4, '0'), place, :now
    FROM patients, (VALUES ('312', 'mobile'), ('212', 'home')) AS number(area, place)
"""
PLACES = """
    UPDATE patients SET state = (ARRAY['IL', 'NY', 'MA', 'CA', 'TX'])[1 + id % 5],
        zip = (ARRAY['60614', '10001', '02129', '94110', '77002'])[1 + id % 5], birth_on = '1980-01-01'
"""
CALLS = """
    INSERT INTO calls (account_id, patient_id, phone_id, rep_id, party, place, state, placed_at, verdict,
        disposition)
    SELECT a.id, a.patient_id, p.id, :rep_id, 'patient', p.place, 'logged',
        CAST(:now AS timestamptz) - days * interval '1 day', '{}', 'no_answer'
    FROM accounts a JOIN phones p ON p.patient_id = a.patient_id AND p.place = 'mobile',
        generate_series(3, 12, 4) AS days
    WHERE a.patient_cents > 0
"""
WISHES = """
    INSERT INTO consents (patient_id, channel, scope, is_given, how, said_at, recorded_at)
    SELECT id, 'text', 'billing', false, 'said so', :now, :now FROM patients WHERE id % 10 = 0
"""
BAD_TIMES = """
    INSERT INTO inconvenient_times (patient_id, weekdays, from_time, until_time, how, recorded_by_id,
        recorded_at)
    SELECT id, 127, '08:00', '09:00', 'said so', :rep_id, :now FROM patients WHERE id % 10 = 1
"""

MOVED = "UPDATE patients SET window_id = :window_id WHERE window_id <> :window_id"


def run() -> list[Finding]:
    with servers() as ground:
        page = _page(ground.office("office", tasks=PAGE_TASKS))
        recount = _recount(ground.office("large", tasks=TASKS))
    return [page, recount]


def _page(engine: Engine) -> Finding:
    """Read the page with and without verdicts in turn, in one process."""
    with Session(engine) as session:
        rep_id = add_rep(session, "bench")
        for statement in (PLACES, NUMBERS, CALLS, WISHES, BAD_TIMES):
            session.execute(text(statement), {"now": NOW, "rep_id": rep_id})
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    with Session(engine) as session:
        team_id = session.execute(
            text("SELECT team_id FROM skills WHERE code = :code"), {"code": Skill.PATIENTS.value}
        ).scalar_one()

        def without() -> TeamPage:
            filters = TeamFilters(kind=TaskKind.PATIENT_BALANCE)
            return team_page(session, team_id=team_id, filters=filters, now=NOW)

        found = with_outlooks(session, without(), NOW)
        if len(found.outlooks) != 50:
            raise SystemExit(f"the page has {len(found.outlooks)} patients, not 50")
        times = _interleaved(without, lambda: with_outlooks(session, without(), NOW))
    engine.dispose()
    return at_most(
        "page of 50 patients with verdicts against the page without, and 10 ms",
        "ms",
        times[1] * 1e3,
        times[0] * 1e3 + ALLOWED_MS,
        1.0,
    )


def _interleaved(*parts: Callable[[], object]) -> list[float]:
    times: list[list[float]] = [[] for _ in parts]
    for turn in range(ROUNDS + 30):
        for number, part in enumerate(parts):
            started = perf_counter()
            part()
            if turn >= 30:
                times[number].append(perf_counter() - started)
    return list(map(median, times))


def _recount(engine: Engine) -> Finding:
    """Move every patient into another window, and give each task the lane that follows from it.

    The floor writes the same lanes into the same rows from a table that has them: what any way of doing it
    has to write.
    """
    floors, recounts = [], []
    with engine.begin() as connection:
        windows = list(
            connection.execute(text("SELECT id FROM windows WHERE zones <> '' ORDER BY id")).scalars()
        )
    for turn in range(RECOUNTS):
        with engine.begin() as connection:
            connection.execute(text(MOVED), {"window_id": windows[turn % 2]})
        _vacuum(engine)
        recounts.append(seconds_of_rebuild(engine))
        _vacuum(engine)
        with engine.begin() as connection:
            floors.append(_floor(connection))
        _vacuum(engine)
    moved = _moved(engine)
    engine.dispose()
    return at_least(
        "lanes of 1,000,000 tasks when every window changes, against an UPDATE of the same rows",
        "tasks a second",
        moved / min(recounts),
        moved / min(floors),
        0.2,
    )


def _floor(connection: Connection) -> float:
    """Write the lanes of the patients' tasks anew, from a table laid out before the clock starts."""
    connection.execute(
        text(
            "CREATE TEMP TABLE lanes_wanted ON COMMIT DROP AS SELECT id, lane_id FROM tasks"
            " WHERE lane_id IN (SELECT id FROM lanes WHERE window_id <> 0) AND state <> 'closed'"
        )
    )
    connection.execute(text("ANALYZE lanes_wanted"))
    started = perf_counter()
    connection.execute(
        text(
            "UPDATE tasks t SET lane_id = w.lane_id, changed_at = now() FROM lanes_wanted w WHERE t.id = w.id"
        )
    )
    return perf_counter() - started


def _moved(engine: Engine) -> int:
    with engine.connect() as connection:
        count: int = connection.execute(
            text(
                "SELECT count(*) FROM tasks WHERE state <> 'closed'"
                " AND lane_id IN (SELECT id FROM lanes WHERE window_id <> 0)"
            )
        ).scalar_one()
    return count


def _vacuum(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE tasks"))
        connection.execute(text("VACUUM ANALYZE patients"))
