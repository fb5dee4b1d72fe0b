"""What ought to be done about an account as a whole, its promises and its callbacks."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Interval,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from workqueue.models import Account, Callback, Claim, LedgerEntry, Patient, Promise
from workqueue.models.patients import NO_CALL_WINDOW, UNKNOWN_WINDOW
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.plans import MISSED_UNTIL_DEFAULT
from workqueue.rules.queue_rules import QueueRules
from workqueue.rules.states import CallbackState, EntryKind
from workqueue.services.deriving.claim_rules import FENCE, NO_DAY, explains_a_balance
from workqueue.services.deriving.days import no_moment, office_midnight, today
from workqueue.services.deriving.paused import paused_until
from workqueue.services.deriving.scope import in_scope

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def _candidate(
    kind: Column | TaskKind,
    *,
    account_id: Column,
    subject: Column,
    balance_cents: Column,
    since_on: Column,
    available_at: Column,
    evidence: Column,
    waiting_on: Party,
    window_id: Column,
    until_at: Column = no_moment,
) -> Select[Any]:
    """Lay the columns out in the order all candidates share."""
    return select(
        account_id.label("account_id"),
        (literal(kind.value) if isinstance(kind, TaskKind) else kind).label("kind"),
        cast(subject, BigInteger).label("subject"),
        cast(balance_cents, BigInteger).label("balance_cents"),
        literal(10_000).label("net_bp"),
        since_on.label("since_on"),
        NO_DAY.label("deadline_on"),
        available_at.label("available_at"),
        until_at.label("until_at"),
        cast(func.coalesce(evidence, 0), BigInteger).label("evidence"),
        cast(window_id, BigInteger).label("window_id"),
        literal(waiting_on.value).label("waiting_on"),
    )


def money_candidates(_rules: QueueRules, *, is_scoped: bool) -> Select[Any]:
    """Money without an account, and credits."""
    a = Account
    at_stake = func.greatest(
        func.abs(a.insurance_cents), func.abs(a.patient_cents), func.abs(a.insurance_cents + a.patient_cents)
    )
    kind = case((a.is_identified, TaskKind.CREDIT_BALANCE.value), else_=TaskKind.PAYMENT_UNMATCHED.value)
    is_wrong = or_(
        and_(a.is_identified, or_(a.insurance_cents < 0, a.patient_cents < 0)),
        and_(not_(a.is_identified), or_(a.insurance_cents != 0, a.patient_cents != 0)),
    )
    return (
        _candidate(
            kind,
            account_id=a.id,
            subject=literal(0),
            balance_cents=at_stake,
            since_on=a.service_on,
            available_at=a.opened_at,
            evidence=a.fact_id,
            waiting_on=Party.OFFICE,
            window_id=literal(NO_CALL_WINDOW),
        )
        .where(is_wrong, in_scope(a.id, is_scoped=is_scoped))
        .offset(FENCE)
    )


def review_candidates(_rules: QueueRules, *, is_scoped: bool) -> Select[Any]:
    """Insurance balances that no claim explains: nobody's, if they were not asked for here."""
    a = Account
    explained = exists().where(Claim.account_id == a.id, explains_a_balance())
    return (
        _candidate(
            TaskKind.BALANCE_REVIEW,
            account_id=a.id,
            subject=literal(0),
            balance_cents=a.insurance_cents,
            since_on=a.service_on,
            available_at=a.opened_at,
            evidence=a.fact_id,
            waiting_on=Party.OFFICE,
            window_id=literal(NO_CALL_WINDOW),
        )
        .where(a.is_identified, a.insurance_cents > 0, not_(explained), in_scope(a.id, is_scoped=is_scoped))
        .offset(FENCE)
    )


def _patient_window() -> ColumnElement[Any]:
    """Return the window of the person who answers for the account: it is them who would be called."""
    return func.coalesce(Patient.window_id, UNKNOWN_WINDOW)


def patient_candidates(rules: QueueRules, *, is_scoped: bool) -> Select[Any]:
    """What the patient owes: after the statement, a promise, a call that is booked, and the next payer."""
    a = Account
    # Laid beside the accounts once, not asked for each of them: a rebuild joins, an event looks up a few.
    promised = _promised(rules, is_scoped=is_scoped)
    paused = paused_until(is_scoped=is_scoped)
    next_payer = (
        select(Claim.account_id, (func.max(Claim.submitted_on) + rules.next_payer_days).label("until_on"))
        .where(Claim.sequence > 1, Claim.adjudicated_on.is_(None), Claim.submitted_on.is_not(None))
        .where(~Claim.is_void)
        .where(in_scope(Claim.account_id, is_scoped=is_scoped))
        .group_by(Claim.account_id)
    ).subquery("next_payer")
    since_on = func.coalesce(a.patient_since_on, a.service_on, cast(a.opened_at, Date))
    available_at = func.greatest(
        office_midnight(since_on + rules.first_call_days),
        office_midnight(promised.c.until_on),
        paused.c.until_at,
        office_midnight(next_payer.c.until_on),
    )
    return (
        _candidate(
            TaskKind.PATIENT_BALANCE,
            account_id=a.id,
            subject=literal(0),
            balance_cents=a.patient_cents,
            since_on=since_on,
            available_at=available_at,
            evidence=a.fact_id,
            waiting_on=Party.PATIENT,
            window_id=_patient_window(),
        )
        .select_from(a)
        .outerjoin(Patient, Patient.id == a.person_id)
        .outerjoin(promised, promised.c.account_id == a.id)
        .outerjoin(paused, paused.c.account_id == a.id)
        .outerjoin(next_payer, next_payer.c.account_id == a.id)
        .where(a.is_identified, a.patient_cents > 0, in_scope(a.id, is_scoped=is_scoped))
        # With every claim taken back nothing is charged: a share that the payer has not yet taken back too is
        # not asked of the patient. It stands in the credit's task.
        .where(or_(a.charge_cents != 0, a.insurance_cents + a.patient_cents > 0))
        .offset(FENCE)
    )


def _paid(*conditions: ColumnElement[bool], is_scoped: bool) -> Subquery:
    """Select what came since each promise was made; a payment counts for all that were made before it."""
    return (
        select(Promise.id.label("promise_id"), (-func.sum(LedgerEntry.patient_cents)).label("cents"))
        .join(LedgerEntry, LedgerEntry.account_id == Promise.account_id)
        .where(LedgerEntry.kind == EntryKind.PATIENT_PAYMENT, LedgerEntry.effective_on >= Promise.made_on)
        .where(*conditions, in_scope(Promise.account_id, is_scoped=is_scoped))
        .group_by(Promise.id)
    ).subquery("paid")


def _promised(rules: QueueRules, *, is_scoped: bool) -> Subquery:
    """Select until when the ordinary follow-up leaves what was promised to the promises' own tasks.

    A plan that is alive is waited for to its end; once two payments are missing, only as long as for those.
    The days on which that changes are boundaries of the instalments' own tasks, which derive the account.
    """
    p = Promise
    is_missed = and_(p.cancelled_at.is_(None), p.plan_id.is_not(None), p.grace_on < today)
    paid = _paid(is_missed, is_scoped=is_scoped)
    in_default = (
        select(p.plan_id)
        .outerjoin(paid, paid.c.promise_id == p.id)
        .where(is_missed, func.coalesce(paid.c.cents, 0) < p.cumulative_cents)
        .where(in_scope(p.account_id, is_scoped=is_scoped))
        .group_by(p.plan_id)
        .having(func.count() >= MISSED_UNTIL_DEFAULT)
    ).subquery("in_default")
    return (
        select(p.account_id, (func.max(p.grace_on) + rules.after_promise_days).label("until_on"))
        .outerjoin(in_default, in_default.c.plan_id == p.plan_id)
        .where(p.cancelled_at.is_(None), or_(in_default.c.plan_id.is_(None), p.grace_on < today))
        .where(in_scope(p.account_id, is_scoped=is_scoped))
        .group_by(p.account_id)
    ).subquery("promised")


def promise_candidates(_rules: QueueRules, *, is_scoped: bool) -> Select[Any]:
    """Promises whose money has not come: due until their grace ends, then broken; after a booked call.

    One that waits for a call beyond its grace never comes up as due: it is derived anew when its grace ends.
    """
    a, p = Account, Promise
    # A join, not a question for each promise: a correlated one would end the parallel plan of a rebuild.
    paid = _paid(p.cancelled_at.is_(None), is_scoped=is_scoped)
    paused = paused_until(is_scoped=is_scoped)
    came = func.coalesce(paid.c.cents, 0)
    is_due = today <= p.grace_on
    kind = case((is_due, TaskKind.PROMISE_DUE.value), else_=TaskKind.PROMISE_BROKEN.value)
    return (
        _candidate(
            kind,
            account_id=a.id,
            subject=p.id,
            balance_cents=func.least(p.cumulative_cents - came, p.amount_cents, a.patient_cents),
            since_on=p.due_on,
            available_at=func.greatest(
                office_midnight(case((is_due, p.due_on), else_=p.grace_on + 1)), paused.c.until_at
            ),
            until_at=case((is_due, office_midnight(p.grace_on + 1))),
            evidence=a.fact_id,
            waiting_on=Party.PATIENT,
            window_id=_patient_window(),
        )
        .select_from(p)
        .join(a, a.id == p.account_id)
        .outerjoin(Patient, Patient.id == a.person_id)
        .outerjoin(paid, paid.c.promise_id == p.id)
        .outerjoin(paused, paused.c.account_id == a.id)
        .where(p.cancelled_at.is_(None), a.patient_cents > 0)
        .where(came < p.cumulative_cents)
        .where(in_scope(p.account_id, is_scoped=is_scoped))
        .offset(FENCE)
    )


def callback_candidates(rules: QueueRules, *, is_scoped: bool) -> Select[Any]:
    """Callbacks that are booked."""
    a, b = Account, Callback
    lead = cast(literal(f"{rules.callback_lead_minutes} minutes"), Interval)
    return (
        _candidate(
            TaskKind.CALLBACK_DUE,
            account_id=a.id,
            subject=b.id,
            balance_cents=func.greatest(a.patient_cents, 0),
            since_on=cast(b.booked_at, Date),
            available_at=b.at - lead,
            evidence=literal(0),
            waiting_on=Party.PATIENT,
            window_id=_patient_window(),
        )
        .select_from(b)
        .join(a, a.id == b.account_id)
        .outerjoin(Patient, Patient.id == a.person_id)
        .where(b.state == CallbackState.BOOKED, in_scope(b.account_id, is_scoped=is_scoped))
        .offset(FENCE)
    )
