"""What came in, by the day on which it was posted, and what that cost."""

from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.report_facts import ReportCode
from workqueue.services.reporting.attributing import FIRST_PAYER, month_of, named
from workqueue.services.reporting.balances import REVENUE

CASH = "('payer_payment', 'patient_payment', 'refund')"

COLLECTIONS = f"""
    WITH payer AS ({FIRST_PAYER}), entry AS (
        SELECT e.account_id, e.claim_id, e.kind, e.posted_at, e.insurance_cents + e.patient_cents AS cents,
            e.kind = 'patient_payment' OR (e.kind = 'refund' AND e.insurance_cents = 0) AS is_patient
        FROM ledger_entries e
        WHERE e.posted_at >= :from_at AND e.posted_at < :until_at
          AND (e.kind IN {CASH} OR e.kind IN {REVENUE} OR e.kind = 'write_off')
    )
    SELECT e.account_id,
        CASE WHEN e.kind = 'payer_payment' THEN -e.cents ELSE 0 END AS payer_cents,
        CASE WHEN e.kind = 'patient_payment' THEN -e.cents ELSE 0 END AS patient_cents,
        CASE WHEN e.kind = 'refund' THEN e.cents ELSE 0 END AS refund_cents,
        CASE WHEN e.kind IN {CASH} THEN -e.cents ELSE 0 END AS cash_cents,
        CASE WHEN e.kind IN {REVENUE} THEN e.cents ELSE 0 END AS net_cents,
        CASE WHEN e.kind = 'write_off' THEN -e.cents ELSE 0 END AS write_off_cents,
        CASE WHEN e.is_patient OR (y.account_id IS NULL AND a.is_identified) THEN 'patient'
            ELSE coalesce(p.kind, y.kind, 'unknown') END AS payer_class,
        CASE WHEN e.is_patient OR (y.account_id IS NULL AND a.is_identified) THEN 'patient'
            ELSE {named("coalesce(p.id, y.payer_id)")} END AS payer,
        {month_of("e.posted_at")} AS month
    FROM entry e JOIN accounts a ON a.id = e.account_id
    LEFT JOIN payer y ON y.account_id = e.account_id
    LEFT JOIN claims c ON c.id = e.claim_id LEFT JOIN payers p ON p.id = c.payer_id
"""  # noqa: S608  # put together from constants

_FIRST_MONTH = "date_trunc('month', CAST(:first_on AS timestamp))"
_AFTER_LAST_MONTH = "(date_trunc('month', CAST(:last_on AS timestamp)) + interval '1 month')"

COST_TO_COLLECT = f"""
    SELECT NULL::bigint AS account_id, to_char(month_on, 'YYYY-MM') AS month, amount_cents AS cost_cents,
        0::bigint AS cash_cents
    FROM (
        SELECT DISTINCT ON (month_on, category) month_on, amount_cents FROM collection_costs
        ORDER BY month_on, category, id DESC
    ) newest
    WHERE month_on >= {_FIRST_MONTH} AND month_on < {_AFTER_LAST_MONTH}
    UNION ALL
    SELECT account_id, {month_of("posted_at")}, 0, -(insurance_cents + patient_cents)
    FROM ledger_entries
    WHERE kind IN {CASH} AND posted_at >= {_FIRST_MONTH} AT TIME ZONE '{OFFICE_ZONE}'
      AND posted_at < {_AFTER_LAST_MONTH} AT TIME ZONE '{OFFICE_ZONE}'
"""  # noqa: S608  # put together from constants

ITEMS = {ReportCode.COLLECTIONS: COLLECTIONS, ReportCode.COST_TO_COLLECT: COST_TO_COLLECT}
