"""Takes the rows of one table: reference data straight into the office, money and claims as facts.

Facts name an account by its number and a payer by its code, so the tables may come in any order: an account
that only a payment has named is filled in when its claim comes.
"""

from collections.abc import Callable
from io import BufferedReader
from typing import Any, ClassVar

from workqueue.rules.states import EntryKind, FactKind
from workqueue.services.intake.arrivals import Arrival, Conflict, body, natural_key
from workqueue.services.intake.context import Aside, Reading
from workqueue.services.intake.parties import PatientFacts
from workqueue.services.intake.synthea.rows import BadValueError, Row, rows
from workqueue.services.intake.synthea.tables import Table, header_of

ROWS_A_BATCH = 500
MOST_ASIDES = 500
"""Rows set aside one by one; a file with more bad rows is bad as a whole, and the last item says so."""

# How exports name the absence of insurance: these identifiers are the same in every one of them.
NO_INSURANCE = frozenset(
    {"", "0", "e03e23c9-4df1-3eb6-a62d-f70f02301496", "b1c428d6-4f07-31e0-90f0-68ffa6ff8c76"}
)
PAID_BY_PAYER = "ECHECK"
PAID_AT_THE_DESK = "COPAY"
TO_THE_PATIENT = "p"

Entry = list[str | int]


class TableReader:
    """Reads one table of an export into the office."""

    def __init__(self, reading: Reading, table: Table) -> None:
        self.reading = reading
        self.table = table
        self.batch: list[Row] = []
        self.bad_rows = 0
        self.prefix = reading.arrivals.prefix(None)
        reading.arrivals.on_conflict = self._refuse_conflict

    def read(self, stream: BufferedReader, head: bytes) -> None:
        report = self.reading.report
        report.saw(self.table.kind)
        missing = sorted(self.table.needed - set(header_of(head)))
        if missing:
            report.is_unreadable = True
            report.say(
                "column_missing",
                f"This looks like the table {self.table.name} of an export; it lacks {', '.join(missing)}.",
                segment=missing[0],
                position=1,
            )
            return
        if not self.table.is_needed:
            report.say("table_not_needed", f"The table {self.table.name} says nothing the office works with.")
            return
        for row in rows(stream, self._complain):
            self.batch.append(row)
            if len(self.batch) >= ROWS_A_BATCH:
                self._take_batch()
        self._take_batch()
        self.reading.arrivals.settle(self.prefix)

    def _take_batch(self) -> None:
        batch, self.batch = self.batch, []
        if batch:
            self.reading.arrivals.pause()
            self._TAKERS[self.table.name](self, batch)

    def _each(self, batch: list[Row], take: Callable[[Row], None]) -> None:
        for row in batch:
            try:
                take(row)
            except BadValueError as bad:
                self._complain(
                    row.line, bad.column, "value_unreadable", f"Line {row.line}: {bad.column} {bad.trouble}."
                )

    # Reference data

    def _patients(self, batch: list[Row]) -> None:
        told: list[PatientFacts] = []
        self._each(batch, lambda row: told.append(_patient(row)))
        self.reading.parties.patients(told)
        self.reading.report.transactions += len(told)
        self.reading.report.reference_rows += len(told)

    def _payers(self, batch: list[Row]) -> None:
        self._each(batch, self._payer)

    def _payer(self, row: Row) -> None:
        identifier, name = row.needed("ID"), row.needed("NAME")
        if identifier not in NO_INSURANCE and name != "NO_INSURANCE":
            self.reading.parties.payer(identifier, name)
        self.reading.report.transactions += 1
        self.reading.report.reference_rows += 1

    # Claims

    def _claims(self, batch: list[Row]) -> None:
        told: dict[str, PatientFacts] = {}
        for row in batch:
            person = row.text("PATIENTID")
            if person:
                told[person] = PatientFacts(_person_key(person))
        numbers = self.reading.parties.patients(told.values())
        self._each(batch, lambda row: self._claim(row, numbers))

    def _claim(self, row: Row, patients: dict[str, int]) -> None:
        account_number = row.needed("ID")
        patient_id = patients[_person_key(row.needed("PATIENTID"))]
        service_on = row.day("SERVICEDATE")
        if service_on is None:
            raise BadValueError("SERVICEDATE", "is empty")
        opened: dict[str, Any] = {"patient_id": patient_id, "service_on": service_on.isoformat()}
        self.reading.report.transactions += 1
        self.reading.report.claims += 1
        primary = row.text("PRIMARYPATIENTINSURANCEID")
        if primary in NO_INSURANCE:
            says = body(
                FactKind.ACCOUNT_OPENED.value,
                account_number,
                effective_on=service_on,
                code="self_pay",
                payload=opened,
            )
            self._offer(natural_key("synthea", "account", account_number), says, row, 0)
            return
        self._submitted(row, 1, primary, opened)
        secondary = row.text("SECONDARYPATIENTINSURANCEID")
        if secondary not in NO_INSURANCE and row.text("LASTBILLEDDATE2"):
            self._submitted(row, 2, secondary, opened)

    def _submitted(self, row: Row, sequence: int, payer: str, opened: dict[str, Any]) -> None:
        billed_on = row.day(f"LASTBILLEDDATE{sequence}") or row.day("SERVICEDATE")
        says = body(
            FactKind.CLAIM_SUBMITTED.value,
            row.needed("ID"),
            sequence=sequence,
            payer_id=self.reading.parties.payer(payer, ""),
            effective_on=billed_on,
            code="1",
            payload=opened | {"service_through_on": opened["service_on"]},
        )
        self._offer(natural_key("synthea", "claim", row.needed("ID"), sequence), says, row, 0)

    # Money

    def _transactions(self, batch: list[Row]) -> None:
        self._each(batch, self._transaction)

    def _transaction(self, row: Row) -> None:
        self.reading.report.transactions += 1
        entries, charge, paid = self._entries(row)
        if not entries:
            return  # half of a transfer between two payers: the other half, if any, is the one that counts
        says = body(
            FactKind.PAYMENT.value,
            row.needed("CLAIMID"),
            effective_on=row.day("FROMDATE"),
            charge_cents=charge,
            paid_cents=paid,
            code=row.text("METHOD").lower() or row.text("TYPE").lower(),
            payload={"entries": entries},
        )
        self._offer(natural_key("payment", "synthea", row.needed("ID")), says, row, charge or paid)

    def _entries(self, row: Row) -> tuple[list[Entry], int, int]:
        """Return ledger lines, what was charged and what was paid."""
        kind, report = row.needed("TYPE").upper(), self.reading.report
        is_patients = row.text("TRANSFERTYPE") == TO_THE_PATIENT
        if kind == "CHARGE":
            cents = row.cents("AMOUNT")
            report.charge_cents += cents
            share = [0, cents] if is_patients else [cents, 0]
            return _moving([[EntryKind.CHARGE.value, "", "", *share]]), cents, 0
        if kind == "PAYMENT":
            cents, adjusted = row.cents("PAYMENTS"), row.cents("ADJUSTMENTS")
            report.paid_cents += cents
            report.adjustment_cents["CO"] += adjusted
            adjustment: Entry = [EntryKind.CONTRACTUAL.value, "CO", "", -adjusted, 0]
            return _moving([*_payment(row.text("METHOD"), cents), adjustment]), 0, cents
        if kind == "TRANSFERIN" and is_patients:
            cents = row.cents("TRANSFERS") or row.cents("AMOUNT")
            report.patient_responsibility_cents += cents
            return _moving([[EntryKind.TRANSFER.value, "", "", -cents, cents]]), 0, 0
        if kind not in {"TRANSFERIN", "TRANSFEROUT"}:
            raise BadValueError("TYPE", "is none of CHARGE, PAYMENT, TRANSFERIN and TRANSFEROUT")
        return [], 0, 0

    # What all have in common

    def _offer(self, key: str, says: str, row: Row, amount_cents: int) -> None:
        if self.reading.target is not None:
            if not self.reading.is_wanted_claim(row.line):
                return
            key = natural_key(key, self.reading.file_id, row.line)
        self.reading.arrivals.offer(Arrival(key, says, row.line, row.line, amount_cents), self.prefix)

    def _complain(self, line: int, column: str, code: str, message: str) -> None:
        self.bad_rows += 1
        self.reading.report.say(code, message, segment=column, position=line)
        if self.bad_rows < MOST_ASIDES:
            self.reading.set_aside(Aside(1, line, column, line, code, message, 0, 1))
        elif self.bad_rows == MOST_ASIDES:
            message = "From this line on there are more rows that cannot be read. Ask for the file again."
            self.reading.set_aside(Aside(1, line, column, line, "many_rows_unreadable", message, 0, 1))

    def _refuse_conflict(self, conflict: Conflict) -> None:
        each = conflict.arrival
        message = (
            "This row came before with other values. Look which one is right; release this one only if it "
            "is a row of its own."
        )
        self.reading.report.say("row_conflict", message, segment="ID", position=each.position)
        self.reading.set_aside(
            Aside(1, each.ordinal, "ID", each.position, "row_conflict", message, each.amount_cents, 1)
        )

    _TAKERS: ClassVar[dict[str, Callable[["TableReader", list[Row]], None]]] = {
        "patients": _patients,
        "payers": _payers,
        "claims": _claims,
        "claims_transactions": _transactions,
    }


def _patient(row: Row) -> PatientFacts:
    return PatientFacts(
        _person_key(row.needed("ID")),
        row.text("FIRST"),
        row.text("LAST"),
        row.day("BIRTHDATE"),
        row.text("ADDRESS"),
        row.text("CITY"),
        row.text("STATE"),
        row.text("ZIP"),
    )


def _person_key(identifier: str) -> str:
    return f"synthea:{identifier}"


def _payment(method: str, cents: int) -> list[Entry]:
    """Return what a payment moves. A copay is taken before anybody has said what the patient owes."""
    if method == PAID_BY_PAYER:
        return [[EntryKind.PAYER_PAYMENT.value, "", "", -cents, 0]]
    paid: Entry = [EntryKind.PATIENT_PAYMENT.value, "", "", 0, -cents]
    if method == PAID_AT_THE_DESK:
        return [[EntryKind.TRANSFER.value, "", "", -cents, cents], paid]
    return [paid]


def _moving(entries: list[Entry]) -> list[Entry]:
    return [each for each in entries if each[3] or each[4]]
