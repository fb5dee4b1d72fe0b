"""What chances and minutes rest on: the reviewed default, or the office's own outcomes and how many."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, bindparam, select, text
from sqlalchemy.orm import Session

from workqueue.models import Estimate, Task
from workqueue.rules.estimates import LEAST_COUNT
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.priors import FOREVER_DAYS, PRIORS, Prior, prior_of
from workqueue.services import queue_rules
from workqueue.services.estimating_sql import SINCE_ON, TASK_WITH_AGE

DEFAULT_WORDS = "the reviewed default"
RULE_WORDS = "as the rules of the queue say"


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of task at one age: the default, what the office's outcomes say, and how many there are."""

    kind: TaskKind
    kind_label: str
    age_words: str
    default: Prior
    p_now_bp: int | None
    p_later_bp: int | None
    minutes: int | None
    observed: int
    settled: int
    prompt: int
    late: int
    timed: int

    @property
    def in_use_words(self) -> str:
        """Say whose numbers the queue goes by."""
        if self.p_now_bp is None and self.minutes is None:
            return "Default"
        if self.minutes is None:
            return "Own chances, default minutes"
        if self.p_now_bp is None:
            return "Default chances, own minutes"
        return "Own"


@dataclass(frozen=True, slots=True)
class Cells:
    """All cells, and the estimation they come from; version 0 when there was none yet."""

    version: int
    estimated_at: datetime | None
    least_count: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What one task's chances and minutes rest on, in words."""

    chances_words: str
    minutes_words: str


def all_cells(session: Session) -> Cells:
    """Return every cell in the order of the defaults."""
    rows = {(each.kind, each.from_days, each.until_days): each for each in session.scalars(select(Estimate))}
    newest = max(rows.values(), key=lambda each: each.version, default=None)
    return Cells(
        version=newest.version if newest else 0,
        estimated_at=newest.estimated_at if newest else None,
        least_count=LEAST_COUNT,
        cells=tuple(
            _cell(prior, rows.get((prior.kind, prior.from_days, prior.until_days))) for prior in PRIORS
        ),
    )


def _cell(prior: Prior, row: Estimate | None) -> Cell:
    return Cell(
        kind=prior.kind,
        kind_label=KINDS[prior.kind].label,
        age_words=age_words(prior),
        default=prior,
        p_now_bp=row.p_now_bp if row else None,
        p_later_bp=row.p_later_bp if row else None,
        minutes=row.minutes if row else None,
        observed=row.observed if row else 0,
        settled=row.settled if row else 0,
        prompt=row.prompt if row else 0,
        late=row.late if row else 0,
        timed=row.timed if row else 0,
    )


def age_words(prior: Prior) -> str:
    """Say at which age a cell holds."""
    is_first, is_last = prior.from_days == -FOREVER_DAYS, prior.until_days == FOREVER_DAYS
    if is_first and is_last:
        return "Any age"
    if is_first:
        return f"Up to {prior.until_days - 1} days"
    if is_last:
        return f"From {prior.from_days} days"
    return f"{prior.from_days} to {prior.until_days - 1} days"


_AGE = text(f"SELECT :today - ({SINCE_ON}) FROM {TASK_WITH_AGE} WHERE t.id = :task_id").bindparams(  # noqa: S608
    bindparam("today", type_=Date)
)  # put together from constants


def grounds(session: Session, task: Task, today: date) -> Grounds:
    """Say what a task's chances and minutes rest on.

    A closed task keeps the numbers it had; what they rested on then is not known any more.
    """
    age_days: int | None = session.execute(_AGE, {"today": today, "task_id": task.id}).scalar_one()
    prior = prior_of(task.kind, age_days or 0)
    row = session.get(Estimate, (prior.kind, prior.from_days, prior.until_days))
    of_kind = queue_rules.in_force(session).rules.of(task.kind)
    return Grounds(
        _words(task.p_now_bp, row.p_now_bp if row else None, prior.p_now_bp, row.observed if row else 0),
        RULE_WORDS
        if of_kind.minutes == task.minutes
        else _words(task.minutes, row.minutes if row else None, prior.minutes, row.timed if row else 0),
    )


def _words(used: int, own: int | None, default: int, count: int) -> str:
    if own is not None and used == own:
        return f"from {count:,} outcomes of this office"
    return DEFAULT_WORDS if own is None and used == default else "as it was judged last"
