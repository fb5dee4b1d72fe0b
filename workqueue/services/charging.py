"""What an account was charged: worked out from all its bills that are held, whatever the order they came in.

The last digit of a bill's type (CLM05-3; NUBC, UB-04 form locator 4) says what it does to those before it:

    1, 7, 0, 9 ...   the whole bill: takes the place of all that was sent before
    8                takes away what was sent before
    2, 3, 4          interim bills, for a part of a stay: added up
    5                late charges only: added

A 7 or 8 for exactly the days of an interim bill replaces or takes away that one alone. An interim bill with
the digit and days of an earlier one, and late charges with the days and the amount of earlier ones, are the
same bill sent again.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger


def take_submissions(session: Session, fact_ids: Sequence[int]) -> None:
    """Bring the claims these facts are about up to date with all their submissions."""
    session.execute(_TAKE_SUBMISSIONS, {"ids": fact_ids})


def charge(session: Session, fact_ids: Sequence[int], now: datetime) -> None:
    """Identify the accounts these facts open, and post what their charge differs from the ledger's."""
    session.execute(_CHARGE, {"ids": fact_ids, "now": now})


# What the newest submission leaves unsaid is taken from the newest that says it: all of the claim's
# submissions are looked at, so that the order in which they came does not matter. Fenced: in an inbox not yet
# analysed an account looks as if it had thousands of facts, and the planner would read the whole of it for
# each batch.
_TAKE_SUBMISSIONS = text(
    """
    WITH touched AS (
        SELECT DISTINCT account_id, sequence FROM inbox WHERE id = ANY(:ids) AND kind = 'claim_submitted'
    ), submission AS (
        SELECT f.account_id, f.sequence, f.id, f.effective_on, f.code, f.charge_cents,
            coalesce(to_char(f.effective_on, 'YYYYMMDD'), '') || ':' || f.source_key AS key,
            (f.payload->>'service_on')::date AS service_on,
            (f.payload->>'service_through_on')::date AS service_through_on,
            concat_ws('/', f.payload->>'service_on', f.payload->>'service_through_on') AS days,
            f.code IN ('2', '3', '4', '5') AS is_added
        FROM touched t CROSS JOIN LATERAL (
            SELECT * FROM inbox WHERE account_id = t.account_id AND sequence = t.sequence
                AND kind = 'claim_submitted' AND state = 'applied' OFFSET 0
        ) f
    ), aimed AS (
        SELECT *, code IN ('7', '8') AND bool_or(code IN ('2', '3', '4')) OVER same_days AS is_of_a_part
        FROM submission WINDOW same_days AS (PARTITION BY account_id, sequence, days)
    ), bill AS (
        SELECT *, code <> '8'
            AND key >= coalesce(max(key) FILTER (WHERE NOT is_added AND NOT is_of_a_part) OVER claim, '')
            AND key >= coalesce(max(key) FILTER (WHERE is_of_a_part) OVER same_days, '')
            AND (NOT is_added OR key = max(key) OVER same_bill) AS stands
        FROM aimed WINDOW claim AS (PARTITION BY account_id, sequence),
            same_days AS (PARTITION BY account_id, sequence, days),
            same_bill AS (PARTITION BY account_id, sequence, days, code,
                CASE code WHEN '5' THEN charge_cents END)
    ), newest AS (
        SELECT account_id, sequence, max(id) AS id, max(key) AS key,
            (array_agg(effective_on ORDER BY key DESC))[1] AS submitted_on,
            coalesce(sum(charge_cents) FILTER (WHERE stands), 0) AS charge_cents,
            NOT bool_or(stands) AS is_void,
            (array_agg(service_on ORDER BY key DESC) FILTER (WHERE service_on IS NOT NULL))[1] AS service_on,
            (array_agg(service_through_on ORDER BY key DESC)
                FILTER (WHERE service_through_on IS NOT NULL))[1] AS service_through_on
        FROM bill GROUP BY account_id, sequence
    )
    UPDATE claims c SET submission_key = n.key, submitted_on = n.submitted_on, charge_cents = n.charge_cents,
        is_void = n.is_void, service_on = n.service_on, service_through_on = n.service_through_on,
        fact_id = greatest(c.fact_id, n.id)
    FROM newest n
    WHERE c.account_id = n.account_id AND c.sequence = n.sequence
    """
).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))

# The charge is that of the first claim that stands: a later payer is billed the same once more, or the part
# of it that is left. An account opened without a claim counts when it is newer than every claim that stands;
# then its side owes. Charges that came one by one (ordinal from 1, of an export's transactions) stand beside
# it.
# The entry belongs to a fact that just came, not to the newest by its day: that one may have posted before.
_CHARGE = text(
    """
    WITH touched AS (
        SELECT DISTINCT account_id FROM inbox
        WHERE id = ANY(:ids) AND kind IN ('claim_submitted', 'account_opened')
    ), opening AS (
        SELECT f.account_id, f.id, f.effective_on, f.charge_cents, f.code = 'self_pay' AS is_self_pay,
            f.kind = 'account_opened' AS is_without_claim, f.id = ANY(:ids) AS is_new,
            coalesce(to_char(f.effective_on, 'YYYYMMDD'), '') || ':' || f.source_key AS key,
            (f.payload->>'patient_id')::bigint AS patient_id, (f.payload->>'service_on')::date AS service_on,
            (f.payload->>'guarantor_id')::bigint AS guarantor_id
        FROM touched t CROSS JOIN LATERAL (
            SELECT * FROM inbox WHERE account_id = t.account_id
                AND kind IN ('claim_submitted', 'account_opened') AND state = 'applied' OFFSET 0
        ) f
    ), newest AS (
        SELECT account_id, max(key) AS key, min(service_on) AS service_on,
            max(id) FILTER (WHERE is_new) AS fact_id,
            (array_agg(effective_on ORDER BY key DESC))[1] AS effective_on,
            (array_agg(patient_id ORDER BY key DESC) FILTER (WHERE patient_id IS NOT NULL))[1] AS patient_id,
            (array_agg(guarantor_id ORDER BY key DESC) FILTER (WHERE guarantor_id IS NOT NULL))[1]
                AS guarantor_id,
            max(key) FILTER (WHERE is_without_claim) AS opened_key,
            (array_agg(charge_cents ORDER BY key DESC) FILTER (WHERE is_without_claim))[1] AS opened_cents,
            (array_agg(is_self_pay ORDER BY key DESC) FILTER (WHERE is_without_claim))[1] AS is_self_pay
        FROM opening GROUP BY account_id
    ), billed AS (
        SELECT c.account_id, max(c.submission_key) AS key,
            (array_agg(c.charge_cents ORDER BY c.sequence))[1] AS charge_cents
        FROM touched t JOIN claims c ON c.account_id = t.account_id
        WHERE c.submission_key <> '' AND NOT c.is_void GROUP BY c.account_id
    ), owed AS (
        SELECT n.*, d.charge_cents, CASE WHEN d.is_the_patients THEN 0 ELSE d.charge_cents END AS by_payers,
            CASE WHEN d.is_the_patients THEN d.charge_cents ELSE 0 END AS by_patient
        FROM newest n LEFT JOIN billed b USING (account_id) CROSS JOIN LATERAL (
            SELECT CASE WHEN n.opened_key > coalesce(b.key, '') THEN n.opened_cents
                    ELSE coalesce(b.charge_cents, 0) END AS charge_cents,
                coalesce(n.is_self_pay AND n.opened_key > coalesce(b.key, ''), false) AS is_the_patients
        ) d
    ), opened AS (
        UPDATE accounts a SET is_identified = true, patient_id = coalesce(o.patient_id, a.patient_id),
            guarantor_id = CASE WHEN a.guarantor_by_id IS NULL THEN o.guarantor_id ELSE a.guarantor_id END,
            service_on = o.service_on, charge_key = o.key,
            charge_cents = o.charge_cents + coalesce((
                SELECT sum(e.insurance_cents + e.patient_cents) FROM ledger_entries e
                WHERE e.account_id = a.id AND e.kind = 'charge' AND e.ordinal > 0), 0)
        FROM owed o WHERE a.id = o.account_id
    ), charged AS (
        SELECT o.account_id, o.fact_id, o.effective_on, e.count = 0 AS is_first,
            o.by_payers - e.insurance AS insurance, o.by_patient - e.patient AS patient
        FROM owed o CROSS JOIN LATERAL (
            SELECT count(*), coalesce(sum(insurance_cents), 0) AS insurance,
                coalesce(sum(patient_cents), 0) AS patient
            FROM ledger_entries WHERE account_id = o.account_id
                AND kind IN ('charge', 'charge_change') AND ordinal = 0
        ) e
    )
    INSERT INTO ledger_entries
        (account_id, fact_id, ordinal, kind, insurance_cents, patient_cents, effective_on, posted_at)
    SELECT account_id, fact_id, 0, CASE WHEN is_first THEN 'charge' ELSE 'charge_change' END,
        insurance, patient, effective_on, :now
    FROM charged WHERE insurance <> 0 OR patient <> 0
    """
).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
