"""What the office's own outcomes say about chances and minutes, and when that is believed.

`p_now` is the share of the money at stake that is settled within 30 days of working on a task, each task
counting alike: one large account would else speak for hundreds of small ones, and a count of 20 would say
nothing about how sure the share is. `p_later` is the same after one more revisit interval. Minutes are the
median of what reps took.

The window of 30 days and the threshold of 20 are given (reference, section 7; design, section 5); the weights
are ours, each with its reason beside it.
"""

from dataclasses import dataclass
from enum import StrEnum

from workqueue.rules.kinds import TaskKind
from workqueue.rules.priors import Prior

LEAST_COUNT = 20
"""With fewer observations the reviewed default holds."""

SETTLED_WITHIN_DAYS = 30
"""How long a piece of work may take to show; younger outcomes say nothing yet."""

LOOK_BACK_DAYS = 365
"""Older outcomes speak of an office that is no more: other payers, other people."""

DEFAULT_WEIGHT = 20
"""Tasks the default counts for (a Beta prior): at 20 outcomes a share is still off by 11 points one time in
three, so the default keeps half the say there and fades as they come in."""

LOSS_WEIGHT = 400
"""Tasks the default's loss by waiting counts for: it is a few points, as small as the error of 400 outcomes,
and it is what sorts the queue."""

LEAST_CHANCE_BP = 100
"""However bad the experience: what is never tried again would never be learned anew."""

LEAST_MINUTES, MOST_MINUTES = 1, 120
LEAST_HANDLE_SECONDS = 10
"""A lease shorter than this was no person's work, but a program's or a slip of the hand."""

SAME_WITHIN_PERCENT = 10
"""A new estimate this near the one in use changes nothing: else each night every task would move a little,
and its history would fill with moves that mean nothing."""


class Settling(StrEnum):
    """What counts as settling what a task of a kind has at stake."""

    MONEY = "money"
    """The share of the balance that payers' and patients' money, or what a payer's answer made of it, took
    away. What the office itself writes off or moves is no success."""
    ANSWER = "answer"
    """Money, or a fact from outside that ended the task without another trouble with the claim following: a
    rejected claim that is accepted is settled as far as this task goes."""
    ENTRY = "entry"
    """A fact that ended the task; here it is the office's own entry that settles it."""


SETTLING: dict[TaskKind, Settling] = {
    TaskKind.CLAIM_REJECTED: Settling.ANSWER,
    TaskKind.CLAIM_NOT_FOUND: Settling.ANSWER,
    TaskKind.CLAIM_NO_RESPONSE: Settling.MONEY,
    TaskKind.INFORMATION_REQUESTED: Settling.ANSWER,
    TaskKind.DENIAL: Settling.MONEY,
    TaskKind.APPEAL_DEADLINE: Settling.MONEY,
    TaskKind.FILING_DEADLINE: Settling.ANSWER,
    TaskKind.UNDERPAID: Settling.ANSWER,
    TaskKind.PAYMENT_UNMATCHED: Settling.ENTRY,
    TaskKind.CREDIT_BALANCE: Settling.ENTRY,
    TaskKind.PATIENT_BALANCE: Settling.MONEY,
    TaskKind.PROMISE_DUE: Settling.MONEY,
    TaskKind.PROMISE_BROKEN: Settling.MONEY,
    TaskKind.CALLBACK_DUE: Settling.MONEY,
    TaskKind.BALANCE_REVIEW: Settling.ENTRY,
}


@dataclass(frozen=True)
class Shares:
    """Worked tasks, and the sum of their settled shares in basis points; 10,000 is one task settled whole."""

    count: int = 0
    total_bp: int = 0


@dataclass(frozen=True)
class Tally:
    """What was observed of one cell."""

    observed: Shares = Shares()
    settled: int = 0
    """Tasks of which any part was settled."""
    prompt: Shares = Shares()
    """Of those observed: first worked within a revisit interval of coming up."""
    late: Shares = Shares()
    """Of those observed: first worked one revisit interval later."""
    timed: int = 0
    median_seconds: int = 0


@dataclass(frozen=True)
class Chances:
    """What work brings now, and at the next touch, in basis points."""

    p_now_bp: int
    p_later_bp: int


@dataclass(frozen=True)
class Estimated:
    """What the office's outcomes say of one cell; None where the default holds."""

    chances: Chances | None = None
    minutes: int | None = None


def estimated(prior: Prior, tally: Tally, before: Estimated) -> Estimated:
    """Return what holds from now on; `before` is what held until now and stays unless it is clearly off."""
    chances, minutes = _chances(prior, tally), _minutes(tally)
    if chances and before.chances and _is_same(before.chances, chances):
        chances = before.chances
    if minutes and before.minutes and _is_near(before.minutes, minutes):
        minutes = before.minutes
    return Estimated(chances, minutes)


def _chances(prior: Prior, tally: Tally) -> Chances | None:
    seen = tally.observed
    if seen.count < LEAST_COUNT:
        return None
    p_now_bp = (seen.total_bp + DEFAULT_WEIGHT * prior.p_now_bp) // (seen.count + DEFAULT_WEIGHT)
    p_now_bp = max(p_now_bp, LEAST_CHANCE_BP)
    return Chances(p_now_bp, p_now_bp * _kept_bp(prior, tally.prompt, tally.late) // 10_000)


def _kept_bp(prior: Prior, prompt: Shares, late: Shares) -> int:
    """Return which part of its chance a task keeps when it is left for the next touch.

    Tasks first worked one revisit interval late against tasks worked at once. The smaller group says how sure
    that is; while it has fewer than 20, the default's ratio holds.
    """
    default_bp = prior.p_later_bp * 10_000 // prior.p_now_bp
    count = min(prompt.count, late.count)
    if count < LEAST_COUNT or prompt.total_bp == 0:
        return default_bp
    seen_bp = late.total_bp * prompt.count * 10_000 // (late.count * prompt.total_bp)
    # Waiting is never taken to help: the queue would put off what it should do.
    return (count * min(seen_bp, 10_000) + LOSS_WEIGHT * default_bp) // (count + LOSS_WEIGHT)


def _minutes(tally: Tally) -> int | None:
    if tally.timed < LEAST_COUNT:
        return None
    return min(max(-(-tally.median_seconds // 60), LEAST_MINUTES), MOST_MINUTES)


def _is_same(before: Chances, after: Chances) -> bool:
    """Whether neither the chance nor what haste gains by it has clearly moved."""
    return _is_near(before.p_now_bp, after.p_now_bp) and _is_near(
        before.p_now_bp - before.p_later_bp, after.p_now_bp - after.p_later_bp
    )


def _is_near(before: int, after: int) -> bool:
    return abs(after - before) * 100 <= before * SAME_WITHIN_PERCENT
