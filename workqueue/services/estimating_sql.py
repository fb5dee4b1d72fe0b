"""What the estimation asks the database: one statement over the worked tasks of a year.

`o` is an outcome, `t` its task, `a` the account, `c` the task's claim.
"""

from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.kinds import KINDS, Party, TaskKind

_OF_PAYER = ", ".join(f"'{kind}'" for kind, facts in KINDS.items() if facts.party is Party.PAYER)

# From when a task's age counts, for the kinds whose chances change with it: as the derivation has it
# (deriving/claim_rules.py, deriving/account_rules.py). A claim sent or denied again since then has only its
# new day: such a touch counts for the youngest age.
SINCE_ON = f"""CASE t.kind
    WHEN '{TaskKind.CLAIM_NO_RESPONSE}' THEN c.submitted_on
    WHEN '{TaskKind.DENIAL}' THEN c.denied_on
    WHEN '{TaskKind.PATIENT_BALANCE}'
        THEN coalesce(a.patient_since_on, a.service_on, a.opened_at::date) END"""

TASK_WITH_AGE = f"""tasks t JOIN accounts a ON a.id = t.account_id
    LEFT JOIN claims c ON c.account_id = t.account_id AND c.sequence = t.subject
        AND t.kind IN ({_OF_PAYER})"""

# Money from outside, and what an answer of a payer makes of it.
_OUTSIDE = "('payer_payment', 'contractual', 'patient_responsibility', 'patient_payment')"
_CAME = f"e.posted_at >= w.at AND e.kind IN {_OUTSIDE}"

# A task that is touched again and again is observed once, at the first touch after thirty quiet days: else
# those that do not settle would count as often as they are tried.
#
# opened_at and available_at tell of the task's last opening only. Where the task was opened again since, the
# touch is neither prompt nor late.
TALLIES = f"""
    WITH cell AS (
        SELECT * FROM unnest(:kinds, :from_days, :until_days) AS c(kind, from_days, until_days)
    ), settling AS (
        SELECT * FROM unnest(:settled_kinds, :settlings) AS s(kind, settling)
    ), touch AS (
        SELECT o.id, o.task_id, o.account_id, t.kind, t.subject, o.at,
            (o.at AT TIME ZONE '{OFFICE_ZONE}')::date - ({SINCE_ON}) AS age_days,
            o.at - greatest(t.opened_at, t.available_at) AS delay, t.opened_at,
            lag(o.at) OVER (PARTITION BY o.task_id ORDER BY o.at, o.id) AS before_at,
            extract(epoch FROM l.ended_at - l.granted_at) AS seconds
        FROM {TASK_WITH_AGE}
        JOIN outcomes o ON o.task_id = t.id
        LEFT JOIN leases l ON l.id = o.lease_token AND l.task_id = o.task_id AND l.ended_by = 'outcome'
        WHERE o.at >= :from_at - :within AND o.at <= :now AND o.disposition <> ALL(:not_work)
    ), watched AS (
        SELECT touch.*, settling FROM touch JOIN settling USING (kind)
        WHERE at >= :from_at AND at < :now - :within AND (before_at IS NULL OR before_at < at - :within)
    ), money AS (
        SELECT w.id,
            sum(e.insurance_cents) FILTER (WHERE e.posted_at < w.at) AS insurance_cents,
            sum(e.patient_cents) FILTER (WHERE e.posted_at < w.at) AS patient_cents,
            -sum(e.insurance_cents) FILTER (WHERE {_CAME}) AS insurance_gone,
            -sum(e.patient_cents) FILTER (WHERE {_CAME}) AS patient_gone
        FROM watched w JOIN ledger_entries e ON e.account_id = w.account_id
        WHERE w.settling <> 'entry' AND e.posted_at < w.at + :within
        GROUP BY w.id
    ), stake AS (
        -- Once the first payer has answered, a later payer's money lies in the patient's share.
        SELECT w.id,
            CASE WHEN w.kind NOT IN ({_OF_PAYER}) THEN least(p.amount_cents, m.patient_cents)
                WHEN m.insurance_cents > 0 THEN m.insurance_cents ELSE m.patient_cents END AS cents,
            CASE WHEN w.kind IN ({_OF_PAYER}) AND m.insurance_cents > 0
                THEN m.insurance_gone ELSE m.patient_gone END AS gone_cents
        FROM watched w JOIN money m USING (id)
        LEFT JOIN promises p ON p.id = w.subject
            AND w.kind IN ('{TaskKind.PROMISE_DUE}', '{TaskKind.PROMISE_BROKEN}')
    ), ended AS (
        SELECT DISTINCT w.id FROM watched w
        JOIN task_changes h ON h.account_id = w.account_id AND h.task_id = w.task_id
        JOIN inbox f ON f.id = h.cause_id
        WHERE h.cause = 'fact' AND h.after->>'state' = 'closed' AND h.at >= w.at AND h.at < w.at + :within
          AND (w.settling = 'entry' OR (w.settling = 'answer' AND f.kind <> 'office_entry'
            AND NOT EXISTS (
                SELECT FROM tasks n
                WHERE n.account_id = w.account_id AND n.subject = w.subject AND n.kind = ANY(:troubles)
                  AND n.id <> w.task_id AND n.opened_by_cause = 'fact' AND n.opened_by_id = h.cause_id)))
    ), judged AS (
        SELECT w.id, CASE WHEN e.id IS NOT NULL THEN 10000
            WHEN w.settling = 'entry' OR coalesce(s.cents, 0) <= 0 THEN 0
            ELSE least(greatest(coalesce(s.gone_cents, 0), 0), s.cents) * 10000 / s.cents END AS share_bp
        FROM watched w LEFT JOIN stake s USING (id) LEFT JOIN ended e USING (id)
        -- Nothing at stake, nothing to learn: a callback of somebody who owes nothing.
        WHERE w.settling <> 'money' OR s.cents > 0
    ), seen AS (
        SELECT touch.*, share_bp,
            is_first AND delay >= interval '0' AND delay < :revisit AS is_prompt,
            is_first AND delay >= :revisit AND delay < 2 * :revisit AS is_late
        FROM touch LEFT JOIN judged USING (id)
            CROSS JOIN LATERAL (SELECT coalesce(before_at < opened_at, true) AS is_first) f
    )
    SELECT cell.kind, cell.from_days, cell.until_days,
        count(share_bp), coalesce(sum(share_bp), 0)::bigint, count(share_bp) FILTER (WHERE share_bp > 0),
        count(share_bp) FILTER (WHERE is_prompt),
        coalesce(sum(share_bp) FILTER (WHERE is_prompt), 0)::bigint,
        count(share_bp) FILTER (WHERE is_late),
        coalesce(sum(share_bp) FILTER (WHERE is_late), 0)::bigint,
        count(*) FILTER (WHERE at >= :from_at AND seconds >= :least_seconds),
        coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
            FILTER (WHERE at >= :from_at AND seconds >= :least_seconds), 0)::bigint
    FROM cell LEFT JOIN seen ON seen.kind = cell.kind
        AND coalesce(age_days, 0) >= cell.from_days AND coalesce(age_days, 0) < cell.until_days
    GROUP BY cell.kind, cell.from_days, cell.until_days
"""  # noqa: S608  # put together from constants
