"""Earlier calls to and from persons, as the limits count them, and calls that are going on."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, and_, cast, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Call, Lease
from workqueue.rules.call_states import CallState
from workqueue.rules.contact_facts import Attempt
from workqueue.rules.dispositions import CONVERSATIONS, UNCOUNTED

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
    is_open = and_(
        Call.state.not_in(OVER),
        Call.placed_at > now - LONGEST_CALL,
        or_(Lease.id.is_(None), Lease.ended_at.is_(None)),
    )
    lease_id = cast(Call.verdict["lease_token"].astext, BigInteger)
    rows = session.execute(
        select(
            Call.patient_id.label("person_id"),
            Call.placed_at,
            Call.account_id,
            Call.place,
            Call.channel,
            Call.is_inbound,
            Call.is_connected,
            Call.disposition,
            Call.verified_at,
            Call.is_with_consent,
            Call.rep_id,
            is_open.label("is_open"),
        )
        .outerjoin(Lease, and_(Call.state.not_in(OVER), Lease.id == lease_id))
        .where(Call.patient_id.in_(person_ids), Call.placed_at > now - look_back)
        .order_by(Call.placed_at)
    )
    for row in rows:
        calls = found[row.person_id]
        calls.attempts.append(
            Attempt(
                at=row.placed_at,
                account_id=row.account_id,
                place=row.place,
                channel=row.channel,
                is_inbound=row.is_inbound,
                is_connected=row.is_connected and row.disposition not in UNCOUNTED,
                is_conversation=row.disposition in CONVERSATIONS or row.verified_at is not None,
                is_with_consent=row.is_with_consent,
            )
        )
        if row.is_open:
            calls.rep_ids.add(row.rep_id)
    return found
