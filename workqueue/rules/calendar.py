"""The office's own days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

OFFICE_ZONE = "America/New_York"
"""Where the office is: deadlines are days there, not in UTC."""


def office_day(at: datetime) -> date:
    """Return the office's date at a moment."""
    return at.astimezone(ZoneInfo(OFFICE_ZONE)).date()
