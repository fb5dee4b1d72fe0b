"""The days of an office: reps take what stands first, work it, and take the next.

Work that is not done at five goes on the next morning; what is not done on the last day at five is not done.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from heapq import heapify, heappop, heappush

from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.priors import prior_of
from workqueue.rules.promises import grace_on
from workqueue.simulation import outcomes
from workqueue.simulation.office import DAY_MINUTES, OPENS_AT_HOUR
from workqueue.simulation.outcomes import Outcome, Result
from workqueue.simulation.policies import Policy
from workqueue.simulation.queue import Queue, Task, behind_hours, opens_minute
from workqueue.simulation.tally import Tally
from workqueue.simulation.world import World

RETRY_DAYS = 1
CALLBACK_DAYS = 2
CALLBACK_STEP_MINUTES = 30
PROMISE_KINDS = frozenset({TaskKind.PROMISE_DUE, TaskKind.PROMISE_BROKEN})


def run(world: World, policy: Policy) -> Tally:
    """Let the office work all its days under a policy."""
    shift = Shift(world, policy)
    for position in range(world.office.days):
        shift.morning(position)
        shift.work(position)
        shift.evening(position)
    shift.settle_what_is_promised()
    return shift.tally


class Shift:
    """The state of one run."""

    def __init__(self, world: World, policy: Policy) -> None:
        self.world, self.office, self.days = world, world.office, world.days
        self.queue = Queue(policy)
        self.tally = Tally(hours=world.office.hours)
        self._comes: dict[int, list[Task]] = defaultdict(list)
        self._timed: dict[int, list[tuple[int, int, Task]]] = defaultdict(list)
        """Callbacks of a day, by their minute."""
        self._evenings: dict[int, list[Callable[[], None]]] = defaultdict(list)
        self._carried = [0.0] * self.office.reps
        """By how many minutes the work begun yesterday reaches into the day."""
        for number, each in enumerate(world.coming):
            task = Task(number, each.case, each.truth, first_on=self.days[each.at])
            self._comes[each.at].append(task)
            self._foresee(task, each.at)

    def _foresee(self, task: Task, at: int) -> None:
        """Note what happens to a task without anybody's doing."""
        after = task.truth.alone_after_days
        if after is not None:
            paid = self.world.at(self.days[at] + timedelta(days=after))
            if paid < self.office.days:
                self._evenings[paid].append(lambda: self._alone(task))
        if task.case.deadline_on is not None:
            # The evening of the last day worked on which it can still be met.
            last = self.world.last_before(task.case.deadline_on)
            if last < self.office.days:
                self._evenings[last].append(lambda: self._deadline(task))

    def _alone(self, task: Task) -> None:
        if task.is_open and task.worked == task.called == 0:
            task.is_open = False
            self.tally.alone_cents += task.truth.worth_cents

    def _deadline(self, task: Task) -> None:
        self.tally.deadlines += 1
        if not task.is_met:
            task.is_open = False
            self.tally.missed += 1
            self.tally.missed_cents += task.case.value_cents

    def morning(self, position: int) -> None:
        today = self.days[position]
        self.queue.rescore(today)
        for task in self._comes.pop(position, ()):
            if task.is_open:
                self.queue.put(task, today)

    def evening(self, position: int) -> None:
        for happens in self._evenings.pop(position, ()):
            happens()

    def work(self, position: int) -> None:
        """Let every rep work until five."""
        today = self.days[position]
        timed = self._timed.pop(position, [])
        heapify(timed)
        teams = self.office.teams
        free = [(minute, rep) for rep, minute in enumerate(self._carried)]
        self._carried = [0.0] * self.office.reps
        heapify(free)
        while free:
            minute, rep = heappop(free)
            if minute >= DAY_MINUTES:
                self._carried[rep] = minute - DAY_MINUTES
                continue
            while timed and timed[0][0] - self.world.rules.callback_lead_minutes <= minute:
                self.queue.put(heappop(timed)[2], today)
            task = self.queue.take(teams[rep], minute)
            if task is None:
                later = self._next_moment(teams[rep], minute, timed)
                if later is not None:
                    heappush(free, (later, rep))
                continue
            heappush(free, (minute + self._do(task, position, minute), rep))

    def _next_moment(
        self, skills: tuple[Skill, ...], minute: float, timed: list[tuple[int, int, Task]]
    ) -> float | None:
        """Return when there may be something to do again for a rep who has nothing; None when not today."""
        moments = [self.queue.next_opening(skills, minute)]
        if timed:
            moments.append(max(timed[0][0] - self.world.rules.callback_lead_minutes, int(minute) + 1))
        return min((each for each in moments if each is not None), default=None)

    def _do(self, task: Task, position: int, minute: float) -> float:
        """Work a task now; return the minutes it took."""
        today = self.days[position]
        kind = task.kind_on(today)
        outcome = self._outcome(task, kind, today, minute)
        is_last = position == self.office.days - 1
        if is_last and minute + outcome.minutes > DAY_MINUTES:
            return float(DAY_MINUTES)  # not done by the end
        self.tally.minutes += outcome.minutes
        self.tally.touches[kind] += 1
        if outcome.is_answered is not None:
            hour = OPENS_AT_HOUR + int(minute) // 60
            self.tally.calls[hour] += 1
            self.tally.answered[hour] += outcome.is_answered
            task.called += 1
        else:
            task.worked += 1
            task.is_met = True
        if kind is TaskKind.CALLBACK_DUE:
            self.tally.appointments += 1
            self.tally.punctual += minute - task.due_minute <= outcomes.PUNCTUAL_MINUTES
        self._follow(task, kind, outcome.result, position)
        return outcome.minutes

    def _outcome(self, task: Task, kind: TaskKind, today: date, minute: float) -> Outcome:
        days = (today - task.first_on).days
        hour = OPENS_AT_HOUR + int(minute) // 60 - behind_hours(task.case.state)
        if kind is TaskKind.CALLBACK_DUE:
            late = max(0.0, minute - task.due_minute)
            return outcomes.of_callback(task.truth, called=task.called, late_minutes=late, hour=hour)
        if kind in PROMISE_KINDS:
            of = outcomes.of_reminder if kind is TaskKind.PROMISE_DUE else outcomes.of_broken
            return of(task.truth, called=task.called, hour=hour, minutes=prior_of(kind, 0).minutes)
        if kind is TaskKind.PATIENT_BALANCE:
            return outcomes.of_call(task.truth, called=task.called, days=days, hour=hour)
        return outcomes.of_claim(task.truth, worked=task.worked, days=days)

    def _follow(self, task: Task, kind: TaskKind, result: Result, position: int) -> None:
        """Let happen what follows from the work."""
        today = self.days[position]
        if result is Result.SETTLED:
            self._settle(task, kind, position)
        elif result is Result.PROMISED:
            self._promise(task, today)
        elif result is Result.APPOINTED:
            self._appoint(task, position)
        elif result is Result.AGAIN and task.called < len(task.truth.answers):
            self._again(task, kind, today)
        elif kind is not TaskKind.PROMISE_DUE:
            # A promise stands until its grace ends, whatever was said.
            task.is_open = False

    def _settle(self, task: Task, kind: TaskKind, position: int) -> None:
        task.is_open = False
        if kind is TaskKind.PROMISE_DUE:
            self.tally.promises += 1
            self.tally.kept += 1
        self.tally.cents[kind] += task.truth.worth_cents
        self.tally.by_day[position] += task.truth.worth_cents

    def _again(self, task: Task, kind: TaskKind, today: date) -> None:
        days = RETRY_DAYS
        if kind is TaskKind.CALLBACK_DUE:
            task.follow_up = None
        elif kind not in PROMISE_KINDS:
            days = outcomes.wait_days(task.case.kind)
        self._comes[self.world.at(today + timedelta(days=days))].append(task)

    def _appoint(self, task: Task, position: int) -> None:
        """Book a callback two working days later, at a half hour of the patient's choice."""
        task.follow_up, task.since_on = TaskKind.CALLBACK_DUE, self.days[position]
        slots = range(opens_minute(task.case.state) + 60, DAY_MINUTES - 60, CALLBACK_STEP_MINUTES)
        task.due_minute = slots[int(task.truth.broken * len(slots))]
        self._timed[position + CALLBACK_DAYS].append((task.due_minute, task.id, task))

    def _promise(self, task: Task, today: date) -> None:
        """Take a promise: the money comes by itself, or after a reminder, or not."""
        due_on = today + timedelta(days=task.truth.waits_days)
        task.follow_up, task.since_on = TaskKind.PROMISE_DUE, due_on
        if task.called < len(task.truth.answers):
            self._comes[self.world.at(due_on)].append(task)
        last_on = grace_on(due_on)
        paid_on = due_on + timedelta(days=1) if outcomes.keeps_alone(task.truth) else last_on
        self._evenings[self.world.at(paid_on)].append(lambda: self._promise_ends(task, last_on))

    def _promise_ends(self, task: Task, last_on: date) -> None:
        if not task.is_open or task.follow_up is not TaskKind.PROMISE_DUE:
            return
        task.version += 1
        if outcomes.keeps_alone(task.truth):
            self._settle(task, TaskKind.PROMISE_DUE, self.world.at(last_on))
            return
        self.tally.promises += 1
        if task.called >= len(task.truth.answers):
            task.is_open = False
            return
        task.follow_up, task.since_on = TaskKind.PROMISE_BROKEN, last_on
        self._comes[self.world.at(last_on + timedelta(days=1))].append(task)

    def settle_what_is_promised(self) -> None:
        """Count the promises whose day comes after the last one: those kept without a word."""
        for position in sorted(each for each in self._evenings if each >= self.office.days):
            for happens in self._evenings.pop(position):
                happens()
