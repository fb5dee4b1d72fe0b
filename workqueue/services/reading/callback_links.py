"""The ways in that people have been sent and that are open still."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import CallbackLink, User
from workqueue.rules.channels import ContactChannel
from workqueue.services.booking import links


@dataclass(frozen=True, slots=True)
class CallbackLinkLine:
    """One way in, without what opens it: that was told once and is kept nowhere."""

    link_id: int
    channel: ContactChannel
    made_at: datetime
    made_by: str
    """Empty for one a program made."""
    expires_at: datetime


def callback_links(session: Session, account_id: int, now: datetime) -> tuple[CallbackLinkLine, ...]:
    rows = session.execute(
        select(CallbackLink, User.name)
        .outerjoin(User, User.id == CallbackLink.made_by_id)
        .where(CallbackLink.account_id == account_id, *links.is_open(now))
        .order_by(CallbackLink.id.desc())
    )
    return tuple(
        CallbackLinkLine(link.id, link.channel, link.made_at, name or "", link.expires_at)
        for link, name in rows
    )
