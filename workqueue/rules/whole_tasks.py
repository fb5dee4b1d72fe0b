"""Whole tasks out of a flow of minutes, without one move more than the flow has.

What is whole in the flow stays as it is. Of the fractions that are left, each person's are laid end to end,
the longest tasks first, and cut into places of one task each. The fractions fill places and tasks; where a
fractional matching is, a whole one of at most its cost is too (D. Shmoys, E. Tardos, "An approximation
algorithm for the generalized assignment problem", Mathematical Programming 62, 1993). Each task in a place is
at most as long as what lay in the place before it: so nobody gets more than their minutes of the flow and, in
the first place, less than one task.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from workqueue.rules.rebalance_network import MOVES, OPEN, PREFERENCE, Integers, Network

Shares = Sequence[Counter[int | None]]
"""By class, how many of its tasks each person gets; None is everybody."""

MOVE, LEFT_OPEN = 10**7, 10**4
"""Of one minute: a move goes before all that is open, and that before all preference."""


class Place(NamedTuple):
    """Room for one task with somebody."""

    to_id: int | None
    number: int


def whole_tasks(net: Network, flow: Integers) -> Shares:
    """Return how many tasks of each class each person gets."""
    shares: list[Counter[int | None]] = [Counter() for _ in net.classes]
    fractions: dict[int | None, list[tuple[int, Fraction]]] = defaultdict(list)
    for at, minutes in enumerate(minutes_to(net, flow)):
        length = net.classes[at].minutes
        for to_id, amount in minutes.items():
            whole, rest = divmod(amount, length)
            if whole:
                shares[at][to_id] += whole
            if rest:
                fractions[to_id].append((at, Fraction(rest, length)))
    if fractions:
        for at, to_id in _matched(net, fractions):
            shares[at][to_id] += 1
    return shares


def minutes_to(net: Network, flow: Integers) -> list[Counter[int | None]]:
    """Follow the flow from each class to people; behind a hub all classes are the same: any order will do."""
    found: list[Counter[int | None]] = [Counter() for _ in net.classes]
    into: dict[int, list[tuple[int, int]]] = defaultdict(list)
    out: dict[int, list[tuple[int, int]]] = defaultdict(list)
    first_hub, first_person = len(net.classes), len(net.classes) + len(net.hubs)
    for arc in np.flatnonzero(flow):
        tail, head, amount = int(net.tails[arc]), int(net.heads[arc]), int(flow[arc])
        if first_hub <= head < first_person:
            into[head].append((tail, amount))
        elif first_hub <= tail < first_person:
            out[tail].append((head, amount))
        elif tail < first_hub:
            found[tail][net.person(head)] += amount
    for hub, came in into.items():
        for at, node, amount in _paired(sorted(came), sorted(out[hub])):
            found[at][net.person(node)] += amount
    return found


def _paired(
    into: Sequence[tuple[int, int]], out: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, int]]:
    """Fill amounts with amounts of the same sum, each in its order: few are split."""
    ends = [np.cumsum([amount for _, amount in side]) for side in (into, out)]
    begin = 0
    for end in np.union1d(*ends).tolist():
        tail, head = (int(np.searchsorted(each, end)) for each in ends)
        yield into[tail][0], out[head][0], end - begin
        begin = end


def _matched(
    net: Network, fractions: Mapping[int | None, Sequence[tuple[int, Fraction]]]
) -> Iterator[tuple[int, int | None]]:
    """Put each task that is left into a place, at least cost."""
    edges = [
        (at, Place(to_id, number))
        for to_id, parts in fractions.items()
        for at, number in _laid_end_to_end(net, parts)
    ]
    supply = Counter[int]()
    for parts in fractions.values():
        for at, part in parts:
            supply[at] += part  # type: ignore[assignment]  # whole once all are added
    places = dict.fromkeys(place for _, place in edges)
    nodes = {each: number for number, each in enumerate((*supply, *places))}
    costs, sink = _Costs.of(net), len(nodes)
    solver = SimpleMinCostFlow()
    for at, place in edges:
        cost = costs.of_task(at, place.to_id)
        solver.add_arc_with_capacity_and_unit_cost(nodes[at], nodes[place], 1, cost)
    for place in places:
        solver.add_arc_with_capacity_and_unit_cost(nodes[place], sink, 1, 0)
    for at, count in supply.items():
        solver.set_node_supply(nodes[at], int(count))
    solver.set_node_supply(sink, -int(sum(supply.values())))
    if solver.solve() != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError("The flow has no whole tasks.")
    for number, (at, place) in enumerate(edges):
        if solver.flow(number):
            yield at, place.to_id


def _laid_end_to_end(net: Network, parts: Sequence[tuple[int, Fraction]]) -> Iterator[tuple[int, int]]:
    """Return in which places, of one task each, the fractions of a person lie."""
    end = Fraction(0)
    for at, part in sorted(parts, key=lambda each: (-net.classes[each[0]].minutes, each[0])):
        begin, end = end, end + part
        for place in range(int(begin), -int(-end // 1)):
            yield at, place


@dataclass(frozen=True, slots=True)
class _Costs:
    """What each way through the network costs a minute, by its ends."""

    net: Network
    by_ends: Mapping[tuple[int, int], Integers]

    @classmethod
    def of(cls, net: Network) -> "_Costs":
        ends = zip(net.tails.tolist(), net.heads.tolist(), strict=True)
        return cls(net, dict(zip(ends, net.levels.T, strict=True)))

    def of_task(self, at: int, to_id: int | None) -> int:
        """Return what one whole task of a class costs with this person."""
        each, node = self.net.classes[at], self.net.node(to_id)
        levels = self.by_ends.get((at, node))
        if levels is None:
            hub = self.net.hub(each)
            levels = self.by_ends[at, hub] + self.by_ends[hub, node]
        minute = int(levels[MOVES]) * MOVE + int(levels[OPEN]) * LEFT_OPEN + int(levels[PREFERENCE])
        return minute * each.minutes
