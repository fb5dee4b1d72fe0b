"""Sharing a team's work out anew with the least disruption, and proof that less would not do.

What is never broken: nobody gets what they have not learned; what is pinned (in somebody's hands, on the
line, a callback today, a conversation within the week) stays; nobody who is away has anything. Of what is
left, in this order, each before all that follow:

1. overload: minutes that somebody has beyond their time; only what is pinned can cause any;
2. open: minutes for which nobody able has time, and which are therefore open to everybody;
3. moves: how many tasks change hands;
4. preference: minutes that go to whoever is slower, needs an interpreter, or does not know the patient;
5. fairness: minutes by how full the day already is of whoever has them, in tenths.

Tasks alike in all of this are one class (rules/rebalance_classes.py), and the minutes of classes flow to
people at least cost (rules/rebalance_network.py). Minutes can be split and tasks cannot: rules/whole_tasks.py
makes whole tasks of the flow without one move more, for which each person may end over their time by less
than the longest of their tasks, and rules/within_time.py hands such tasks on where somebody has room. Minutes
and time are those of an ordinary pace.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workqueue.rules.moves import MoveWhy
from workqueue.rules.rebalance_classes import Item, Person, TaskClass, grouped_into_classes
from workqueue.rules.rebalance_network import MOVES, RATE, Network, can_stay, network, solved
from workqueue.rules.whole_tasks import Shares, whole_tasks
from workqueue.rules.within_time import within_time


@dataclass(frozen=True, slots=True)
class Change:
    """One task that changes hands."""

    task_id: int
    from_id: int | None
    to_id: int | None
    """Empty: open to everybody."""
    minutes: int
    why: MoveWhy


@dataclass(frozen=True, slots=True)
class Load:
    """What one person has before and after, in minutes."""

    person_id: int
    capacity: int
    before: int
    after: int
    pinned: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who gets what, and how little of it could be less."""

    changes: tuple[Change, ...]
    loads: tuple[Load, ...]
    least_moves: int
    """With fewer, somebody has more than their time (beyond what is pinned), or more is open than has to be.

    `moves` is never more; it is less where somebody ends over their time, by less than a task.
    """
    open_minutes: int
    tasks: int
    classes: int
    rounded_up_to: int
    """Tasks were taken to last a multiple of so many minutes."""

    @property
    def moves(self) -> int:
        """How many tasks change hands; what was nobody's before changes none."""
        return sum(each.from_id is not None for each in self.changes)


def propose(items: Sequence[Item], people: Iterable[Person]) -> Proposal:
    """Share the items out; of tasks of one class those that come first in `items` stay first."""
    team = {person.id: person for person in people}
    before, pinned = Counter[int](), Counter[int]()
    movable = []
    for item in items:
        if item.owner_id is not None:
            before[item.owner_id] += item.minutes
        if item.is_pinned and item.owner_id in team:
            pinned[item.owner_id] += item.minutes
        else:
            movable.append(item)
    grouped, rounded_up_to = grouped_into_classes(movable, team)
    net = network([(each, len(tasks)) for each, tasks in grouped.items()], team, pinned)
    flow = solved(net)
    least_moves = -(-net.totals(flow)[MOVES] // RATE)
    shares = within_time(net, whole_tasks(net, flow), least_moves)
    changes = tuple(_changes(net, grouped, shares, team, before))
    return Proposal(
        changes=changes,
        loads=tuple(_loads(team, before, pinned, changes)),
        least_moves=least_moves,
        open_minutes=sum(each.minutes for each in changes if each.to_id is None),
        tasks=len(items),
        classes=len(grouped),
        rounded_up_to=rounded_up_to,
    )


def _changes(
    net: Network,
    grouped: Mapping[TaskClass, Sequence[Item]],
    shares: Shares,
    team: Mapping[int, Person],
    before: Mapping[int, int],
) -> Iterator[Change]:
    for at, each in enumerate(net.classes):
        share = shares[at]
        tasks = iter(grouped[each])
        for _ in range(share.get(each.owner_id, 0) if each.owner_id is not None else 0):
            next(tasks)
        others = sorted(to_id for to_id in share if to_id is not None and to_id != each.owner_id)
        for to_id in [*others, None]:
            for _ in range(share.get(to_id, 0)):
                item = next(tasks)
                if to_id != each.owner_id:
                    yield Change(item.task_id, each.owner_id, to_id, item.minutes, _why(each, team, before))


def _why(each: TaskClass, team: Mapping[int, Person], before: Mapping[int, int]) -> MoveWhy:
    if each.owner_id is None:
        return MoveWhy.OPEN
    if each.owner_id not in team:
        return MoveWhy.ABSENT
    if not can_stay(each, team):
        return MoveWhy.SKILL
    is_over = before[each.owner_id] > team[each.owner_id].minutes
    return MoveWhy.OVER if is_over else MoveWhy.ROOM


def _loads(
    team: Mapping[int, Person],
    before: Mapping[int, int],
    pinned: Mapping[int, int],
    changes: Iterable[Change],
) -> Iterator[Load]:
    moved = Counter[int | None]()
    for change in changes:
        moved[change.from_id] -= change.minutes
        moved[change.to_id] += change.minutes
    for person in team.values():
        had = before.get(person.id, 0)
        yield Load(person.id, person.minutes, had, had + moved[person.id], pinned.get(person.id, 0))
