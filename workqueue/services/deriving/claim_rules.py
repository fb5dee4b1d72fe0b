"""What ought to be done about a claim: one kind of task at most, the first rule that holds.

A rule is data: the kind, the condition, and what the task carries. It sees the facts of a claim as named
columns (`claim_facts`); days are the office's own.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
)

from workqueue.models import Account, Claim, Payer
from workqueue.models.patients import NO_CALL_WINDOW
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.queue_rules import DELIVERED, MAY_BE_OFF, QueueRules
from workqueue.services.deriving.days import business_day_before, no_moment, office_midnight, today
from workqueue.services.deriving.scope import in_scope

# X12 code list 507, by what the office does about them (reference 4.3).
REJECTED = ("A3", "A6", "A7", "A8")
NOT_FOUND = ("A4", "D0")
ACCEPTED = ("A2", "P0", "P1", "P2", "P3", "P4", "P5", "F0", "F1", "F2", "F3", "F3F", "F3N", "F4")
INFORMATION = ("P3", "P4")

# Where a payer is not known: the usual terms of a commercial contract.
RESPONSE_DAYS, FILING_DAYS, APPEAL_DAYS, NET_BP = 30, 365, 180, 10_000

FENCE: ColumnElement[int] = literal_column("bigint '0'")
"""OFFSET 0 keeps the planner from pasting a subquery's expressions into every place that names them; it
adds no node. A constant of the right type, because a cast one would be taken for a real OFFSET and end
the parallel plan."""


NO_DAY: ColumnElement[Any] = cast(null(), Date)


@dataclass(frozen=True)
class ClaimRule:
    """When a claim needs this kind of task, and what is at stake."""

    kind: TaskKind
    when: ColumnElement[bool]
    value_cents: ColumnElement[Any]
    since_on: ColumnElement[Any]
    """From when its age counts."""
    deadline_on: ColumnElement[Any] = NO_DAY
    available_on: ColumnElement[Any] = NO_DAY
    """The first day on which it is worth doing; empty for at once."""


def claim_rules(f: Any, rules: QueueRules) -> tuple[ClaimRule, ...]:
    """Return the rules in order; the first that holds names the task. `f` is the columns of `claim_facts`.

    A kind that is off, or whose floor the claim does not reach, leaves it to a later rule.
    """
    return tuple(
        replace(each, when=and_(each.when, each.value_cents >= of_kind.floor_cents))
        if of_kind.floor_cents and each.kind in MAY_BE_OFF
        else each
        for each in _all_claim_rules(f, rules)
        for of_kind in [rules.of(each.kind)]
        if of_kind.is_on
    )


def _all_claim_rules(f: Any, rules: QueueRules) -> tuple[ClaimRule, ...]:
    is_denied = and_(f.is_open, f.is_denied)
    is_unanswered = and_(f.is_open, or_(~f.is_adjudicated, f.is_billed_since))
    answer_due_on = func.coalesce(f.submitted_on, f.service_on, cast(f.opened_at, Date)) + f.response_days
    look_again_on = case(
        (
            and_(f.is_current, f.status.like("P%")),
            func.greatest(answer_due_on, f.status_on + rules.recheck_days),
        ),
        (and_(f.is_current, f.status.like("F%")), f.status_on + rules.remittance_days),
        else_=answer_due_on,
    )
    denied_cents = func.least(f.denied_cents, f.owed_cents)
    return (
        ClaimRule(
            TaskKind.APPEAL_DEADLINE,
            and_(is_denied, today.between(f.appeal_by - rules.appeal_lead_days, f.appeal_by)),
            denied_cents,
            f.denied_on,
            deadline_on=f.appeal_by,
        ),
        ClaimRule(TaskKind.DENIAL, is_denied, denied_cents, f.denied_on, deadline_on=f.appeal_by),
        ClaimRule(
            TaskKind.UNDERPAID,
            and_(
                f.is_adjudicated,
                # The contract says what the first payer allows; a later one pays of the rest.
                f.sequence == 1,
                f.paid_cents > 0,
                ~and_(f.is_open, f.is_billed_since),
                f.missing_cents > rules.underpaid_cents,
                f.missing_cents * 10_000 > f.expected_cents * rules.underpaid_bp,
            ),
            f.missing_cents,
            f.adjudicated_on,
        ),
        ClaimRule(
            TaskKind.FILING_DEADLINE,
            and_(is_unanswered, ~f.is_accepted, today.between(f.file_by - rules.filing_lead_days, f.file_by)),
            f.owed_cents,
            f.submitted_on,
            deadline_on=f.file_by,
        ),
        ClaimRule(
            TaskKind.CLAIM_REJECTED,
            and_(is_unanswered, f.is_current, f.status.in_(REJECTED)),
            f.owed_cents,
            f.status_on,
            deadline_on=f.file_by,
        ),
        ClaimRule(
            TaskKind.CLAIM_NOT_FOUND,
            and_(is_unanswered, f.is_current, f.status.in_(NOT_FOUND)),
            f.owed_cents,
            f.status_on,
            deadline_on=f.file_by,
        ),
        ClaimRule(
            TaskKind.INFORMATION_REQUESTED,
            and_(is_unanswered, f.is_current, or_(f.status.in_(INFORMATION), f.status.like("R%"))),
            f.owed_cents,
            f.status_on,
        ),
        ClaimRule(
            TaskKind.CLAIM_NO_RESPONSE,
            is_unanswered,
            f.owed_cents,
            f.submitted_on,
            deadline_on=case((~f.is_accepted, f.file_by)),
            available_on=look_again_on,
        ),
    )


def is_adjudicated() -> ColumnElement[bool]:
    """Return whether a remittance stands.

    A reversal alone takes every sum, and so the claim, back to pending.
    """
    sums = (Claim.paid_cents, Claim.contractual_cents, Claim.patient_share_cents, Claim.denied_cents)
    return and_(Claim.adjudicated_on.is_not(None), or_(*(each != 0 for each in sums)))


def explains_a_balance() -> ColumnElement[bool]:
    """Return whether the claim itself accounts for what payers owe; if none does, the account must."""
    return and_(~Claim.is_void, or_(~is_adjudicated(), is_billed_since(), Claim.denied_cents > 0))


def is_billed_since() -> ColumnElement[bool]:
    """Return whether a bill went out after the last answer: interim, for late charges or a replacement."""
    return func.coalesce(Claim.submitted_on > Claim.adjudicated_on, literal(False))  # SQL's false


def claim_facts(*, is_scoped: bool) -> Subquery:
    """Select what the rules look at, each under one name."""
    c, a, y = Claim, Account, Payer
    # A status older than the newest submission speaks of a claim the payer no longer has.
    is_current = func.coalesce(c.status_on >= c.submitted_on, c.status_on.is_not(None))
    is_accepted = and_(is_current, or_(c.status_category.in_(ACCEPTED), c.status_category.like("R%")))
    # Once the first payer has answered, what a later one may still pay lies in the patient's share.
    owed_cents = case(
        (and_(c.sequence > 1, a.insurance_cents <= 0), a.patient_cents), else_=a.insurance_cents
    )
    expected_cents = c.charge_cents * y.contract_bp // 10_000
    served_on = func.coalesce(c.service_through_on, c.service_on)
    return (
        select(
            c.account_id,
            c.sequence,
            c.fact_id,
            c.status_category.label("status"),
            c.status_on,
            c.submitted_on,
            c.service_on,
            c.adjudicated_on,
            c.paid_cents,
            c.denied_cents,
            c.denied_on,
            a.opened_at,
            owed_cents.label("owed_cents"),
            func.coalesce(y.net_bp, NET_BP).label("net_bp"),
            func.coalesce(y.response_days, RESPONSE_DAYS).label("response_days"),
            and_(a.is_identified, owed_cents > 0).label("is_open"),
            is_adjudicated().label("is_adjudicated"),
            and_(is_adjudicated(), c.denied_cents > 0).label("is_denied"),
            is_billed_since().label("is_billed_since"),
            is_current.label("is_current"),
            is_accepted.label("is_accepted"),
            expected_cents.label("expected_cents"),
            (expected_cents - c.paid_cents - c.patient_share_cents).label("missing_cents"),
            business_day_before(c.denied_on + func.coalesce(y.appeal_days, APPEAL_DAYS)).label("appeal_by"),
            business_day_before(served_on + func.coalesce(y.filing_days, FILING_DAYS)).label("file_by"),
        )
        .join(a, a.id == c.account_id)
        .outerjoin(y, y.id == c.payer_id)
        .where(in_scope(c.account_id, is_scoped=is_scoped))
        # Nothing is open and nothing can be missing: leave it out before any rule is looked at.
        .where(or_(owed_cents > 0, c.paid_cents > 0), ~c.is_void)
        .offset(FENCE)
        .subquery("claim_facts")
    )


def claim_candidates(rules: QueueRules, *, is_scoped: bool) -> Select[Any]:
    """Select the task each claim ought to have, before it is scored."""
    facts = claim_facts(is_scoped=is_scoped)
    kind = case(*((rule.when, rule.kind.value) for rule in claim_rules(facts.c, rules))).label("kind")
    chosen = select(facts, kind).offset(FENCE).subquery("chosen")
    f = chosen.c

    def of_kind(name: str) -> ColumnElement[Any]:
        by_kind = {rule.kind.value: getattr(rule, name) for rule in claim_rules(f, rules)}
        return case(by_kind, value=f.kind)

    return (
        select(
            f.account_id,
            f.kind,
            cast(f.sequence, BigInteger).label("subject"),
            cast(of_kind("value_cents"), BigInteger).label("balance_cents"),
            f.net_bp,
            of_kind("since_on").label("since_on"),
            of_kind("deadline_on").label("deadline_on"),
            func.coalesce(office_midnight(of_kind("available_on")), f.opened_at).label("available_at"),
            no_moment.label("until_at"),
            cast(func.coalesce(f.fact_id, 0), BigInteger).label("evidence"),
            cast(NO_CALL_WINDOW, BigInteger).label("window_id"),
            literal(Party.PAYER.value).label("waiting_on"),
        )
        .where(f.kind.is_not(None))
        .offset(FENCE)
    )


CLAIM_KINDS = tuple(rule.kind for rule in claim_rules(claim_facts(is_scoped=False).c, DELIVERED))
"""The kinds the rules tell apart: one claim has one of them at most, whatever the clock makes of it."""
