"""What no policy can pass: three bounds on the money, each by weak duality.

Let a minute of a team cost a price. Whatever a policy does, its money is what its cases bring less the price
of the minutes they took, plus the price of those minutes. A team has no more minutes than it has, and no case
brings more, less the price of its minutes, than under the best plan made for it alone (plans.py). So

    money of any policy <= price of all the team's minutes + sum of its cases' best plans at these prices

for whatever prices, which may fall from day to day; the smallest right side that is found is the bound. It
is the Lagrangian relaxation of the shared minutes; with one piece of work a case, one price and known coins
it is the fractional knapsack. The plans are generous: nothing comes by itself meanwhile, nobody is busy, and
what is not exact is in the case's favour. That only raises the bound.

    by luck      knows of each case whether it will be settled, by how much work, and who answers when: every
                 coin before it falls. Nobody can know that.
    by chances   knows each case's true chance, worth and time and all that will come, but no coin. The bound
                 for anybody who only knows the world as it is: no estimate is better than the truth.
    in duty      the same, and misses none of the hard deadlines: each case whose deadline comes in these days
                 is worked at least once, paying or not. The bound for a policy that misses none either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from workqueue.rules.kinds import TaskKind
from workqueue.simulation.office import DAY_MINUTES, groups
from workqueue.simulation.plans import Plan, knowing, lucky, times_of
from workqueue.simulation.world import Coming, World

STEPS = 24
"""Of the search for the best price. Any price gives a bound; these find the best but for a thousandth."""
GOLDEN = (5**0.5 - 1) / 2
FALLS = (1.0, 0.95, 0.9, 0.85)
"""What is left of a price after a week: those that are tried, the first alone where patients are called."""


@dataclass(frozen=True)
class Bounds:
    """The most cents any policy can bring."""

    by_luck_cents: int
    by_chances_cents: int
    in_duty_cents: int


def bounds_of(world: World) -> Bounds:
    """Return the bounds of a world."""
    luck = chances = duty = 0.0
    for team, reps in groups(world.office.teams).items():
        mine = [(each, times_of(world, each)) for each in world.coming if each.case.skill in team]
        calls = any(each.case.kind is TaskKind.PATIENT_BALANCE for each, _ in mine)
        falls = FALLS[:1] if calls else FALLS
        luck += lowest(_dear_minutes(world, reps, 1.0), [lucky(each, times) for each, times in mine])
        chances += min(
            lowest(_dear_minutes(world, reps, fall), [knowing(each, times, fall) for each, times in mine])
            for fall in falls
        )
        duty += min(
            lowest(
                _dear_minutes(world, reps, fall),
                [knowing(each, times, fall, is_due=is_due(world, each)) for each, times in mine],
            )
            for fall in falls
        )
    return Bounds(int(luck) + 1, int(chances) + 1, int(duty) + 1)


def _dear_minutes(world: World, reps: int, fall: float) -> float:
    """Return the minutes of so many reps, each counted by its day's share of the first day's price."""
    after = ((day - world.days[0]).days for day in world.days[:-1])
    return reps * DAY_MINUTES * fsum(fall ** (days / 7) for days in after)


def is_due(world: World, coming: Coming) -> bool:
    """Whether the case has a hard deadline that is met or missed in these days."""
    deadline_on = coming.case.deadline_on
    return deadline_on is not None and deadline_on < world.days[-1]


def lowest(minutes: float, plans: Sequence[Plan]) -> float:
    """Return the bound at the best price: a convex function of the price, searched by golden section."""

    def bound(price: float) -> float:
        return price * minutes + fsum(plan(price) for plan in plans)

    low, high = 0.0, 16.0
    while bound(high) < bound(high / 2):
        high *= 2
    a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_a, at_b = bound(a), bound(b)
    for _ in range(STEPS):
        if at_a <= at_b:
            high, b, at_b = b, a, at_a
            a = high - GOLDEN * (high - low)
            at_a = bound(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + GOLDEN * (high - low)
            at_b = bound(b)
    return min(at_a, at_b, bound(0.0))
