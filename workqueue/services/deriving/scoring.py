"""The desired queue as one SELECT: every rule's candidates, scored and put into their lanes.

The formula is rules/priority.py once more, in SQL.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    SmallInteger,
    Text,
    and_,
    case,
    cast,
    column,
    extract,
    func,
    select,
    union_all,
    values,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from workqueue.models import Hold, Lane, Skill
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.priority import (
    APPEAL_LEAD_DAYS,
    DISCOUNT_PERCENT,
    FILING_LEAD_DAYS,
    REVISIT_DAYS,
    TIER_STEP,
)
from workqueue.rules.priors import PRIORS
from workqueue.services.deriving.account_rules import (
    callback_candidates,
    money_candidates,
    patient_candidates,
    promise_candidates,
)
from workqueue.services.deriving.claim_rules import claim_candidates
from workqueue.services.deriving.days import NOW, TODAY, now, office_midnight, today
from workqueue.services.deriving.scope import ACCOUNT_IDS, in_scope


def desired(*, is_scoped: bool) -> Select[Any]:
    """Select what the queue ought to hold now: one row a task, with every derived column."""
    candidate = union_all(
        claim_candidates(is_scoped=is_scoped),
        money_candidates(is_scoped=is_scoped),
        patient_candidates(is_scoped=is_scoped),
        promise_candidates(is_scoped=is_scoped),
        callback_candidates(is_scoped=is_scoped),
    ).subquery("candidate")
    kinds, priors, d = _kinds(), _priors(), candidate.c
    age_days = today - func.coalesce(d.since_on, today)
    held = (
        select(Hold.account_id, func.max(Hold.until_at).label("until_at"))
        .where(Hold.lifted_at.is_(None), Hold.until_at > now)
        .where(in_scope(Hold.account_id, is_scoped=is_scoped))
        .group_by(Hold.account_id)
    ).subquery("held")
    held_until = case((kinds.c.calls_patient == 1, held.c.until_at))
    tier = case((d.kind == TaskKind.CALLBACK_DUE.value, 0), (kinds.c.is_hard == 1, 1), else_=2)
    value_cents = cast(d.balance_cents, BigInteger) * d.net_bp // 10_000
    p_later_bp = case((d.deadline_on - today < REVISIT_DAYS, 0), else_=priors.c.p_later_bp)
    gain_cents = value_cents * (priors.c.p_now_bp * 100 - p_later_bp * DISCOUNT_PERCENT) // 1_000_000
    boundaries = [
        d.available_at,
        d.until_at,
        held_until,
        *(office_midnight(d.deadline_on - lead) for lead in sorted({APPEAL_LEAD_DAYS, FILING_LEAD_DAYS})),
        office_midnight(d.deadline_on - REVISIT_DAYS + 1),
        office_midnight(d.deadline_on + 1),
        office_midnight(d.since_on + priors.c.until_days),
    ]
    return (
        select(
            d.account_id,
            d.kind.label("kind"),
            d.subject.label("subject"),
            Lane.id.label("lane_id"),
            d.waiting_on.label("waiting_on"),
            cast(tier, SmallInteger).label("tier"),
            _priority(tier, gain_cents, priors.c.minutes, d.available_at).label("priority"),
            value_cents.label("value_cents"),
            priors.c.p_now_bp.label("p_now_bp"),
            p_later_bp.label("p_later_bp"),
            cast(0, BigInteger).label("penalty_cents"),
            gain_cents.label("gain_cents"),
            cast(priors.c.minutes, SmallInteger).label("minutes"),
            d.deadline_on.label("deadline_on"),
            d.available_at.label("available_at"),
            held_until.label("held_until"),
            cast(d.evidence, BigInteger).label("evidence"),
            # The earliest of the known instants still ahead: until then the clock changes nothing.
            func.least(*(case((moment > now, moment)) for moment in boundaries)).label("rescore_at"),
        )
        .select_from(candidate)
        .join(kinds, kinds.c.kind == d.kind)
        .join(
            priors,
            and_(
                priors.c.kind == d.kind,
                age_days >= priors.c.from_days,
                age_days < priors.c.until_days,
            ),
        )
        .join(Skill, Skill.code == kinds.c.skill)
        .join(Lane, and_(Lane.skill_id == Skill.id, Lane.window_id == d.window_id))
        .outerjoin(held, held.c.account_id == d.account_id)
    )


PARAMETERS = {
    NOW: "%(now)s::timestamptz",
    TODAY: "%(today)s::date",
    ACCOUNT_IDS: "%(account_ids)s::bigint[]",
}


@cache
def desired_sql(*, is_scoped: bool) -> str:
    """Return the SELECT as text, for the statements built around it."""
    compiled = desired(is_scoped=is_scoped).compile(
        dialect=PGDialect_psycopg(), compile_kwargs={"literal_binds": True}
    )
    sql = str(compiled)
    for name, parameter in PARAMETERS.items():
        sql = sql.replace(name, parameter)
    return sql


def _kinds() -> Any:
    """Lay the kinds' standing facts out as a table."""
    columns = (
        column("kind", Text),
        column("skill", Text),
        column("calls_patient", Integer),
        column("is_hard", Integer),
    )
    rows = [
        (kind.value, facts.skill.value, int(facts.party is Party.PATIENT), int(facts.has_hard_deadline))
        for kind, facts in KINDS.items()
    ]
    return values(*columns, name="kinds").data(rows)


def _priors() -> Any:
    """Lay the chances and minutes out as a table."""
    columns = [column("kind", Text)] + [
        column(name, Integer) for name in ("from_days", "until_days", "p_now_bp", "p_later_bp", "minutes")
    ]
    rows = [(p.kind.value, p.from_days, p.until_days, p.p_now_bp, p.p_later_bp, p.minutes) for p in PRIORS]
    return values(*columns, name="priors").data(rows)


def _priority(
    tier: ColumnElement[Any], gain_cents: ColumnElement[Any], minutes: ColumnElement[Any], due_at: Any
) -> ColumnElement[Any]:
    within = case(
        (tier == 0, TIER_STEP - 1 - cast(extract("epoch", due_at), BigInteger)),
        else_=func.least(func.greatest(gain_cents * 1000 // minutes, 0), TIER_STEP - 1),
    )
    return (2 - tier) * cast(TIER_STEP, BigInteger) + within
