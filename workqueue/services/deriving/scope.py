"""Which accounts a derivation looks at: the few that an event touched, or all of them."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, literal_column, true
from sqlalchemy.dialects.postgresql import ARRAY

ACCOUNT_IDS = "derivation_account_ids"


def in_scope(account_id: Any, *, is_scoped: bool) -> ColumnElement[bool]:
    """Return the one condition that tells an event's derivation from a rebuild's."""
    if not is_scoped:
        return true()
    condition: ColumnElement[bool] = account_id == func.any(literal_column(ACCOUNT_IDS, ARRAY(BigInteger)))
    return condition
