"""Under whom money stands: the payer of the first claim, the patient, or nobody known."""

from workqueue.rules.calendar import OFFICE_ZONE

# A claim whose payer is known goes before one whose payer is not; of both kinds the first in turn.
FIRST_PAYER = """
    SELECT DISTINCT ON (c.account_id) c.account_id, p.id AS payer_id, p.kind
    FROM claims c LEFT JOIN payers p ON p.id = c.payer_id
    ORDER BY c.account_id, p.id IS NULL, c.sequence
"""


def month_of(moment: str) -> str:
    """Return the SQL of a moment's month in the office, as `2026-03`."""
    return f"to_char({moment} AT TIME ZONE '{OFFICE_ZONE}', 'YYYY-MM')"


def day_of(moment: str) -> str:
    """Return the SQL of a moment's day in the office."""
    return f"({moment} AT TIME ZONE '{OFFICE_ZONE}')::date"


def hour_of(moment: str) -> str:
    """Return the SQL of a moment's hour by the office's clock, as `09`."""
    return f"to_char({moment} AT TIME ZONE '{OFFICE_ZONE}', 'HH24')"


def named(column: str) -> str:
    """Return the SQL of a row's number as a key; `unknown` for none."""
    return f"coalesce({column}::text, 'unknown')"
