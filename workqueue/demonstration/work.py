"""What the reps of the demonstration did on the days before today: calls, promises, appeals, notes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Account, Phone, Task
from workqueue.rules.calendar import office_day
from workqueue.rules.dispositions import find
from workqueue.rules.entries import InvalidEntry, OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.refusals import Invalid
from workqueue.services import callbacks, leasing, noting, outcomes
from workqueue.services.booking import times
from workqueue.services.booking.seats import SlotGone
from workqueue.services.calling import CallNotAllowed, place_call

LEASE_SECONDS = 600
CLERKS = ("J. Sample", "Desk 4", "M. Example", "Agent 12")
NOTES = (
    "Prefers to be called in the afternoon.",
    "Speaks for both parents; authorisation on file.",
    "Asked for an itemised bill; sent by mail.",
    "New card from the insurer expected next month.",
)


@dataclass(frozen=True)
class Promised:
    """A promise that was just made."""

    account_number: str
    amount_cents: int
    due_on: date


@dataclass(frozen=True)
class Case:
    """A task in hand, with its account."""

    task: Task
    account: Account


@dataclass
class Shift:
    """One rep on one day."""

    session: Session
    rep_id: int
    now: datetime
    today: datetime
    """The moment at which the demonstration begins; callbacks are booked around it."""
    draw: Random
    said: Iterator[str]
    due: Iterator[int]
    hours: Iterator[int]
    colleague_id: int

    def work(self, tasks: int) -> list[Promised]:
        """Work so many tasks, as they come; return what was promised."""
        promised = []
        for _ in range(tasks):
            leased = leasing.lease_next(
                self.session, rep_id=self.rep_id, now=self.now, lease_seconds=LEASE_SECONDS
            )
            if leased is None:
                break
            task = self.session.get_one(Task, leased.task_id)
            account = self.session.get_one(Account, leased.account_id)
            entry = self._entry(Case(task, account))
            self._log(task.id, leased.token, entry)
            if entry.disposition == "promise" and entry.amount_cents and entry.due_on:
                promised.append(Promised(account.number, entry.amount_cents, entry.due_on))
            if self.draw.random() < 0.1:
                text = self.draw.choice(NOTES)
                noting.add_note(
                    self.session, account_id=leased.account_id, text=text, author_id=self.rep_id, now=self.now
                )
        return promised

    def _entry(self, case: Case) -> OutcomeEntry:
        """Decide what came of it. A call that may not be placed is put off until tomorrow."""
        task, account = case.task, case.account
        entry = ENTRIES[task.kind](self, case)
        disposition = find(task.kind, entry.disposition)
        if disposition is None or not disposition.needs_call:
            return entry
        phone_id = self.session.scalar(
            select(Phone.id)
            .where(Phone.patient_id == account.patient_id, Phone.is_valid)
            .order_by(Phone.id)
            .limit(1)
        )
        if phone_id is None or task.lease_token is None:
            return self._put_off("no number to call")
        try:
            place_call(
                self.session,
                task_id=task.id,
                lease_token=task.lease_token,
                phone_id=phone_id,
                rep_id=self.rep_id,
                now=self.now,
            )
        except CallNotAllowed:
            return self._put_off("may not be called today")
        return replace(entry, phone_id=phone_id) if entry.disposition == "callback" else entry

    def _log(self, task_id: int, token: int, entry: OutcomeEntry) -> None:
        try:
            with self.session.begin_nested():
                outcomes.log_outcome(
                    self.session,
                    task_id=task_id,
                    lease_token=token,
                    entry=entry,
                    rep_id=self.rep_id,
                    now=self.now,
                )
        except (InvalidEntry, SlotGone):
            # What was agreed does not fit: a promise above the balance, a call at this number at that hour.
            leasing.release(self.session, task_id, token, rep_id=self.rep_id, now=self.now)

    def _put_off(self, reason: str) -> OutcomeEntry:
        tomorrow = office_day(self.now) + timedelta(days=1)
        return OutcomeEntry("deferred", next_on=tomorrow, reason=reason)

    def reference(self) -> str:
        return f"REF{self.draw.randrange(10**6):06d}"

    def payer(self, disposition: str, note: str = "") -> OutcomeEntry:
        return OutcomeEntry(
            disposition, note=note, reference_number=self.reference(), spoke_with=self.draw.choice(CLERKS)
        )


def conversations(shift: Shift, case: Case) -> OutcomeEntry:
    """Say what came of a call to a patient; the answers come round, so that every kind occurs."""
    said, account = next(shift.said), case.account
    if said == "promise":
        due_on = _due_on(shift)
        amount = account.patient_cents if account.patient_cents < 20_000 else account.patient_cents // 4
        return OutcomeEntry("promise", amount_cents=amount, due_on=due_on, note="Will pay by card.")
    if said == "callback":
        at = _callback_at(shift, account)
        return OutcomeEntry("callback", callback_at=at, note="Was driving.") if at else again(shift, case)
    if said == "disputes":
        return OutcomeEntry("disputes", reason="says the visit was cancelled")
    return OutcomeEntry(said)


def _due_on(shift: Shift) -> date:
    """Agree on a day: around the day of the demonstration, or so early that the promise is broken by then."""
    first = office_day(shift.now) + timedelta(days=3)
    return min(
        max(office_day(shift.today) + timedelta(days=next(shift.due)), first), first + timedelta(days=25)
    )


def again(shift: Shift, _case: Case) -> OutcomeEntry:
    return OutcomeEntry(shift.draw.choice(("no_answer", "message_left")))


def _callback_at(shift: Shift, account: Account) -> datetime | None:
    """Agree on a free time: some shortly before the demonstration begins, the others after."""
    wanted_at = shift.today + timedelta(hours=next(shift.hours))
    try:
        wish = callbacks.wish(
            shift.session,
            account_id=account.id,
            person_id=account.person_id,
            phone_id=None,
            is_asked=True,
            now=shift.now,
        )
    except Invalid:
        return None  # there is no number to call them at
    found = list(times.offered(shift.session, wish, now=shift.now))
    return min((slot.at for slot in found), key=lambda at: abs(at - wanted_at), default=None)


def _denial(shift: Shift, case: Case) -> OutcomeEntry:
    if shift.draw.random() < 0.15:
        return OutcomeEntry("passed", colleague_id=shift.colleague_id, reason="You know this reviewer.")
    return _tried_first("appeal_sent")(shift, case)


def _broken(shift: Shift, case: Case) -> OutcomeEntry:
    if shift.draw.random() < 0.5:
        return OutcomeEntry("deferred", next_on=office_day(shift.today), reason="Is away until then.")
    return again(shift, case)


def _tried_first(then: str) -> "Decision":
    """Try the payer by telephone, and do what is needed when that led nowhere."""

    def entry(shift: Shift, case: Case) -> OutcomeEntry:
        if not case.task.attempts and shift.draw.random() < 0.5:
            return OutcomeEntry(then, reference_number=shift.reference())
        if case.task.attempts < 2:
            return OutcomeEntry("payer_not_reached", note="On hold for 20 minutes.")
        return OutcomeEntry("deferred", next_on=office_day(shift.today), reason="Reviewer is back then.")

    return entry


def _no_response(shift: Shift, _case: Case) -> OutcomeEntry:
    if shift.draw.random() < 0.3:
        return OutcomeEntry("payer_not_reached")
    return shift.payer("payer_in_process", "Still in review; no date given.")


def _asked(_shift: Shift, _case: Case) -> OutcomeEntry:
    return OutcomeEntry("office_asked", spoke_with="Registration")


def _simply(disposition: str) -> "Decision":
    return lambda shift, _case: OutcomeEntry(disposition, reference_number=shift.reference())


Decision = Callable[[Shift, Case], OutcomeEntry]

ENTRIES: dict[TaskKind, Decision] = {
    TaskKind.CLAIM_REJECTED: _simply("corrected_rebilled"),
    TaskKind.CLAIM_NOT_FOUND: _simply("resubmitted"),
    TaskKind.CLAIM_NO_RESPONSE: _no_response,
    TaskKind.INFORMATION_REQUESTED: _simply("records_sent"),
    TaskKind.DENIAL: _denial,
    TaskKind.APPEAL_DEADLINE: _tried_first("appeal_sent"),
    TaskKind.FILING_DEADLINE: _tried_first("resubmitted"),
    TaskKind.UNDERPAID: _simply("underpayment_disputed"),
    TaskKind.PAYMENT_UNMATCHED: _asked,
    TaskKind.CREDIT_BALANCE: _asked,
    TaskKind.BALANCE_REVIEW: _asked,
    TaskKind.PATIENT_BALANCE: conversations,
    TaskKind.PROMISE_BROKEN: _broken,
    TaskKind.PROMISE_DUE: again,
    TaskKind.CALLBACK_DUE: again,
}

ANSWERS = (
    "promise", "no_answer", "callback", "promise", "message_left", "promise", "promise", "cannot_pay",
    "promise", "callback", "message_left", "disputes", "promise", "wrong_number",
)  # fmt: skip


DUE_DAYS = (-6, 0, -7, 4, -1, -6, 0, -8, 9)
"""When promises fall due, in days from the day of the demonstration."""


CALLBACK_HOURS = (-1, 3, -2, 22, -1, 46)
"""When callbacks are booked, in hours from the beginning of the demonstration."""


def callback_hours() -> Iterator[int]:
    """Return them, one after the other."""
    return cycle(CALLBACK_HOURS)


def due_days() -> Iterator[int]:
    """Return them, one after the other."""
    return cycle(DUE_DAYS)


def answers() -> Iterator[str]:
    """Return what patients say, one after the other."""
    return cycle(ANSWERS)
