"""Is this the person? Two identifiers have to match before anything about a bill is said.

45 CFR 164.514(h) asks that identity be verified and leaves the way open; two identifiers are the practice of
the trade (regulation and EDI, 2.2). The name is none, nor is the number that called.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hmac import compare_digest

from workqueue.rules.call_states import Identifier

NEEDED = 2
MOST_FAILURES = 3
"""After so many wrong answers the call ends and a letter goes out."""

HOUSEHOLD_KNOWS = frozenset({Identifier.BIRTH_DATE, Identifier.ZIP})
"""Somebody at the same table could say these; at least one other has to match as well (house policy)."""

_DATE = re.compile(r"^\s*(\d{1,4})[-/. ]+(\d{1,2})[-/. ]+(\d{1,4})\s*$")


@dataclass(frozen=True)
class KnownPerson:
    """What the office can compare answers with; empty for what it does not know."""

    birth_on: date | None = None
    zip_codes: frozenset[str] = frozenset()
    account_numbers: frozenset[str] = frozenset()
    ssn_last4: str = ""

    @property
    def can_be_asked(self) -> tuple[Identifier, ...]:
        """The identifiers there is something to compare with, in the order in which they are asked."""
        known = {
            Identifier.BIRTH_DATE: self.birth_on,
            Identifier.ACCOUNT_NUMBER: self.account_numbers,
            Identifier.SSN_LAST4: self.ssn_last4,
            Identifier.ZIP: self.zip_codes,
        }
        return tuple(each for each, value in known.items() if value)


@dataclass(frozen=True)
class Answers:
    """What came of comparing."""

    matched: frozenset[Identifier]
    wrong: frozenset[Identifier]

    @property
    def is_enough(self) -> bool:
        return len(self.matched) >= NEEDED and not self.matched <= HOUSEHOLD_KNOWS


def compare(stated: Mapping[Identifier, str], known: KnownPerson) -> Answers:
    """Compare what the person says with what the office knows; what was not said counts neither way."""
    said = {each: text for each, text in stated.items() if text.strip()}
    matched = frozenset(each for each, text in said.items() if _matches(each, text, known))
    return Answers(matched, frozenset(said) - matched)


def _matches(identifier: Identifier, text: str, known: KnownPerson) -> bool:
    if identifier is Identifier.BIRTH_DATE:
        return known.birth_on is not None and read_date(text) == known.birth_on
    if identifier is Identifier.ZIP:
        return _is_among(_digits(text)[:5], (each[:5] for each in known.zip_codes))
    if identifier is Identifier.ACCOUNT_NUMBER:
        return _is_among(_bare(text), map(_bare, known.account_numbers))
    return _is_among(_digits(text), [known.ssn_last4])


def read_date(text: str) -> date | None:
    """Read a day as people say it: 3/9/1960, 03-09-1960 or 1960-03-09; None when it is none."""
    found = _DATE.match(text)
    if found is None:
        return None
    first, second, third = map(int, found.groups())
    year, month, day = (first, second, third) if len(found[1]) == 4 else (third, first, second)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_among(said: str, values: Iterable[str]) -> bool:
    # Compared in constant time: an answer must not tell how much of it was right.
    return bool(said) and any(value and compare_digest(said.encode(), value.encode()) for value in values)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.upper()))
