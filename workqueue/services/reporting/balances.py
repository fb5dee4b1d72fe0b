"""What is owed at the end of a day, from the ledger: entries posted later are not looked at."""

from workqueue.rules.report_facts import ReportCode
from workqueue.services.reporting.attributing import FIRST_PAYER, day_of, named

REVENUE = "('charge', 'charge_change', 'contractual', 'coordination')"
"""What makes net revenue; the last is what several payers' decisions correct of the adjustments."""
CHARGES = "('charge', 'charge_change')"

# Both parts of an account stand under one class: revenue is not earned from the part that later fell to the
# patient.
AR_DAYS = f"""
    WITH payer AS ({FIRST_PAYER}), book AS (
        SELECT account_id, sum(insurance_cents + patient_cents) AS owed_cents,
            coalesce(sum(insurance_cents + patient_cents) FILTER (WHERE kind IN {CHARGES}
                AND posted_at >= :revenue_from_at), 0)
                AS gross_cents,
            coalesce(sum(insurance_cents + patient_cents) FILTER (WHERE kind IN {REVENUE}
                AND posted_at >= :revenue_from_at), 0)
                AS net_cents
        FROM ledger_entries WHERE posted_at < :until_at GROUP BY account_id
    )
    SELECT b.account_id, b.owed_cents, least(b.owed_cents, 0) AS credit_cents, b.gross_cents, b.net_cents,
        CASE WHEN y.account_id IS NULL AND a.is_identified THEN 'patient'
            ELSE coalesce(y.kind, 'unknown') END AS payer_class,
        CASE WHEN y.account_id IS NULL AND a.is_identified THEN 'patient'
            ELSE {named("y.payer_id")} END AS payer
    FROM book b JOIN accounts a ON a.id = b.account_id LEFT JOIN payer y ON y.account_id = b.account_id
"""  # noqa: S608  # put together from constants

AGING = f"""
    WITH payer AS ({FIRST_PAYER}), book AS (
        SELECT account_id, sum(insurance_cents) AS insurance_cents, sum(patient_cents) AS patient_cents
        FROM ledger_entries WHERE posted_at < :until_at GROUP BY account_id
    ), served AS (
        SELECT account_id, max(service_through_on) AS through_on FROM claims WHERE NOT is_void
        GROUP BY account_id
    ), side AS (
        SELECT account_id, false AS is_patient, insurance_cents AS cents FROM book
        UNION ALL
        SELECT account_id, true, patient_cents FROM book
    ), aged AS (
        SELECT s.account_id, s.is_patient, s.cents,
            CAST(:last_on AS date) - coalesce(v.through_on, a.service_on, {day_of("a.opened_at")}) AS days
        FROM side s JOIN accounts a ON a.id = s.account_id LEFT JOIN served v ON v.account_id = s.account_id
        WHERE s.cents <> 0
    )
    SELECT g.account_id, greatest(cents, 0) AS due_cents, least(cents, 0) AS credit_cents,
        CASE WHEN cents > 0 AND days <= 30 THEN cents ELSE 0 END AS days_0,
        CASE WHEN cents > 0 AND days BETWEEN 31 AND 60 THEN cents ELSE 0 END AS days_31,
        CASE WHEN cents > 0 AND days BETWEEN 61 AND 90 THEN cents ELSE 0 END AS days_61,
        CASE WHEN cents > 0 AND days BETWEEN 91 AND 120 THEN cents ELSE 0 END AS days_91,
        CASE WHEN cents > 0 AND days > 120 THEN cents ELSE 0 END AS days_121,
        CASE WHEN cents > 0 AND days > 90 THEN cents ELSE 0 END AS over_90_cents,
        CASE WHEN is_patient THEN 'patient' ELSE coalesce(y.kind, 'unknown') END AS payer_class,
        CASE WHEN is_patient THEN 'patient' ELSE {named("y.payer_id")} END AS payer
    FROM aged g LEFT JOIN payer y ON y.account_id = g.account_id
"""  # noqa: S608  # put together from constants

ITEMS = {ReportCode.AR_DAYS: AR_DAYS, ReportCode.AGING: AGING}
