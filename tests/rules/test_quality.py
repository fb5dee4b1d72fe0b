"""When a mean says much, and which week is drawn."""

from datetime import date

import pytest

from workqueue.rules.quality import Mean, week_before


@pytest.mark.parametrize("today", [date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 15)])
def test_the_last_week_that_is_over_goes_from_monday_to_sunday(today: date) -> None:
    assert week_before(today) == (date(2026, 3, 2), date(2026, 3, 8))


def test_few_reviews_come_with_a_warning_and_many_with_how_sure_they_are() -> None:
    assert Mean(0, None).remark == "Nothing reviewed yet."
    assert "Fewer than 20" in Mean(19, 8_000, 1_000).remark
    assert "Give or take 4 points," in Mean(20, 8_000, 1_000).remark
    assert "Give or take 1 point," in Mean(20, 8_000, 0).remark
