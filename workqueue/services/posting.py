"""Posting: received facts move the ledger, the claims and the queue, in one transaction.

Every statement takes the whole batch. The result does not depend on the order in which facts arrive: money is
summed, and of statuses and submissions the latest by its own date counts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from workqueue.rules.states import CauseKind
from workqueue.services import refused_facts
from workqueue.services.deriving import derive, keep_rebuild_away

BATCH = 1_000


def post_received(session: Session, *, now: datetime, limit: int = BATCH, file_id: int | None = None) -> int:
    """Post up to `limit` of the oldest facts that wait; return how many were taken.

    A fact the database refuses is set aside with the reason, and does not hold up the others.
    """
    fact_ids = _take(session, limit, file_id)
    if not fact_ids:
        return 0
    _post_or_set_aside(session, fact_ids, now)
    return len(fact_ids)


def post_facts(session: Session, fact_ids: Sequence[int], *, now: datetime) -> None:
    """Post these facts now: what a rep enters belongs to the transaction of the outcome."""
    session.flush()
    _post(session, list(fact_ids), now)


def lock_accounts(session: Session, account_ids: Iterable[int]) -> None:
    """Lock the accounts in the order of their ids, so that two batches never wait for each other in a ring.

    Accounts come before tasks everywhere. NO KEY: new rows that only refer to an account need not wait.
    """
    # Before any account: a rebuild waits for whom it may meet, and nobody it may meet waits for it with a row
    # in hand.
    keep_rebuild_away(session)
    _run(
        session,
        "SELECT id FROM accounts WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE",
        sorted(account_ids),
    )


def _take(session: Session, limit: int, file_id: int | None) -> list[int]:
    # SKIP LOCKED: a second worker takes the next ones instead of waiting for these.
    rows = session.execute(
        text(
            "SELECT id FROM inbox WHERE state = 'received' AND (:file_id IS NULL OR file_id = :file_id)"
            " ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED"
        ).bindparams(bindparam("file_id", type_=BigInteger)),
        {"limit": limit, "file_id": file_id},
    )
    return [row[0] for row in rows]


def _post_or_set_aside(session: Session, fact_ids: list[int], now: datetime) -> None:
    """Post the batch; when the database refuses it, post its halves, down to the one fact that cannot be."""
    try:
        with session.begin_nested():
            _post(session, fact_ids, now)
    except (DataError, IntegrityError) as error:
        if len(fact_ids) == 1:
            # The class names the trouble; the message could carry a patient's values.
            refused_facts.set_aside(session, fact_ids[0], type(error.orig).__name__, now=now)
            return
        half = len(fact_ids) // 2
        for part in (fact_ids[:half], fact_ids[half:]):
            _post_or_set_aside(session, part, now)


def _post(session: Session, fact_ids: list[int], now: datetime) -> None:
    _run(session, OPEN_PLACEHOLDERS, fact_ids, now=now)
    newest = {row[0]: row[1] for row in _run(session, MARK_APPLIED, fact_ids, now=now)}
    # From here on nobody else moves these accounts; what the statements below read of them stays true.
    lock_accounts(session, newest)
    _run(session, OPEN_CLAIMS, fact_ids)
    _run(session, TAKE_SUBMISSIONS, fact_ids)
    _run(session, TAKE_PAYERS, fact_ids)
    _run(session, IDENTIFY_AND_CHARGE, fact_ids, now=now)
    _run(session, TAKE_STATUSES, fact_ids)
    _run(session, TAKE_REMITTANCES, fact_ids)
    _run(session, POST_ENTRIES, fact_ids, now=now)
    _run(session, MOVE_BALANCES, fact_ids)
    derive(session, newest, cause=CauseKind.FACT, now=now)


def _run(session: Session, sql: str, ids: list[int], **parameters: Any) -> Any:
    statement = text(sql).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
    return session.execute(statement, {"ids": ids, **parameters})


# A number nobody has told us about yet opens an account without a patient. Money on it is unapplied cash; the
# claim or the person that names the number later finds everything in place. In the order of the numbers: two
# batches that open the same ones do not deadlock.
OPEN_PLACEHOLDERS = """
    INSERT INTO accounts (number, is_identified, opened_at)
    SELECT DISTINCT f.account_number, false, CAST(:now AS timestamptz) FROM inbox f
    WHERE f.id = ANY(:ids) AND NOT EXISTS (SELECT FROM accounts a WHERE a.number = f.account_number)
    ORDER BY 1
    ON CONFLICT (number) DO NOTHING
"""

MARK_APPLIED = """
    WITH applied AS (
        UPDATE inbox f SET state = 'applied', account_id = a.id, processed_at = :now, attempts = attempts + 1
        FROM accounts a WHERE a.number = f.account_number AND f.id = ANY(:ids)
        RETURNING f.account_id, f.id
    )
    SELECT account_id, max(id) FROM applied GROUP BY account_id
"""

OPEN_CLAIMS = """
    INSERT INTO claims (account_id, sequence)
    SELECT DISTINCT f.account_id, f.sequence FROM inbox f
    WHERE f.id = ANY(:ids) AND f.kind IN ('claim_submitted', 'claim_status', 'remittance_claim')
    ON CONFLICT (account_id, sequence) DO NOTHING
"""

# The newest submission by its own date says who was billed for what; a resend of an old one changes nothing.
# What it leaves unsaid is taken from the newest that says it: all of the claim's submissions are looked at,
# so that the order in which they came does not matter. Fenced: in an inbox not yet analysed an account looks
# as if it had thousands of facts, and the planner would read the whole of it for each batch.
TAKE_SUBMISSIONS = """
    WITH touched AS (
        SELECT DISTINCT account_id, sequence FROM inbox WHERE id = ANY(:ids) AND kind = 'claim_submitted'
    ), submission AS (
        SELECT f.account_id, f.sequence, f.id, f.effective_on, f.charge_cents,
            coalesce(to_char(f.effective_on, 'YYYYMMDD'), '') || ':' || f.source_key AS key,
            (f.payload->>'service_on')::date AS service_on,
            (f.payload->>'service_through_on')::date AS service_through_on
        FROM touched t CROSS JOIN LATERAL (
            SELECT * FROM inbox WHERE account_id = t.account_id AND sequence = t.sequence
                AND kind = 'claim_submitted' AND state = 'applied' OFFSET 0
        ) f
    ), newest AS (
        SELECT account_id, sequence, max(id) AS id, max(key) AS key,
            (array_agg(effective_on ORDER BY key DESC))[1] AS submitted_on,
            (array_agg(charge_cents ORDER BY key DESC))[1] AS charge_cents,
            (array_agg(service_on ORDER BY key DESC) FILTER (WHERE service_on IS NOT NULL))[1] AS service_on,
            (array_agg(service_through_on ORDER BY key DESC)
                FILTER (WHERE service_through_on IS NOT NULL))[1] AS service_through_on
        FROM submission GROUP BY account_id, sequence
    )
    UPDATE claims c SET submission_key = n.key, submitted_on = n.submitted_on, charge_cents = n.charge_cents,
        service_on = n.service_on, service_through_on = n.service_through_on,
        fact_id = greatest(c.fact_id, n.id)
    FROM newest n
    WHERE c.account_id = n.account_id AND c.sequence = n.sequence
"""

# The payer is whom the newest submission names; without one, the first by code of those who answered. Only
# where somebody else is named than the claim has is there anything to find out.
TAKE_PAYERS = """
    WITH touched AS (
        SELECT DISTINCT c.id, c.account_id, c.sequence
        FROM inbox f JOIN claims c ON c.account_id = f.account_id AND c.sequence = f.sequence
        WHERE f.id = ANY(:ids) AND f.kind IN ('claim_submitted', 'claim_status', 'remittance_claim')
          AND f.payer_id IS DISTINCT FROM c.payer_id AND f.payer_id IS NOT NULL
    )
    UPDATE claims SET payer_id = named.payer_id
    FROM touched t CROSS JOIN LATERAL (
        SELECT f.payer_id FROM inbox f JOIN payers y ON y.id = f.payer_id
        WHERE f.account_id = t.account_id AND f.sequence = t.sequence AND f.state = 'applied'
          AND f.kind IN ('claim_submitted', 'claim_status', 'remittance_claim')
        ORDER BY f.kind = 'claim_submitted' DESC,
            CASE WHEN f.kind = 'claim_submitted'
                THEN coalesce(to_char(f.effective_on, 'YYYYMMDD'), '') || ':' || f.source_key END DESC,
            y.code
        LIMIT 1
    ) named
    WHERE claims.id = t.id AND claims.payer_id IS DISTINCT FROM named.payer_id
"""

# The charge is the newest submission's, and so is the side that owes it: a later, different one posts the
# difference to what the ledger holds, whatever the order. Charges that came one by one (ordinal from 1, of an
# export's transactions) stand beside it.
IDENTIFY_AND_CHARGE = """
    WITH touched AS (
        SELECT DISTINCT account_id FROM inbox
        WHERE id = ANY(:ids) AND kind IN ('claim_submitted', 'account_opened')
    ), opening AS (
        SELECT f.account_id, f.id, f.code, f.effective_on, f.charge_cents,
            coalesce(to_char(f.effective_on, 'YYYYMMDD'), '') || ':' || f.source_key AS key,
            (f.payload->>'patient_id')::bigint AS patient_id, (f.payload->>'service_on')::date AS service_on,
            (f.payload->>'guarantor_id')::bigint AS guarantor_id
        FROM touched t CROSS JOIN LATERAL (
            SELECT * FROM inbox WHERE account_id = t.account_id
                AND kind IN ('claim_submitted', 'account_opened') AND state = 'applied' OFFSET 0
        ) f
    ), newest AS (
        SELECT account_id, max(key) AS key, min(service_on) AS service_on,
            (array_agg(id ORDER BY key DESC))[1] AS fact_id,
            (array_agg(effective_on ORDER BY key DESC))[1] AS effective_on,
            (array_agg(charge_cents ORDER BY key DESC))[1] AS charge_cents,
            (array_agg(code = 'self_pay' ORDER BY key DESC))[1] AS is_self_pay,
            (array_agg(patient_id ORDER BY key DESC) FILTER (WHERE patient_id IS NOT NULL))[1] AS patient_id,
            (array_agg(guarantor_id ORDER BY key DESC) FILTER (WHERE guarantor_id IS NOT NULL))[1]
                AS guarantor_id
        FROM opening GROUP BY account_id
    ), opened AS (
        UPDATE accounts a SET is_identified = true, patient_id = coalesce(n.patient_id, a.patient_id),
            guarantor_id = CASE WHEN a.guarantor_by_id IS NULL THEN n.guarantor_id ELSE a.guarantor_id END,
            service_on = n.service_on, charge_key = n.key,
            charge_cents = n.charge_cents + coalesce((
                SELECT sum(e.insurance_cents + e.patient_cents) FROM ledger_entries e
                WHERE e.account_id = a.id AND e.kind = 'charge' AND e.ordinal > 0), 0)
        FROM newest n WHERE a.id = n.account_id
    ), charged AS (
        SELECT n.account_id, n.fact_id, n.effective_on, e.count = 0 AS is_first,
            CASE WHEN n.is_self_pay THEN 0 ELSE n.charge_cents END - e.insurance AS insurance,
            CASE WHEN n.is_self_pay THEN n.charge_cents ELSE 0 END - e.patient AS patient
        FROM newest n CROSS JOIN LATERAL (
            SELECT count(*), coalesce(sum(insurance_cents), 0) AS insurance,
                coalesce(sum(patient_cents), 0) AS patient
            FROM ledger_entries WHERE account_id = n.account_id
                AND kind IN ('charge', 'charge_change') AND ordinal = 0
        ) e
    )
    INSERT INTO ledger_entries
        (account_id, fact_id, ordinal, kind, insurance_cents, patient_cents, effective_on, posted_at)
    SELECT account_id, fact_id, 0, CASE WHEN is_first THEN 'charge' ELSE 'charge_change' END,
        insurance, patient, effective_on, :now
    FROM charged WHERE insurance <> 0 OR patient <> 0
"""

# The fact's own key decides between two statuses of one day and one rank.
TAKE_STATUSES = """
    WITH status AS (
        SELECT f.*, coalesce(f.payload->>'status_key', '') || ':' || f.source_key AS key
        FROM inbox f WHERE f.id = ANY(:ids) AND f.kind = 'claim_status'
    ), newest AS (
        SELECT DISTINCT ON (account_id, sequence) *,
            max(id) OVER claim AS newest_id, max(payer_control_number) OVER claim AS control
        FROM status WINDOW claim AS (PARTITION BY account_id, sequence)
        ORDER BY account_id, sequence, key DESC
    )
    UPDATE claims c SET
        status_key = greatest(c.status_key, n.key),
        status_category = CASE WHEN n.key > c.status_key THEN n.code ELSE c.status_category END,
        status_code = CASE WHEN n.key > c.status_key THEN n.reason ELSE c.status_code END,
        status_on = CASE WHEN n.key > c.status_key THEN n.effective_on ELSE c.status_on END,
        payer_control_number = greatest(c.payer_control_number, n.control),
        fact_id = greatest(c.fact_id, n.newest_id)
    FROM newest n WHERE c.account_id = n.account_id AND c.sequence = n.sequence
"""

# Sums over all remittances: a reversal (CLP02 22) takes back exactly what it negates.
TAKE_REMITTANCES = """
    WITH summed AS (
        SELECT f.account_id, f.sequence, sum(f.paid_cents) AS paid, sum(f.contractual_cents) AS contractual,
            sum(f.patient_cents) AS patient_share, sum(f.denied_cents) AS denied,
            max(f.effective_on) AS adjudicated_on, max(f.payer_control_number) AS control,
            max(f.id) AS fact_id,
            coalesce(max(to_char(f.effective_on, 'YYYYMMDD') || ':' || f.reason)
                     FILTER (WHERE f.reason <> '' AND f.denied_cents > 0), '') AS denial_key
        FROM inbox f
        WHERE f.id = ANY(:ids) AND f.kind = 'remittance_claim' AND f.code <> '25'
        GROUP BY f.account_id, f.sequence
    )
    UPDATE claims c SET
        paid_cents = c.paid_cents + s.paid, contractual_cents = c.contractual_cents + s.contractual,
        patient_share_cents = c.patient_share_cents + s.patient_share,
        denied_cents = c.denied_cents + s.denied,
        adjudicated_on = greatest(c.adjudicated_on, s.adjudicated_on),
        denial_key = greatest(c.denial_key, s.denial_key),
        payer_control_number = greatest(c.payer_control_number, s.control),
        fact_id = greatest(c.fact_id, s.fact_id)
    FROM summed s WHERE c.account_id = s.account_id AND c.sequence = s.sequence
"""

POST_ENTRIES = """
    INSERT INTO ledger_entries (account_id, claim_id, fact_id, ordinal, kind, group_code, reason_code,
        insurance_cents, patient_cents, effective_on, posted_at)
    SELECT f.account_id, c.id, f.id, e.ordinal, e.line->>0, e.line->>1, e.line->>2,
        (e.line->>3)::bigint, (e.line->>4)::bigint, f.effective_on, :now
    FROM inbox f
    CROSS JOIN LATERAL jsonb_array_elements(f.payload->'entries') WITH ORDINALITY AS e(line, ordinal)
    LEFT JOIN claims c
        ON f.kind = 'remittance_claim' AND c.account_id = f.account_id AND c.sequence = f.sequence
    WHERE f.id = ANY(:ids)
"""

MOVE_BALANCES = """
    WITH moved AS (
        SELECT account_id, sum(insurance_cents) AS insurance, sum(patient_cents) AS patient,
            -- A charge has the account's own day; a payment taken back makes nothing newly theirs.
            min(effective_on) FILTER (WHERE patient_cents > 0
                AND kind IN ('patient_responsibility', 'transfer')) AS since_on,
            max(effective_on) FILTER (WHERE kind = 'patient_payment') AS paid_on,
            sum(insurance_cents + patient_cents) FILTER (WHERE kind = 'charge' AND ordinal > 0) AS charged
        FROM ledger_entries WHERE fact_id = ANY(:ids) GROUP BY account_id
    ), touched AS (
        SELECT account_id, max(id) AS fact_id FROM inbox WHERE id = ANY(:ids) GROUP BY account_id
    )
    UPDATE accounts a SET
        insurance_cents = a.insurance_cents + coalesce(m.insurance, 0),
        patient_cents = a.patient_cents + coalesce(m.patient, 0),
        charge_cents = a.charge_cents + coalesce(m.charged, 0),
        patient_since_on = least(a.patient_since_on, m.since_on),
        patient_paid_on = greatest(a.patient_paid_on, m.paid_on),
        fact_id = greatest(a.fact_id, t.fact_id)
    FROM touched t LEFT JOIN moved m USING (account_id)
    WHERE a.id = t.account_id
"""
