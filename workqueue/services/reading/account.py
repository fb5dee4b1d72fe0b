"""An account at a glance: who, how much, where its claims stand, what was done, what changed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, extract, func, or_, select
from sqlalchemy.orm import Session

from workqueue.models import (
    Account,
    Call,
    Callback,
    CallbackLink,
    Hold,
    LedgerEntry,
    Note,
    Notice,
    Outcome,
    Patient,
    PaymentPlan,
    Phone,
    Task,
    TaskChange,
    User,
)
from workqueue.rules.dispositions import label_of
from workqueue.rules.kinds import Party
from workqueue.rules.refusals import NotFound
from workqueue.rules.states import CallbackState, TaskState
from workqueue.services.reading import account_lines as parts
from workqueue.services.reading import arrangements
from workqueue.services.reading.callback_links import CallbackLinkLine, callback_links
from workqueue.services.reading.details import colleagues_named, detail_words
from workqueue.services.reading.history import ChangeLine, history
from workqueue.services.reading.holds import HoldLine, holds_of
from workqueue.services.reading.lines import TaskLine, lines_of, task_lines
from workqueue.services.reading.my_day import CallbackLine, kind_label
from workqueue.services.reading.reach import ReachView, reach
from workqueue.services.responsible import covers

MOST_LINES = 50
MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    outcome_id: int
    at: datetime
    rep_name: str
    kind_label: str
    disposition: str
    disposition_label: str
    note: str
    details: tuple[tuple[str, str], ...]
    """What the disposition asked for: label and value in words."""
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallLine:
    call_id: int
    placed_at: datetime
    rep_name: str
    party: Party
    place: str
    disposition_label: str
    is_inbound: bool
    verdict: dict[str, object]


@dataclass(frozen=True, slots=True)
class AccountView:
    id: int
    number: str
    is_identified: bool
    service_on: date | None
    charge_cents: int
    insurance_cents: int
    patient_cents: int
    patient: parts.PatientView | None
    reach: ReachView | None
    """Whoever is called about it: who answers for the bill, else the patient."""
    claims: tuple[parts.ClaimView, ...]
    ledger: tuple[parts.LedgerLine, ...]
    tasks: tuple[TaskLine, ...]
    """Those that are not closed, most urgent first."""
    outcomes: tuple[OutcomeLine, ...]
    calls: tuple[CallLine, ...]
    notes: tuple[parts.NoteLine, ...]
    promises: tuple[arrangements.PromiseLine, ...]
    """Those that are no part of a plan."""
    plans: tuple[arrangements.PlanLine, ...]
    callbacks: tuple[CallbackLine, ...]
    callback_links: tuple[CallbackLinkLine, ...]
    """Ways to book one that are open."""
    holds: tuple[HoldLine, ...]
    """On the account, and on the person who answers for it."""
    changes: tuple[ChangeLine, ...]
    version: str


def account_view(session: Session, *, account_id: int, now: datetime) -> AccountView:
    account = session.scalar(select(Account).where(Account.id == account_id))
    if account is None:
        raise NotFound
    person = parts.patient(session, account.patient_id)
    open_tasks = task_lines(Task.account_id == account_id, Task.state != TaskState.CLOSED)
    return AccountView(
        id=account.id,
        number=account.number,
        is_identified=account.is_identified,
        service_on=account.service_on,
        charge_cents=account.charge_cents,
        insurance_cents=account.insurance_cents,
        patient_cents=account.patient_cents,
        patient=person,
        reach=reach(session, account.person_id, now, is_guarantor=account.person_id != account.patient_id),
        claims=parts.claims(session, account_id),
        ledger=parts.ledger(session, account_id),
        tasks=lines_of(session.execute(open_tasks.order_by(Task.priority.desc(), Task.id))),
        outcomes=outcomes(session, account_id),
        calls=calls(session, account_id),
        notes=parts.notes(session, account_id, MOST_LINES),
        promises=arrangements.promises(session, account_id, now),
        plans=arrangements.plans(session, account_id, now),
        callbacks=_callbacks(session, account, person.name if person else ""),
        callback_links=callback_links(session, account_id, now),
        holds=holds_of(session, account, now),
        changes=history(session, account_id=account_id, limit=MOST_CHANGES),
        version=account_version(session, account_id=account_id),
    )


COUNTED = (Task, TaskChange, Outcome, Call, Note, Hold, Callback, CallbackLink, Notice)
"""Whose newest row is part of a version, after the newest fact and the newest entry of the ledger."""


def account_version(session: Session, *, account_id: int) -> str:
    """Return text that changes whenever the account's page would: one query, for polling."""
    covered = covers(Account)

    def newest(table: Any) -> Any:
        is_of_account = covered if table is Hold else table.account_id == account_id
        return select(func.max(table.id)).where(is_of_account).scalar_subquery()

    def ended(table: Any, condition: ColumnElement[bool]) -> Any:
        is_of_account = covered if table is Hold else table.account_id == account_id
        return select(func.count()).where(is_of_account, condition).scalar_subquery()

    row = session.execute(
        select(
            Account.fact_id,
            # Not the balances: the version stands in addresses that are asked every other second.
            newest(LedgerEntry),
            *(newest(each) for each in COUNTED),
            ended(Hold, Hold.lifted_at.is_not(None)),
            ended(Callback, Callback.state != CallbackState.BOOKED),
            ended(PaymentPlan, PaymentPlan.cancelled_at.is_not(None)),
            # A grant of a task is no change of it, but the page says in whose hands it is.
            select(func.max(Task.lease_token)).where(Task.account_id == account_id).scalar_subquery(),
            # A number or a wish that the office wrote down in the meantime.
            select(cast(extract("epoch", func.max(Patient.contact_changed_at)) * 1_000_000, BigInteger))
            .where(or_(Patient.id == Account.patient_id, Patient.id == Account.guarantor_id))
            .correlate(Account)
            .scalar_subquery(),
        ).where(Account.id == account_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return "-".join(str(value or 0) for value in row)


def outcomes(session: Session, account_id: int, limit: int = MOST_LINES) -> tuple[OutcomeLine, ...]:
    rows = session.execute(
        select(Outcome, User.name)
        .join(User, User.id == Outcome.rep_id)
        .where(Outcome.account_id == account_id)
        .order_by(Outcome.id.desc())
        .limit(limit)
    ).all()
    names = colleagues_named(session, [outcome for outcome, _ in rows])
    return tuple(
        OutcomeLine(
            outcome_id=outcome.id,
            at=outcome.at,
            rep_name=rep_name,
            kind_label=kind_label(outcome.task_kind),
            disposition=outcome.disposition,
            disposition_label=label_of(outcome.disposition),
            note=outcome.note,
            details=detail_words(outcome, names),
            next_at=outcome.next_at,
        )
        for outcome, rep_name in rows
    )


def calls(session: Session, account_id: int, limit: int = MOST_LINES) -> tuple[CallLine, ...]:
    rows = session.execute(
        select(Call, User.name, Phone.place)
        .join(User, User.id == Call.rep_id)
        .outerjoin(Phone, Phone.id == Call.phone_id)
        .where(Call.account_id == account_id)
        .order_by(Call.id.desc())
        .limit(limit)
    )
    return tuple(
        CallLine(
            call_id=call.id,
            placed_at=call.placed_at,
            rep_name=rep_name,
            party=call.party,
            place=place.value if place else "",
            disposition_label=label_of(call.disposition) if call.disposition else "Not logged yet",
            is_inbound=call.is_inbound,
            verdict=call.verdict,
        )
        for call, rep_name, place in rows
    )


def _callbacks(session: Session, account: Account, patient_name: str) -> tuple[CallbackLine, ...]:
    rows = session.execute(
        select(Callback.id, Callback.at, Callback.state)
        .where(Callback.account_id == account.id)
        .order_by(Callback.id.desc())
        .limit(MOST_LINES)
    )
    return tuple(
        CallbackLine(callback_id, account.id, account.number, patient_name, at, state, None)
        for callback_id, at, state in rows
    )
