"""What nobody in the office sees: how each case really stands.

The office's beliefs (rules/priors.py) are where the draws begin, and never what they are: every office is off
from them by kind, and every case from its office. All draws of a case are made when it is made, so that it
meets the same luck under every policy.
"""

from dataclasses import dataclass
from datetime import date
from math import exp, log
from random import Random

from workqueue.rules.kinds import TaskKind
from workqueue.rules.priors import PRIORS, Prior, prior_of
from workqueue.simulation.cases import Case

KIND_SPREAD = 0.25
"""By how much an office's chances of a kind are off from the reviewed defaults: a standard deviation, in
logits. A default of 35 % is between 30 and 41 % in two offices of three."""
CASE_WEIGHT = 8
"""How alike the cases of a kind are: the weight of a Beta distribution. A kind of 35 % has cases of 20 and of
50 % as often as not."""
MINUTES_SPREAD, KIND_MINUTES_SPREAD = 0.5, 0.15
WORTH = (0.7, 1.3)
"""What a settled case really brings of what the office expects of it."""
TOUCHES = 3
NEEDED = (0.8, 0.15, 0.05)
"""How many pieces of work a case that can be settled takes, each after the usual wait."""
ALONE = {TaskKind.CLAIM_NO_RESPONSE: 0.15, TaskKind.PATIENT_BALANCE: 0.08}
"""Of these so many settle by themselves, within so many days:"""
ALONE_DAYS = 60
CALLS = 5
REACH_MEAN, REACH_WEIGHT = 0.30, 10
"""How often a call at an average hour is answered by the right person: 15 to 30 of a hundred dials (office
reference), and people differ."""
WITHIN_CALLS = 0.8
"""Of people called up to five times so many are reached: it turns a chance within a month into the chance of
a conversation."""
PAYS_AT_ONCE, PROMISES = 0.55, 0.35
"""What those do who are willing; the others ask to be called back at a time."""
KEEPS_ALONE, KEEPS_REMINDED = 0.5, 0.4
"""Promises kept by themselves; of the others so many when they are reminded in time."""


@dataclass(frozen=True, slots=True)
class Truth:
    """How one case really stands."""

    chance: float
    """Of being settled at all, on the day it could first be worked."""
    kept: float
    """The part of that chance that is left after a week."""
    worth_cents: int
    minutes: float
    needs: int
    luck: float
    """Settled by enough work while below the chance."""
    alone_after_days: int | None
    reach: float
    answers: tuple[float, ...]
    manner: float
    """Pays at once, promises or asks for another time."""
    promise: float
    """Kept by itself, when reminded, or not."""
    broken: float
    waits_days: int
    """Until the money of a promise is due."""


@dataclass(frozen=True)
class Kinds:
    """By how much this office is off from the defaults, for each kind."""

    chances: dict[TaskKind, float]
    minutes: dict[TaskKind, float]


def kinds_of(seed: int) -> Kinds:
    """Draw what is true of the kinds in the office of this seed."""
    draw = Random(f"{seed}:kinds")  # noqa: S311 - a model, not secrets
    kinds = sorted({prior.kind for prior in PRIORS})
    return Kinds(
        {kind: draw.gauss(0, KIND_SPREAD) for kind in kinds},
        {kind: exp(draw.gauss(0, KIND_MINUTES_SPREAD)) for kind in kinds},
    )


def truth_of(case: Case, kinds: Kinds, *, seed: int, from_on: date) -> Truth:
    """Draw the truth of a case that can first be worked on that day."""
    draw = Random(f"{seed}:{case.number}:{case.kind}")  # noqa: S311 - a model, not secrets
    prior = prior_of(case.kind, case.age_days(from_on))
    mean = _shifted(prior.p_now_bp / 10_000, kinds.chances[case.kind])
    lost = 1 - prior.p_later_bp / prior.p_now_bp
    alone = draw.random() < ALONE.get(case.kind, 0)
    alone_after = draw.randint(1, ALONE_DAYS)
    return Truth(
        chance=draw.betavariate(mean * CASE_WEIGHT, (1 - mean) * CASE_WEIGHT),
        kept=1 - lost * draw.uniform(0, 2),
        worth_cents=round(case.value_cents * draw.uniform(*WORTH)),
        minutes=_minutes(prior, kinds.minutes[case.kind], draw),
        needs=draw.choices(range(1, TOUCHES + 1), NEEDED)[0],
        luck=draw.random(),
        alone_after_days=alone_after if alone else None,
        reach=draw.betavariate(REACH_MEAN * REACH_WEIGHT, (1 - REACH_MEAN) * REACH_WEIGHT),
        answers=tuple(draw.random() for _ in range(CALLS + TOUCHES)),
        manner=draw.random(),
        promise=draw.random(),
        broken=draw.random(),
        waits_days=draw.choice((7, 10, 14)),
    )


def _minutes(prior: Prior, of_kind: float, draw: Random) -> float:
    # The middle one is the default, as the office's medians are.
    return max(1.0, prior.minutes * of_kind * draw.lognormvariate(0, MINUTES_SPREAD))


def _shifted(chance: float, logits: float) -> float:
    return 1 / (1 + exp(-(log(chance / (1 - chance)) + logits)))
