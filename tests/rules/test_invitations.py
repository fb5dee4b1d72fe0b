"""A booked call as an entry for a calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from workqueue.rules.invitations import Invitation, Method, uid_of, written

AT = datetime(2026, 3, 11, 15, tzinfo=UTC)


def invitation(**given: object) -> Invitation:
    fields = {
        "callback_id": 7, "at": AT, "ends_at": AT + timedelta(minutes=15), "zone": "America/Chicago",
        "sequence": 2, "changed_at": AT - timedelta(days=1), "summary": "Call from Lakeside",
        "description": "We first say: quiet harbor",
    }  # fmt: skip
    return Invitation(**(fields | given))  # type: ignore[arg-type]


def test_another_program_reads_the_same_call() -> None:
    read = Calendar.from_ical(written(invitation(), Method.PUBLISH))
    event = read.walk("VEVENT")[0]
    assert read["METHOD"] == "PUBLISH"
    assert event.decoded("DTSTART") == AT
    assert event.decoded("DTEND") == AT + timedelta(minutes=15)
    assert (event["SEQUENCE"], event["STATUS"], event["UID"]) == (2, "CONFIRMED", uid_of(7))
    assert "quiet harbor" in event["DESCRIPTION"]


@pytest.mark.parametrize(
    "at", [datetime(2026, 3, 8, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)]
)
def test_the_file_brings_the_rules_of_the_zone_also_on_days_the_clocks_change(at: datetime) -> None:
    read = Calendar.from_ical(written(invitation(at=at), Method.PUBLISH))
    zone = read.walk("VTIMEZONE")[0].to_tz()
    local = datetime(at.year, at.month, at.day, 12, tzinfo=zone)
    assert local.utcoffset() == local.replace(tzinfo=ZoneInfo("America/Chicago")).utcoffset()


def test_a_call_that_was_called_off_leaves_the_calendar() -> None:
    event = Calendar.from_ical(written(invitation(), Method.CANCEL)).walk("VEVENT")[0]
    assert event["STATUS"] == "CANCELLED"
    assert event.walk("VALARM") == []


def test_a_callback_keeps_its_name_and_no_two_have_the_same() -> None:
    assert uid_of(7) == uid_of(7)
    assert len({uid_of(number) for number in range(100)}) == 100
