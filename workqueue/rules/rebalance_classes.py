"""Tasks and people as the sharing out of work sees them, and tasks alike put together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workqueue.rules.shifts import PACE_PERCENT, SkillLevel

MOST_CLASSES = 2_000
COARSER = ((1, True), (2, True), (3, True), (5, True), (5, False), (10, False), (15, False), (30, False))
"""To what minutes are rounded up, and whether it matters who knows the patient.

Each is taken where the one before makes too many classes. Our own choice.
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A task as far as it matters who has it."""

    task_id: int
    skill_id: int
    minutes: int
    owner_id: int | None = None
    """Empty: it is open to everybody, and is to be given to somebody with time for it."""
    language: str = ""
    """What the patient speaks; empty where nobody is called, or in English."""
    known_by_id: int | None = None
    """Who last spoke with the patient, if that is not too long ago."""
    is_pinned: bool = False
    """It stays with its owner whatever else moves."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is here, and what they can do."""

    id: int
    minutes: int
    """For tasks in the time that is shared out, at an ordinary pace: see `ordinary_minutes`."""
    levels: Mapping[int, SkillLevel]
    """By skill; what is not in it they cannot do."""
    languages: Collection[str] = ()
    takes_more: bool = True
    """False for a lead: they keep what they have, and get nothing."""


class TaskClass(NamedTuple):
    """Tasks between which the cost sees no difference. A hundred of them are as quick to place as one."""

    skill_id: int
    minutes: int
    owner_id: int | None
    language: str
    known_by_id: int | None


def ordinary_minutes(minutes: int, levels: Iterable[SkillLevel]) -> int:
    """Return how much work of an ordinary pace fits into a person's minutes, by their skills' mean pace.

    Only so can minutes flow: were a minute of another length for each person, classes would have no common
    measure. Whoever is slow at something gets it only where nobody faster has time.
    """
    paces = [PACE_PERCENT[level] for level in levels]
    return minutes * 100 * len(paces) // sum(paces) if paces else 0


def grouped_into_classes(
    items: Iterable[Item], team: Collection[int], most: int = MOST_CLASSES
) -> tuple[dict[TaskClass, list[Item]], int]:
    """Group tasks alike in everything the cost sees; return also what their minutes were rounded up to.

    They are rounded up, and then who knows the patient is forgotten, as far as it takes to have few enough.
    """
    rows = list(items)
    finest = [
        TaskClass(
            item.skill_id,
            max(item.minutes, 1),
            item.owner_id,
            item.language,
            item.known_by_id if item.known_by_id in team else None,
        )
        for item in rows
    ]
    for step, knows in COARSER:
        coarse = {
            each: each._replace(
                minutes=-(-each.minutes // step) * step, known_by_id=each.known_by_id if knows else None
            )
            for each in set(finest)
        }
        if len(set(coarse.values())) <= most:
            break
    grouped: dict[TaskClass, list[Item]] = defaultdict(list)
    for item, each in zip(rows, finest, strict=True):
        grouped[coarse[each]].append(item)
    return dict(grouped), step
