"""From when somebody answers for themselves."""

from datetime import date

import pytest

from workqueue.rules.ages import age_on, is_minor


@pytest.mark.parametrize(
    ("born_on", "day", "is_one"),
    [
        (date(2008, 3, 10), date(2026, 3, 9), True),
        (date(2008, 3, 10), date(2026, 3, 10), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
        (date(2026, 3, 10), date(2026, 3, 10), True),
        # A birth after the visit is a slip of the pen, not a child.
        (date(2026, 3, 11), date(2026, 3, 10), False),
        (None, date(2026, 3, 10), False),
        (date(2020, 3, 10), None, False),
    ],
)
def test_a_minor_is_under_eighteen_on_that_day(born_on: date | None, day: date | None, is_one: bool) -> None:
    assert is_minor(born_on, day) is is_one


def test_somebody_born_on_leap_day_turns_older_on_the_first_of_march() -> None:
    assert age_on(date(2000, 2, 29), date(2025, 2, 28)) == 24
    assert age_on(date(2000, 2, 29), date(2025, 3, 1)) == 25
