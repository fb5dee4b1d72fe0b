"""Several payers of one account: whose word a fact is, and what their decisions make of the shares together.

A remittance that is a reversal or a denial (CLP02 22, 4) and a status (277) do not say in which turn their
payer was asked. They belong to the claim whose payer they come from: known by the payer's own number of the
claim (CLP07, REF*1K), else by the payer's identity; without either, to the first, or to a later one if they
repeat an earlier payer's share (OA-23).

What the ledger lines of the single remittances cannot know of each other is one line of the account,
`coordination`, the difference between what they have booked and:

- A later payer's money pays the patient's share first, then what the first payer refused.
- The price cut of a later payer (CO-45 and the like) repeats the first one's as far as all that the first
  left is explained without it: by what the later payers paid, and what the last of them leaves to the patient
  or refuses. What is beyond that nobody owes, least of all the patient: group CO is never billed to them.
- A remittance booked as the first payer's, that turned out to be a later one's, counts as that.

All of it is worked out anew from every fact held, so the order of arrival does not matter.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from workqueue.rules.adjudication import SEQUENCES


def with_several_payers(session: Session, fact_ids: Sequence[int]) -> list[int]:
    """Return the accounts of these facts on which more than the first payer was heard of: one in ten."""
    return list(session.scalars(_SEVERAL, {"ids": fact_ids}))


def place(session: Session, account_ids: Sequence[int], new_ids: set[int]) -> list[int]:
    """Give facts that do not name their turn to the claim they are about.

    Where one that was applied before has moved, the account's claims are emptied; returned are the earlier
    facts to fill them from again.
    """
    if not account_ids:
        return []
    moved = session.execute(_PLACE, {"accounts": account_ids}).all()
    emptied = sorted({row.account_id for row in moved if row.id not in new_ids})
    if not emptied:
        return []
    session.execute(_EMPTY, {"accounts": emptied})
    session.execute(_DROP_FORSAKEN, {"accounts": emptied})
    return [each for each in session.scalars(_FACTS, {"accounts": emptied}) if each not in new_ids]


def settle(session: Session, account_ids: Sequence[int], fact_ids: Sequence[int], now: datetime) -> None:
    """Post what the shares on these accounts differ from what all payers' decisions make of them together."""
    if account_ids:
        session.execute(_SETTLE, {"accounts": account_ids, "ids": fact_ids, "now": now})


_TOLD = "', '".join(SEQUENCES)
_ACCOUNTS = bindparam("accounts", type_=ARRAY(BigInteger))
_IDS = bindparam("ids", type_=ARRAY(BigInteger))

_REPEATS_ANOTHERS = """jsonb_path_exists(f.payload, '$.adjustments[*] ? (@[1] == "23")')"""
"""What `rules.adjudication.sequence_of` asks of the adjustments."""

_SEVERAL = text(
    """
    SELECT DISTINCT f.account_id FROM inbox f
    WHERE f.id = ANY(:ids) AND (f.sequence > 1 OR EXISTS (
        SELECT FROM claims c WHERE c.account_id = f.account_id AND c.sequence > 1))
    """
).bindparams(_IDS)

# Fenced like the other look-ups of an account's facts. That more is known later only adds to what is
# compared: a fact once placed never becomes one without a place.
_PLACE = text(
    f"""
    WITH fact AS (
        SELECT a.account_id, f.id, f.sequence, f.payer_id, nullif(f.payer_control_number, '') AS control,
            f.kind = 'claim_submitted' OR f.kind = 'remittance_claim' AND f.code IN ('{_TOLD}') AS is_told,
            CASE WHEN f.kind = 'remittance_claim' AND {_REPEATS_ANOTHERS} THEN 2 ELSE 1 END AS turn
        FROM unnest(:accounts) AS a(account_id) CROSS JOIN LATERAL (
            SELECT * FROM inbox WHERE account_id = a.account_id AND state = 'applied'
                AND kind IN ('claim_submitted', 'claim_status', 'remittance_claim') OFFSET 0
        ) f
    ), placed AS (
        SELECT DISTINCT ON (f.id) f.id, coalesce(t.sequence, f.turn) AS sequence
        FROM fact f LEFT JOIN fact t ON t.account_id = f.account_id AND t.is_told AND t.sequence >= f.turn
            AND (t.control = f.control OR t.payer_id = f.payer_id)
        WHERE NOT f.is_told
        ORDER BY f.id, coalesce(t.control = f.control, false) DESC,
            coalesce(t.payer_id = f.payer_id, false) DESC, t.sequence = f.turn DESC, t.sequence
    )
    UPDATE inbox i SET sequence = p.sequence FROM placed p WHERE i.id = p.id AND i.sequence <> p.sequence
    RETURNING i.id, i.account_id
    """  # noqa: S608  # put together from constants
).bindparams(_ACCOUNTS)

_EMPTY = text(
    """
    UPDATE claims SET payer_id = NULL, payer_control_number = '', status_category = '', status_code = '',
        status_on = NULL, status_key = '', adjudicated_on = NULL, paid_cents = 0, contractual_cents = 0,
        patient_share_cents = 0, denied_cents = 0, denial_key = ''
    WHERE account_id = ANY(:accounts)
    """
).bindparams(_ACCOUNTS)

# A claim that only a fact of another has opened: in another order it would never have been.
_DROP_FORSAKEN = text(
    """
    DELETE FROM claims c WHERE c.account_id = ANY(:accounts) AND NOT EXISTS (
        SELECT FROM inbox f WHERE f.account_id = c.account_id AND f.sequence = c.sequence
            AND f.state = 'applied' AND f.kind IN ('claim_submitted', 'claim_status', 'remittance_claim'))
    """
).bindparams(_ACCOUNTS)

_FACTS = text(
    """
    SELECT id FROM inbox WHERE account_id = ANY(:accounts) AND state = 'applied'
        AND kind IN ('claim_submitted', 'claim_status', 'remittance_claim')
    """
).bindparams(_ACCOUNTS)


def _differing(accounts: str, then: str) -> str:
    """Write a statement on `differing`: accounts, and what is missing on each side of their ledger.

    `accounts` is a SELECT of the accounts to look at.
    """
    return f"""
        WITH looked_at AS MATERIALIZED ({accounts}
        ), misbooked AS (
            SELECT f.account_id, -sum(e.insurance) AS insurance, -sum(e.patient + f.paid_cents) AS patient,
                sum(e.fell) AS fell
            FROM looked_at a JOIN inbox f ON f.account_id = a.account_id CROSS JOIN LATERAL (
                SELECT coalesce(sum((line->>3)::bigint), 0) AS insurance,
                    coalesce(sum((line->>4)::bigint), 0) AS patient,
                    coalesce(sum((line->>4)::bigint) FILTER (WHERE line->>0 = 'patient_responsibility'), 0)
                        AS fell
                FROM jsonb_array_elements(f.payload->'entries') AS e(line)
            ) e
            WHERE f.kind = 'remittance_claim' AND f.state = 'applied' AND f.sequence > 1
              AND f.code NOT IN ('{_TOLD}') AND NOT {_REPEATS_ANOTHERS}
            GROUP BY f.account_id
        ), decided AS (
            SELECT c.account_id,
                coalesce(sum(c.patient_share_cents + c.denied_cents) FILTER (WHERE c.sequence = 1), 0)
                    AS left_over,
                coalesce(sum(c.paid_cents) FILTER (WHERE c.sequence > 1), 0) AS paid,
                coalesce(sum(c.contractual_cents) FILTER (WHERE c.sequence > 1), 0) AS contractual,
                coalesce((array_agg(c.patient_share_cents + c.denied_cents ORDER BY c.sequence DESC)
                    FILTER (WHERE c.sequence > 1 AND (c.paid_cents, c.contractual_cents,
                        c.patient_share_cents, c.denied_cents) <> (0, 0, 0, 0)))[1], 0) AS still_open
            FROM looked_at a JOIN claims c ON c.account_id = a.account_id GROUP BY c.account_id
        ), booked AS (
            SELECT e.account_id,
                coalesce(sum(e.insurance_cents) FILTER (WHERE e.kind <> 'coordination'), 0) AS insurance,
                -- What ever fell to the patient; a transfer not from side to side came from elsewhere.
                coalesce(sum(e.patient_cents) FILTER (
                    WHERE e.kind IN ('charge', 'charge_change', 'patient_responsibility')
                       OR e.kind = 'transfer' AND e.insurance_cents = -e.patient_cents), 0) AS fell,
                coalesce(sum(e.insurance_cents) FILTER (WHERE e.kind = 'coordination'), 0)
                    AS posted_insurance,
                coalesce(sum(e.patient_cents) FILTER (WHERE e.kind = 'coordination'), 0) AS posted_patient
            FROM looked_at a JOIN ledger_entries e ON e.account_id = a.account_id GROUP BY e.account_id
        ), known AS (
            SELECT b.account_id, b.posted_insurance, b.posted_patient, d.paid, d.contractual,
                d.left_over - d.paid - d.still_open AS unexplained,
                b.insurance + coalesce(m.insurance, 0) AS insurance,
                greatest(0, b.fell - coalesce(m.fell, 0)) AS fell,
                coalesce(m.insurance, 0) AS back_insurance, coalesce(m.patient, 0) AS back_patient
            FROM booked b JOIN decided d USING (account_id) LEFT JOIN misbooked m USING (account_id)
        ), shared AS (
            SELECT *, greatest(0, paid - fell) AS beyond_the_share,
                greatest(0, least(contractual, unexplained)) AS nobodys
            FROM known
        ), parted AS (
            SELECT *, least(nobodys, greatest(0, fell - paid)) AS nobodys_of_the_share FROM shared
        ), differing AS (
            SELECT account_id,
                back_insurance - beyond_the_share - posted_insurance
                    - least(nobodys - nobodys_of_the_share, greatest(0, insurance - beyond_the_share))
                    AS insurance,
                back_patient + beyond_the_share - nobodys_of_the_share - posted_patient AS patient
            FROM parted
        )
        {then}
    """  # noqa: S608  # put together from constants


# Ordinal -1: the line is of no single fact, like the charge (0); it names the newest that came.
_SETTLE = text(
    _differing(
        "SELECT unnest(:accounts) AS account_id",
        """
        INSERT INTO ledger_entries
            (account_id, fact_id, ordinal, kind, insurance_cents, patient_cents, effective_on, posted_at)
        SELECT d.account_id, f.id, -1, 'coordination', d.insurance, d.patient, f.effective_on, :now
        FROM differing d JOIN (
            SELECT DISTINCT ON (account_id) account_id, id, effective_on FROM inbox WHERE id = ANY(:ids)
            ORDER BY account_id, id DESC
        ) f USING (account_id)
        WHERE d.insurance <> 0 OR d.patient <> 0
        """,
    )
).bindparams(_ACCOUNTS, _IDS)

COORDINATION_OFF = _differing(
    "SELECT DISTINCT account_id FROM claims WHERE sequence > 1",
    "SELECT count(*) FROM differing WHERE insurance <> 0 OR patient <> 0",
)
"""Counts accounts whose line between the payers is not what their decisions make together."""
