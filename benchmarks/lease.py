"""The next-task lease: whether it stays quick in a large office, and never comes back empty."""

import multiprocessing
from random import Random
from time import perf_counter

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from benchmarks.findings import Finding, at_least, at_most, percentile, rate
from benchmarks.ground import NOW, add_rep, servers
from workqueue.services import leasing

SMALL, LARGE = 10_000, 1_000_000
ROUNDS = 2_000
CLIENTS, CLAIMS = 8, 150


def run() -> list[Finding]:
    with servers() as ground:
        small, large = ground.office("small", tasks=SMALL), ground.office("large", tasks=LARGE)
        of_small, of_large, floor = _interleaved(small, large)
        empty = _empty_answers(ground.url("small"))
    return [
        at_most(
            "lease p99, 1,000,000 tasks against 10,000",
            "ms",
            percentile(of_large, 0.99) * 1e3,
            percentile(of_small, 0.99) * 1e3,
            1.3,
        ),
        at_least("lease against a one-row UPDATE", "a second", rate(of_large), rate(floor), 0.5),
        Finding("empty answers while work remains", "answers", empty, 0, "none", empty, empty == 0),
    ]


def _interleaved(small: Engine, large: Engine) -> tuple[list[float], list[float], list[float]]:
    random = Random(7)
    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    with Session(small) as in_small, Session(large) as in_large:
        reps = [add_rep(session, "bench") for session in (in_small, in_large)]
        in_small.commit()
        in_large.commit()
        top: int = in_large.execute(text("SELECT max(id) FROM tasks")).scalar_one()
        for turn in range(ROUNDS + 100):
            taken = [
                _claim(in_small, reps[0]),
                _claim(in_large, reps[1]),
                _update(in_large, random.randint(1, top)),
            ]
            # The first turns fill caches and prepare statements.
            if turn >= 100:
                for each, seconds in zip(times, taken, strict=True):
                    each.append(seconds)
    return times


def _claim(session: Session, rep_id: int) -> float:
    started = perf_counter()
    leased = leasing.lease_next(session, rep_id=rep_id, now=NOW, lease_seconds=600)
    session.commit()
    seconds = perf_counter() - started
    if leased is None:
        raise SystemExit("lease_next found nothing in an office full of work")
    _put_away(session, leased)
    return seconds


def _put_away(session: Session, leased: leasing.LeasedTask) -> None:
    """Let the task wait, as an outcome would, so that the next claim finds another."""
    session.execute(
        text(
            "UPDATE tasks SET state = 'waiting', holder_id = NULL, lease_token = NULL, lease_until = NULL"
            " WHERE id = :id"
        ),
        {"id": leased.task_id},
    )
    session.execute(text("UPDATE leases SET ended_at = now() WHERE id = :id"), {"id": leased.token})
    session.commit()


def _update(session: Session, task_id: int) -> float:
    started = perf_counter()
    session.execute(text("UPDATE tasks SET attempts = 1 - attempts WHERE id = :id"), {"id": task_id})
    session.commit()
    return perf_counter() - started


def _empty_answers(url: str) -> int:
    """Let many reps claim at once, with far more work than they take; return how often one got nothing."""
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool:
        return sum(pool.starmap(_claim_many, [(url, number) for number in range(CLIENTS)]))


def _claim_many(url: str, number: int) -> int:
    empty = 0
    with Session(create_engine(url)) as session:
        rep_id = add_rep(session, f"bench {number}")
        session.commit()
        for _ in range(CLAIMS):
            leased = leasing.lease_next(session, rep_id=rep_id, now=NOW, lease_seconds=600)
            session.commit()
            if leased is None:
                empty += 1
            else:
                _put_away(session, leased)
    return empty
