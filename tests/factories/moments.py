"""The one moment tests happen at, and numbers that never repeat."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID

NOON = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
"""A Tuesday: noon in Chicago, 13:00 in New York, 10:00 in Los Angeles; every window is open."""
TODAY = NOON.date()

numbers = count(1)


def next_key() -> UUID:
    """Return a key no other row has."""
    return UUID(int=next(numbers))
