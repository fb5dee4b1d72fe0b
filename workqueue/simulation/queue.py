"""The queue in memory: lanes of tasks, the best of each in front, and what waits for a day or a minute."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush

from workqueue.rules.kinds import Skill, TaskKind
from workqueue.simulation.cases import Case
from workqueue.simulation.office import OPENS_AT_HOUR
from workqueue.simulation.policies import NO_TIME, Policy, Seen
from workqueue.simulation.truths import Truth

BEHIND_HOURS = {
    **dict.fromkeys(("IL", "TX", "TN"), 1),
    **dict.fromkeys(("CO", "AZ"), 2),
    **dict.fromkeys(("CA", "WA"), 3),
    "AK": 4,
    "HI": 5,
}
"""By how much the clock of a patient is behind the office's; other states of the kit go by its own."""
CALLS_FROM_HOUR = 8
"""Of the patient's own day, as the rules of contact have it."""


def behind_hours(state: str) -> int:
    """Return how far the clock of a patient of this state is behind the office's."""
    return BEHIND_HOURS.get(state, 0)


def opens_minute(state: str) -> int:
    """Return the minute of the office's day from which patients of this state may be called."""
    return max(0, (CALLS_FROM_HOUR + behind_hours(state) - OPENS_AT_HOUR) * 60)


Lane = tuple[Skill, int]
"""A skill, and the minute of the office's day from which its patients may be called."""


@dataclass(slots=True, eq=False)
class Task:
    """One open piece of work: what its case says, or what follows from it."""

    id: int
    case: Case
    truth: Truth
    first_on: date
    """The day it could first be worked."""
    follow_up: TaskKind | None = None
    since_on: date | None = None
    due_minute: int = 0
    """Of a callback: the minute of its day."""
    worked: int = 0
    called: int = 0
    is_open: bool = True
    is_met: bool = False
    """What its deadline asks for is done."""
    version: int = 0
    """Goes up whenever it moves; what lies in a lane under an older one is passed over."""

    def kind_on(self, today: date) -> TaskKind:
        return self.follow_up or self.case.kind_on(today)

    @property
    def lane(self) -> Lane:
        """Return where it stands: whatever follows from a case is worked by whoever works the case."""
        return self.case.skill, opens_minute(self.case.state) if self.case.state else 0

    def seen(self, today: date) -> Seen:
        """Return what the office sees of it on a day."""
        kind = self.kind_on(today)
        age_days = self.case.age_days(today) if self.since_on is None else (today - self.since_on).days
        due_at = NO_TIME
        if kind is TaskKind.CALLBACK_DUE:
            due_at = datetime.combine(today, time(OPENS_AT_HOUR), UTC) + timedelta(minutes=self.due_minute)
        return Seen(
            self.case.number,
            kind,
            age_days,
            self.case.balance_cents,
            self.case.value_cents,
            self.case.deadline_on if self.follow_up is None else None,
            due_at,
            self.truth,
        )


@dataclass
class Queue:
    """Tasks that may be taken, by lane and in the order of a policy."""

    policy: Policy
    _lanes: dict[Lane, list[tuple[int, int, int, Task]]] = field(default_factory=lambda: defaultdict(list))
    _rescored: dict[date, list[tuple[Task, int]]] = field(default_factory=lambda: defaultdict(list))

    def put(self, task: Task, today: date) -> None:
        """Let a task stand where the policy wants it."""
        task.version += 1
        seen = task.seen(today)
        heappush(self._lanes[task.lane], (-self.policy.key(seen, today), task.id, task.version, task))
        moves_on = self.policy.moves_on(seen, today)
        if moves_on is not None:
            self._rescored[moves_on].append((task, task.version))

    def rescore(self, today: date) -> None:
        """Score again what the clock has changed since the day before."""
        for day in sorted(day for day in self._rescored if day <= today):
            for task, version in self._rescored.pop(day):
                if task.is_open and task.version == version:
                    self.put(task, today)

    def take(self, skills: Iterable[Skill], minute: float) -> Task | None:
        """Take out what stands first of what these skills may work at this minute."""
        best = min(self._heads(skills, minute), default=None)
        if best is None:
            return None
        task = best[3]
        heappop(self._lanes[task.lane])
        task.version += 1
        return task

    def next_opening(self, skills: Iterable[Skill], minute: float) -> int | None:
        """Return when the next lane of these skills opens that has something in it."""
        wanted = set(skills)
        return min(
            (
                opens
                for (skill, opens), heap in self._lanes.items()
                if skill in wanted and opens > minute and heap
            ),
            default=None,
        )

    def _heads(self, skills: Iterable[Skill], minute: float) -> Iterator[tuple[int, int, int, Task]]:
        wanted = set(skills)
        for (skill, opens), heap in self._lanes.items():
            if skill not in wanted or opens > minute:
                continue
            while heap and (not heap[0][3].is_open or heap[0][3].version != heap[0][2]):
                heappop(heap)
            if heap:
                yield heap[0]
