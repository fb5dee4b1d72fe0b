"""Until when an account's tasks wait for holds: its own, those of who answers for it, and its patient's."""

from typing import Any

from sqlalchemy import Select, Subquery, and_, func, not_, or_, select, union_all

from workqueue.models import Account, Hold
from workqueue.rules.holds import ABOUT_PATIENT, SPARING_GUARANTOR, kinds_that_stop
from workqueue.rules.kinds import Party
from workqueue.services.deriving.days import now
from workqueue.services.deriving.scope import in_scope


def held_until(party: Party, *, is_scoped: bool) -> Subquery | None:
    """Select the end of the longest hold in force that stops tasks of this party, by account.

    None for a party that no hold stops: then there is nothing to join.
    """
    kinds = kinds_that_stop(party)
    if not kinds:
        return None

    def holding(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        return statement.where(Hold.lifted_at.is_(None), Hold.until_at > now, Hold.kind.in_(kinds))

    a = Account
    # Holds on persons are few and accounts are many: from the hold to its accounts there are two indexes.
    spared = select(a.id).where(a.id == Hold.account_id, a.guarantor_id.is_not(None)).exists()
    by_account = select(Hold.account_id.label("account_id"), Hold.until_at).where(
        Hold.account_id.is_not(None),
        in_scope(Hold.account_id, is_scoped=is_scoped),
        not_(and_(Hold.kind.in_(SPARING_GUARANTOR), spared)),
    )
    by_patient = (
        select(a.id, Hold.until_at)
        .select_from(a)
        .join(Hold, Hold.patient_id == a.patient_id)
        .where(
            or_(a.guarantor_id.is_(None), Hold.kind.in_(ABOUT_PATIENT)), in_scope(a.id, is_scoped=is_scoped)
        )
    )
    by_guarantor = (
        select(a.id, Hold.until_at)
        .select_from(a)
        .join(Hold, Hold.patient_id == a.guarantor_id)
        .where(in_scope(a.id, is_scoped=is_scoped))
    )
    parts: tuple[Select[*tuple[Any, ...]], ...] = (by_account, by_patient, by_guarantor)
    each = union_all(*map(holding, parts)).subquery("hold_of_account")
    return (
        select(each.c.account_id, func.max(each.c.until_at).label("until_at"))
        .group_by(each.c.account_id)
        .subquery("held")
    )
