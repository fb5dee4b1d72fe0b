"""What payers decided: claims on remittances, and what a later remittance made good."""

from workqueue.rules.report_facts import ReportCode
from workqueue.services.reporting.attributing import month_of, named


def _is_decision(fact: str) -> str:
    return (
        f"{fact}.kind = 'remittance_claim' AND {fact}.state = 'applied' AND {fact}.code NOT IN ('22', '25')"
    )


DENIALS = f"""
    WITH decision AS (
        SELECT id, account_id, sequence, payer_id, paid_cents, denied_cents, reason, processed_at
        FROM inbox f
        WHERE {_is_decision("f")} AND f.processed_at >= :from_at AND f.processed_at < :until_at
    ), won AS (
        SELECT d.id, sum(f.paid_cents) AS cents
        FROM decision d JOIN inbox f ON f.account_id = d.account_id AND f.sequence = d.sequence
        WHERE d.denied_cents > 0 AND f.id > d.id AND f.paid_cents > 0 AND {_is_decision("f")}
        GROUP BY d.id
    )
    SELECT d.account_id, 1 AS decided, (d.denied_cents > 0)::int AS denied,
        (d.denied_cents > 0 AND d.paid_cents = 0)::int AS zero_paid,
        greatest(d.denied_cents, 0) AS denied_cents, (w.id IS NOT NULL)::int AS overturned,
        CASE WHEN w.id IS NULL THEN 0 ELSE least(w.cents, d.denied_cents) END AS overturned_cents,
        coalesce(p.kind, 'unknown') AS payer_class, {named("p.id")} AS payer,
        CASE WHEN d.denied_cents > 0 THEN d.reason ELSE 'not_denied' END AS reason,
        {month_of("d.processed_at")} AS month
    FROM decision d
    LEFT JOIN won w ON w.id = d.id
    LEFT JOIN claims c ON c.account_id = d.account_id AND c.sequence = d.sequence
    LEFT JOIN payers p ON p.id = coalesce(d.payer_id, c.payer_id)
"""  # noqa: S608  # put together from constants

ITEMS = {ReportCode.DENIALS: DENIALS}
