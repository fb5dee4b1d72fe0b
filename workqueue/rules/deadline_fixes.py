"""What would help where deadlines cannot be kept. Each answer comes of solving again, none is guessed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

from workqueue.rules.deadline_network import (
    Batch,
    Needed,
    PersonTime,
    benches_of,
    cheapest_through,
    network_of,
)
from workqueue.rules.feasibility import minutes_short
from workqueue.rules.shifts import PACE_PERCENT, SkillLevel

OVERTIME_MINUTES = 120
"""Of tasks, so much a person adds to a day at most. Our own default; what is agreed may be less."""

MOST_SHOWN = 3

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Grant:
    """A skill that somebody does not have yet."""

    person_id: int
    skill: str


@dataclass(frozen=True, slots=True)
class Extra:
    """Minutes of one skill in one slot, beyond what people have."""

    skill: str
    slot: int
    minutes: int


def overtime(needed: Needed, people: Sequence[PersonTime], most: Sequence[PersonTime]) -> list[Extra]:
    """Return the least overtime that does all that overtime can do, as late as possible.

    Late, because much changes until then. `most` is what each person could add.
    """
    usual = benches_of(people, {batch.only_id for batch in needed})
    more = benches_of(most, {batch.only_id for batch in needed})
    net = network_of(needed, [*usual, *more])
    is_more = {id(bench) for bench in more}
    slots = 1 + max((slot for _, slot in net.time_of.values()), default=0)
    # Far dearer than all days together: no minute of overtime where one of usual time would do.
    a_minute = slots * (sum(needed.values()) + 1)
    costs = {
        arc: a_minute + slots - slot for arc, (bench, slot) in net.time_of.items() if id(bench) in is_more
    }
    flows = cheapest_through(net, {(batch, 0): minutes for batch, minutes in needed.items()}, costs).arcs
    found: dict[tuple[int, str], int] = defaultdict(int)
    for tail, minutes in zip(net.tails, flows, strict=False):
        turn = net.turns.get(tail)
        if turn and minutes and id(turn.bench) in is_more:
            found[turn.slot, turn.skill] += minutes
    return [Extra(skill, slot, minutes) for (slot, skill), minutes in sorted(found.items())]


def best_grants(
    needed: Needed, people: Sequence[PersonTime], skills: Iterable[str]
) -> list[tuple[Grant, int]]:
    """Return the skills of single people that would save most minutes; who learns is slow at first."""
    options: dict[Grant, Sequence[PersonTime]] = {}
    for person_id, each in groupby(sorted(people, key=lambda person: person.id), lambda person: person.id):
        theirs = list(each)
        for skill in set(skills) - {skill for person in theirs for skill in person.paces}:
            options[Grant(person_id, skill)] = [with_skill(person, skill) for person in theirs]
    return best(needed, people, options)


def with_skill(person: PersonTime, skill: str) -> PersonTime:
    return replace(person, paces={**person.paces, skill: PACE_PERCENT[SkillLevel.LEARNING]})


def best(
    needed: Needed,
    people: Sequence[PersonTime],
    options: Mapping[Key, Sequence[PersonTime]],
    most: int = MOST_SHOWN,
) -> list[tuple[Key, int]]:
    """Return the options that save most minutes, each by itself; those that save none are left out.

    An option is people as they would be; who is not among them stays as they are. Nobody saves more than
    they have, so whoever has less than the best so far saved need not be tried.
    """
    short = minutes_short(needed, people)
    known: dict[object, int] = {}
    found: list[tuple[Key, int]] = []
    for key, changed in sorted(options.items(), key=lambda each: -_most_saved(each[1])):
        if len(found) == most and _most_saved(changed) <= found[-1][1]:
            break
        ids = {person.id for person in changed}
        # People who are alike are many, and one answer does for all of them.
        change = (_alike(person for person in people if person.id in ids), _alike(changed))
        if change not in known:
            others = [person for person in people if person.id not in ids]
            known[change] = short - minutes_short(needed, [*others, *changed])
        if known[change] > 0:
            found = sorted([*found, (key, known[change])], key=lambda each: -each[1])[:most]
    return found


def _alike(people: Iterable[PersonTime]) -> tuple[object, ...]:
    return tuple(sorted((tuple(sorted(each.paces.items())), tuple(each.minutes)) for each in people))


def _most_saved(changed: Sequence[PersonTime]) -> int:
    return sum(
        -(-minutes * 100 // min(person.paces.values()))
        for person in changed
        if person.paces
        for minutes in person.minutes
    )


def least_in(needed: Needed, people: Sequence[PersonTime], slots: Iterable[int]) -> dict[Batch, int]:
    """Return what has to be done in these slots, lest more is missed than must be: minutes by batch.

    Together no plan does with less; which batches they fall on may be chosen, and this is one choice.
    """
    inside = set(slots)
    net = network_of(needed, benches_of(people, {batch.only_id for batch in needed}))
    costs = {arc: 1 for arc, (_, slot) in net.time_of.items() if slot in inside}
    flows = cheapest_through(net, {(batch, 0): minutes for batch, minutes in needed.items()}, costs).arcs
    batch_of = {node: batch for batch, node in net.batches.items()}
    found: dict[Batch, int] = defaultdict(int)
    for tail, head, minutes in zip(net.tails, net.heads, flows, strict=False):
        if minutes and tail in batch_of and net.gates[head] in inside:
            found[batch_of[tail]] += minutes
    return dict(found)
