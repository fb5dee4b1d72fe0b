"""A synthetic office of any size, written set-based: what the benchmarks measure against."""

from sqlalchemy import Connection, text

TASKS_PER_ACCOUNT = 1.1
"""How many tasks the mix below makes of an account on average: some owe on both sides."""

STATEMENTS = (
    """
    INSERT INTO windows (zones) VALUES ('America/New_York'), ('America/Chicago'), ('America/Denver'),
        ('America/Los_Angeles'), ('America/Chicago|America/New_York'), ('America/Denver|America/Los_Angeles')
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO payers (code, name, kind, response_days, filing_days, appeal_days, net_bp, contract_bp)
    SELECT 'P' || n, 'Payer ' || n, 'commercial', 30, 365, 180, 8000 + n * 10, 7000
    FROM generate_series(1, 40) AS n ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO patients (key, first_name, last_name, window_id, created_at)
    SELECT 'patient ' || n, 'First', 'Sample',
        (ARRAY(SELECT id FROM windows WHERE zones <> '' ORDER BY id))[1 + n % 7], :now
    FROM generate_series(1, greatest(:accounts / 3, 1)) AS n
    """,
    """
    INSERT INTO accounts (number, patient_id, is_identified, service_on, opened_at, charge_cents, charge_key,
        insurance_cents, patient_cents, patient_since_on, fact_id)
    SELECT 'A' || n, first.id + n % greatest(:accounts / 3, 1), true,
        CAST(:today AS date) - (n * 7919 % 300)::int,
        CAST(:now AS timestamptz) - interval '1 day', 100000, 'x',
        CASE WHEN n % 100 < 60 THEN 1000 + n * 104729 % 900000 ELSE 0 END,
        CASE WHEN n % 100 >= 50 THEN 500 + n * 15485863 % 90000 ELSE 0 END,
        CAST(:today AS date) - 15 - (n * 31 % 180)::int, n
    FROM generate_series(1::bigint, :accounts) AS n, (SELECT min(id) AS id FROM patients) AS first
    """,
    r"""
    INSERT INTO claims (account_id, sequence, payer_id, charge_cents, service_on, submitted_on,
        submission_key, status_category, status_on, status_key, adjudicated_on, denied_cents, denial_key,
        fact_id)
    SELECT a.id, 1, (ARRAY(SELECT id FROM payers ORDER BY id))[1 + a.id % 40], 100000, a.service_on,
        a.service_on + 5, 'x',
        CASE a.id % 10 WHEN 0 THEN 'A3' WHEN 1 THEN 'A4' WHEN 2 THEN 'P3' WHEN 3 THEN 'P1' ELSE 'A2' END,
        a.service_on + 8, 'x',
        CASE WHEN a.id % 10 >= 7 THEN a.service_on + 40 END,
        CASE WHEN a.id % 10 >= 7 THEN 50000 ELSE 0 END,
        CASE WHEN a.id % 10 >= 7 THEN to_char(a.service_on + 40, 'YYYYMMDD') || '\:CO-50' ELSE '' END,
        a.fact_id
    FROM accounts a WHERE a.insurance_cents > 0
    """,
)
TABLES = ("windows", "payers", "patients", "accounts", "claims")


def build(connection: Connection, *, accounts: int, now: object, today: object) -> None:
    """Fill an empty database; the caller commits, and rebuilds the queue."""
    for statement in STATEMENTS:
        connection.execute(text(statement), {"accounts": accounts, "now": now, "today": today})
    for table in TABLES:
        connection.execute(text(f"ANALYZE {table}"))
