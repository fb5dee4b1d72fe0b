"""What the fields of an outcome hold."""

from datetime import date, time
from typing import get_type_hints

import pytest

from workqueue.rules.disposition_fields import CLOCKS, COUNTS, DAYS, Field
from workqueue.rules.entries import OutcomeEntry

TYPES = get_type_hints(OutcomeEntry)


@pytest.mark.parametrize(("fields", "kind"), [(DAYS, date), (CLOCKS, time)])
def test_every_day_and_every_time_is_named_as_one(fields: frozenset[Field], kind: type) -> None:
    assert fields == {each for each in Field if TYPES[each.value] == kind | None}


def test_counts_are_numbers() -> None:
    assert {TYPES[each.value] for each in COUNTS} == {int | None}
