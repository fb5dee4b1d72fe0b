"""Load the demonstration office: all of it in one transaction, so that an interrupted load leaves nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from workqueue import jobs
from workqueue.demonstration import booking, collection, history, quality, work
from workqueue.demonstration.people import SignIn, hire, is_staffed
from workqueue.demonstration.staffing import schedule
from workqueue.demonstration.stories import tell
from workqueue.demonstration.wishes import tell_wishes
from workqueue.kit.faults import BILLS_A_FAULT, faulty_files, portions_of
from workqueue.kit.office import Bill
from workqueue.kit.planning import packed, submissions
from workqueue.kit.workshop import Workshop
from workqueue.models import Account, Base, Fact, QuarantinedItem, Task
from workqueue.rules.refusals import Refusal
from workqueue.rules.states import TaskState

LOCK = 7_007
"""Advisory lock: two loads at once would be two offices."""
REPS = {"ana": "ben", "ben": "ana", "otto": "pia", "pia": "otto"}
"""The reps, and to whom each passes on what somebody else should do."""
WORKED_UNTIL_DAYS = 2
FEWEST_TASKS, MOST_TASKS = 3, 12
"""What one rep does on one day."""
KEPT_SHARE = 0.3
FAULTS = (
    "unbalanced_set",
    "empty_claim_number",
    "bad_money",
    "truncated",
    "duplicate_file",
    "wrong_se_count",
)
LARGE = 5_000
TABLES = ("inbox", "accounts", "claims", "ledger_entries", "patients", "phones", "tasks")


class AlreadyLoaded(Refusal):
    """Loading twice would be two offices in one."""

    code = "already_loaded"
    sentence = "The demonstration office is loaded already. Nothing was changed."


class NotEmpty(Refusal):
    """A real office is never mixed with invented people."""

    code = "not_empty"
    sentence = "This office has people or accounts of its own. The demonstration goes into an empty one only."


@dataclass(frozen=True)
class Loaded:
    """What there is now."""

    accounts: int
    facts: int
    open_tasks: int
    quarantined: int


def load(
    session: Session,
    *,
    accounts: int,
    seed: int,
    today: date,
    now: datetime,
    sign_ins: Sequence[SignIn],
    say: Callable[[str], None] = lambda _: None,
) -> Loaded:
    """Make the whole office: people, payers, the past months, the reps' work, and today's surprises."""
    # Everything is one transaction, and none of its statements has anybody waiting.
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL lock_timeout = 0"))
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    _check_is_empty(session, {each.username for each in sign_ins})
    people = hire(session, sign_ins, now=now - timedelta(days=history.DAYS_AGO[0]))
    history.add_payers(session)
    chronicle = tell(accounts, seed=seed, today=today)
    days = history.days_of(chronicle, today=today, now=now)
    resident_of = history.resident_of(seed)
    staff = Staff(
        people,
        answers=work.answers(),
        due=work.due_days(),
        hours=work.callback_hours(),
        seed=seed,
        accounts=accounts,
        now=now,
    )
    for position, day in enumerate(days):
        history.live(session, day, seed=seed, residents=resident_of)
        if accounts >= LARGE:
            if len(day.told.submitted) > accounts // 20:
                history.refresh_statistics(session, TABLES)
            say(f"{day.on}: {len(day.told.submitted)} claims sent, {len(day.told.settled)} paid or denied")
        if _is_worked(day.on, today):
            keep_some(staff.work(session, day.now), days[position + 1 :], staff.draw)
    _surprise(session, accounts, seed=seed, today=today, now=now)
    tell_wishes(session, people, today=today, now=now)
    collection.collect(session, people, today=today, now=now)
    schedule(session, people, today=today, now=now)
    quality.review(session, people, seed=seed, now=now)
    booking.introduce(session)
    booking.choose_times(session, now=now)
    history.pass_time(session, now=now)
    # All is posted; no worker need be woken for any of it.
    jobs.take_rings(session)
    return _counted(session)


@dataclass
class Staff:
    """The reps and how much they do."""

    people: Mapping[str, int]
    answers: Iterator[str]
    due: Iterator[int]
    hours: Iterator[int]
    seed: int
    accounts: int
    now: datetime

    def __post_init__(self) -> None:
        self.draw = Random(f"{self.seed}:work")  # noqa: S311 - invented work, not secrets
        self.tasks = min(max(self.accounts // 60, FEWEST_TASKS), MOST_TASKS)

    def work(self, session: Session, now: datetime) -> list[work.Promised]:
        promised = []
        for rep, colleague in REPS.items():
            shift = work.Shift(
                session,
                rep_id=self.people[rep],
                now=now,
                today=self.now,
                draw=self.draw,
                said=self.answers,
                due=self.due,
                hours=self.hours,
                colleague_id=self.people[colleague],
            )
            promised += shift.work(self.tasks)
        return promised


def keep_some(promised: Sequence[work.Promised], days: Sequence[history.Day], draw: Random) -> None:
    """Let some of those who promised pay on the day; the others have broken their word by today."""
    for promise in promised:
        day = next((each for each in days if each.on >= promise.due_on), None)
        if day is not None and draw.random() < KEPT_SHARE:
            day.told.patient_paid.append((promise.due_on, promise.account_number, promise.amount_cents))


def _is_worked(on: date, today: date) -> bool:
    return on.weekday() < 5 and WORKED_UNTIL_DAYS <= (today - on).days <= 27


def _check_is_empty(session: Session, usernames: set[str]) -> None:
    if is_staffed(session):
        known = set(session.scalars(text("SELECT username FROM users")))
        raise AlreadyLoaded if known & usernames else NotEmpty
    if session.scalar(select(Account.id).limit(1)) is not None:
        raise NotEmpty


def _surprise(session: Session, accounts: int, *, seed: int, today: date, now: datetime) -> None:
    """Let some wrong files come this morning, about claims that are open."""
    chronicle = tell(
        max(accounts // 50, BILLS_A_FAULT * len(FAULTS)), seed=seed, today=today, first=accounts + 1
    )
    bills: list[Bill] = [bill for bill in chronicle.submitted if bill.sequence == 1]
    shop = Workshop(seed, today)
    for file in packed(shop, submissions(shop, bills, history.CLAIMS_A_FILE), history.CLAIMS_A_FILE):
        history.take(session, file, now=now, on=today)
    for file in faulty_files(shop, portions_of(bills, len(FAULTS)), FAULTS):
        history.take(session, file, now=now, on=today)


def _counted(session: Session) -> Loaded:
    def count(model: type[Base], *where: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0

    return Loaded(
        accounts=count(Account),
        facts=count(Fact),
        open_tasks=count(Task, Task.state != TaskState.CLOSED),
        quarantined=count(QuarantinedItem),
    )
