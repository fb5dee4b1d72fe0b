"""Classes of tasks and people as a network in which minutes flow at least cost.

    class -> whose they are          nothing moves
    class -> who knows the patient   moves
    class -> hub -> person           moves; a hub is a skill and a language, for which all classes cost alike
    class -> hub -> everybody        nobody able has time
    person -> sink                   the tenths of their day, each dearer than the one before, then overload

Costs have five levels of which each goes before all that follow. One number an arc does that: a level's unit
costs more than all lower levels can differ by. A flow is dearer than another only by cycles of the network,
a cycle passes each node at most once, and the classes it passes lie between nodes of other kinds. So the
largest difference is a matter of people and hubs, not of minutes, and all levels fit into 64 bits.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from workqueue.rules.rebalance_classes import Person, TaskClass
from workqueue.rules.shifts import SkillLevel

OVER, OPEN, MOVES, PREFERENCE, FAIRNESS = range(5)

RATE = 720_720
"""A task that moves costs so much, spread over its minutes: divisible by every number up to 16."""

PACE_COST = {SkillLevel.EXPERT: 0, SkillLevel.ABLE: 1, SkillLevel.LEARNING: 3}
INTERPRETER_COST = 6
"""For each minute with a patient whose language is not spoken: a third party on the line. Our own default."""
STRANGER_COST = 4
"""For each minute of a task with somebody other than who knows the patient. Our own default."""
TENTHS = 10
"""Into so many parts a day is cut: the first costs nothing, the last nine."""
UNLIMITED = 2**40

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """Arcs as columns; nodes are numbered classes first, then hubs, people, everybody, the sink."""

    classes: Sequence[TaskClass]
    counts: Sequence[int]
    people: Sequence[int]
    hubs: Sequence[tuple[int, str]]
    tails: Integers
    heads: Integers
    capacities: Integers
    levels: Integers
    """Cost of one minute, a row for each level."""

    @property
    def everybody(self) -> int:
        return len(self.classes) + len(self.hubs) + len(self.people)

    @property
    def sink(self) -> int:
        return self.everybody + 1

    def person(self, node: int) -> int | None:
        """Return whose node it is; None for everybody's."""
        return None if node == self.everybody else self.people[node - len(self.classes) - len(self.hubs)]

    def node(self, person_id: int | None) -> int:
        """Return the node of a person, or of everybody."""
        return self.everybody if person_id is None else self._nodes[person_id]

    def hub(self, each: TaskClass) -> int:
        """Return the node behind which it goes to people."""
        return self._nodes[each.skill_id, each.language]

    def takers(self, at: int) -> list[int]:
        """Return who can have tasks of a class."""
        nodes = {*self._heads[at], *self._heads[self.hub(self.classes[at])]}
        return [taker for node in sorted(nodes) if (taker := self._people_at.get(node)) is not None]

    @cached_property
    def _heads(self) -> dict[int, list[int]]:
        found = defaultdict[int, list[int]](list)
        for tail, head in zip(self.tails.tolist(), self.heads.tolist(), strict=True):
            found[tail].append(head)
        return found

    @cached_property
    def _people_at(self) -> dict[int, int]:
        return {self.node(person_id): person_id for person_id in self.people}

    @cached_property
    def _nodes(self) -> dict[int | tuple[int, str], int]:
        keys: list[int | tuple[int, str]] = [*self.hubs, *self.people]
        return {key: len(self.classes) + at for at, key in enumerate(keys)}

    @property
    def supplies(self) -> Integers:
        """Minutes that enter at each node; the sink takes all."""
        minutes = [each.minutes * count for each, count in zip(self.classes, self.counts, strict=True)]
        rest = len(self.hubs) + len(self.people) + 1
        return np.array([*minutes, *([0] * rest), -sum(minutes)], dtype=np.int64)

    @property
    def weights(self) -> Integers:
        """What one unit of each level costs, so that it is worth more than all below it together."""
        between = len(self.hubs) + len(self.people) + 2
        span = self.levels.max(axis=1)
        # At the sink a cycle comes in once and leaves once; at every other node its arcs may differ in full.
        fairness = 1
        preference = int(span[FAIRNESS]) + 1
        moves = preference * 2 * between * int(span[PREFERENCE]) + preference
        open_ = moves * between * int(max(span[MOVES], 1)) + moves
        over = 2 * open_
        return np.array([over, open_, moves, preference, fairness], dtype=np.int64)

    @property
    def costs(self) -> Integers:
        return np.asarray(self.weights @ self.levels, dtype=np.int64)

    def totals(self, flow: Integers) -> tuple[int, ...]:
        """Return what a flow costs at each level."""
        return tuple(int(each) for each in self.levels @ flow)


class _Arcs:
    """Arcs as they are found."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int]] = []
        self.levels: list[tuple[int, int, int, int, int]] = []

    def add(
        self,
        tail: int,
        head: int,
        capacity: int,
        *,
        over: int = 0,
        open_: int = 0,
        moves: int = 0,
        preference: int = 0,
        fairness: int = 0,
    ) -> None:
        self.rows.append((tail, head, capacity))
        self.levels.append((over, open_, moves, preference, fairness))


def network(
    counted: Sequence[tuple[TaskClass, int]], team: Mapping[int, Person], pinned: Mapping[int, int]
) -> Network:
    """Build the network; `pinned`: minutes by person that stay with them and take of their time."""
    classes = [each for each, _ in counted]
    hubs = sorted({(each.skill_id, each.language) for each in classes})
    people = sorted(team)
    hub_at = {hub: len(classes) + at for at, hub in enumerate(hubs)}
    person_at = {person_id: len(classes) + len(hubs) + at for at, person_id in enumerate(people)}
    everybody = len(classes) + len(hubs) + len(people)
    arcs = _Arcs()
    for at, (each, count) in enumerate(counted):
        _from_class(arcs, at, each, each.minutes * count, team, person_at, hub_at)
    for hub, node in hub_at.items():
        for person in team.values():
            if person.takes_more and hub[0] in person.levels:
                arcs.add(node, person_at[person.id], UNLIMITED, preference=suits(person, *hub))
        arcs.add(node, everybody, UNLIMITED, open_=1)
    for person_id in people:
        _day(arcs, person_at[person_id], everybody + 1, team[person_id].minutes, pinned.get(person_id, 0))
    arcs.add(everybody, everybody + 1, UNLIMITED)
    columns = np.array(arcs.rows, dtype=np.int64).T
    return Network(
        classes=classes,
        counts=[count for _, count in counted],
        people=people,
        hubs=hubs,
        tails=columns[0],
        heads=columns[1],
        capacities=columns[2],
        levels=np.array(arcs.levels, dtype=np.int64).T,
    )


def suits(person: Person, skill_id: int, language: str) -> int:
    """Return what a minute of this work costs with this person: how slow they are, an interpreter."""
    speaks = not language or language in person.languages
    return PACE_COST[person.levels[skill_id]] + (0 if speaks else INTERPRETER_COST)


def can_stay(each: TaskClass, team: Mapping[int, Person]) -> bool:
    """Return whether these may stay with whose they are: somebody who is here and can do them."""
    owner = team.get(each.owner_id or 0)
    return owner is not None and each.skill_id in owner.levels


def _from_class(
    arcs: _Arcs,
    node: int,
    each: TaskClass,
    minutes: int,
    team: Mapping[int, Person],
    person_at: Mapping[int, int],
    hub_at: Mapping[tuple[int, str], int],
) -> None:
    # What was nobody's disturbs nobody by being given to somebody.
    moves = RATE // each.minutes if each.owner_id is not None else 0
    known_by_id = each.known_by_id
    if each.owner_id is not None and can_stay(each, team):
        stranger = 0 if known_by_id in {None, each.owner_id} else STRANGER_COST
        arcs.add(node, person_at[each.owner_id], minutes, preference=stranger)
    if known_by_id is not None and known_by_id != each.owner_id:
        person = team[known_by_id]
        if person.takes_more and each.skill_id in person.levels:
            preference = suits(person, each.skill_id, each.language)
            arcs.add(node, person_at[known_by_id], minutes, moves=moves, preference=preference)
    stranger = STRANGER_COST if known_by_id is not None else 0
    arcs.add(node, hub_at[each.skill_id, each.language], minutes, moves=moves, preference=stranger)


def _day(arcs: _Arcs, node: int, sink: int, minutes: int, pinned: int) -> None:
    """Lead a person's minutes off: tenth after tenth of their day, what is pinned at its beginning."""
    edges = [minutes * tenth // TENTHS for tenth in range(TENTHS + 1)]
    for tenth in range(TENTHS):
        free = edges[tenth + 1] - max(edges[tenth], min(pinned, edges[tenth + 1]))
        if free > 0:
            arcs.add(node, sink, free, fairness=tenth)
    arcs.add(node, sink, UNLIMITED, over=1, fairness=TENTHS)


def solved(net: Network) -> Integers:
    """Return the minutes on each arc that cost least."""
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        net.tails.astype(np.int32), net.heads.astype(np.int32), net.capacities, net.costs
    )
    supplies = net.supplies
    solver.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), supplies)
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError(f"The work could not be shared out: {status}.")
    return np.asarray(solver.flows(arcs), dtype=np.int64)
