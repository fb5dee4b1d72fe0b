"""How old somebody is, and from when they answer for themselves."""

from datetime import date

ADULT_AT = 18
"""The age of majority in most states; AL and NE have 19, MS has 21. Policy until confirmed."""


def age_on(born_on: date, day: date) -> int:
    """Return whole years; somebody born on February 29 turns a year older on March 1."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def is_minor(born_on: date | None, day: date | None) -> bool:
    """Return whether somebody was a minor on that day; not when one of the two is unknown."""
    return born_on is not None and day is not None and 0 <= age_on(born_on, day) < ADULT_AT
