"""An independent judge of leases: from the tables and the reps' own logs, never from the code under test."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine, text

Row = dict[str, Any]


def violations(engine: Engine, log: Sequence[Row]) -> Counter[str]:
    """Count what must never happen, by kind; an empty count is right."""
    with engine.connect() as connection:
        leases = [dict(row) for row in connection.execute(text("SELECT * FROM leases")).mappings()]
        outcomes = [dict(row) for row in connection.execute(text("SELECT * FROM outcomes")).mappings()]
    found: Counter[str] = Counter()
    found["two reps held one task"] = _overlaps(leases, "task_id")
    found["a rep held two tasks"] = _overlaps(leases, "rep_id")
    found["more than one outcome of a lease"] = _repeated(each["lease_token"] for each in outcomes)
    found["an outcome outside its lease"] = sum(not _is_under_its_lease(each, leases) for each in outcomes)
    found["a write accepted after the lease was over"] = sum(_is_late(each) for each in log)
    found["an outcome acknowledged and not stored"] = _unstored(log, outcomes)
    found["an outcome stored and not acknowledged"] = _unacknowledged(log, outcomes)
    found["a lease given and not logged"] = _unlogged(log, leases)
    found["one outcome acknowledged twice as new"] = _repeated(each["outcome"] for each in _new_outcomes(log))
    return +found


def _overlaps(leases: Iterable[Row], column: str) -> int:
    """Count pairs of neighbours whose intervals, on the database's clock, meet."""
    by: dict[int, list[Row]] = defaultdict(list)
    for each in leases:
        by[each[column]].append(each)
    count = 0
    for each in by.values():
        each.sort(key=lambda lease: (lease["granted_at"], lease["id"]))
        for one, following in pairwise(each):
            count += one["ended_at"] is None or following["granted_at"] < one["ended_at"]
    return count


def _repeated(keys: Iterable[Any]) -> int:
    return sum(count - 1 for count in Counter(keys).values())


def _is_under_its_lease(outcome: Row, leases: Sequence[Row]) -> bool:
    """Tell whether the lease of this token was this rep's, on this task, and ended with this outcome."""
    return any(
        lease["id"] == outcome["lease_token"]
        and lease["task_id"] == outcome["task_id"]
        and lease["rep_id"] == outcome["rep_id"]
        and lease["ended_by"] == "outcome"
        for lease in leases
    )


def _is_late(line: Row) -> bool:
    """Tell whether a write that began when its lease had run out, as far as its own rep knew, was taken."""
    return (
        line["what"] == "finish"
        and line["said"] == "ok"
        and not line["repeat"]
        and line["began"] > line["until"]
    )


def _new_outcomes(log: Iterable[Row]) -> list[Row]:
    return [each for each in log if each["what"] == "finish" and each["said"] == "ok" and not each["repeat"]]


def _unstored(log: Sequence[Row], outcomes: Sequence[Row]) -> int:
    stored = {(each["id"], each["task_id"], each["lease_token"], each["note"]) for each in outcomes}
    said = [each for each in log if each["what"] == "finish" and each["said"] == "ok"]
    return sum((each["outcome"], each["task"], each["token"], each["note"]) not in stored for each in said)


def _unacknowledged(log: Sequence[Row], outcomes: Sequence[Row]) -> int:
    """Count outcomes nobody was told of; one whose answer was lost on the way may be stored."""
    told = {each["outcome"] for each in _new_outcomes(log)}
    maybe = {each["token"] for each in log if each["what"] == "finish" and each["said"] == "unknown"}
    return sum(each["id"] not in told and each["lease_token"] not in maybe for each in outcomes)


def _unlogged(log: Sequence[Row], leases: Sequence[Row]) -> int:
    told = {(each["token"], each["task"], each["rep"]) for each in log if each["what"] == "take"}
    lost = sum(each["what"] == "take" and each["said"] == "unknown" for each in log)
    unlogged = sum((each["id"], each["task_id"], each["rep_id"]) not in told for each in leases)
    return max(0, unlogged - lost)
