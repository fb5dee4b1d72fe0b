"""The best that could be made of one case alone when a minute has a price: always generous, never too little.

The price of a minute falls from week to week, because chances fade and early minutes are dearer; by how much
is the bound's to choose (bounds.py). A plan that is too good only raises the bound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log

from workqueue.rules.kinds import TaskKind
from workqueue.rules.priors import prior_of
from workqueue.simulation import outcomes
from workqueue.simulation.office import DAY_MINUTES, OPENS_AT_HOUR
from workqueue.simulation.outcomes import ANSWERED_SHARE, HOURS, UNANSWERED_MINUTES, chance_after
from workqueue.simulation.queue import behind_hours, opens_minute
from workqueue.simulation.truths import (
    CALLS,
    KEEPS_ALONE,
    KEEPS_REMINDED,
    NEEDED,
    PAYS_AT_ONCE,
    PROMISES,
    TOUCHES,
    WITHIN_CALLS,
    Truth,
)
from workqueue.simulation.world import Coming, World

REMINDER_MINUTES = prior_of(TaskKind.PROMISE_DUE, 0).minutes
BROKEN_MINUTES = prior_of(TaskKind.PROMISE_BROKEN, 0).minutes
OFFICE_HOURS = range(OPENS_AT_HOUR, OPENS_AT_HOUR + DAY_MINUTES // 60)

Plan = Callable[[float], float]
"""What a case brings at most, in cents, less the price of its minutes; takes the price of a minute of the
first day in cents."""


@dataclass(frozen=True)
class Times:
    """When a case can be worked."""

    first: int
    """Days after the start."""
    last: int
    touches: int


def times_of(world: World, coming: Coming) -> Times:
    """Return when a case can be worked, and how often: each touch of a claim after the usual wait."""
    first = (world.days[coming.at] - world.days[0]).days
    last = (world.days[-2] - world.days[0]).days
    if coming.case.kind is TaskKind.PATIENT_BALANCE:
        return Times(first, last, CALLS)
    return Times(first, last, min(TOUCHES, 1 + (last - first) // outcomes.wait_days(coming.case.kind)))


def knowing(coming: Coming, times: Times, fall: float, *, is_due: bool = False) -> Plan:
    """Return the best plan of who knows the case's true chance, worth and time; worked at least once if due.

    `fall` is what is left of the price of a minute after a week. Calls are planned for prices that stay.
    """
    if coming.case.kind is TaskKind.PATIENT_BALANCE:
        return _knowing_call(coming)
    truth, wait = coming.truth, outcomes.wait_days(coming.case.kind)
    later = [NEEDED[n] * chance_after(truth, n * wait) for n in range(1, times.touches)]
    first = NEEDED[0] * truth.chance

    def plan(price: float) -> float:
        work = price * truth.minutes
        # Backwards: what is still to be had when so much work has not settled it; at the last day's price.
        rest, left = 0.0, 1.0 - first - sum(later)
        for gain in reversed(later):
            left += gain
            rest = max(0.0, gain * truth.worth_cents - work * fall ** (times.last / 7) * left + rest)
        begun = work * fall ** (times.first / 7)
        best = rest + _best_day(first * truth.worth_cents, truth.kept, begun, fall, times.last - times.first)
        return best if is_due else max(0.0, best)

    return plan


def _best_day(brings: float, kept: float, work: float, fall: float, days: int) -> float:
    """Return the most, over so many days, of what fades to `kept` a week less work that falls to `fall`."""
    fading, cheaper = log(max(kept, 1e-9)) / 7, log(fall) / 7
    tried = [0.0, float(days)]
    if fading < 0 > cheaper and fading != cheaper and brings > 0 < work:
        # Where both lose as much a day.
        flat = log(work * cheaper / (brings * fading)) / (fading - cheaper)
        tried.append(min(max(flat, 0.0), float(days)))
    return float(max(brings * kept ** (day / 7) - work * fall ** (day / 7) for day in tried))


def _knowing_call(coming: Coming) -> Plan:
    """Return the best plan of calls: each at its earliest day and at the best hour there is."""
    truth, state = coming.truth, coming.case.state
    answered = min(1.0, truth.reach * _best_hour(state))
    minutes = answered * truth.minutes * ANSWERED_SHARE + (1 - answered) * UNANSWERED_MINUTES
    willing = [min(1.0, chance_after(truth, n) / WITHIN_CALLS) for n in range(CALLS)]

    def plan(price: float) -> float:
        said_yes = _said_yes(truth, answered, price)
        best = 0.0
        for chance in reversed(willing):
            best = max(0.0, answered * chance * said_yes - price * minutes + (1 - answered) * best)
        return best

    return plan


def _best_hour(state: str) -> float:
    """Return how well patients of a state are reached at the best of the office's hours."""
    opens = OPENS_AT_HOUR + opens_minute(state) // 60
    return max(HOURS[hour - behind_hours(state)] for hour in OFFICE_HOURS if hour >= opens)


def _said_yes(truth: Truth, answered: float, price: float) -> float:
    """Return what somebody brings who is willing: pays, promises, or asks for a time."""
    cents = truth.worth_cents
    unanswered = (1 - answered) * UNANSWERED_MINUTES

    def until_answered(minutes: float, brings: float) -> float:
        # As often as it takes: more often than the office ever calls.
        return max(0.0, (answered * brings - price * (answered * minutes + unanswered)) / max(answered, 1e-9))

    broken = until_answered(BROKEN_MINUTES, outcomes.BROKEN_CHANCE * cents)
    reminded = until_answered(REMINDER_MINUTES, KEEPS_REMINDED * cents + (1 - KEEPS_REMINDED) * broken)
    promised = KEEPS_ALONE * cents + (1 - KEEPS_ALONE) * max(broken, reminded)
    settles = outcomes.SETTLES_AFTER_CALLBACK
    called_back = max(
        0.0, settles * cents + (1 - settles) * promised - price * truth.minutes * ANSWERED_SHARE
    )
    return PAYS_AT_ONCE * cents + PROMISES * promised + (1 - PAYS_AT_ONCE - PROMISES) * called_back


def lucky(coming: Coming, times: Times) -> Plan:
    """Return the best plan of who knows every coin before it falls."""
    minutes = _least_minutes(coming, times.touches)
    cents = coming.truth.worth_cents
    return lambda price: 0.0 if minutes is None else max(0.0, cents - price * minutes)


def _least_minutes(coming: Coming, touches: int) -> float | None:
    """Return the fewest minutes in which this case is settled, as its coins will fall; None if never."""
    truth = coming.truth
    if coming.case.kind is TaskKind.PATIENT_BALANCE:
        return _least_call_minutes(truth, _best_hour(coming.case.state))
    wait = outcomes.wait_days(coming.case.kind)
    is_won = truth.needs <= touches and truth.luck < chance_after(truth, (truth.needs - 1) * wait)
    return truth.needs * truth.minutes if is_won else None


def _least_call_minutes(truth: Truth, best: float) -> float | None:
    reached = next((n for n in range(CALLS) if truth.answers[n] < truth.reach * best), None)
    if reached is None or truth.luck >= chance_after(truth, reached) / WITHIN_CALLS:
        return None
    minutes = reached * UNANSWERED_MINUTES + truth.minutes * ANSWERED_SHARE
    if truth.manner < PAYS_AT_ONCE:
        return minutes
    if truth.manner >= PAYS_AT_ONCE + PROMISES:
        minutes += truth.minutes * ANSWERED_SHARE
        if outcomes.settles_when_called_back(truth):
            return minutes
    if outcomes.keeps_alone(truth):
        return minutes
    if outcomes.keeps_reminded(truth):
        return minutes + REMINDER_MINUTES
    return minutes + BROKEN_MINUTES if truth.broken < outcomes.BROKEN_CHANCE else None
