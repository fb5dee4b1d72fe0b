"""Earlier calls to and from persons, as the limits count them, and calls that are going on."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Text

from workqueue.rules.call_states import CallState
from workqueue.rules.channels import ContactChannel
from workqueue.rules.contact_facts import Attempt
from workqueue.rules.dispositions import CONVERSATIONS
from workqueue.rules.states import PhonePlace

OVER = (CallState.ENDED, CallState.LOGGED)

LONGEST_CALL = timedelta(hours=1)
"""A call nobody has ended after so long is taken for over: a rep who went home must not block a person."""


@dataclass(slots=True)
class Calls:
    """One person's recent calls."""

    attempts: list[Attempt] = field(default_factory=list)
    rep_ids: set[int] = field(default_factory=set)
    """Who of the office is on the line with the person."""


def calls_of(
    session: Session, person_ids: Collection[int], now: datetime, look_back: timedelta
) -> Mapping[int, Calls]:
    """Return the calls of these persons since so long, over all numbers and accounts, oldest first.

    ix_calls_patient_id_placed_at gives just these rows. A call whose lease has ended is over, though nobody
    said so: whoever placed it has let go of the task.
    """
    found: dict[int, Calls] = defaultdict(Calls)
    rows = session.execute(
        _CALLS,
        {
            "person_ids": list(person_ids),
            "since": now - look_back,
            "open_since": now - LONGEST_CALL,
            "over": [each.value for each in OVER],
        },
    ).all()
    for (
        person_id,
        at,
        account_id,
        place,
        channel,
        is_inbound,
        is_connected,
        said,
        is_known,
        asked,
        rep_id,
    ) in rows:
        calls = found[person_id]
        calls.attempts.append(
            Attempt(
                at,
                account_id,
                PLACES[place],
                CHANNELS[channel],
                is_inbound,
                is_connected,
                is_known or said in CONVERSATIONS,
                asked,
            )
        )
        if rep_id is not None:
            calls.rep_ids.add(rep_id)
    return found


PLACES: dict[str | None, PhonePlace | None] = {None: None} | {each.value: each for each in PhonePlace}
CHANNELS = {each.value: each for each in ContactChannel}

# Text, and looked up by hand: a page has some hundred of these rows, and the types would cost more than they.
_CALLS = text(
    """
    SELECT c.patient_id, c.placed_at, c.account_id, c.place, c.channel, c.is_inbound, c.is_connected,
        c.disposition, c.verified_at IS NOT NULL, c.is_with_consent,
        CASE WHEN c.state <> ALL(:over) AND c.placed_at > :open_since AND NOT EXISTS (
            SELECT FROM leases l
            WHERE l.id = CAST(c.verdict ->> 'lease_token' AS bigint) AND l.ended_at IS NOT NULL
        ) THEN c.rep_id END
    FROM calls c WHERE c.patient_id = ANY(:person_ids) AND c.placed_at > :since
    ORDER BY c.patient_id, c.placed_at
    """
).bindparams(bindparam("person_ids", type_=ARRAY(BigInteger)), bindparam("over", type_=ARRAY(Text)))
