"""What people and the office do about promised calls in the simulated month, one transaction each."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_hold
from tests.services.booking.desk import Asking
from workqueue.models import Account, Callback, EmailAddress, Phone, Task
from workqueue.rules.channels import PointSource
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CauseKind, PhonePlace
from workqueue.services import callbacks, deriving
from workqueue.services.booking import promising


def address_of(asking: Asking, now: datetime) -> EmailAddress:
    return EmailAddress(
        patient_id=asking.patient.id,
        address=f"somebody-{asking.patient.id}@example.com",
        place=PhonePlace.HOME,
        source=PointSource.PATIENT,
        created_at=now,
    )


def books_for_them(session: Session, asking: Asking, at: datetime, rep_id: int, now: datetime) -> None:
    callbacks.book(
        session,
        account_id=asking.link.account_id,
        at=at,
        phone_id=None,
        booked_by_id=rep_id,
        rep_id=rep_id,
        is_asked=True,
        now=now,
    )


def move_for_them(session: Session, callback_id: int, at: datetime, rep_id: int, now: datetime) -> None:
    callbacks.move(session, callback_id=callback_id, at=at, actor_id=rep_id, is_asked=True, now=now)


def hand_on(session: Session, callback_id: int, rep_id: int, lead_id: int, now: datetime) -> None:
    callbacks.hand_on(session, callback_id=callback_id, rep_id=rep_id, actor_id=lead_id, now=now)


def cancel_for_them(session: Session, callback_id: int, rep_id: int, now: datetime) -> None:
    callbacks.cancel(session, callback_id=callback_id, actor_id=rep_id, reason="paid", now=now)


def cancels(session: Session, asking: Asking, now: datetime) -> None:
    if promising.booked(session, asking.link.account_id, asking.link.person_id) is not None:
        promising.cancel(session, asking.link, now=now)


def puts_on_hold(session: Session, asking: Asking, now: datetime) -> None:
    """Hold the account: the call cannot be made, and the person may be told or may not."""
    kind = HoldKind.BANKRUPTCY if asking.account.id % 2 else HoldKind.OFFICE
    make_hold(session, account=session.get_one(Account, asking.account.id), kind=kind, placed_at=now)
    deriving.derive(session, {asking.account.id: None}, cause=CauseKind.HOLD, now=now)


def promised_number(session: Session, task_id: int) -> int | None:
    return session.scalar(
        select(Phone.id)
        .join(Callback, Callback.phone_id == Phone.id)
        .join(Task, Task.subject == Callback.id)
        .where(Task.id == task_id, Task.kind == TaskKind.CALLBACK_DUE)
    )


def a_number(session: Session, task_id: int) -> int | None:
    return session.scalar(
        select(Phone.id)
        .join(Callback, Callback.patient_id == Phone.patient_id, isouter=True)
        .join(Task, Task.account_id == Callback.account_id)
        .where(Task.id == task_id)
        .limit(1)
    )
