"""What was sent to or told a patient about an account, as pages and reports list it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Notice, User
from workqueue.rules.notices import NOTICES, NoticeKind


@dataclass(frozen=True, slots=True)
class NoticeLine:
    kind: NoticeKind
    given_on: date
    deadline_on: date | None
    evidence: str
    recorded_by: str
    """Empty for what a mail house reported."""

    @property
    def label(self) -> str:
        return NOTICES[self.kind]


def notices(session: Session, account_id: int) -> tuple[NoticeLine, ...]:
    """Return all notices of an account, oldest first."""
    rows = session.execute(
        select(Notice.kind, Notice.given_on, Notice.deadline_on, Notice.evidence, User.name)
        .outerjoin(User, User.id == Notice.recorded_by_id)
        .where(Notice.account_id == account_id)
        .order_by(Notice.given_on, Notice.id)
    )
    return tuple(
        NoticeLine(kind, given_on, deadline_on, evidence, name or "")
        for kind, given_on, deadline_on, evidence, name in rows
    )
