"""Which deadlines cannot be kept with the people there are: a proof, not a guess.

Earliest deadline first is right for one kind of work, and wrong as soon as people do several. Ana does
denials and claims, Ben claims only; each has 60 minutes. A claim of 60 minutes is due at three, a denial of
60 at four. By deadline Ana takes the claim, since it is due first, and the denial is missed; the flow gives
the claim to Ben and both are kept. So tasks and people's time are a network (deadline_network.py), and the
most that flows through it is the most that can be done.

What holds of the answers:

- A shortage is proven. Its tasks need more minutes than all who can do any of them have in the time left
  (Hall's condition, read off the minimum cut). No order of work and no change of owners closes it.
- Tasks may be put down and taken up again, by a colleague too; within a slot that is always possible while no
  task is longer than the slot (Gonzalez and Sahni, J. ACM 23, 1976). Whoever may not split tasks can only do
  less, so a shortage stays proven.
- A person of different paces in different skills is counted at their best one, and in each skill at most at
  the pace of that skill: never less than they can do. With equal paces it is exact.
- What may be kept together forms a polymatroid, so keeping the most valuable minute first loses the least
  money. One task a batch may be left half done: such a one is missed, and `Loss` gives both figures, what no
  plan can save and what this list of whole tasks loses.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from workqueue.rules.deadline_network import (
    Batch,
    DueTask,
    Flow,
    Needed,
    Network,
    PersonTime,
    batch_of,
    benches_of,
    cheapest_through,
    most_through,
    network_of,
    parts_of,
    through,
)

Whole = npt.NDArray[np.int64]
LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class Shortage:
    """Tasks that need more minutes than all who can do any of them have: the certificate."""

    batches: frozenset[Batch]
    needed: int
    possible: int
    person_ids: tuple[int, ...]
    """All who can do any of it before it is due."""

    @property
    def short(self) -> int:
        return self.needed - self.possible

    @property
    def skills(self) -> tuple[str, ...]:
        return tuple(sorted({batch.skill for batch in self.batches}))

    @property
    def last_due(self) -> int:
        """The slot in which the last of it is due."""
        return max(batch.due for batch in self.batches)


@dataclass(frozen=True, slots=True)
class Feasibility:
    """Minutes needed, the most of them that can be done in time, and why not more."""

    needed: int
    possible: int
    shortages: tuple[Shortage, ...]

    @property
    def short(self) -> int:
        return self.needed - self.possible

    @property
    def is_feasible(self) -> bool:
        return not self.short


@dataclass(frozen=True, slots=True)
class Loss:
    """Whole tasks to let go of, so that the money lost is least."""

    missed_ids: tuple[int, ...]
    value_cents: int
    least_value_cents: int
    """No plan loses less, those included that split tasks; promised tasks are kept before money."""
    least_count: int
    """No plan misses fewer tasks; the fewest may not be the cheapest."""


@dataclass(frozen=True, slots=True)
class Misses:
    """What no policy can do without, each by itself."""

    count: int
    value_cents: int


def feasibility(needed: Needed, people: Sequence[PersonTime]) -> Feasibility:
    """Say whether there are minutes enough for every deadline, and which sets of tasks lack how many."""
    net, flow = _solved(needed, people)
    shortages = (_shortage(net, needed, part) for part in parts_of(net, flow.short_side))
    worst_first = sorted(
        (each for each in shortages if each.short),
        key=lambda each: (-each.short, each.last_due, each.skills),
    )
    return Feasibility(sum(needed.values()), flow.minutes, tuple(worst_first))


def minutes_short(needed: Needed, people: Sequence[PersonTime]) -> int:
    """Return how many minutes of this cannot be done in time."""
    return sum(needed.values()) - _solved(needed, people)[1].minutes


def least_loss(tasks: Iterable[DueTask], people: Sequence[PersonTime]) -> Loss:
    """Choose what to miss: what was promised is kept first, then what is worth most a minute."""
    contested = _contested(tasks, people)
    best = _kept(contested, people, contested.values, contested.firsts)
    left = list(best.minutes)
    missed: list[DueTask] = []
    for number in np.lexsort((contested.ids, contested.minutes, best.ranks)).tolist():
        task, batch = contested.tasks[number], contested.batch_of[number]
        if task.minutes <= left[batch]:
            left[batch] -= task.minutes
        else:
            missed.append(task)
    return Loss(
        tuple(task.id for task in missed),
        sum(task.value_cents for task in missed),
        ceil(best.lost),
        _fewest(contested, people),
    )


def must_miss(tasks: Iterable[DueTask], people: Sequence[PersonTime]) -> Misses:
    """Return how many deadlines, and how much money, every policy misses at least.

    Lower bounds for whole tasks, proven: in the best division of minutes, parts of tasks are counted as parts
    and the sum is rounded up. They are reached where tasks are of equal length; a policy may miss more
    without being bad, none can miss fewer.
    """
    contested = _contested(tasks, people)
    cheapest = _kept(contested, people, contested.values, np.zeros_like(contested.firsts))
    return Misses(_fewest(contested, people), ceil(cheapest.lost))


def _fewest(contested: "_Contested", people: Sequence[PersonTime]) -> int:
    alike = np.ones_like(contested.values)
    return ceil(_kept(contested, people, alike, np.zeros_like(contested.firsts)).lost)


def _solved(needed: Needed, people: Sequence[PersonTime]) -> tuple[Network, Flow]:
    net = network_of(needed, benches_of(people, {batch.only_id for batch in needed}))
    return net, most_through(net, needed)


def _shortage(net: Network, needed: Needed, part: frozenset[int]) -> Shortage:
    batches = frozenset(batch for batch, node in net.batches.items() if node in part)
    members = {member for node in part & net.turns.keys() for member in net.turns[node].person_ids}
    return Shortage(
        batches, sum(needed[batch] for batch in batches), through(net, part), tuple(sorted(members))
    )


@dataclass(frozen=True, slots=True)
class _Contested:
    """The tasks of which some are missed, as columns: there may be a hundred thousand."""

    batches: Sequence[Batch]
    tasks: Sequence[DueTask]
    """Those of one batch after those of the one before."""
    batch_of: Whole
    """By task, the place of its batch."""
    ids: Whole
    minutes: Whole
    values: Whole
    firsts: Whole


def _contested(tasks: Iterable[DueTask], people: Sequence[PersonTime]) -> _Contested:
    by_batch: dict[Batch, list[DueTask]] = defaultdict(list)
    for task in tasks:
        by_batch[batch_of(task)].append(task)
    needed = {batch: sum(task.minutes for task in each) for batch, each in by_batch.items()}
    short = {batch for shortage in feasibility(needed, people).shortages for batch in shortage.batches}
    batches = [batch for batch in by_batch if batch in short]
    found = [task for batch in batches for task in by_batch[batch]]
    return _Contested(
        batches,
        found,
        np.repeat(np.arange(len(batches)), [len(by_batch[batch]) for batch in batches]),
        *(
            np.array([getattr(task, name) for task in found], np.int64)
            for name in ("id", "minutes", "value_cents", "comes_first")
        ),
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """The minutes that are kept of each batch, in their order, and what the rest loses."""

    minutes: list[int]
    ranks: Whole
    """By task; 0 is kept first."""
    lost: Fraction


def _kept(contested: _Contested, people: Sequence[PersonTime], worths: Whole, firsts: Whole) -> _Kept:
    """Keep as many minutes as there are, and of those the ones that are worth most.

    Only the order of worths matters (a greedy choice is optimal in a polymatroid), so the solver is given
    small whole ranks and the result is exact.
    """
    batches, minutes = contested.batches, contested.minutes
    if not batches:
        return _Kept([], contested.ids, Fraction())
    ranks = _ranks(minutes, worths, firsts)
    # Of one batch and rank are tasks that are worth the same a minute: the solver sees them as one.
    span = int(ranks.max()) + 1
    places, one_of, share_of = np.unique(
        contested.batch_of * span + ranks, return_index=True, return_inverse=True
    )
    totals = _added(share_of, minutes, len(places))
    batch_of_share, rank_of_share = np.divmod(places, span)
    needed = _added(contested.batch_of, minutes, len(batches)).tolist()
    net = network_of(
        dict(zip(batches, needed, strict=True)), benches_of(people, {batch.only_id for batch in batches})
    )
    shares = {
        (batches[batch], rank): total
        for batch, rank, total in zip(
            batch_of_share.tolist(), rank_of_share.tolist(), totals.tolist(), strict=True
        )
    }
    flows = np.array(cheapest_through(net, shares).shares, np.int64)
    lost: dict[int, int] = defaultdict(int)
    for length, worth, gone in zip(
        minutes[one_of].tolist(), worths[one_of].tolist(), (totals - flows).tolist(), strict=True
    ):
        lost[length] += gone * worth
    return _Kept(
        _added(batch_of_share, flows, len(batches)).tolist(),
        ranks,
        sum((Fraction(each, length) for length, each in lost.items()), Fraction()),
    )


def _ranks(minutes: Whole, worths: Whole, firsts: Whole) -> Whole:
    # Two different fractions with denominators up to n are at least 1/n² apart: so many whole steps of n²
    # tell them apart without a fraction being made of each. Python's whole numbers where 64 bits are too few.
    steps = int(minutes.max()) ** 2
    exact: Any = worths if int(worths.max()) * steps < LARGEST else worths.astype(object)
    _, density = np.unique(exact * steps // minutes, return_inverse=True)
    _, ranks = np.unique(-(density + firsts * (int(density.max()) + 1)), return_inverse=True)
    return np.asarray(ranks, np.int64)


def _added(places: Whole, amounts: Whole, count: int) -> Whole:
    sums = np.zeros(count, np.int64)
    np.add.at(sums, places, amounts)
    return sums
