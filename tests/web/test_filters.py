"""How amounts, times, numbers and counts are written."""

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask

from workqueue.web import filters


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "$0.00"),
        (5, "$0.05"),
        (123456, "$1,234.56"),
        (-4120, "-$41.20"),
        (None, "—"),
        (100000000, "$1,000,000.00"),
    ],
)
def test_money_is_dollars_and_two_digits_of_cents(cents: int | None, text: str) -> None:
    assert filters.money(cents) == text


def test_money_shows_a_plus_where_the_direction_matters() -> None:
    assert [filters.money(cents, sign=True) for cents in (150, -150, 0)] == ["+$1.50", "-$1.50", "$0.00"]


def test_money_in_a_field_has_no_sign_of_dollars_and_no_commas() -> None:
    assert [filters.money_plain(cents) for cents in (123456, -5, None)] == ["1234.56", "-0.05", ""]


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (94_950, "$950"),
        (99_949, "$999"),
        (99_950, "$1K"),
        (1_230_000, "$12.3K"),
        (410_000_000, "$4.1M"),
        (99_996_000, "$1M"),
        (-1_230_000, "-$12.3K"),
        (0, "$0"),
        (10_000_000, "$100K"),
        (None, "—"),
    ],
)
def test_short_money_keeps_at_most_one_digit_after_the_point(cents: int | None, text: str) -> None:
    assert filters.money_short(cents) == text


def test_a_date_is_written_with_the_name_of_the_month() -> None:
    assert filters.date(date(2026, 12, 1)) == "Dec 1, 2026"
    assert filters.date(date(2026, 12, 1), weekday=True) == "Tue, Dec 1, 2026"
    assert filters.date(None) == "—"


def test_a_moment_is_no_date_until_its_zone_is_known() -> None:
    with pytest.raises(TypeError, match="zone"):
        filters.date(datetime(2026, 12, 1, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("America/Chicago", "Mon, Nov 30, 9:30 PM Central"),
        ("America/New_York", "Mon, Nov 30, 10:30 PM Eastern"),
        ("America/Phoenix", "Mon, Nov 30, 8:30 PM Arizona"),
        ("Pacific/Honolulu", "Mon, Nov 30, 5:30 PM Hawaii"),
        ("America/Puerto_Rico", "Mon, Nov 30, 11:30 PM Atlantic"),
        ("America/Indiana/Indianapolis", "Mon, Nov 30, 10:30 PM Eastern"),
        ("America/Sao_Paulo", "Tue, Dec 1, 12:30 AM Sao Paulo"),
    ],
)
def test_a_moment_is_written_in_its_zone_and_names_it(zone: str, text: str) -> None:
    assert filters.datetime(datetime(2026, 12, 1, 3, 30, tzinfo=UTC), zone) == text


def test_a_zone_has_one_name_in_summer_and_winter() -> None:
    months = [datetime(2026, month, 1, 18, tzinfo=UTC) for month in (1, 7)]
    assert {filters.zone_name(moment, "America/Chicago") for moment in months} == {"Central"}
    assert [filters.time(moment, "America/Chicago") for moment in months] == ["12:00 PM", "1:00 PM"]


def test_midnight_and_noon_are_twelve() -> None:
    assert [filters.clock(time(hour)) for hour in (0, 12)] == ["12:00 AM", "12:00 PM"]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+12175550142", "(217) 555-0142"),
        ("+442079460123", "+44 20 7946 0123"),
        ("unknown", "unknown"),
        (None, "—"),
    ],
)
def test_a_telephone_number_is_written_as_it_is_read_aloud(stored: str | None, shown: str) -> None:
    assert filters.phone(stored) == shown


@pytest.mark.parametrize(
    ("born_on", "on", "years"),
    [
        (date(1984, 11, 23), date(2026, 11, 22), "41"),
        (date(1984, 11, 23), date(2026, 11, 23), "42"),
        (date(2008, 2, 29), date(2026, 2, 28), "17"),
        (date(2008, 2, 29), date(2026, 3, 1), "18"),
        (None, date(2026, 3, 1), "—"),
    ],
)
def test_age_counts_whole_years(born_on: date | None, on: date, years: str) -> None:
    assert filters.age(born_on, on) == years


def test_counts_take_the_noun_that_fits() -> None:
    assert [filters.plural(count, "claim") for count in (0, 1, 1284)] == [
        "0 claims",
        "1 claim",
        "1,284 claims",
    ]
    assert filters.plural(2, "person", "people") == "2 people"


def test_a_share_is_written_in_percent() -> None:
    assert [filters.percent(0.615), filters.percent(0.615, digits=1), filters.percent(None)] == [
        "62%",
        "61.5%",
        "—",
    ]


@pytest.mark.parametrize(
    ("day", "text"),
    [(22, "yesterday"), (23, "today"), (24, "tomorrow"), (29, "in 6 days"), (20, "3 days ago")],
)
def test_a_near_day_is_told_by_its_distance(day: int, text: str) -> None:
    assert filters.days_until(date(2026, 11, day), date(2026, 11, 23)) == text


@pytest.mark.parametrize(
    ("hour", "minute", "text"),
    [
        (12, 0, "just now"),
        (11, 59, "1 minute ago"),
        (11, 1, "59 minutes ago"),
        (9, 0, "3 hours ago"),
        (12, 5, "just now"),
    ],
)
def test_a_past_moment_is_told_by_its_distance(hour: int, minute: int, text: str) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert filters.ago(now.replace(hour=hour, minute=minute), now) == text


def test_a_length_of_time_says_its_units() -> None:
    assert [filters.duration(seconds) for seconds in (45, 200, 4800)] == ["45 s", "3 min", "1 h 20 min"]


def test_hours_of_work_are_tenths_and_minutes_below_one() -> None:
    assert [filters.hours(minutes) for minutes in (None, 0, 45, 60, 330, 90_000)] == [
        "—", "0 h", "45 min", "1 h", "5.5 h", "1,500 h",
    ]  # fmt: skip


def test_templates_write_moments_in_the_zone_of_the_office_unless_another_is_named() -> None:
    app = Flask("templates")
    filters.register(app, office_zone="America/Denver")
    written = app.jinja_env.from_string("{{ at | time }} {{ at | time('America/New_York', named=true) }}")
    assert written.render(at=datetime(2026, 12, 1, 20, tzinfo=UTC)) == "1:00 PM 3:00 PM Eastern"


def test_an_office_in_a_zone_that_does_not_exist_does_not_start() -> None:
    with pytest.raises(KeyError):
        filters.register(Flask("templates"), office_zone="America/Springfield")
