"""Chances and minutes from the office's own outcomes, and the queue that follows from them."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Integer, Interval, Text, bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from workqueue.models import Estimate
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.dispositions import PUT_ASIDE
from workqueue.rules.estimates import (
    LEAST_HANDLE_SECONDS,
    LOOK_BACK_DAYS,
    SETTLED_WITHIN_DAYS,
    SETTLING,
    Chances,
    Estimated,
    Shares,
    Tally,
    estimated,
)
from workqueue.rules.kinds import TaskKind
from workqueue.rules.priors import PRIORS
from workqueue.services import deriving, estimating_sql, queue_rules
from workqueue.services.deriving import RebuildReport
from workqueue.services.deriving.claim_rules import CLAIM_KINDS

ESTIMATE_LOCK = 7_203
"""Advisory lock: two estimations at once would both be the same version."""

FROM, UNTIL = time(2), time(5)
"""When the nightly estimation may begin, by the office's clock: a rebuild keeps events waiting, so a sweeper
that was away at night does not make up for it by day."""

Cell = tuple[TaskKind, int, int]
"""Kind, and the age in days from which and before which it holds."""


@dataclass(frozen=True)
class EstimateReport:
    """What an estimation found and what the rebuild after it changed."""

    version: int
    cells: int
    own_chances: int
    """Cells whose chances are the office's own."""
    own_minutes: int
    rebuilt: RebuildReport


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether it is night in the office and tonight's estimation has not been made."""
    if not FROM <= now.astimezone(ZoneInfo(OFFICE_ZONE)).time() < UNTIL:
        return False
    last_at = session.scalar(select(func.max(Estimate.estimated_at)))
    return last_at is None or office_day(last_at) < office_day(now)


def estimate_and_rebuild(session: Session, *, now: datetime, actor_id: int | None = None) -> EstimateReport:
    """Estimate every cell anew and derive the whole queue from it.

    One transaction: whoever derives before it ends does so with the old numbers and before the rebuild,
    whoever derives after it with the new ones; the live queue is never a mixture of both.
    """
    session.flush()
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL lock_timeout = '60s'"))
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ESTIMATE_LOCK})
    version, found = _estimate(session, now)
    rebuilt = deriving.rebuild(session, now=now, actor_id=actor_id, cause_id=version)
    return EstimateReport(
        version=version,
        cells=len(found),
        own_chances=sum(each.chances is not None for each in found),
        own_minutes=sum(each.minutes is not None for each in found),
        rebuilt=rebuilt,
    )


def _estimate(session: Session, now: datetime) -> tuple[int, list[Estimated]]:
    """Write every cell; return the version and what holds."""
    before = {
        (each.kind, each.from_days, each.until_days): each for each in session.scalars(select(Estimate))
    }
    tallies = _tallies(session, now)
    version = max((each.version for each in before.values()), default=0) + 1
    rows, found = [], []
    for prior in PRIORS:
        cell = (prior.kind, prior.from_days, prior.until_days)
        tally = tallies[cell]
        holds = estimated(prior, tally, _held(before.get(cell)))
        found.append(holds)
        rows.append(_row(cell, tally, holds) | {"version": version, "estimated_at": now})
    # A cell whose ages were changed since has no default any more, and its row would never be read.
    session.execute(delete(Estimate))
    session.execute(insert(Estimate), rows)
    session.expire_all()
    return version, found


def _held(row: Estimate | None) -> Estimated:
    """Return what held until now."""
    if row is None:
        return Estimated()
    known = row.p_now_bp is not None and row.p_later_bp is not None
    chances = Chances(row.p_now_bp or 0, row.p_later_bp or 0) if known else None
    return Estimated(chances, row.minutes)


def _row(cell: Cell, tally: Tally, holds: Estimated) -> dict[str, object]:
    return {
        "kind": cell[0],
        "from_days": cell[1],
        "until_days": cell[2],
        "p_now_bp": holds.chances.p_now_bp if holds.chances else None,
        "p_later_bp": holds.chances.p_later_bp if holds.chances else None,
        "minutes": holds.minutes,
        "observed": tally.observed.count,
        "settled": tally.settled,
        "prompt": tally.prompt.count,
        "late": tally.late.count,
        "timed": tally.timed,
    }


_TALLIES = text(estimating_sql.TALLIES).bindparams(
    *(bindparam(name, type_=ARRAY(Text)) for name in ("kinds", "settled_kinds", "settlings")),
    *(bindparam(name, type_=ARRAY(Text)) for name in ("not_work", "troubles")),
    *(bindparam(name, type_=ARRAY(Integer)) for name in ("from_days", "until_days")),
    *(bindparam(name, type_=DateTime(timezone=True)) for name in ("now", "from_at")),
    *(bindparam(name, type_=Interval) for name in ("within", "revisit")),
)


def _tallies(session: Session, now: datetime) -> dict[Cell, Tally]:
    """Return what was observed of every cell; one statement, so that all of it is of one moment."""
    rows = session.execute(
        _TALLIES,
        {
            "kinds": [each.kind.value for each in PRIORS],
            "from_days": [each.from_days for each in PRIORS],
            "until_days": [each.until_days for each in PRIORS],
            "settled_kinds": [kind.value for kind in SETTLING],
            "settlings": [settling.value for settling in SETTLING.values()],
            # Put off or passed on, nobody has worked on it.
            "not_work": [each.code for each in PUT_ASIDE],
            # That a claim waits for its payer again is no trouble.
            "troubles": [kind.value for kind in CLAIM_KINDS if kind is not TaskKind.CLAIM_NO_RESPONSE],
            "now": now,
            "from_at": now - timedelta(days=LOOK_BACK_DAYS),
            "within": timedelta(days=SETTLED_WITHIN_DAYS),
            "revisit": timedelta(days=queue_rules.in_force(session).rules.revisit_days),
            "least_seconds": LEAST_HANDLE_SECONDS,
        },
    )
    return {
        (TaskKind(row[0]), row[1], row[2]): Tally(
            observed=Shares(row[3], row[4]),
            settled=row[5],
            prompt=Shares(row[6], row[7]),
            late=Shares(row[8], row[9]),
            timed=row[10],
            median_seconds=row[11],
        )
        for row in rows
    }
