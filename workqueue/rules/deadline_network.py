"""Tasks with deadlines and people with minutes as a network: what flows through it can be done in time.

    source -> batch of tasks -> skill in a slot -> that skill of these people -> their time in it -> sink

A slot is a stretch of time in which nothing begins or falls due: a day, or a part of one. Minutes are those
of somebody of level "able". Who is slower in one skill passes fewer of them there; who is faster passes more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from ortools.graph.python.max_flow import SimpleMaxFlow
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

SOURCE, SINK = 0, 1

Minutes = npt.NDArray[np.int64]
"""One number a slot."""


class DueTask(NamedTuple):
    """A task that is worth nothing after its deadline; a tuple, because there are a hundred thousand."""

    id: int
    skill: str
    release: int
    """The first slot in which it may be worked."""
    due: int
    """The last one; before `release` where no time is left at all."""
    minutes: int
    """At least 1."""
    value_cents: int = 0
    comes_first: bool = False
    """Kept before any money: somebody was promised it."""
    only_id: int | None = None
    """The one person who may do it; empty for whoever has the skill."""


@dataclass(frozen=True, slots=True)
class PersonTime:
    """What one person can do and when. Whose skill runs out is two of these, before and after."""

    id: int
    paces: Mapping[str, int]
    """By skill, of the minutes of a task, how many per cent it takes this person."""
    minutes: Sequence[int]
    """For tasks, by slot."""


class Batch(NamedTuple):
    """Tasks of which any may stand in for any other of as many minutes."""

    skill: str
    only_id: int | None
    release: int
    due: int


def batch_of(task: DueTask) -> Batch:
    return Batch(task.skill, task.only_id, task.release, task.due)


Needed = Mapping[Batch, int]
"""Minutes of work by batch."""


def needed_for(tasks: Iterable[DueTask]) -> dict[Batch, int]:
    """Add the minutes of tasks up by batch."""
    needed: dict[Batch, int] = defaultdict(int)
    for task in tasks:
        needed[batch_of(task)] += task.minutes
    return dict(needed)


@dataclass(frozen=True, slots=True)
class Bench:
    """People whose time is worth the same: their minutes are added up, which keeps the network small."""

    only_id: int | None
    members: tuple[PersonTime, ...]
    minutes: Minutes
    """At the pace of what they do best."""
    by_skill: Mapping[str, Minutes]
    """If they did nothing but this."""


def benches_of(people: Iterable[PersonTime], only_ids: Iterable[int | None] = ()) -> list[Bench]:
    """Put people of equal skills and paces together; those of `only_ids` stay apart.

    Rounded up: nobody can do more.
    """
    apart = set(only_ids)
    together: dict[tuple[tuple[tuple[str, int], ...], int | None], list[PersonTime]] = defaultdict(list)
    for person in people:
        if person.paces and any(person.minutes):
            only_id = person.id if person.id in apart else None
            together[tuple(sorted(person.paces.items())), only_id].append(person)
    return [
        Bench(
            only_id,
            tuple(members),
            _at_pace(members, min(pace for _, pace in paces)),
            {skill: _at_pace(members, pace) for skill, pace in paces},
        )
        for (paces, only_id), members in together.items()
    ]


def _at_pace(members: Sequence[PersonTime], pace: int) -> Minutes:
    minutes = np.array([person.minutes for person in members], dtype=np.int64)
    total: Minutes = (-(-minutes * 100 // pace)).sum(axis=0)
    return total


class Turn(NamedTuple):
    """One skill of a bench in one slot."""

    skill: str
    bench: Bench
    slot: int

    @property
    def person_ids(self) -> set[int]:
        """Those of the bench who are at work then."""
        return {person.id for person in self.bench.members if person.minutes[self.slot]}


@dataclass(slots=True)
class Network:
    """The arcs between batches and the sink; those from the source depend on what is asked."""

    endless: int
    """More than all minutes needed together."""
    batches: dict[Batch, int] = field(default_factory=dict)
    """The node of each."""
    gates: dict[int, int] = field(default_factory=dict)
    """By node of a skill in a slot: the slot."""
    turns: dict[int, Turn] = field(default_factory=dict)
    """By node."""
    time_of: dict[int, tuple[Bench, int]] = field(default_factory=dict)
    """By arc to the sink: whose time in which slot it is."""
    tails: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    capacities: list[int] = field(default_factory=list)
    _places: dict[tuple[object, ...], int] = field(default_factory=dict)

    def node(self, *place: object) -> int:
        """Return the node of a place, which is made when it is first asked for."""
        return self._places.setdefault(place, len(self._places) + 2)

    def has(self, *place: object) -> bool:
        return place in self._places

    def arc(self, tail: int, head: int, capacity: int) -> None:
        self.tails.append(tail)
        self.heads.append(head)
        self.capacities.append(capacity)


def network_of(needed: Needed, benches: Sequence[Bench]) -> Network:
    """Lay out who can do what when."""
    net = Network(endless=sum(needed.values()) + 1)
    slots = max((len(bench.minutes) for bench in benches), default=0)
    for batch in needed:
        net.batches[batch] = net.node(batch)
        for slot in range(max(batch.release, 0), min(batch.due + 1, slots)):
            gate = net.node(batch.skill, batch.only_id, slot)
            if gate not in net.gates:
                net.gates[gate] = slot
                _open(net, gate, batch, slot, benches)
            net.arc(net.batches[batch], gate, net.endless)
    return net


def _open(net: Network, gate: int, batch: Batch, slot: int, benches: Sequence[Bench]) -> None:
    """Lead a gate to all who may do what comes through it."""
    for number, bench in enumerate(benches):
        is_theirs = batch.only_id is None or bench.only_id == batch.only_id
        if is_theirs and batch.skill in bench.by_skill and bench.minutes[slot]:
            net.arc(gate, _turn(net, batch.skill, number, bench, slot), net.endless)


def _turn(net: Network, skill: str, number: int, bench: Bench, slot: int) -> int:
    """Return the node of what a bench can do of a skill in a slot, out of all its time in that slot."""
    if not net.has("time", number, slot):
        net.time_of[len(net.tails)] = bench, slot
        net.arc(net.node("time", number, slot), SINK, int(bench.minutes[slot]))
    if not net.has("turn", skill, number, slot):
        turn = net.node("turn", skill, number, slot)
        net.turns[turn] = Turn(skill, bench, slot)
        net.arc(turn, net.node("time", number, slot), int(bench.by_skill[skill][slot]))
    return net.node("turn", skill, number, slot)


@dataclass(frozen=True, slots=True)
class Flow:
    """How much gets through, and the nodes in front of the bottleneck."""

    minutes: int
    short_side: frozenset[int]
    """What still reaches the sink from no node of these: a smallest minimum cut, without the source."""


def most_through(net: Network, needed: Needed) -> Flow:
    """Send as much of what is needed as gets through."""
    tails = [SOURCE] * len(net.batches) + net.tails
    heads = [*net.batches.values(), *net.heads]
    capacities = [*(needed[batch] for batch in net.batches), *net.capacities]
    if not net.tails:
        return Flow(0, frozenset(net.batches.values()))
    solver = SimpleMaxFlow()
    solver.add_arcs_with_capacity(
        np.array(tails, np.int32), np.array(heads, np.int32), np.array(capacities, np.int64)
    )
    status = solver.solve(SOURCE, SINK)
    if status != SimpleMaxFlow.Status.OPTIMAL:
        raise RuntimeError(f"The flow was not solved: {status.name}.")
    return Flow(solver.optimal_flow(), frozenset(solver.get_source_side_min_cut()) - {SOURCE})


def parts_of(net: Network, nodes: frozenset[int]) -> list[frozenset[int]]:
    """Split nodes into those that hang together; each part is short for a reason of its own."""
    leader = {node: node for node in nodes}

    def lead(node: int) -> int:
        while leader[node] != node:
            leader[node] = node = leader[leader[node]]
        return node

    for tail, head in zip(net.tails, net.heads, strict=True):
        if tail in leader and head in leader:
            leader[lead(tail)] = lead(head)
    parts: dict[int, set[int]] = defaultdict(set)
    for node in nodes:
        parts[lead(node)].add(node)
    return [frozenset(part) for part in parts.values()]


def through(net: Network, part: frozenset[int]) -> int:
    """Return the minutes that leave a part of the short side: the most that can be done of it."""
    return sum(
        capacity
        for tail, head, capacity in zip(net.tails, net.heads, net.capacities, strict=True)
        if tail in part and head not in part
    )


Share = tuple[Batch, int]
"""Part of a batch, and its rank: 0 goes through first."""


@dataclass(frozen=True, slots=True)
class Passed:
    """The minutes on each arc when as much as possible gets through at the least cost."""

    shares: list[int]
    """In the order of the shares."""
    arcs: list[int]
    """In the order of the network."""


def cheapest_through(
    net: Network, shares: Mapping[Share, int], arc_costs: Mapping[int, int] | None = None
) -> Passed:
    """Send as much as gets through: low ranks first, and over dear arcs only what has no other way."""
    if not net.tails:
        return Passed([0] * len(shares), [])
    costs = [0] * len(net.tails)
    for arc, cost in (arc_costs or {}).items():
        costs[arc] = cost
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        np.array([SOURCE] * len(shares) + net.tails, np.int32),
        np.array([*(net.batches[batch] for batch, _ in shares), *net.heads], np.int32),
        np.array([*shares.values(), *net.capacities], np.int64),
        np.array([*(rank for _, rank in shares), *costs], np.int64),
    )
    total = sum(shares.values())
    solver.set_node_supply(SOURCE, total)
    solver.set_node_supply(SINK, -total)
    status = solver.solve_max_flow_with_min_cost()
    if status != SimpleMinCostFlow.Status.OPTIMAL:
        raise RuntimeError(f"The flow was not solved: {status.name}.")
    flows = np.asarray(solver.flows(arcs)).tolist()
    return Passed(flows[: len(shares)], flows[len(shares) :])
