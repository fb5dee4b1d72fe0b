"""Where every open balance stands, as the page Queue health counts them."""

from workqueue.rules.report_facts import ReportCode
from workqueue.services.reading.summary import PLACES
from workqueue.services.reporting.attributing import FIRST_PAYER

IDLE_DAYS = 30

_STATUS = (
    "none", "leased", "queued", "deferred", "waiting_payer", "waiting_patient", "waiting_office", "held",
    "waiting_payer", "waiting_patient", "waiting_office", "closed",
)  # fmt: skip
"""What the places of the queue's summary are called here, by their numbers."""

ACCOUNT_STATUS = f"""
    WITH {PLACES}, payer AS ({FIRST_PAYER})
    SELECT g.account_id, 1 AS balances,
        CASE WHEN g.is_patient THEN 0 ELSE a.insurance_cents END AS insurance_cents,
        CASE WHEN g.is_patient THEN a.patient_cents ELSE 0 END AS patient_cents,
        CASE WHEN g.is_patient THEN a.patient_cents ELSE a.insurance_cents END AS owed_cents,
        (NOT EXISTS (SELECT FROM outcomes o WHERE o.account_id = g.account_id
                AND o.at > CAST(:now AS timestamptz) - interval '{IDLE_DAYS} days')
            AND NOT EXISTS (SELECT FROM ledger_entries e WHERE e.account_id = g.account_id
                AND e.posted_at > CAST(:now AS timestamptz) - interval '{IDLE_DAYS} days'))::int AS idle,
        (ARRAY{list(_STATUS)})[coalesce(g.place, 0) + 1] AS status,
        CASE WHEN g.is_patient THEN 'patient' ELSE coalesce(y.kind, 'unknown') END AS payer_class
    FROM placed g JOIN accounts a ON a.id = g.account_id LEFT JOIN payer y ON y.account_id = g.account_id
"""  # noqa: S608  # put together from constants

ITEMS = {ReportCode.ACCOUNT_STATUS: ACCOUNT_STATUS}
