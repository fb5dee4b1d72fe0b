"""Why a task is here, in sentences about the facts behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Callback, Claim, Hold, Patient, Payer, Promise, Task
from workqueue.rules.ages import is_minor
from workqueue.rules.calendar import office_day
from workqueue.rules.claim_statuses import category
from workqueue.rules.codes import reason_words, status_words
from workqueue.rules.contact_facts import HoldInForce
from workqueue.rules.holds import hold_words
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.plans import MISSED_UNTIL_DEFAULT
from workqueue.rules.queue_rules import QueueRules
from workqueue.rules.words import day_words, dollars, moment_words, sequence_words
from workqueue.services import queue_rules
from workqueue.services.reading.arrangements import missed_of_plan
from workqueue.services.reading.estimates import Grounds, grounds
from workqueue.services.responsible import covers, makes_wait, pauses


@dataclass(frozen=True)
class Behind:
    """What a task is about."""

    task: Task
    account: Account
    claim: Claim | None
    payer: Payer | None
    promise: Promise | None
    instalment: tuple[int, int] | None
    """Of a plan: which payment the promise is, and how many of the plan are missing."""
    callback: Callback | None
    awaited_call_at: datetime | None
    """When the last call is booked for which this one would wait."""
    grounds: Grounds
    patient: Patient | None
    hold: HoldInForce | None
    """The longest of those the task waits for."""
    rules: QueueRules
    """Those in force."""
    today: date

    @property
    def payer_name(self) -> str:
        return self.payer.name if self.payer else "The payer"


def behind(session: Session, task: Task, today: date) -> Behind:
    account = session.get_one(Account, task.account_id)
    claim = payer = None
    if KINDS[task.kind].party is Party.PAYER:
        claim = session.scalar(
            select(Claim).where(Claim.account_id == task.account_id, Claim.sequence == task.subject)
        )
        payer = session.get(Payer, claim.payer_id) if claim and claim.payer_id else None
    is_promise = task.kind in {TaskKind.PROMISE_DUE, TaskKind.PROMISE_BROKEN}
    promise = session.get(Promise, task.subject) if is_promise else None
    return Behind(
        task=task,
        account=account,
        claim=claim,
        payer=payer,
        promise=promise,
        instalment=missed_of_plan(session, promise, today) if promise and promise.plan_id else None,
        callback=session.get(Callback, task.subject) if task.kind is TaskKind.CALLBACK_DUE else None,
        awaited_call_at=_awaited_call_at(session, task, account, today),
        grounds=grounds(session, task, today),
        patient=session.get(Patient, account.patient_id) if account.patient_id else None,
        hold=_hold(session, task, account),
        rules=queue_rules.in_force(session).rules,
        today=today,
    )


def reasons(about: Behind) -> tuple[str, ...]:
    """Say what happened that made this task."""
    said = [*_held(about), *_paused(about), *_REASONS[about.task.kind](about), *_guarantor_missing(about)]
    return tuple(filter(None, said))


def _hold(session: Session, task: Task, account: Account) -> HoldInForce | None:
    """Return the hold that ends when the task says that its hold does."""
    if task.held_until is None:
        return None
    held = session.execute(
        select(Hold.kind, Hold.reason, Hold.until_at)
        .where(covers(account), Hold.lifted_at.is_(None), Hold.until_at == task.held_until)
        .where(makes_wait(account, KINDS[task.kind].party))
        .order_by(Hold.id)
        .limit(1)
    ).one_or_none()
    return HoldInForce(*held) if held else None


def _held(about: Behind) -> list[str]:
    hold = about.hold
    return (
        [f"On hold: {hold_words(hold.kind, hold.reason)}, until {moment_words(hold.until_at)}."]
        if hold
        else []
    )


def _awaited_call_at(session: Session, task: Task, account: Account, today: date) -> datetime | None:
    if task.kind is TaskKind.CALLBACK_DUE or KINDS[task.kind].party is not Party.PATIENT:
        return None
    at = session.scalar(select(func.max(Callback.at)).where(pauses(account)))
    return at if at is not None and office_day(at) >= today else None


def _paused(about: Behind) -> list[str]:
    at = about.awaited_call_at
    if at is None:
        return []
    return [
        f"A call is booked for {moment_words(at)}: nobody else calls before it is made or its day is over."
    ]


def _guarantor_missing(about: Behind) -> list[str]:
    """A minor is not called; the task stays, so that somebody finds out who answers for the bill."""
    if KINDS[about.task.kind].party is not Party.PATIENT or about.account.guarantor_id is not None:
        return []
    if about.patient is None or not is_minor(about.patient.birth_on, about.today):
        return []
    return ["The patient is a minor and no guarantor is known. Find the guarantor; the minor is not called."]


def _status(about: Behind) -> list[str]:
    claim = about.claim
    if claim is None:
        return []
    words = category(claim.status_category).words
    detail = f" {status_words(claim.status_code)}." if claim.status_code else ""
    return [f"{about.payer_name}, {day_words(claim.status_on)}: {words}.{detail}"]


def _no_response(about: Behind) -> list[str]:
    claim = about.claim
    if claim is None:
        return []
    said = _status(about) if claim.status_category else []
    if claim.submitted_on is None:
        return [*said, "The claim has not been answered."]
    days = (about.today - claim.submitted_on).days
    usual = f"; an answer usually takes {about.payer.response_days} days" if about.payer else ""
    return [
        *said,
        f"Submitted to {about.payer_name} on {day_words(claim.submitted_on)}, {days} days ago{usual}.",
    ]


def _denied(about: Behind) -> list[str]:
    claim = about.claim
    if claim is None:
        return []
    denied = f"{about.payer_name} refused {dollars(claim.denied_cents)} on {day_words(claim.denied_on)}"
    why = f": {reason_words(claim.denial_code)}." if claim.denial_code else "."
    return [denied + why]


def _filing(about: Behind) -> list[str]:
    deadline = day_words(about.task.deadline_on)
    return [*_no_response(about), f"The claim has to reach {about.payer_name} by {deadline}."]


def _underpaid(about: Behind) -> list[str]:
    claim, payer = about.claim, about.payer
    if claim is None or payer is None or payer.contract_bp is None:
        return []
    expected = claim.charge_cents * payer.contract_bp // 10_000
    got = claim.paid_cents + claim.patient_share_cents
    return [f"{payer.name} allowed {dollars(got)}; the contract gives {dollars(expected)}."]


def _unmatched(about: Behind) -> list[str]:
    return [f"{_credit(about.account)} came for a number that belongs to no account here."]


def _over(about: Behind) -> list[str]:
    return [f"{_credit(about.account)} more was paid or adjusted than was owed."]


def _review(about: Behind) -> list[str]:
    return [f"Payers owe {dollars(about.account.insurance_cents)}, and no claim that is open explains it."]


def _patient(about: Behind) -> list[str]:
    since = about.account.patient_since_on
    return [f"The patient owes {dollars(about.account.patient_cents)} since {day_words(since)}."]


def _promised(about: Behind) -> list[str]:
    promise = about.promise
    if promise is None:
        return []
    came = " It has not come." if about.today > promise.grace_on else ""
    if about.instalment is None:
        said = f"On {day_words(promise.made_on)} {dollars(promise.amount_cents)} was promised"
        return [f"{said} by {day_words(promise.due_on)}.{came}"]
    number, missed = about.instalment
    said = (
        f"Payment {number} of a plan, {dollars(promise.amount_cents)}, is due on {day_words(promise.due_on)}."
    )
    default = f"The plan is in default: {missed} payments are missing."
    return [said + came, default if missed >= MISSED_UNTIL_DEFAULT else ""]


def _callback(about: Behind) -> list[str]:
    booked = about.callback
    return [f"The patient asked to be called on {moment_words(booked.at)}."] if booked else []


def _credit(account: Account) -> str:
    return dollars(max(-account.insurance_cents, -account.patient_cents, 0))


_REASONS: dict[TaskKind, Callable[[Behind], list[str]]] = {
    TaskKind.CLAIM_REJECTED: _status,
    TaskKind.CLAIM_NOT_FOUND: _status,
    TaskKind.CLAIM_NO_RESPONSE: _no_response,
    TaskKind.INFORMATION_REQUESTED: _status,
    TaskKind.DENIAL: _denied,
    TaskKind.APPEAL_DEADLINE: _denied,
    TaskKind.FILING_DEADLINE: _filing,
    TaskKind.UNDERPAID: _underpaid,
    TaskKind.PAYMENT_UNMATCHED: _unmatched,
    TaskKind.CREDIT_BALANCE: _over,
    TaskKind.PATIENT_BALANCE: _patient,
    TaskKind.PROMISE_DUE: _promised,
    TaskKind.PROMISE_BROKEN: _promised,
    TaskKind.CALLBACK_DUE: _callback,
    TaskKind.BALANCE_REVIEW: _review,
}


def subject_words(about: Behind) -> str:
    """Say which of the account's things the task is about."""
    if about.claim is not None:
        return f"{sequence_words(about.claim.sequence)} claim, {about.payer_name}"
    return f"Account {about.account.number}"
