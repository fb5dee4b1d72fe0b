"""A month of promised calls: who books, moves and cancels; who is away, late, on the line; and what crashes.

What a person or a worker does is now and then killed halfway and done again, as the sweeper's chores are.

The office's clock is simulated, its database, services and chores are real. Only when something happens is it
looked at, so that a month takes a minute.
"""

import heapq
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from tests.factories import sue
from tests.proofs import callback_acts as acts
from tests.services.booking.desk import Asking, booked, somebody, team_of
from workqueue.models import Absence, Account, Call, Task
from workqueue.rules.channels import CollectsAs
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.shifts import AbsenceKind
from workqueue.services import callbacks, calling, covering, deriving, leasing, office_profile, staffing
from workqueue.services.booking import keeping, promising, times
from workqueue.services.booking.keeping import LATE_AFTER
from workqueue.services.booking.promising import BookedAlready, NothingBooked
from workqueue.services.booking.seats import SlotGone
from workqueue.services.callbacks import CallbackDue, CallbackOver, RepNotFree
from workqueue.services.calling import CallNotAllowed
from workqueue.services.leasing import LeaseLost
from workqueue.services.outcomes import log_outcome

BEFORE = timedelta(minutes=5)
LEASE_SECONDS = 3600
"""Of the real clock: longer than the proof."""

REFUSED = (
    BookedAlready,
    CallbackDue,
    CallbackOver,
    CallNotAllowed,
    LeaseLost,
    NothingBooked,
    RepNotFree,
    SlotGone,
)
"""What may be answered: also to somebody who tries again what was done before they were cut off."""

Chore = Callable[[Session, datetime], object]

CHORES: tuple[Chore, ...] = (
    lambda session, now: covering.give_back_what_is_over(session, now=now),
    lambda session, now: covering.cover_the_absent(session, now=now),
    lambda session, now: deriving.rescore_due(session, now=now, limit=500),
)
KEEPING: tuple[Chore, ...] = (
    lambda session, now: keeping.call_off_what_is_held(session, now=now),
    lambda session, now: keeping.follow_new_owners(session, now=now),
    lambda session, now: keeping.open_what_is_due(session, now=now),
    lambda session, now: keeping.notice_what_was_missed(session, now=now),
)


@dataclass
class Month:
    """What is to happen, in the order of its time."""

    url: str
    begins_at: datetime
    days: int
    seed: int
    chores: tuple[Chore, ...] = CHORES + KEEPING
    reps: int = 4
    bookings_a_day: int = 8
    flu_on_day: int = 2
    """When everybody falls sick in the morning: then nobody is left to call."""
    crashes: int = 0
    engine: Engine = field(init=False)
    chance: random.Random = field(init=False)
    order: Iterator[int] = field(default_factory=count)
    """Of what happens at one moment, what was planned first comes first."""
    agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    rep_ids: list[int] = field(default_factory=list)
    lead_id: int = 0
    busy_until: dict[int, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = create_engine(self.url)
        self.chance = random.Random(self.seed)

    def run(self) -> None:
        """Open the office, let everything happen, and let the chores catch up at the end."""
        with Session(self.engine) as session, session.begin():
            self.rep_ids, self.lead_id = [rep.id for rep in team_of(session, self.reps)], sue(session).id
            office_profile.change(
                session,
                name="Sample Hospital Patient Accounts",
                neutral_name="Sample Services",
                callback_number="312-555-0100",
                hours="weekdays from 8 to 6",
                collects_as=CollectsAs.FIRST_PARTY,
                records_calls=False,
                mail_domains=(),
            )
        for day in range(self.days):
            self._plan_day(self.begins_at + timedelta(days=day))
        try:
            while self.agenda:
                at, _, happen = heapq.heappop(self.agenda)
                happen(at)
                self._do_chores(at)
                self._work(at)
            self._do_chores_safely(self.begins_at + timedelta(days=self.days + 20))
        finally:
            self.engine.dispose()

    def at(self, moment: datetime, happen: Callable[[datetime], None] = lambda _at: None) -> None:
        heapq.heappush(self.agenda, (moment, next(self.order), happen))

    def _plan_day(self, morning: datetime) -> None:
        """Lay out one day from eight in the morning: who asks for a call, and who is away."""
        for _ in range(self.bookings_a_day):
            self.at(morning + timedelta(minutes=self.chance.randrange(0, 600)), self._somebody_books)
        is_the_flu = morning == self.begins_at + timedelta(days=self.flu_on_day)
        for rep_id in self.rep_ids:
            luck = self.chance.random()
            if is_the_flu:
                self.at(
                    morning + timedelta(hours=2), lambda now, rep_id=rep_id: self._falls_sick(rep_id, now)
                )
            elif luck < 0.08:
                moment = morning + timedelta(minutes=self.chance.randrange(0, 540))
                self.at(moment, lambda now, rep_id=rep_id: self._falls_sick(rep_id, now))
            elif luck < 0.12:
                self.at(morning, lambda now, rep_id=rep_id: self._goes_on_leave(rep_id, now))

    # What happens

    def _somebody_books(self, now: datetime) -> None:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            asking = somebody(session, e164=f"+1312221{self.chance.randrange(1000, 9999)}")
            if self.chance.random() < 0.8:
                session.add(acts.address_of(asking, now))
            found = [slot.at for slot in islice(times.offered(session, asking.wish, now=now), 60)]
        if not found:
            return
        at = self.chance.choice(found)
        if self.chance.random() < 0.6:
            self._do(lambda session: booked(session, asking, at, now=now))
        else:
            rep_id = self.chance.choice(self.rep_ids)
            self._do(lambda session: acts.books_for_them(session, asking, at, rep_id, now))
        self._look_at(at)
        luck = self.chance.random()
        meanwhile = now + (at - now) * self.chance.random()
        if luck < 0.15:
            self.at(meanwhile, lambda now: self._moves(asking, now))
        elif luck < 0.25:
            self.at(meanwhile, lambda now: self._do(lambda session: acts.cancels(session, asking, now)))
        elif luck < 0.3:
            self.at(meanwhile, lambda now: self._do(lambda session: acts.puts_on_hold(session, asking, now)))
        elif luck < 0.45:
            self.at(meanwhile, lambda now: self._office_changes(asking, now))

    def _office_changes(self, asking: Asking, now: datetime) -> None:
        """Let the office move the call, hand it to somebody, or call it off."""
        rep_id, luck = self.chance.choice(self.rep_ids), self.chance.random()
        with Session(self.engine) as session:
            callback = promising.booked(session, asking.link.account_id, asking.link.person_id)
            if callback is None:
                return
            callback_id = callback.id
            found = [slot.at for slot in islice(times.offered(session, asking.wish, now=now), 60)]
        if luck < 0.4 and found:
            at = self.chance.choice(found)
            self._do(lambda session: acts.move_for_them(session, callback_id, at, rep_id, now))
            self._look_at(at)
        elif luck < 0.8:
            lead_id = self.lead_id
            self._do(lambda session: acts.hand_on(session, callback_id, rep_id, lead_id, now))
        else:
            self._do(lambda session: acts.cancel_for_them(session, callback_id, rep_id, now))

    def _look_at(self, at: datetime) -> None:
        for moment in (at - BEFORE, at, at + LATE_AFTER):
            self.at(moment)

    def _moves(self, asking: Asking, now: datetime) -> None:
        with Session(self.engine) as session:
            if promising.booked(session, asking.link.account_id, asking.link.person_id) is None:
                return
            found = [slot.at for slot in islice(times.offered(session, asking.wish, now=now), 60)]
        if found:
            at = self.chance.choice(found)
            self._do(lambda session: promising.move(session, asking.link, at=at, now=now))
            self._look_at(at)

    def _falls_sick(self, rep_id: int, now: datetime) -> None:
        with Session(self.engine) as session, session.begin():
            if not staffing.away_until(session, [rep_id], now=now):
                covering.report_sick(session, rep_id, actor_id=rep_id, now=now)

    def _goes_on_leave(self, rep_id: int, now: datetime) -> None:
        ends_at = now + timedelta(days=self.chance.choice([1, 2, 5]))
        with Session(self.engine) as session, session.begin():
            is_away = session.scalar(
                select(Absence.id).where(
                    Absence.user_id == rep_id, Absence.starts_at < ends_at, Absence.ends_at > now
                )
            )
            if is_away is None:
                staffing.add_absence(
                    session,
                    rep_id,
                    AbsenceKind.PLANNED,
                    starts_at=now,
                    ends_at=ends_at,
                    actor_id=rep_id,
                    now=now - timedelta(minutes=1),
                )

    # The sweeper, and how it crashes

    def _do_chores(self, now: datetime) -> None:
        if self.chance.random() < 0.15:
            self._crash_at_chores(now)
        if self.chance.random() < 0.1:
            return  # it is down altogether, until something happens next
        self._do_chores_safely(now)

    def _do_chores_safely(self, now: datetime) -> None:
        for chore in self.chores:
            with Session(self.engine) as session, session.begin():
                chore(session, now)

    def _crash_at_chores(self, now: datetime) -> None:
        """Let another process do the chores, and kill it somewhere in between."""

        def chores(engine: Engine) -> None:
            for chore in self.chores:
                with Session(engine) as session, session.begin():
                    chore(session, now)

        self._kill_halfway(chores)

    def _do(self, act: Callable[[Session], object]) -> None:
        """Do it in one transaction; now and then it is killed halfway, and whoever did it tries once more."""
        if self.chance.random() < 0.15:

            def acted(engine: Engine) -> None:
                with Session(engine) as session, session.begin():
                    act(session)

            self._kill_halfway(acted)
        with suppress(*REFUSED), Session(self.engine) as session, session.begin():
            act(session)

    def _kill_halfway(self, work: Callable[[Engine], None]) -> None:
        seconds = self.chance.random() * 0.06
        child = os.fork()
        if child == 0:
            # The connections are the parent's: closed here, they would end there.
            self.engine.dispose(close=False)
            work(create_engine(self.url))
            os._exit(0)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        self.crashes += os.WIFSIGNALED(status)

    # The reps

    def _work(self, now: datetime) -> None:
        """Let everybody who is here and free take the next task."""
        with Session(self.engine) as session:
            away = staffing.away_until(session, self.rep_ids, now=now)
        for rep_id in self.rep_ids:
            if rep_id not in away and self.busy_until.get(rep_id, now) <= now:
                self._take(rep_id, now)

    def _take(self, rep_id: int, now: datetime) -> None:
        with Session(self.engine) as session, session.begin():
            leased = leasing.lease_next(session, rep_id=rep_id, now=now, lease_seconds=LEASE_SECONDS)
            if leased is None:
                return
            task = session.get_one(Task, leased.task_id)
            is_callback = task.kind is TaskKind.CALLBACK_DUE
            due_at = task.available_at + BEFORE if is_callback else now
        calls_at = max(now, due_at)
        # Now and then somebody talks for long; then their next callback is someone else's.
        ends_at = calls_at + timedelta(minutes=self.chance.choice([4, 6, 8, 12, 45]))
        self.busy_until[rep_id] = ends_at
        self.at(calls_at, lambda now: self._call(rep_id, leased.task_id, leased.token, now))
        self.at(ends_at, lambda now: self._log(rep_id, leased.task_id, leased.token, now))

    def _call(self, rep_id: int, task_id: int, token: int, now: datetime) -> None:
        with Session(self.engine) as session:
            phone_id = acts.promised_number(session, task_id) or acts.a_number(session, task_id)
        self._do(
            lambda session: calling.place_call(
                session, task_id=task_id, lease_token=token, phone_id=phone_id, rep_id=rep_id, now=now
            )
        )

    def _log(self, rep_id: int, task_id: int, token: int, now: datetime) -> None:
        def log(session: Session) -> None:
            called = session.scalar(select(Call.id).where(Call.task_id == task_id, Call.disposition == ""))
            if called is None:
                leasing.release(session, task_id, token, rep_id=rep_id, now=now)
            else:
                entry = (
                    OutcomeEntry("callback", callback_at=again_at) if again_at else OutcomeEntry("no_answer")
                )
                log_outcome(session, task_id=task_id, lease_token=token, entry=entry, rep_id=rep_id, now=now)

        again_at = self._another_time(task_id, now) if self.chance.random() < 0.2 else None
        self._do(log)
        if again_at is not None:
            self._look_at(again_at)

    def _another_time(self, task_id: int, now: datetime) -> datetime | None:
        """Return a free time at which whoever is called wants to be called again."""
        with Session(self.engine) as session:
            account = session.scalars(
                select(Account).join(Task, Task.account_id == Account.id).where(Task.id == task_id)
            ).one()
            wish = callbacks.wish(
                session,
                account_id=account.id,
                person_id=account.person_id,
                phone_id=None,
                is_asked=True,
                now=now,
            )
            found = [slot.at for slot in islice(times.offered(session, wish, now=now), 60)]
        return self.chance.choice(found) if found else None
