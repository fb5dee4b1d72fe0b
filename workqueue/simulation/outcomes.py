"""What a piece of work brings, by the truth of its case: decided here, carried out in running.py."""

from dataclasses import dataclass
from enum import StrEnum

from workqueue.rules.dispositions import DISPOSITIONS
from workqueue.rules.kinds import TaskKind
from workqueue.simulation.truths import (
    CALLS,
    KEEPS_ALONE,
    KEEPS_REMINDED,
    PAYS_AT_ONCE,
    PROMISES,
    TOUCHES,
    WITHIN_CALLS,
    Truth,
)

HOURS = {8: 0.7, 9: 0.85, 10: 1.0, 11: 1.05, 12: 0.95, 13: 0.85, 14: 0.9, 15: 1.0, 16: 1.15, 17: 1.25}
"""How well people are reached at each hour of their own day, against an average one. Our own assumption: more
towards the evening, less after lunch."""
BEST_HOUR = max(HOURS.values())
UNANSWERED_MINUTES = 2.0
ANSWERED_SHARE = 1.6
"""How much longer a conversation is than the average call of its kind, which is often not answered."""
APPOINTED = 0.8
"""Who asked for the time answers so often, when the call comes in time."""
PUNCTUAL_MINUTES = 15
SETTLES_AFTER_CALLBACK = 0.6
"""Of those called back so many pay at once; the others promise."""
BROKEN_CHANCE = 0.4

LOGGED = {
    TaskKind.CLAIM_REJECTED: "corrected_rebilled",
    TaskKind.CLAIM_NOT_FOUND: "resubmitted",
    TaskKind.CLAIM_NO_RESPONSE: "payer_in_process",
    TaskKind.INFORMATION_REQUESTED: "records_sent",
    TaskKind.DENIAL: "appeal_sent",
    TaskKind.UNDERPAID: "underpayment_disputed",
    TaskKind.PATIENT_BALANCE: "no_answer",
}
"""What a rep logs of the work: until when it waits then is the office's own table's to say."""


class Result(StrEnum):
    """What came of one piece of work."""

    SETTLED = "settled"
    """The money comes, now or with the payer's answer."""
    AGAIN = "again"
    """Not yet; it comes up again after the usual wait."""
    OVER = "over"
    """Nothing more can be had."""
    PROMISED = "promised"
    APPOINTED = "appointed"
    """Asked to be called at a time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a piece of work brought, and how long it took."""

    result: Result
    minutes: float
    is_answered: bool | None = None
    """None where nobody was called."""


def wait_days(kind: TaskKind) -> int:
    """Return after how many days work of a kind comes up again."""
    return DISPOSITIONS[LOGGED[kind]].wait_days


def chance_after(truth: Truth, days: int) -> float:
    """Return what is left of the chance of a case so many days after it could first be worked."""
    return float(truth.chance * truth.kept ** (days / 7))


def of_claim(truth: Truth, *, worked: int, days: int) -> Outcome:
    """Work on a claim for the first time, or once more; a payer's answer is known to come or not."""
    if worked + 1 >= truth.needs and truth.luck < chance_after(truth, days):
        return Outcome(Result.SETTLED, truth.minutes)
    return Outcome(Result.AGAIN if worked + 1 < TOUCHES else Result.OVER, truth.minutes)


def of_call(truth: Truth, *, called: int, days: int, hour: int) -> Outcome:
    """Call somebody about what they owe."""
    if truth.answers[called] >= truth.reach * HOURS[hour]:
        result = Result.AGAIN if called + 1 < CALLS else Result.OVER
        return Outcome(result, UNANSWERED_MINUTES, is_answered=False)
    minutes = truth.minutes * ANSWERED_SHARE
    if truth.luck >= chance_after(truth, days) / WITHIN_CALLS:
        return Outcome(Result.OVER, minutes, is_answered=True)
    if truth.manner < PAYS_AT_ONCE:
        return Outcome(Result.SETTLED, minutes, is_answered=True)
    promised = truth.manner < PAYS_AT_ONCE + PROMISES
    return Outcome(Result.PROMISED if promised else Result.APPOINTED, minutes, is_answered=True)


def of_callback(truth: Truth, *, called: int, late_minutes: float, hour: int) -> Outcome:
    """Call somebody at the time they asked for, or too late."""
    chance = APPOINTED if late_minutes <= PUNCTUAL_MINUTES else truth.reach * HOURS[hour]
    if truth.answers[called] >= chance:
        return Outcome(Result.AGAIN, UNANSWERED_MINUTES, is_answered=False)
    result = Result.SETTLED if settles_when_called_back(truth) else Result.PROMISED
    return Outcome(result, truth.minutes * ANSWERED_SHARE, is_answered=True)


def settles_when_called_back(truth: Truth) -> bool:
    """Whether somebody who asked for a time pays in that call."""
    return (1 - truth.manner) / (1 - PAYS_AT_ONCE - PROMISES) < SETTLES_AFTER_CALLBACK


def keeps_alone(truth: Truth) -> bool:
    """Whether a promise is kept without a word."""
    return truth.promise < KEEPS_ALONE


def keeps_reminded(truth: Truth) -> bool:
    """Whether a promise is kept once somebody is reminded of it in time."""
    return truth.promise < KEEPS_ALONE + (1 - KEEPS_ALONE) * KEEPS_REMINDED


def of_reminder(truth: Truth, *, called: int, hour: int, minutes: float) -> Outcome:
    """Remind somebody of a promise that is due and not yet paid."""
    if truth.answers[called] >= truth.reach * HOURS[hour]:
        return Outcome(Result.AGAIN, UNANSWERED_MINUTES, is_answered=False)
    return Outcome(Result.SETTLED if keeps_reminded(truth) else Result.OVER, minutes, is_answered=True)


def of_broken(truth: Truth, *, called: int, hour: int, minutes: float) -> Outcome:
    """Call somebody who did not keep a promise."""
    if truth.answers[called] >= truth.reach * HOURS[hour]:
        result = Result.AGAIN if called + 1 < len(truth.answers) else Result.OVER
        return Outcome(result, UNANSWERED_MINUTES, is_answered=False)
    return Outcome(Result.SETTLED if truth.broken < BROKEN_CHANCE else Result.OVER, minutes, is_answered=True)
