"""When a person comes of age."""

from datetime import date

OF_AGE = 18
"""In nearly all states; Alabama and Nebraska 19, Mississippi 21 [K]: there a MINOR hold covers the years
between."""


def is_minor(birth_on: date | None, day: date) -> bool:
    """Tell whether the person is under age on that day; with no birthday known, not."""
    if birth_on is None:
        return False
    years = day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))
    return years < OF_AGE
