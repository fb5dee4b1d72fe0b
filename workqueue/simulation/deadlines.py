"""How many hard deadlines nobody could keep, whatever the order: the proof of the feasibility page."""

from workqueue.rules import feasibility
from workqueue.rules.deadline_network import DueTask, PersonTime
from workqueue.simulation.bounds import is_due
from workqueue.simulation.office import DAY_MINUTES
from workqueue.simulation.world import World


def must_miss(world: World) -> int:
    """Return a number of hard deadlines that every policy misses at least.

    Each is known from the day it could be worked, and takes the whole minutes of its true time: rounded down,
    so that nobody is said to miss what they could have kept.
    """
    tasks = [
        DueTask(
            number,
            each.case.skill,
            each.at,
            world.last_before(each.case.deadline_on),
            int(each.truth.minutes),
        )
        for number, each in enumerate(world.coming)
        if each.case.deadline_on is not None and is_due(world, each)
    ]
    people = [
        PersonTime(number, dict.fromkeys(team, 100), [DAY_MINUTES] * world.office.days)
        for number, team in enumerate(world.office.teams)
    ]
    return feasibility.must_miss(tasks, people).count
