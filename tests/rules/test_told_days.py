"""Which days a file may speak of."""

from datetime import date, timedelta

import pytest

from workqueue.rules.told_days import AHEAD_DAYS, BEHIND_DAYS, is_believable, told_on

OWN = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "is_believed"),
    [
        (OWN, True),
        (OWN + AHEAD_DAYS * DAY, True),
        (OWN + (AHEAD_DAYS + 1) * DAY, False),
        (OWN - BEHIND_DAYS * DAY, True),
        (OWN - (BEHIND_DAYS + 1) * DAY, False),
        (date(2062, 3, 2), False),
        (date(1926, 3, 2), False),
    ],
)
def test_a_day_is_measured_against_the_files_own(day: date, *, is_believed: bool) -> None:
    assert is_believable(day, OWN) is is_believed


def test_the_files_own_day_is_the_first_that_is_not_after_it_came() -> None:
    came = OWN + DAY
    assert told_on((None, OWN), came) == OWN
    assert told_on((date(2062, 3, 2), OWN), came) == OWN
    assert told_on((date(2062, 3, 2), None), came) == came
    assert told_on((date(2011, 1, 1), OWN), came) == date(2011, 1, 1)
