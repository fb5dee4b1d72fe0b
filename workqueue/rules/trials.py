"""What a trial of rules tells: how tasks move, and what a team's time is worth under either set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce
from typing import Any

AT_RISK_DAYS = 14
"""Deadlines of so many days from today on are looked at. A later one comes up again before it is due."""

WEEK_DAYS = 5
"""Working days that make the week a trial speaks of."""

HORIZON_DAYS = 60
"""Working days, about a quarter: what a team reaches only after them counts as beyond, wherever it stands."""

LONE_DAY_MINUTES = 384
"""Where nobody has a skill it is measured as if one person had: eight hours, 80 % of them for tasks."""

SAMPLES = 25
"""So many tasks of each movement are kept, those with the most at stake."""

MOST_REPLAY_DAYS = 14
"""Each day replayed orders the whole queue twice."""

MOST_TRIES = 3
"""A trial or a publication that was cut off so often waits for a person."""


class TrialKind(StrEnum):
    """On what a set of rules is tried."""

    TODAY = "today"
    """On today's facts, beside the live queue."""
    REPLAY = "replay"
    """On the queues of the last days, beside what was worked."""


class Movement(StrEnum):
    """What becomes of a task of the queue under other rules.

    The day on which a team reaches a task is counted in its own working days, from the top of its queue.
    """

    ENTERS = "enters"
    LEAVES = "leaves"
    TEAM = "team"
    """Another skill works it."""
    SOONER = "sooner"
    """Its team reaches it at least a working day earlier."""
    LATER = "later"
    SAME = "same"


MOVEMENT_WORDS = {
    Movement.ENTERS: "Enter the queue",
    Movement.LEAVES: "Leave the queue",
    Movement.TEAM: "Go to another team",
    Movement.SOONER: "Come up sooner",
    Movement.LATER: "Come up later",
    Movement.SAME: "Stay on their day",
}


@dataclass(frozen=True)
class Figures:
    """So many tasks, and what they are."""

    tasks: int = 0
    minutes: int = 0
    value_cents: int = 0
    gain_cents: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.tasks + other.tasks,
            self.minutes + other.minutes,
            self.value_cents + other.value_cents,
            self.gain_cents + other.gain_cents,
        )


def total(each: Iterable[Figures]) -> Figures:
    return reduce(Figures.__add__, each, Figures())


@dataclass(frozen=True)
class Side:
    """One team's queue under one set of rules."""

    queue: Figures = Figures()
    week: Figures = Figures()
    """What the team reaches in its next five working days, from the top."""
    at_risk: Figures = Figures()
    """Tasks whose deadline comes within fourteen days, and before the team gets through to them."""

    def __add__(self, other: "Side") -> "Side":
        return Side(self.queue + other.queue, self.week + other.week, self.at_risk + other.at_risk)


@dataclass(frozen=True)
class Team:
    """Those who have one skill, and their queue under the rules in force and under those tried."""

    skill: str
    name: str
    reps: int
    minutes_a_day: int
    """Of all of them together, on an average working day of the next two weeks."""
    was: Side
    now: Side

    def days(self, side: Side) -> float:
        """Return how many working days of the whole team a queue is."""
        return side.queue.minutes / self.minutes_a_day

    def minutes_each(self, side: Side) -> int | None:
        """Return the minutes of a queue for each who has the skill; None where nobody has."""
        return side.queue.minutes // self.reps if self.reps else None


@dataclass(frozen=True)
class KindMoves:
    """How many tasks of one kind go which way."""

    kind: str
    counts: dict[str, int]


@dataclass(frozen=True)
class Sample:
    """One task that moves; days count from 0, the day of the trial, and are empty where it is not offered."""

    account_id: int
    kind: str
    subject: int
    was_day: int | None
    now_day: int | None
    value_cents: int
    minutes: int
    deadline_on: str | None
    """As ISO text: a trial is kept as JSON."""


@dataclass(frozen=True)
class Outcome:
    """All a trial on today's facts found."""

    teams: tuple[Team, ...]
    moves: dict[str, Figures]
    kinds: tuple[KindMoves, ...]
    samples: dict[str, tuple[Sample, ...]]
    left_out: int = 0
    """Accounts that were to be derived by the clock at that very moment."""

    @property
    def is_unchanged(self) -> bool:
        """Whether no task moves and no sum differs."""
        is_still = all(not each.tasks for move, each in self.moves.items() if move != Movement.SAME)
        return is_still and all(each.was == each.now for each in self.teams)

    @property
    def was(self) -> Side:
        return reduce(Side.__add__, (each.was for each in self.teams), Side())

    @property
    def now(self) -> Side:
        return reduce(Side.__add__, (each.now for each in self.teams), Side())


@dataclass(frozen=True)
class Taken:
    """What the first so many minutes of a day's queue would have been."""

    figures: Figures = Figures()
    deadlines: int = 0
    """Of them due within fourteen days."""
    worked: int = 0
    """Of them really worked that day."""


@dataclass(frozen=True)
class ReplayedDay:
    """One day that was worked, replayed. The same minutes are taken from the top of either order."""

    day: str
    """As ISO text: a trial is kept as JSON."""
    worked: int
    """Tasks somebody logged an outcome for, callbacks left out."""
    minutes: int
    """What those were expected to take: so many minutes are taken from the top of each team's queue."""
    queue: int
    """Tasks that stood in the queue in the morning."""
    was: Taken
    now: Taken
    shared: int
    """Tasks that are in both."""

    @property
    def worked_on(self) -> date:
        return date.fromisoformat(self.day)


@dataclass(frozen=True)
class Replay:
    """The last days under other rules, the newest first; days without work are left out."""

    days: tuple[ReplayedDay, ...]


def outcome_of(raw: Mapping[str, Any]) -> Outcome:
    """Read what a trial found as it is kept."""
    return Outcome(
        teams=tuple(
            Team(**{**each, "was": _side_of(each["was"]), "now": _side_of(each["now"])})
            for each in raw["teams"]
        ),
        moves={move: Figures(**each) for move, each in raw["moves"].items()},
        kinds=tuple(KindMoves(**each) for each in raw["kinds"]),
        samples={move: tuple(Sample(**each) for each in found) for move, found in raw["samples"].items()},
        left_out=raw["left_out"],
    )


def replay_of(raw: Mapping[str, Any]) -> Replay:
    """Read what a replay found as it is kept."""
    return Replay(
        tuple(
            ReplayedDay(**{**each, "was": _taken_of(each["was"]), "now": _taken_of(each["now"])})
            for each in raw["days"]
        )
    )


def _side_of(raw: Mapping[str, Any]) -> Side:
    return Side(**{name: Figures(**each) for name, each in raw.items()})


def _taken_of(raw: Mapping[str, Any]) -> Taken:
    return Taken(Figures(**raw["figures"]), raw["deadlines"], raw["worked"])
