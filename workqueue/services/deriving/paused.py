"""Until when an account's calls wait for one that is booked: its own, or with who answers for it."""

from typing import Any

from sqlalchemy import Select, Subquery, func, select, union_all

from workqueue.models import Account, Callback
from workqueue.rules.states import CallbackState
from workqueue.services.deriving.days import office_day, office_midnight
from workqueue.services.deriving.scope import in_scope


def paused_until(*, is_scoped: bool) -> Subquery:
    """Select the end of the office day of the last call that is booked, by account.

    Not the call's own moment: one that is due or late goes first, and nobody else calls meanwhile. Once it is
    made or cancelled the accounts are derived anew.
    """

    def booked(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        return statement.where(Callback.state == CallbackState.BOOKED)

    a, b = Account, Callback
    # Booked calls are few and accounts are many: from the call to its accounts there are two indexes.
    by_account = select(b.account_id.label("account_id"), b.at).where(
        in_scope(b.account_id, is_scoped=is_scoped)
    )
    by_patient = (
        select(a.id, b.at)
        .select_from(a)
        .join(b, b.patient_id == a.patient_id)
        .where(a.guarantor_id.is_(None), in_scope(a.id, is_scoped=is_scoped))
    )
    by_guarantor = (
        select(a.id, b.at)
        .select_from(a)
        .join(b, b.patient_id == a.guarantor_id)
        .where(in_scope(a.id, is_scoped=is_scoped))
    )
    parts: tuple[Select[*tuple[Any, ...]], ...] = (by_account, by_patient, by_guarantor)
    each = union_all(*map(booked, parts)).subquery("call_of_account")
    last_day = office_day(func.max(each.c.at))
    return (
        select(each.c.account_id, office_midnight(last_day + 1).label("until_at"))
        .group_by(each.c.account_id)
        .subquery("paused")
    )
