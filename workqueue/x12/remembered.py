"""Segments of an 835 that come again and again, remembered by their whole text so that they are cut once."""

from datetime import date

from workqueue.x12.records import Adjustment
from workqueue.x12.values import REMEMBERED, AmountError, Cents, Dates

DAYS_OF_A_LINE = frozenset({"472", "150", "151"})
_DAYS_USED = DAYS_OF_A_LINE | {"232", "233", "050"}

Triples = tuple[str, int, tuple[Adjustment, ...]]
"""Group, sum of the amounts, and each of them."""


class TriplesBySegment(dict[str, Triples]):
    """What a CAS says of the line with this number; AmountError when it cannot be read."""

    def __init__(self, element: str, cents: Cents, line: int) -> None:
        super().__init__()
        self._element = element
        self._cents = cents
        self._line = line

    def __missing__(self, segment: str) -> Triples:
        elements = segment.split(self._element)
        if len(elements) < 4:
            raise AmountError
        group, line, cents = elements[1], self._line, self._cents
        adjustments = tuple(
            [Adjustment(group, elements[at], cents[elements[at + 1]], line) for at in triple_places(elements)]
        )
        triples = (group, sum([one.cents for one in adjustments]), adjustments)
        if len(self) >= REMEMBERED // 8:
            self.clear()
        self[segment] = triples
        return triples


def triple_places(elements: list[str]) -> list[int]:
    """Where the triples of a CAS begin that say anything."""
    places = range(2, min(len(elements) - 1, 18), 3)
    return [at for at in places if elements[at] or elements[at + 1]]


class DaysBySegment(dict[str, tuple[str, date | None]]):
    """Qualifier and day of a DTM; ("", None) when it is about none of the days that are used."""

    def __init__(self, element: str, dates: Dates) -> None:
        super().__init__()
        self._element = element
        self._dates = dates

    def __missing__(self, segment: str) -> tuple[str, date | None]:
        elements = segment.split(self._element)
        known: tuple[str, date | None] = ("", None)
        if len(elements) > 2 and elements[1] in _DAYS_USED:
            is_dtp = elements[2] == "D8" and len(elements) > 3  # a DTP written as DTM, which some senders do
            text = elements[3] if is_dtp else elements[2]
            known = (elements[1], self._dates[text]) if text.strip() else known
        if len(self) >= REMEMBERED:
            self.clear()
        self[segment] = known
        return known


class NpiBySegment(dict[str, str]):
    """The NPI of the provider an NM1 names, "" where another number is given."""

    def __init__(self, element: str) -> None:
        super().__init__()
        self._element = element

    def __missing__(self, segment: str) -> str:
        elements = segment.split(self._element)
        npi = elements[9] if len(elements) > 9 and elements[8] == "XX" else ""
        if len(self) >= REMEMBERED:
            self.clear()
        self[segment] = npi
        return npi
