"""When a report is due, and of which days it speaks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.messages import MOST_ATTEMPTS, next_try
from workqueue.rules.reports import Period, days_of
from workqueue.rules.schedules import Every, next_moment

MONDAY_NOON = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("every", "day", "at", "expected"),
    [
        (Every.WEEK, 0, time(7), datetime(2026, 3, 16, 11, 0, tzinfo=UTC)),
        (Every.WEEK, 0, time(13), datetime(2026, 3, 9, 17, 0, tzinfo=UTC)),
        (Every.MONTH, 1, time(7), datetime(2026, 4, 1, 11, 0, tzinfo=UTC)),
        (Every.WORKING_DAY, 0, time(7), datetime(2026, 3, 10, 11, 0, tzinfo=UTC)),
    ],
)
def test_the_next_time_is_the_first_after_now(every: Every, day: int, at: time, expected: datetime) -> None:
    assert next_moment(every, day, at, after=MONDAY_NOON) == expected


def test_a_federal_holiday_is_no_working_day() -> None:
    thursday = datetime(2026, 7, 2, 16, 0, tzinfo=UTC)
    assert next_moment(Every.WORKING_DAY, 0, time(7), after=thursday).date() == date(2026, 7, 6)


@given(MOMENTS, st.sampled_from(Every), st.integers(1, 6), st.times())
def test_times_follow_each_other_and_never_stand_still(
    after: datetime, every: Every, day: int, at: time
) -> None:
    first = next_moment(every, day, at.replace(tzinfo=None), after=after)
    second = next_moment(every, day, at.replace(tzinfo=None), after=first)
    assert after < first < second
    assert second - first < timedelta(days=32)


@pytest.mark.parametrize(
    ("period", "days"),
    [
        (Period.YESTERDAY, (date(2026, 3, 10), date(2026, 3, 10))),
        (Period.LAST_WEEK, (date(2026, 3, 2), date(2026, 3, 8))),
        (Period.LAST_MONTH, (date(2026, 2, 1), date(2026, 2, 28))),
        (Period.MONTH_TO_DATE, (date(2026, 3, 1), date(2026, 3, 10))),
        (Period.LAST_90_DAYS, (date(2025, 12, 11), date(2026, 3, 10))),
    ],
)
def test_a_period_ends_with_a_day_that_is_over(period: Period, days: tuple[date, date]) -> None:
    assert days_of(period, date(2026, 3, 11)) == days


@given(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.sampled_from(Period))
def test_no_period_reaches_into_today(today: date, period: Period) -> None:
    first, last = days_of(period, today)
    assert first <= last < today


def test_on_the_first_of_a_month_the_month_until_yesterday_is_the_one_before() -> None:
    assert days_of(Period.MONTH_TO_DATE, date(2026, 3, 1)) == (date(2026, 2, 1), date(2026, 2, 28))


def test_a_message_is_tried_for_two_hours() -> None:
    waits = [next_try(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert sum(filter(None, waits), timedelta()) == timedelta(minutes=127)
    assert next_try(MOST_ATTEMPTS) is None
