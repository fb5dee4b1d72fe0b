"""What is looked at right before a message goes: whom, when, and whether it is still so."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Callback, CallbackLink
from workqueue.rules.writing import Obstacle, is_pointless
from workqueue.services import outbox, writing
from workqueue.services.booking import links
from workqueue.services.outbox import About, Claimed


def is_held_back(session: Session, claimed: Claimed, *, now: datetime) -> bool:
    """Return whether a claimed message does not go, and write down why.

    The caller sends it in the transaction in which this was asked: until that ends, nobody can say STOP.
    """
    if not outbox.hold(session, claimed):
        return True
    about = claimed.about
    if about is None or about.event is None:
        # The office's own mail; or the one answer to STOP, START or HELP, which they wait for (47 CFR
        # 64.1200(a)(12)).
        return False
    if _says_what_is_no_longer_so(session, about, now):
        outbox.superseded(session, claimed)
        return True
    way = writing.way(
        session,
        claimed.channel,
        person_id=about.patient_id,
        account_id=_account_of(session, about),
        only=claimed.to_address,
        now=now,
    )
    if way.obstacle is not None:
        outbox.stopped(session, claimed, way.obstacle.value)
        return True
    return not about.goes_at_any_hour and _comes_at_a_bad_hour(session, claimed, about, now)


def _comes_at_a_bad_hour(session: Session, claimed: Claimed, about: About, now: datetime) -> bool:
    until_at = writing.goes_at(
        session, claimed.channel, person_id=about.patient_id, address=claimed.to_address, now=now
    )
    if until_at is None:
        outbox.stopped(session, claimed, Obstacle.NO_HOURS.value)
    elif until_at > now:
        outbox.postponed(session, claimed, until_at=until_at)
    return until_at != now


def _says_what_is_no_longer_so(session: Session, about: About, now: datetime) -> bool:
    if about.link_id is not None:
        is_open = select(CallbackLink.id).where(CallbackLink.id == about.link_id, *links.is_open(now))
        return session.scalar(is_open) is None
    if about.callback_id is None or about.event is None:
        return False
    callback = session.get_one(Callback, about.callback_id, populate_existing=True)
    return is_pointless(
        about.event,
        state=callback.state,
        is_newest=callback.sequence == about.callback_sequence,
        at=callback.at,
        now=now,
    )


def _account_of(session: Session, about: About) -> int | None:
    if about.callback_id is not None:
        return session.scalar(select(Callback.account_id).where(Callback.id == about.callback_id))
    return session.scalar(select(CallbackLink.account_id).where(CallbackLink.id == about.link_id))
