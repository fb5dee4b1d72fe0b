"""One world under every policy, and what was possible in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from workqueue.rules.queue_rules import QueueRules
from workqueue.simulation.bounds import Bounds, bounds_of
from workqueue.simulation.deadlines import must_miss
from workqueue.simulation.office import Office
from workqueue.simulation.policies import policies
from workqueue.simulation.running import run
from workqueue.simulation.tally import Tally
from workqueue.simulation.world import world_of


@dataclass(frozen=True)
class Trial:
    """What came of one world."""

    seed: int
    cases: int
    tallies: Mapping[str, Tally]
    """By the name of the policy."""
    bounds: Bounds
    must_miss: int


def trial_of(office: Office, rules: QueueRules) -> Trial:
    """Let one world be worked under every policy, ours by these rules, and say what was possible."""
    world = world_of(office, rules)
    tallies = {name: run(world, policy) for name, policy in policies(rules).items()}
    return Trial(office.seed, len(world.coming), tallies, bounds_of(world), must_miss(world))
