"""How likely work pays, and how long it takes: reviewed defaults until the office's own outcomes say better.

Chances are of the money at stake being settled within 30 days, in basis points; they and the minutes are the
defaults of the office's reference (regulation and EDI, section 7). Where the office's own outcomes say better
(rules/estimates.py), those hold.
"""

from dataclasses import dataclass

from workqueue.rules.kinds import TaskKind

FOREVER_DAYS = 100_000


@dataclass(frozen=True)
class Prior:
    """Chances and minutes of one kind of task at one age."""

    kind: TaskKind
    from_days: int
    until_days: int
    """Age in days, from which and before which it holds."""
    p_now_bp: int
    p_later_bp: int
    minutes: int


def _ageless(kind: TaskKind, p_now_bp: int, p_later_bp: int, minutes: int) -> Prior:
    return Prior(kind, -FOREVER_DAYS, FOREVER_DAYS, p_now_bp, p_later_bp, minutes)


PRIORS: tuple[Prior, ...] = (
    _ageless(TaskKind.CLAIM_REJECTED, 8500, 7800, 10),
    _ageless(TaskKind.CLAIM_NOT_FOUND, 5000, 4400, 15),
    Prior(TaskKind.CLAIM_NO_RESPONSE, -FOREVER_DAYS, 60, 3500, 3300, 15),
    Prior(TaskKind.CLAIM_NO_RESPONSE, 60, 120, 3500, 3000, 15),
    Prior(TaskKind.CLAIM_NO_RESPONSE, 120, FOREVER_DAYS, 2500, 2000, 15),
    _ageless(TaskKind.INFORMATION_REQUESTED, 6000, 4500, 12),
    Prior(TaskKind.DENIAL, -FOREVER_DAYS, 60, 4500, 4200, 25),
    Prior(TaskKind.DENIAL, 60, FOREVER_DAYS, 3500, 3100, 25),
    _ageless(TaskKind.APPEAL_DEADLINE, 4000, 3500, 20),
    _ageless(TaskKind.FILING_DEADLINE, 7000, 6000, 12),
    _ageless(TaskKind.UNDERPAID, 4500, 4200, 20),
    _ageless(TaskKind.PAYMENT_UNMATCHED, 9000, 8500, 8),
    _ageless(TaskKind.CREDIT_BALANCE, 9000, 8800, 10),
    # Self-pay recovery falls with age: the day the balance became the patient's is day 0.
    Prior(TaskKind.PATIENT_BALANCE, -FOREVER_DAYS, 31, 3500, 3200, 6),
    Prior(TaskKind.PATIENT_BALANCE, 31, 61, 2200, 2000, 6),
    Prior(TaskKind.PATIENT_BALANCE, 61, 91, 1400, 1250, 6),
    Prior(TaskKind.PATIENT_BALANCE, 91, 121, 900, 800, 6),
    Prior(TaskKind.PATIENT_BALANCE, 121, FOREVER_DAYS, 500, 460, 6),
    _ageless(TaskKind.PROMISE_DUE, 7000, 6000, 4),
    _ageless(TaskKind.PROMISE_BROKEN, 4000, 3000, 6),
    _ageless(TaskKind.CALLBACK_DUE, 5000, 1000, 8),
    _ageless(TaskKind.BALANCE_REVIEW, 4000, 3800, 10),
)


def prior_of(kind: TaskKind, age_days: int) -> Prior:
    """Return the default of a kind of task at an age."""
    return next(each for each in PRIORS if each.kind is kind and each.from_days <= age_days < each.until_days)
