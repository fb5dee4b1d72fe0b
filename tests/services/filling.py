"""Filling people's days with tasks minute by minute: what a flow computes, in the plainest way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

Place = tuple[object, object]
"""A person and a day."""


class Filling:
    """Minutes of tasks in places; each new minute moves earlier ones aside where that makes room."""

    def __init__(self, places: Sequence[set[Place]], room: Mapping[Place, int]) -> None:
        self.places = places
        """By task, where it may be done."""
        self.left = dict(room)
        self.given: dict[tuple[int, Place], int] = defaultdict(int)

    def add(self, task: int, minutes: int) -> int:
        """Put as much of a task in as there is room for; return how much that was."""
        for done in range(minutes):
            way = self._way(task, set())
            if way is None:
                return done
            for (one, place), (following, _) in pairwise(way):
                self.given[one, place] += 1
                self.given[following, place] -= 1
            last, place = way[-1]
            self.given[last, place] += 1
            self.left[place] -= 1
        return minutes

    def _way(self, task: int, seen: set[int]) -> list[tuple[int, Place]] | None:
        """Find a free minute, or one that another task can leave for a free one."""
        seen.add(task)
        for place in self.places[task]:
            if self.left[place]:
                return [(task, place)]
        movable = [
            (place, other)
            for place in self.places[task]
            for other in range(len(self.places))
            if self.given[other, place]
        ]
        for place, other in movable:
            rest = None if other in seen else self._way(other, seen)
            if rest is not None:
                return [(task, place), *rest]
        return None
