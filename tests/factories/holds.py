"""Holds, statements and notices."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from tests.factories.accounts import make_account
from tests.factories.moments import NOON, TODAY
from tests.factories.people import sue
from workqueue.models import Account, Hold, Notice, Patient, User
from workqueue.rules.holds import HoldKind
from workqueue.rules.notices import NoticeKind


def make_hold(
    session: Session,
    *,
    account: Account | None = None,
    person: Patient | None = None,
    kind: HoldKind = HoldKind.OFFICE,
    reason: str = "financial assistance under review",
    owner: User | None = None,
    placed_at: datetime = NOON,
    until_at: datetime | None = None,
    lifted_at: datetime | None = None,
) -> Hold:
    """Make a hold on an account, or on a person and all they answer for."""
    hold = Hold(
        account_id=None if person else (account or make_account(session)).id,
        patient_id=person.id if person else None,
        kind=kind,
        reason=reason,
        owner_id=(owner or sue(session)).id,
        placed_at=placed_at,
        until_at=until_at or placed_at + timedelta(days=30),
        lifted_at=lifted_at,
    )
    session.add(hold)
    session.flush()
    return hold


def make_notice(
    session: Session,
    *,
    account: Account | None = None,
    kind: NoticeKind = NoticeKind.STATEMENT,
    given_on: date = TODAY - timedelta(days=130),
    deadline_on: date | None = None,
) -> Notice:
    notice = Notice(
        account_id=(account or make_account(session)).id,
        kind=kind,
        given_on=given_on,
        deadline_on=deadline_on,
        recorded_at=NOON,
    )
    session.add(notice)
    session.flush()
    return notice
