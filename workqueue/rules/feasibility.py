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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from workqueue.rules.deadline_network import (
    Batch,
    DueTask,
    Flow,
    Needed,
    Network,
    PersonTime,
    Share,
    batch_of,
    benches_of,
    cheapest_through,
    most_through,
    needed_for,
    network_of,
    parts_of,
    through,
)


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


@dataclass(frozen=True, slots=True)
class Misses:
    """What no policy can do without, each by itself: the fewest may not be the cheapest."""

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


def least_loss(tasks: Sequence[DueTask], people: Sequence[PersonTime]) -> Loss:
    """Choose what to miss: what was promised is kept first, then what is worth most a minute."""
    best = _kept(tasks, people, lambda task: task.value_cents)
    left = dict(best.minutes)
    missed: list[DueTask] = []
    for task, batch, _ in sorted(
        best.contested, key=lambda each: (each.rank, each.task.minutes, each.task.id)
    ):
        if task.minutes <= left[batch]:
            left[batch] -= task.minutes
        else:
            missed.append(task)
    return Loss(tuple(task.id for task in missed), sum(task.value_cents for task in missed), ceil(best.lost))


def must_miss(tasks: Iterable[DueTask], people: Sequence[PersonTime]) -> Misses:
    """Return how many deadlines, and how much money, every policy misses at least.

    Lower bounds for whole tasks, proven: in the best division of minutes, parts of tasks are counted as parts
    and the sum is rounded up. They are reached where tasks are of equal length; a policy may miss more
    without being bad, none can miss fewer.
    """
    plain = [task._replace(comes_first=False) for task in tasks]
    cheapest = _kept(plain, people, lambda task: task.value_cents).lost
    return Misses(fewest_missed(plain, people), ceil(cheapest))


def fewest_missed(tasks: Iterable[DueTask], people: Sequence[PersonTime]) -> int:
    """Return the first figure of `must_miss` alone."""
    plain = (task._replace(comes_first=False) for task in tasks)
    return ceil(_kept(plain, people, lambda _: 1).lost)


def _solved(needed: Needed, people: Sequence[PersonTime]) -> tuple[Network, Flow]:
    net = network_of(needed, benches_of(people, {batch.only_id for batch in needed}))
    return net, most_through(net, needed)


def _shortage(net: Network, needed: Needed, part: frozenset[int]) -> Shortage:
    batches = frozenset(batch for batch, node in net.batches.items() if node in part)
    members = {member for node in part & net.turns.keys() for member in net.turns[node].person_ids}
    return Shortage(
        batches, sum(needed[batch] for batch in batches), through(net, part), tuple(sorted(members))
    )


class _Ranked(NamedTuple):
    task: DueTask
    batch: Batch
    rank: int
    """0 for what is kept first."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The minutes that are kept of each batch that is short, and what that loses."""

    contested: Sequence[_Ranked]
    minutes: Mapping[Batch, int]
    lost: Fraction


def _kept(tasks: Iterable[DueTask], people: Sequence[PersonTime], worth: Callable[[DueTask], int]) -> _Kept:
    """Keep as many minutes as there are, and of those the ones that are worth most.

    Only the order of worths matters (a greedy choice is optimal in a polymatroid), so the solver is given
    small whole ranks and the result is exact.
    """
    tasks = list(tasks)
    found = feasibility(needed_for(tasks), people)
    short = {batch for shortage in found.shortages for batch in shortage.batches}
    contested = _ranked([(task, batch) for task in tasks if (batch := batch_of(task)) in short], worth)
    shares: dict[Share, int] = defaultdict(int)
    one_of: dict[Share, DueTask] = {}
    for task, batch, rank in contested:
        shares[batch, rank] += task.minutes
        one_of[batch, rank] = task
    needed: dict[Batch, int] = defaultdict(int)
    for (batch, _), minutes in shares.items():
        needed[batch] += minutes
    net = network_of(needed, benches_of(people, {batch.only_id for batch in needed}))
    kept: dict[Batch, int] = defaultdict(int)
    lost_by_length: dict[int, int] = defaultdict(int)
    for (share, total), flow in zip(shares.items(), cheapest_through(net, shares).shares, strict=True):
        kept[share[0]] += flow
        lost_by_length[one_of[share].minutes] += (total - flow) * worth(one_of[share])
    lost = sum((Fraction(each, length) for length, each in lost_by_length.items()), Fraction())
    return _Kept(contested, kept, lost)


def _ranked(tasks: Sequence[tuple[DueTask, Batch]], worth: Callable[[DueTask], int]) -> list[_Ranked]:
    # Two different fractions with denominators up to n are at least 1/n² apart: so many whole steps of n²
    # tell them apart without a fraction being made of each.
    steps = max((task.minutes for task, _ in tasks), default=1) ** 2
    dense = [(task.comes_first, worth(task) * steps // task.minutes) for task, _ in tasks]
    place = {each: number for number, each in enumerate(sorted(set(dense), reverse=True))}
    return [_Ranked(*each, place[density]) for each, density in zip(tasks, dense, strict=True)]
