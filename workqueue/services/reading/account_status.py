"""Where one account stands, for a status report: what is owed, why, what was done, what comes next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from workqueue.rules.kinds import Party
from workqueue.rules.states import CallbackState, TaskState
from workqueue.rules.words import day_words, dollars, moment_words
from workqueue.services.reading.account import AccountView, account_view
from workqueue.services.reading.lines import TaskLine

MOST_DONE = 5
WAITED_FOR = {Party.PAYER: "the payer", Party.PATIENT: "the patient", Party.OFFICE: "the office"}


@dataclass(frozen=True)
class AccountStatus:
    """A status report of one account."""

    account: AccountView
    standing: tuple[str, ...]
    """One sentence for each task, hold and arrangement that is open."""
    done: tuple[tuple[str, str, str, str], ...]
    """The newest outcomes: when, by whom, about what, what came of it."""


def account_status(session: Session, *, account_id: int, now: datetime) -> AccountStatus:
    """Put together where an account stands; raises NotFound."""
    account = account_view(session, account_id=account_id, now=now)
    done = tuple(
        (
            moment_words(each.at),
            each.rep_name,
            each.kind_label,
            f"{each.disposition_label}. {each.note}".strip(),
        )
        for each in account.outcomes[:MOST_DONE]
    )
    return AccountStatus(account, tuple(_standing(account, now)), done)


def _standing(account: AccountView, now: datetime) -> Iterator[str]:
    if account.insurance_cents == account.patient_cents == 0:
        yield "Nothing is owed."
    for hold in account.holds:
        if hold.is_in_force:
            yield (
                f"On hold until {moment_words(hold.until_at)}: {hold.words}."
                f" {hold.owner_name} looks after it."
            )
    for task in account.tasks:
        yield f"{task.kind_label}: {_task(task, now)}."
    for plan in account.plans:
        yield (
            f"Payment plan of {day_words(plan.made_on)}: {dollars(plan.paid_cents)} of"
            f" {dollars(plan.total_cents)} paid, {plan.state.value}."
        )
    for promise in account.promises:
        yield (
            f"Promise of {dollars(promise.amount_cents)} by {day_words(promise.due_on)}:"
            f" {promise.state.value}."
        )
    for callback in account.callbacks:
        if callback.state is CallbackState.BOOKED:
            yield f"To be called at {moment_words(callback.at)}."


def _task(task: TaskLine, now: datetime) -> str:
    deadline = f", by {day_words(task.deadline_on)}" if task.deadline_on else ""
    if task.state is TaskState.LEASED:
        return f"in the hands of {task.holder_name}{deadline}"
    if task.state is TaskState.QUEUED:
        return f"in the queue{deadline}"
    until = max(filter(None, (task.deferred_until, task.held_until, task.available_at)), default=now)
    on_whom = f" for {WAITED_FOR[task.waiting_on]}" if task.waiting_on else ""
    return f"waits{on_whom} until {moment_words(until)}{deadline}"
