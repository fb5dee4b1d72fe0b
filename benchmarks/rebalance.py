"""What it costs to share out 50,000 tasks over 200 reps, and whether another solver finds the same least."""

import json
import random
import subprocess
import sys
from collections import Counter
from statistics import median
from time import perf_counter

from benchmarks.findings import Finding, at_least, at_most
from workqueue.rules.rebalance_classes import MOST_CLASSES, Item, Person, grouped_into_classes
from workqueue.rules.rebalance_network import Network, network, solved
from workqueue.rules.rebalancing import propose
from workqueue.rules.shifts import SkillLevel

TASKS, REPS = 50_000, 200
ALLOWED_MS = 100.0
ROUNDS = 7
SKILL_SHARE = 0.35
SPARE = 1.15
"""The team has so many minutes for each that its tasks take."""

# As the queue has them: some kinds of task to a skill, each with its usual minutes, and languages where
# patients are called.
KINDS = (
    (1, 8),
    (1, 10),
    (1, 15),
    (1, 20),
    (2, 20),
    (2, 25),
    (2, 30),
    (3, 6),
    (3, 10),
    (4, 7),
    (4, 9),
    (4, 12),
)
SKILLS = sorted({skill for skill, _ in KINDS})
LANGUAGES = (*[""] * 8, "es", "zh")


def run() -> list[Finding]:
    tasks, team = office(TASKS, REPS, seed=1)
    started = perf_counter()
    proposal = propose(tasks, team)
    whole_ms = (perf_counter() - started) * 1e3
    net = network_of(tasks, team)
    times = []
    for _ in range(ROUNDS):
        started = perf_counter()
        flow = solved(net)
        times.append((perf_counter() - started) * 1e3)
    ours, theirs = net.totals(flow), second_opinion(net)
    agreed = sum(one == other for one, other in zip(ours, theirs, strict=True))
    named = f"{TASKS:,} tasks, {REPS} reps, {proposal.classes:,} classes"
    return [
        at_most(f"solver, {named}, against what is allowed", "ms", median(times), ALLOWED_MS, 1.0),
        at_most("classes, against what is allowed", "classes", proposal.classes, MOST_CLASSES, 1.0),
        at_least("levels of cost that equal a linear program's", "levels", agreed, len(ours), 1.0),
        at_most(
            "moves, against the fewest proved necessary", "moves", proposal.moves, proposal.least_moves, 1.0
        ),
        at_most("all of it, grouping and proof included, against a page's 2 s", "ms", whole_ms, 2_000.0, 1.0),
    ]


def office(tasks: int, reps: int, *, seed: int) -> tuple[list[Item], list[Person]]:
    """Draw a team whose tasks lie with a few of those who can do them."""
    chance = random.Random(seed)
    able: dict[int, list[int]] = {skill: [1 + skill % reps] for skill in SKILLS}
    levels: dict[int, dict[int, SkillLevel]] = {rep: {} for rep in range(1, reps + 1)}
    for rep, own in levels.items():
        for skill in SKILLS:
            if chance.random() < SKILL_SHARE or rep in able[skill]:
                own[skill] = chance.choice(list(SkillLevel))
                able[skill] = sorted({*able[skill], rep})
    items = []
    for number in range(tasks):
        skill, minutes = chance.choice(KINDS)
        busy = min(int(chance.expovariate(3) * len(able[skill])), len(able[skill]) - 1)
        language = chance.choice(LANGUAGES) if skill == SKILLS[-1] else ""
        items.append(
            Item(
                number,
                skill,
                minutes,
                able[skill][busy],
                language,
                is_pinned=chance.random() < 0.02,
            )
        )
    minutes = int(sum(item.minutes for item in items) * SPARE / reps)
    team = [
        Person(rep, minutes, levels[rep], {each for each in ("es", "zh") if chance.random() < 0.2})
        for rep in levels
    ]
    return items, team


def network_of(items: list[Item], people: list[Person]) -> Network:
    team = {person.id: person for person in people}
    pinned = Counter[int]()
    for item in items:
        if item.is_pinned and item.owner_id in team:
            pinned[item.owner_id or 0] += item.minutes
    movable = [item for item in items if not (item.is_pinned and item.owner_id in team)]
    grouped, _ = grouped_into_classes(movable, team)
    return network([(each, len(tasks)) for each, tasks in grouped.items()], team, pinned)


def second_opinion(net: Network) -> tuple[int, ...]:
    """Return the least of each level of cost, found by another solver in another process."""
    columns = {
        name: getattr(net, name).tolist() for name in ("tails", "heads", "capacities", "supplies", "levels")
    }
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.linear_program"],
        input=json.dumps(columns),
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    return tuple(json.loads(answer.stdout))
