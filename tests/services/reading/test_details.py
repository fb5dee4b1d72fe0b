"""What a disposition asked for, in the words of the history."""

from workqueue.models import Outcome
from workqueue.services.reading.details import detail_words


def test_days_and_times_are_said_as_everywhere() -> None:
    asked = {"weekdays": [0, 6], "from_time": "18:00:00", "until_time": "21:30:00"}
    words = dict(detail_words(Outcome(disposition="inconvenient", details=asked), {}))
    assert list(words.values()) == ["Monday, Sunday", "6 PM", "9:30 PM"]
