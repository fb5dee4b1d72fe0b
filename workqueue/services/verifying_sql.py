"""What `flask verify` asks the database: each statement counts rows that should not be, over whole tables."""

FACTS_BY_STATE = """
    SELECT s.state, count(i.id)
    FROM unnest(ARRAY['received', 'applied', 'duplicate', 'quarantined']) AS s(state)
    LEFT JOIN inbox i ON i.state = s.state GROUP BY s.state
"""

FACTS_WITHOUT_EFFECT = """
    SELECT count(*) FROM inbox f LEFT JOIN accounts a ON a.id = f.account_id
    WHERE f.state = 'applied' AND (a.number IS DISTINCT FROM f.account_number OR f.processed_at IS NULL)
"""

# What the books refused has to be in front of a lead, or have been.
REFUSED_UNSEEN = """
    SELECT count(*) FROM inbox f
    WHERE f.state = 'quarantined' AND NOT EXISTS (
        SELECT FROM quarantined_items q
        WHERE q.file_id = f.file_id AND q.set_ordinal = -1 AND q.claim_ordinal = f.id
          AND q.state <> 'released'
    )
"""

DUPLICATES_OF_NOTHING = """
    SELECT count(*) FROM inbox f LEFT JOIN inbox first ON first.id = f.duplicate_of_id
    WHERE f.state = 'duplicate'
      AND (first.id IS NULL OR first.state = 'duplicate' OR first.content_hash <> f.content_hash)
"""

# A file of which a lead released something was read twice; its report is that of the first reading.
FILES_OFF = """
    SELECT count(*) FROM files f
    LEFT JOIN (
        SELECT file_id, count(*) FILTER (WHERE state <> 'duplicate') AS facts,
            count(*) FILTER (WHERE state = 'duplicate') AS duplicates
        FROM inbox WHERE file_id IS NOT NULL GROUP BY file_id
    ) i ON i.file_id = f.id
    WHERE f.read_at IS NOT NULL AND f.report ? 'applied'
      AND NOT EXISTS (SELECT FROM quarantined_items q WHERE q.file_id = f.id AND q.state = 'released')
      AND (coalesce(i.facts, 0), coalesce(i.duplicates, 0))
          IS DISTINCT FROM ((f.report->>'applied')::bigint, (f.report->>'duplicates')::bigint)
"""

# Entry 0 is the charge and -1 the line between payers, which posting itself works out from several facts;
# they are compared by CHARGES_OFF and COORDINATION_OFF.
ENTRIES_OFF = """
    WITH said AS (
        SELECT f.id, count(*) AS entries, sum((e.line->>3)::bigint) AS insurance,
            sum((e.line->>4)::bigint) AS patient
        FROM inbox f CROSS JOIN LATERAL jsonb_array_elements(f.payload->'entries') AS e(line)
        WHERE f.state = 'applied' GROUP BY f.id
    ), posted AS (
        SELECT fact_id AS id, count(*) AS entries, sum(insurance_cents) AS insurance,
            sum(patient_cents) AS patient
        FROM ledger_entries WHERE ordinal > 0 GROUP BY fact_id
    )
    SELECT count(*) FROM said FULL JOIN posted USING (id)
    WHERE (said.entries, said.insurance, said.patient)
        IS DISTINCT FROM (posted.entries, posted.insurance, posted.patient)
"""

BALANCES_OFF = """
    SELECT count(*) FROM accounts a
    LEFT JOIN (
        SELECT account_id, sum(insurance_cents) AS insurance, sum(patient_cents) AS patient
        FROM ledger_entries GROUP BY account_id
    ) l ON l.account_id = a.id
    WHERE a.insurance_cents <> coalesce(l.insurance, 0) OR a.patient_cents <> coalesce(l.patient, 0)
"""

CHARGES_OFF = """
    SELECT count(*) FROM accounts a
    LEFT JOIN (
        SELECT account_id, sum(insurance_cents + patient_cents) AS cents
        FROM ledger_entries WHERE kind IN ('charge', 'charge_change') GROUP BY account_id
    ) l ON l.account_id = a.id
    WHERE a.charge_cents <> coalesce(l.cents, 0)
"""

CLAIMS_OFF = """
    SELECT count(*) FROM claims c
    FULL JOIN (
        SELECT account_id, sequence, sum(paid_cents) AS paid, sum(contractual_cents) AS contractual,
            sum(patient_cents) AS patient_share, sum(denied_cents) AS denied
        FROM inbox WHERE state = 'applied' AND kind = 'remittance_claim' AND code <> '25'
        GROUP BY account_id, sequence
    ) f USING (account_id, sequence)
    WHERE (c.paid_cents, c.contractual_cents, c.patient_share_cents, c.denied_cents) IS DISTINCT FROM
        (coalesce(f.paid, 0), coalesce(f.contractual, 0), coalesce(f.patient_share, 0), coalesce(f.denied, 0))
"""

# Left out: a file of which something waits for a person or was released by one, and a notice that moved no
# money.
REMITTANCES_OFF = """
    SELECT count(*) FROM remittances r
    JOIN files ON files.id = r.file_id
    LEFT JOIN (
        SELECT remittance_id, sum(paid_cents) AS paid FROM inbox
        WHERE state <> 'duplicate' AND remittance_id IS NOT NULL GROUP BY remittance_id
    ) f ON f.remittance_id = r.id
    LEFT JOIN (
        SELECT remittance_id, sum(amount_cents) AS cents FROM provider_adjustments GROUP BY remittance_id
    ) p ON p.remittance_id = r.id
    WHERE r.amount_cents <> coalesce(f.paid, 0) - coalesce(p.cents, 0)
      AND NOT files.report @? '$.errors[*] ? (@.code == "notice_only")'
      AND NOT EXISTS (SELECT FROM quarantined_items q WHERE q.file_id = r.file_id)
"""

ORPHANS = """
    SELECT (SELECT count(*) FROM tasks t LEFT JOIN accounts a ON a.id = t.account_id
            LEFT JOIN lanes l ON l.id = t.lane_id WHERE a.id IS NULL OR l.id IS NULL)
        + (SELECT count(*) FROM leases l LEFT JOIN tasks t ON t.id = l.task_id WHERE t.id IS NULL)
        + (SELECT count(*) FROM task_changes c LEFT JOIN tasks t ON t.id = c.task_id
           WHERE t.account_id IS DISTINCT FROM c.account_id)
        + (SELECT count(*) FROM outcomes o LEFT JOIN tasks t ON t.id = o.task_id
           WHERE t.account_id IS DISTINCT FROM o.account_id)
        + (SELECT count(*) FROM inbox i LEFT JOIN files f ON f.id = i.file_id
           LEFT JOIN remittances r ON r.id = i.remittance_id LEFT JOIN payers p ON p.id = i.payer_id
           WHERE (i.file_id, i.remittance_id, i.payer_id) IS DISTINCT FROM (f.id, r.id, p.id))
"""

LEASES_OFF = """
    SELECT count(*) FROM (SELECT * FROM leases WHERE ended_at IS NULL) l
    FULL JOIN (SELECT * FROM tasks WHERE lease_token IS NOT NULL) t ON t.lease_token = l.id
    WHERE (t.id, t.holder_id) IS DISTINCT FROM (l.task_id, l.rep_id) OR t.lease_until IS NULL
       OR t.state NOT IN ('leased', 'closed')
"""

OUTCOMES_OFF = """
    SELECT count(*) FROM (
        SELECT task_id, rep_id, lease_token, count(*) OVER (PARTITION BY lease_token) AS siblings
        FROM outcomes
    ) o
    LEFT JOIN leases l ON l.id = o.lease_token
    WHERE o.siblings > 1
       OR (l.task_id, l.rep_id, l.ended_by) IS DISTINCT FROM (o.task_id, o.rep_id, 'outcome')
"""

CALLS_WITHOUT_VERDICT = """
    SELECT count(*) FROM calls WHERE verdict->>'is_allowed' IS DISTINCT FROM 'true'
"""

# A hold that has ended leaves its moment with the task until the sweeper comes by.
HOLDS_OFF = """
    SELECT count(*) FROM tasks t
    LEFT JOIN accounts a ON a.id = t.account_id
    WHERE t.state = 'waiting' AND t.held_until > :now AND NOT EXISTS (
        SELECT FROM holds h
        WHERE (h.account_id = a.id OR h.patient_id = coalesce(a.guarantor_id, a.patient_id)
               OR (h.patient_id = a.patient_id AND h.kind IN ('deceased', 'qmb')))
          AND NOT (h.kind = 'minor' AND a.guarantor_id IS NOT NULL)
          AND h.lifted_at IS NULL AND h.until_at = t.held_until AND h.reason <> ''
    )
"""

# Between two rows of a task only a lease may have come and gone: grants are kept in `leases`. A row that a
# person wrote says only what they changed, so each value is compared where both rows have it.
HISTORY_OFF = """
    WITH step AS (
        SELECT id, before, lag(after) OVER (PARTITION BY task_id ORDER BY id) AS earlier FROM task_changes
    )
    SELECT count(*) FROM step WHERE earlier IS NOT NULL AND (
        (before->>'priority' <> earlier->>'priority')
        OR (before->>'state' <> earlier->>'state'
            AND NOT (before->>'state' IN ('queued', 'leased') AND earlier->>'state' IN ('queued', 'leased')))
    )
"""

CAUSES_OFF = """
    SELECT (SELECT count(*) FROM task_changes c LEFT JOIN inbox f ON f.id = c.cause_id
            WHERE c.cause = 'fact' AND c.cause_id IS NOT NULL AND f.id IS NULL)
        + (SELECT count(*) FROM task_changes c LEFT JOIN outcomes o ON o.id = c.cause_id
           WHERE c.cause = 'outcome' AND o.id IS NULL)
        + (SELECT count(*) FROM task_changes c LEFT JOIN leases l ON l.id = c.cause_id
           WHERE c.cause = 'lease' AND l.task_id IS DISTINCT FROM c.task_id)
        + (SELECT count(*) FROM task_changes c LEFT JOIN users u ON u.id = c.actor_id
           WHERE c.cause = 'lead' AND u.id IS NULL)
        + (SELECT count(*) FROM task_changes c LEFT JOIN rebalances r ON r.id = c.cause_id
           WHERE c.cause = 'rebalance' AND r.id IS NULL)
        + (SELECT count(*) FROM task_changes c
           WHERE c.cause = 'rebuild' AND c.cause_id > (SELECT coalesce(max(version), 0) FROM estimates))
        + (SELECT count(*) FROM task_changes c LEFT JOIN queue_rule_publications p ON p.id = c.cause_id
           WHERE c.cause = 'rules' AND p.number IS NULL)
"""

# The sweeper hands on within a second what comes up for somebody who is away: a few seconds are its due.
WAITING_ON_ABSENT = """
    SELECT count(*) FROM tasks t JOIN absences a ON a.user_id = t.owner_id
    WHERE t.state = 'queued' AND t.owner_id IS NOT NULL AND a.cancelled_at IS NULL
      AND tstzrange(a.starts_at, a.ends_at) @> CAST(:now AS timestamptz)
      AND greatest(t.changed_at, a.starts_at) < CAST(:now AS timestamptz) - interval '5 seconds'
"""

# Each side of an account that is not zero, and the best place any task that looks after that side has. A task
# that a person settled counts as closed with a reason: its outcome.
OPEN_BALANCES = """
    WITH side AS (
        SELECT id AS account_id, 'insurance' AS side FROM accounts WHERE insurance_cents <> 0
        UNION ALL
        SELECT id, 'patient' FROM accounts WHERE patient_cents <> 0
    ), guard AS (
        SELECT t.account_id,
            t.kind NOT IN ('patient_balance', 'promise_due', 'promise_broken', 'callback_due')
                AS is_of_insurance,
            t.kind IN ('patient_balance', 'promise_due', 'promise_broken', 'callback_due', 'credit_balance',
                       'payment_unmatched') AS is_of_patient,
            CASE WHEN t.state IN ('queued', 'leased') THEN 1
                 WHEN t.state = 'waiting' AND t.deferred_until > :now THEN 2
                 WHEN t.state = 'waiting' AND t.held_until > :now THEN 3
                 WHEN t.state = 'waiting' THEN 4
                 WHEN t.lease_token IS NOT NULL THEN 1
                 WHEN t.settled_evidence = t.evidence THEN 5 END AS place
        FROM tasks t WHERE t.state <> 'closed' OR t.settled_evidence IS NOT NULL OR t.lease_token IS NOT NULL
    ), placed AS (
        SELECT s.account_id, s.side, min(g.place) AS place FROM side s
        LEFT JOIN guard g ON g.account_id = s.account_id
            AND CASE s.side WHEN 'patient' THEN g.is_of_patient ELSE g.is_of_insurance END
        GROUP BY s.account_id, s.side
    )
    SELECT name, count(p.account_id) FROM (VALUES (1, 'queued'), (2, 'deferred'), (3, 'held'), (4, 'waiting'),
        (5, 'closed'), (0, 'none')) AS n(place, name)
    LEFT JOIN placed p ON coalesce(p.place, 0) = n.place GROUP BY n.place, name ORDER BY n.place = 0, n.place
"""
