"""What a person is doing, and how near and how old a task is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workqueue.rules.room import (
    AgeBand,
    DeadlineBand,
    Doing,
    Seen,
    age_band,
    deadline_band,
    doing,
    service_level,
)

NOW = datetime(2026, 3, 10, 17, tzinfo=UTC)
TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (Seen(call_since=NOW, task_since=NOW, is_away=True), Doing.ON_CALL),
        (Seen(task_since=NOW, is_away=True, is_signed_in=False), Doing.ON_TASK),
        (Seen(is_away=True), Doing.AWAY),
        (Seen(is_on_shift=False, is_signed_in=True), Doing.OFF_SHIFT),
        (Seen(is_signed_in=False), Doing.NOT_SIGNED_IN),
        (Seen(), Doing.IDLE),
    ],
)
def test_what_is_in_hand_counts_before_what_was_planned(seen: Seen, expected: Doing) -> None:
    assert doing(seen) is expected


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (None, DeadlineBand.NONE),
        (-1, DeadlineBand.OVERDUE),
        (0, DeadlineBand.TODAY),
        (1, DeadlineBand.WEEK),
        (7, DeadlineBand.WEEK),
        (8, DeadlineBand.LATER),
    ],
)
def test_a_deadline_is_in_one_band(days: int | None, band: DeadlineBand) -> None:
    deadline_on = None if days is None else TODAY + timedelta(days=days)
    assert deadline_band(deadline_on, TODAY) is band


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (timedelta(days=-1), AgeBand.DAY),
        (timedelta(hours=23), AgeBand.DAY),
        (timedelta(days=1), AgeBand.WEEK),
        (timedelta(days=6, hours=23), AgeBand.WEEK),
        (timedelta(days=7), AgeBand.MONTH),
        (timedelta(days=30), AgeBand.OLDER),
    ],
)
def test_an_age_is_in_one_band(age: timedelta, band: AgeBand) -> None:
    assert age_band(NOW - age, NOW) is band


def test_the_service_level_is_of_those_whose_time_has_come() -> None:
    assert service_level(3, 1) == 0.75
    assert service_level(0, 0) is None
