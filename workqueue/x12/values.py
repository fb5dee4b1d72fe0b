"""Money, dates and composites from text: exact, and remembered, since a file repeats them."""

import re
import struct
from datetime import date
from decimal import Decimal
from typing import NamedTuple

REMEMBERED = 1 << 14
"""Texts kept by each table: enough for a fee schedule, bounded for a file of any size."""

MOST_CENTS = 10**15
"""Ten trillion dollars: more is no amount of money (and keeps every sum inside 64 bits)."""

EARLIEST_YEAR, LATEST_YEAR = 1850, 2099
"""Outside of these a day is a filler such as 99991231: believed, it would put work off for ever."""

_pack = struct.Struct("<q").pack
_AMOUNT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")


class AmountError(ValueError):
    """Not a number, or not one of whole cents."""


class Cents(dict[str, int]):
    """`cents["12.5"] == 1250`; nothing is 0; what is no amount raises `AmountError`."""

    def __missing__(self, text: str) -> int:
        digits = text[:-3] + text[-2:] if text[-3:-2] == "." else text + "00"
        cents = (
            int(digits) if digits.isdigit() and digits.isascii() and len(digits) < 16 else _parse_cents(text)
        )
        if len(self) >= REMEMBERED:
            self.clear()
        self[text] = cents
        return cents


def _parse_cents(text: str) -> int:
    text = text.strip()
    if not text:
        return 0
    if len(text) > 40 or _AMOUNT.fullmatch(text) is None:
        raise AmountError
    exact = Decimal(text).scaleb(2)
    if abs(exact) >= MOST_CENTS or exact != exact.to_integral_value():
        raise AmountError
    return int(exact)


class Dates(dict[str, date | None]):
    """`dates["20250131"]` is that day; what is no day is None."""

    def __missing__(self, text: str) -> date | None:
        day = parse_day(text)
        if len(self) >= REMEMBERED:
            self.clear()
        self[text] = day
        return day


def parse_day(text: str) -> date | None:
    """CCYYMMDD, with or without a time after it, or YYMMDD as in ISA."""
    text = text.strip()
    if len(text) == 6:
        text = "20" + text
    elif len(text) not in (8, 12, 14):
        return None
    if not (text.isascii() and text.isdigit()):
        return None
    year = int(text[:4])
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        return date(year, int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def parse_days(text: str) -> tuple[date | None, date | None]:
    """A day, or a range `CCYYMMDD-CCYYMMDD`, as its first and last day."""
    first, dash, last = text.partition("-")
    from_day = parse_day(first)
    return (from_day, parse_day(last)) if dash else (from_day, from_day)


class Procedure(NamedTuple):
    """A procedure composite: `HC:99213:25`."""

    qualifier: str
    code: str
    modifiers: tuple[str, ...]


class Procedures(dict[str, Procedure]):
    """`procedures["HC:99213:25"]`, cut at the component separator given."""

    def __init__(self, component: str) -> None:
        super().__init__()
        self._component = component

    def __missing__(self, text: str) -> Procedure:
        qualifier, *rest = text.split(self._component)
        procedure = Procedure(qualifier, rest[0] if rest else "", tuple(filter(None, rest[1:5])))
        if len(self) >= REMEMBERED:
            self.clear()
        self[text] = procedure
        return procedure


class Repeats:
    """Counts how often a key was there before, in eight bytes a key: a file may hold a million claims.

    Keys are told apart by their 64-bit hash; two different ones of a million share it once in 10^7 files,
    and then only an ordinal is 2 instead of 1.
    """

    def __init__(self) -> None:
        self._buckets: list[bytearray | None] = [None] * 1024
        self._again: dict[int, int] = {}

    def ordinal(self, key: str) -> int:
        """1 when the key is new, 2 when it was there once, and so on."""
        number = hash(key)
        mark = _pack(number)
        bucket = self._buckets[number & 1023]
        if bucket is None:
            self._buckets[number & 1023] = bytearray(mark)
            return 1
        at = bucket.find(mark)
        while at >= 0 and at % 8:
            at = bucket.find(mark, at + 1)
        if at < 0:
            bucket += mark
            return 1
        self._again[number] = self._again.get(number, 1) + 1
        return self._again[number]


def dollars(cents: int) -> str:
    """Cents as a person writes them: -12.05."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"
