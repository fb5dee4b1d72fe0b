"""What follows from an outcome besides waiting: promises, callbacks, holds, money, a person's wishes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Account, Call, Callback, Outcome, Task
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules.calendar import office_day
from workqueue.rules.disposition_facts import Disposition, Effect, Field, HoldRule
from workqueue.rules.entries import InvalidEntry, OutcomeEntry
from workqueue.rules.hold_words import kind_and_reason
from workqueue.rules.holds import HOLDS, HoldKind
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CallbackState
from workqueue.services import callbacks, holding, money, plans, promises, wishes
from workqueue.services.booking import keeping, links
from workqueue.services.responsible import accounts_reached

MONEY = frozenset({Effect.WRITE_OFF, Effect.REFUND, Effect.TO_ACCOUNT, Effect.TO_PATIENT})


@dataclass(frozen=True)
class Logged:
    """An outcome with all it is about. The accounts are locked; whoever logs it derives them."""

    outcome: Outcome
    disposition: Disposition
    entry: OutcomeEntry
    account: Account
    person_id: int | None
    """Whoever answers for the account."""
    called_id: int | None
    """Who was spoken to: mostly the same, else somebody who may speak about the bill."""
    call: Call | None
    target: Account | None


def follow(session: Session, logged: Logged, *, now: datetime) -> Callback | None:
    """Do what the disposition says besides waiting; return the callback that was promised."""
    disposition = logged.disposition
    if disposition.needs_call and logged.outcome.task_kind == TaskKind.CALLBACK_DUE:
        _meet(session, logged.outcome, now)
    if disposition.hold is not None:
        held = _hold(session, logged, disposition.hold, now)
        if disposition.voids_promises:
            promises.cancel_all(session, account_ids=held, now=now)
    _have_effect(session, logged, now)
    if disposition.field(Field.CALLBACK_AT) and logged.entry.callback_at is not None:
        return _book(session, logged, logged.entry.callback_at, now)
    return None


def _have_effect(session: Session, logged: Logged, now: datetime) -> None:
    entry, outcome, effect = logged.entry, logged.outcome, logged.disposition.effect
    if effect is Effect.PROMISE and entry.amount_cents is not None and entry.due_on is not None:
        promises.put(
            session,
            account_id=outcome.account_id,
            amount_cents=entry.amount_cents,
            due_on=entry.due_on,
            outcome_id=outcome.id,
            now=now,
        )
    elif effect is Effect.PLAN and entry.instalments is not None and entry.due_on is not None:
        plans.put(
            session,
            account_id=outcome.account_id,
            total_cents=logged.account.patient_cents,
            instalments=entry.instalments,
            first_due_on=entry.due_on,
            outcome_id=outcome.id,
            now=now,
        )
    elif effect in MONEY:
        money.move(
            session, outcome, effect, amount_cents=entry.amount_cents or 0, target=logged.target, now=now
        )
    # Whoever names an attorney names the one of who owes; all other wishes are of who says them.
    whose_id = logged.person_id if effect is Effect.ATTORNEY else logged.called_id
    if whose_id is not None:
        wishes.heed(
            session,
            effect,
            entry,
            person_id=whose_id,
            phone_id=entry.phone_id or (logged.call.phone_id if logged.call else None),
            rep_id=outcome.rep_id,
            now=now,
        )


def _meet(session: Session, outcome: Outcome, now: datetime) -> None:
    """The patient was called at the time they asked for, whether or not they answered.

    The link by which it was booked was for this call.
    """
    callback = session.scalars(
        select(Callback).where(
            Callback.id == select(Task.subject).where(Task.id == outcome.task_id).scalar_subquery(),
            Callback.state == CallbackState.BOOKED,
        )
    ).one_or_none()
    if callback is None:
        return
    callback.state = CallbackState.MET
    session.flush()
    keeping.note(session, callback, CallbackChangeKind.MET, by_id=outcome.rep_id, now=now)
    if callback.link_id is not None:
        links.end(session, callback.link_id, now=now)


def _book(session: Session, logged: Logged, at: datetime, now: datetime) -> Callback:
    return callbacks.put(
        session,
        account_id=logged.account.id,
        person_id=logged.called_id,
        at=at,
        phone_id=logged.entry.phone_id or (logged.call.phone_id if logged.call else None),
        asked_in_call_id=logged.call.id if logged.call else None,
        rep_id=logged.outcome.rep_id,
        now=now,
    )


def _hold(session: Session, logged: Logged, rule: HoldRule, now: datetime) -> Collection[int]:
    """Hold what the kind reaches; return the accounts that are held because of it."""
    kind, reason = kind_and_reason(rule, logged.entry)
    until_on = office_day(now) + timedelta(days=HOLDS[kind].usual_days)
    owner_id, account = logged.outcome.rep_id, logged.account
    if kind is HoldKind.BANKRUPTCY:
        ids = holding.under_petition(session, account, logged.entry.happened_on)
        if not ids:
            raise InvalidEntry({"happened_on": holding.NOTHING_UNDER_PETITION})
        held = holding.put_on_each(
            session, ids, kind=kind, reason=reason, until_on=until_on, owner_id=owner_id, now=now
        )
        return list(held)
    person_ids = {holding.person_reached(account, kind)}
    if kind is HoldKind.CEASE:
        # To be left alone is a wish, and binds towards whoever said it; the other news are about who owes.
        person_ids = {logged.called_id}
    if kind is HoldKind.DECEASED:
        # Who of the two has died is not asked on the telephone: both are left alone until it is looked into.
        person_ids = {account.patient_id, account.person_id} - {None} or {None}
    covered: set[int] = set()
    for person_id in person_ids:
        holding.put(
            session,
            kind=kind,
            account_id=account.id if person_id is None else None,
            patient_id=person_id,
            reason=reason,
            until_on=until_on,
            owner_id=owner_id,
            now=now,
        )
        covered.update([account.id] if person_id is None else accounts_reached(session, kind, person_id))
    return covered
