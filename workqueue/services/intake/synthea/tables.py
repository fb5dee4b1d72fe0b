"""Which table of an export a CSV file is, told by its first line and not by its name."""

import csv
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """One table: the columns it cannot be read without, and the others that mark it."""

    name: str
    rank: int
    """Tables that others refer to come first."""
    needed: frozenset[str]
    marks: frozenset[str]

    @property
    def kind(self) -> str:
        return f"csv:{self.name}"

    @property
    def is_needed(self) -> bool:
        return bool(self.needed)


def _columns(names: str) -> frozenset[str]:
    return frozenset(names.split())


TABLES = (
    Table(
        "patients",
        1,
        _columns("ID BIRTHDATE FIRST LAST"),
        _columns("DEATHDATE SSN DRIVERS PASSPORT MAIDEN MARITAL ADDRESS CITY STATE ZIP"),
    ),
    Table(
        "payers",
        2,
        _columns("ID NAME"),
        _columns("OWNERSHIP AMOUNT_COVERED AMOUNT_UNCOVERED COVERED_ENCOUNTERS UNIQUE_CUSTOMERS QOLS_AVG"),
    ),
    Table(
        "claims",
        4,
        _columns("ID PATIENTID PRIMARYPATIENTINSURANCEID SERVICEDATE"),
        _columns("SECONDARYPATIENTINSURANCEID STATUS1 STATUS2 STATUSP OUTSTANDING1 LASTBILLEDDATE1"),
    ),
    Table(
        "claims_transactions",
        5,
        _columns("ID CLAIMID TYPE AMOUNT METHOD FROMDATE TRANSFERTYPE PAYMENTS"),
        _columns("CHARGEID PATIENTID UNITAMOUNT TRANSFEROUTID ADJUSTMENTS TRANSFERS OUTSTANDING"),
    ),
    # Recognised, and nothing in them moves the office's money: claims name their payer and day themselves.
    Table(
        "encounters", 3, frozenset(), _columns("ENCOUNTERCLASS BASE_ENCOUNTER_COST TOTAL_CLAIM_COST PAYER")
    ),
    Table("organizations", 3, frozenset(), _columns("NAME ADDRESS PHONE REVENUE UTILIZATION LAT LON")),
    Table("providers", 3, frozenset(), _columns("ORGANIZATION NAME GENDER SPECIALITY ENCOUNTERS PROCEDURES")),
    Table("payer_transitions", 3, frozenset(), _columns("PATIENT MEMBERID PAYER SECONDARY_PAYER OWNER_NAME")),
    Table("clinical", 3, frozenset(), _columns("PATIENT ENCOUNTER CODE DESCRIPTION")),
)

_BOM = "\ufeff"


def header_of(head: bytes) -> list[str]:
    """Return the column names in the first line of a file, in capitals; none where it is no table."""
    try:
        first = head.partition(b"\n")[0].decode("utf-8").removeprefix(_BOM).strip("\r\0")
    except UnicodeDecodeError:
        return []
    try:
        names = next(csv.reader([first]), [])
    except csv.Error:
        return []
    names = [name.strip().upper() for name in names]
    is_table = len(names) > 1 and all(re.fullmatch(r"[A-Z][A-Z0-9_ ]*", name) for name in names)
    return names if is_table else []


def table_of(head: bytes) -> Table | None:
    """Return the table whose columns these are: most of those it needs, and most of its marks."""
    names = set(header_of(head))
    if not names:
        return None
    found = [(_likeness(names, table), -at, table) for at, table in enumerate(TABLES)]
    likeness, _, table = max(found)[:3] if found else (0.0, 0, None)
    return table if table is not None and likeness >= 0.6 else None


def _likeness(names: set[str], table: Table) -> float:
    columns = table.needed | table.marks
    return len(columns & names) / len(columns)
