"""Taking a rep's time for a call: of many who want one time, exactly as many get it as there are seats."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from workqueue.rules.refusals import Refusal, Unavailable
from workqueue.rules.slots import Slot, nearest
from workqueue.services.booking import times
from workqueue.services.booking.times import Wish

SEATS_LOCK = 7_204
"""Advisory lock by team: how many of the reps have a callback at a time is counted by one booking at once."""

LOOK_SECONDS = 0.05
MOST_LOOKS = 200
"""Who has not come to their turn in ten seconds and more is asked to try again."""

NEAREST = 6
LOOKED_AT = 200
"""Slots looked through for the nearest ones: two days of a large team."""


class SlotGone(Refusal):
    """Somebody else has the time, or nobody is there any more; `nearest` are the times that are to be had."""

    code = "slot_gone"
    sentence = "This time is not free any more. Choose another."

    def __init__(self, found: Sequence[Slot]) -> None:
        super().__init__()
        self.nearest = tuple(slot.at for slot in found)

    def details(self) -> dict[str, Any]:
        return {"nearest": [at.isoformat() for at in self.nearest]}


def take(
    session: Session,
    wish: Wish,
    at: datetime,
    *,
    now: datetime,
    besides: int | None = None,
    preferred_id: int | None = None,
) -> tuple[int, timedelta]:
    """Return a rep whose time is free, and for how long; nobody else gives it away until this has ended.

    Whoever is preferred has it if they are free; `besides` is a callback that is to be moved there. Raises
    SlotGone.
    """
    team_id = times.calling_team(session)
    _wait_for_turn(session, team_id, wish, at, now, besides)
    slot = times.at_this_time(session, wish, at, now=now, besides=besides)
    if slot is None:
        raise _gone(session, wish, at, now)
    rep_id = next((each for each in slot.rep_ids if each == preferred_id), slot.rep_ids[0])
    return rep_id, times.rules_of(session, team_id).length(needs_interpreter=wish.needs_interpreter)


def check_free(
    session: Session, wish: Wish, at: datetime, *, now: datetime, besides: int | None = None
) -> None:
    """Raise SlotGone, with the nearest times, where nobody could call at this time."""
    if times.at_this_time(session, wish, at, now=now, besides=besides) is None:
        raise _gone(session, wish, at, now)


def lock(session: Session, team_id: int) -> bool:
    """Let nobody else give away this team's time until this transaction ends; False while somebody does."""
    tried = text("SELECT pg_try_advisory_xact_lock(:lock, :team)")
    return bool(session.scalar(tried, {"lock": SEATS_LOCK, "team": team_id}))


def _wait_for_turn(
    session: Session, team_id: int, wish: Wish, at: datetime, now: datetime, besides: int | None
) -> None:
    """Take the lock on the team's time, looking in between whether what is wanted is still there.

    In a queue for the lock of a crowd most would wait long, to learn that the time was gone long before.
    """
    for _ in range(MOST_LOOKS):
        if lock(session, team_id):
            return
        time.sleep(LOOK_SECONDS)
        check_free(session, wish, at, now=now, besides=besides)
    raise Unavailable


def _gone(session: Session, wish: Wish, at: datetime, now: datetime) -> SlotGone:
    found = list(islice(times.offered(session, wish, now=now), LOOKED_AT))
    return SlotGone(nearest(found, at, NEAREST))
