"""What came of talking to patients: calls, promises, callbacks."""

from workqueue.rules.disposition_facts import Effect
from workqueue.rules.dispositions import DISPOSITIONS
from workqueue.rules.report_facts import ReportCode
from workqueue.rules.reports_work import PUNCTUAL_MINUTES
from workqueue.services.reporting.attributing import hour_of, month_of, named

PARAMETERS = {
    "answered": [code for code, each in DISPOSITIONS.items() if each.needs_call and each.is_answered],
    "right_party": [code for code, each in DISPOSITIONS.items() if each.is_right_party],
    "promising": [
        code for code, each in DISPOSITIONS.items() if each.effect in {Effect.PROMISE, Effect.PLAN}
    ],
}

CONTACT = f"""
    SELECT c.account_id, (NOT c.is_inbound)::int AS dialled, c.is_inbound::int AS received,
        (NOT c.is_inbound AND c.disposition = ANY(CAST(:answered AS text[])))::int AS contact,
        (NOT c.is_inbound AND c.disposition = ANY(CAST(:right_party AS text[])))::int AS right_party,
        (NOT c.is_inbound AND c.disposition = ANY(CAST(:promising AS text[])))::int AS promise,
        c.rep_id::text AS rep, {named("u.team_id")} AS team, {hour_of("c.placed_at")} AS hour,
        {month_of("c.placed_at")} AS month
    FROM calls c JOIN users u ON u.id = c.rep_id
    WHERE c.party = 'patient' AND c.channel = 'call' AND c.placed_at >= :from_at AND c.placed_at < :until_at
"""  # noqa: S608  # put together from constants

PROMISES = f"""
    WITH matured AS (
        SELECT p.account_id, p.amount_cents, p.cumulative_cents, p.grace_on, o.rep_id, u.team_id, (
                SELECT coalesce(-sum(e.patient_cents), 0) FROM ledger_entries e
                WHERE e.account_id = p.account_id AND e.kind = 'patient_payment'
                  AND e.effective_on BETWEEN p.made_on AND p.grace_on
            ) AS came_cents
        FROM promises p JOIN outcomes o ON o.id = p.outcome_id JOIN users u ON u.id = o.rep_id
        WHERE p.cancelled_at IS NULL AND p.grace_on < :today
          AND p.grace_on BETWEEN CAST(:first_on AS date) AND CAST(:last_on AS date)
    ), paid AS (
        -- What came pays the earlier instalments of a plan first, so that no payment counts twice.
        SELECT *, least(greatest(came_cents - cumulative_cents + amount_cents, 0), amount_cents) AS own_cents
        FROM matured
    )
    SELECT account_id, 1 AS matured, (own_cents = amount_cents)::int AS kept,
        (own_cents > 0 AND own_cents < amount_cents)::int AS partial, amount_cents AS promised_cents,
        own_cents AS paid_cents, rep_id::text AS rep, {named("team_id")} AS team,
        to_char(grace_on, 'YYYY-MM') AS month
    FROM paid
"""  # noqa: S608  # put together from constants

CALLBACKS = f"""
    WITH called AS (
        SELECT DISTINCT ON (t.subject) t.subject AS callback_id, c.placed_at, o.rep_id
        FROM callbacks k
        JOIN tasks t ON t.account_id = k.account_id AND t.kind = 'callback_due' AND t.subject = k.id
        JOIN outcomes o ON o.task_id = t.id JOIN calls c ON c.id = o.call_id
        WHERE k.at >= :from_at AND k.at < :until_at AND k.state = 'met'
        ORDER BY t.subject, c.placed_at
    )
    SELECT k.account_id, 1 AS due, (k.state = 'met')::int AS met, (k.state <> 'met')::int AS missed,
        (c.placed_at <= k.at + interval '{PUNCTUAL_MINUTES} minutes')::int AS on_time,
        CASE WHEN c.placed_at IS NOT NULL
            THEN greatest(floor(extract(epoch FROM c.placed_at - k.at) / 60), 0)::bigint END AS late_minutes,
        CASE WHEN k.asked_at IS NULL THEN 'appointment' ELSE 'asked' END AS kind,
        {named("u.id")} AS rep, {named("u.team_id")} AS team, {hour_of("k.at")} AS hour
    FROM callbacks k LEFT JOIN called c ON c.callback_id = k.id
    LEFT JOIN users u ON u.id = coalesce(c.rep_id, k.booked_by_id)
    WHERE k.at >= :from_at AND k.at < :until_at AND k.state <> 'cancelled'
      AND (k.state <> 'booked' OR k.at + interval '{PUNCTUAL_MINUTES} minutes' < :now)
"""  # noqa: S608  # put together from constants

ITEMS = {
    ReportCode.CONTACT: CONTACT,
    ReportCode.PROMISES: PROMISES,
    ReportCode.CALLBACKS: CALLBACKS,
}
