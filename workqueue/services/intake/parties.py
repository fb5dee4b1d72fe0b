"""Payers and patients named by incoming files: found or made, and completed as more is told of them.

What is missing in one file never wipes out what another has said. Where a change touches what the queue is
derived from (a payer's limits, the hours a patient may be called in), the accounts concerned are named, so
that the reader of the file can derive them anew in the same transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from workqueue.rules.payers import DEFAULTS, payer_code, payer_kind
from workqueue.rules.places import state_code
from workqueue.rules.states import PayerKind, PhonePlace
from workqueue.rules.windows import zones_of_person
from workqueue.services.whereabouts import EVIDENCE, refresh_windows, window_ids, zones_of

# Of two kinds that files give one payer the earlier counts, whichever file came first.
_PRECEDENCE = list(PayerKind)

_MERGED = ("first_name", "last_name", "birth_on", "street", "city", "state", "zip")


class PatientFacts(NamedTuple):
    """What a file says of one person; empty where it says nothing."""

    key: str
    first_name: str = ""
    last_name: str = ""
    birth_on: date | None = None
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phones: tuple[str, ...] = ()
    """E.164."""


def patient_key(member_id: str, last_name: str, first_name: str, birth_on: date | None) -> str:
    """Return one spelling of one person as claims name them; a digest, so that the key tells nobody who."""
    parts = (member_id, last_name, first_name, birth_on or "")
    return "claim:" + sha256("|".join(str(part).upper().strip() for part in parts).encode()).hexdigest()[:32]


def code_of(identifier: str, name: str) -> str:
    """Return the code a payer named so is kept under; empty when nobody is named."""
    return payer_code(_printable(identifier), _printable(name))


class Parties:
    """Finds and completes payers and patients within one transaction."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._payers: dict[tuple[str, str, str], int | None] = {}
        self._windows: dict[tuple[str, ...], int] = {}
        self.changed_payers: set[int] = set()
        self.changed_patients: set[int] = set()

    def forget(self) -> None:
        """Drop what is remembered: the transaction went back to before it was written."""
        self._payers.clear()
        self._windows.clear()

    # Payers

    def payer(self, identifier: str, name: str, filing_indicator: str = "") -> int | None:
        """Return the payer's number; None when the file names no payer at all."""
        asked = (identifier, name, filing_indicator)
        if asked not in self._payers:
            self._payers[asked] = self._find_or_make_payer(*asked)
        return self._payers[asked]

    def _find_or_make_payer(self, identifier: str, name: str, filing_indicator: str) -> int | None:
        code = code_of(identifier, name)
        if not code:
            return None
        name = _printable(name) or code
        kind = payer_kind(name, filing_indicator)
        known = self._session.execute(
            text("SELECT id, name, kind FROM payers WHERE code = :code"), {"code": code}
        ).one_or_none()
        if known is None:
            return self._make_payer(code, name, kind)
        if known.name == code and name != code:
            self._session.execute(
                text("UPDATE payers SET name = :name WHERE id = :id"), {"name": name, "id": known.id}
            )
        if _PRECEDENCE.index(kind) < _PRECEDENCE.index(PayerKind(known.kind)):
            self._correct_kind(known.id, PayerKind(known.kind), kind)
        payer_id: int = known.id
        return payer_id

    def _make_payer(self, code: str, name: str, kind: PayerKind) -> int:
        limits = DEFAULTS[kind]
        made: int = self._session.execute(
            text(
                "INSERT INTO payers (code, name, kind, response_days, filing_days, appeal_days, net_bp)"
                " VALUES (:code, :name, :kind, :response, :filing, :appeal, :net)"
                " ON CONFLICT (code) DO UPDATE SET name = payers.name RETURNING id"
            ),
            {
                "code": code,
                "name": name,
                "kind": kind.value,
                "response": limits.response_days,
                "filing": limits.filing_days,
                "appeal": limits.appeal_days,
                "net": limits.net_bp,
            },
        ).scalar_one()
        return made

    def _correct_kind(self, payer_id: int, before: PayerKind, kind: PayerKind) -> None:
        """Take the better-known kind and its limits; limits that somebody has set stay."""
        old, new = DEFAULTS[before], DEFAULTS[kind]
        self._session.execute(
            text(
                "UPDATE payers SET kind = :kind,"
                " response_days = CASE response_days WHEN :r0 THEN :r1 ELSE response_days END,"
                " filing_days = CASE filing_days WHEN :f0 THEN :f1 ELSE filing_days END,"
                " appeal_days = CASE appeal_days WHEN :a0 THEN :a1 ELSE appeal_days END,"
                " net_bp = CASE net_bp WHEN :n0 THEN :n1 ELSE net_bp END WHERE id = :id"
            ),
            {
                "id": payer_id,
                "kind": kind.value,
                "r0": old.response_days,
                "r1": new.response_days,
                "f0": old.filing_days,
                "f1": new.filing_days,
                "a0": old.appeal_days,
                "a1": new.appeal_days,
                "n0": old.net_bp,
                "n1": new.net_bp,
            },
        )
        self.changed_payers.add(payer_id)

    # Patients

    def patients(self, told: Iterable[PatientFacts]) -> dict[str, int]:
        """Find or make these patients, completed by what is told now; return their numbers by key."""
        merged: dict[str, PatientFacts] = {}
        for each in told:
            each = _tidied(each)  # noqa: PLW2901  # the tidy one is the one
            merged[each.key] = _completed(merged[each.key], each) if each.key in merged else each
        known = self._known_patients(list(merged))
        numbers = {key: row.id for key, row in known.items()}
        made: list[dict[str, Any]] = []
        completed: list[int] = []
        for key, each in merged.items():
            row = known.get(key)
            if row is None:
                made.append(self._row(each))
            elif self._complete(row, each):
                completed.append(row.id)
        if made:
            numbers |= self._make_patients(made)
        self._add_phones([(numbers[key], each.phones) for key, each in merged.items() if each.phones])
        if completed:
            # Under the lock on the person, from what is there now: somebody of the office may have added a
            # number since the rows were read.
            self.changed_patients |= refresh_windows(self._session, completed, self._now)
        return numbers

    def _known_patients(self, keys: Sequence[str]) -> dict[str, Any]:
        rows = self._session.execute(
            text(
                f"SELECT p.*, {EVIDENCE} FROM patients p WHERE p.key = ANY(:keys)"  # noqa: S608  # constants
            ),
            {"keys": keys, "now": self._now},
        )
        return {row.key: row for row in rows}

    def _row(self, told: PatientFacts) -> dict[str, Any]:
        window_id = self._window(zones_of_person(told.phones, [(told.state, told.zip)]))
        row = told._asdict() | {"window_id": window_id, "created_at": self._now}
        del row["phones"]
        return row

    def _complete(self, row: Any, told: PatientFacts) -> bool:
        """Write what is new of a known person; return whether their window has to be worked out anew."""
        known = {column: getattr(row, column) for column in _MERGED}
        after = _completed(PatientFacts(row.key, **known), told)
        values = {column: getattr(after, column) for column in _MERGED}
        if values != known:
            assignments = ", ".join(f"{column} = :{column}" for column in values)
            self._session.execute(
                text(f"UPDATE patients SET {assignments} WHERE id = :id"),  # noqa: S608  # our own column names
                values | {"id": row.id},
            )
        # A number that was wrong once does not come back with a file: only a person can say that it is right.
        numbers = {*row.phones, *told.phones}.difference(row.dead_phones)
        return (
            values != known or self._window(zones_of(row, after.state, after.zip, numbers)) != row.window_id
        )

    def _make_patients(self, rows: list[dict[str, Any]]) -> dict[str, int]:
        columns = list(rows[0])
        types = {"birth_on": "date", "window_id": "bigint", "created_at": "timestamptz"}
        arrays = ", ".join(f"CAST(:{column} AS {types.get(column, 'text')}[])" for column in columns)
        made = self._session.execute(
            text(
                f"INSERT INTO patients ({', '.join(columns)}) SELECT * FROM unnest({arrays})"  # noqa: S608
                " RETURNING key, id"
            ),
            {column: [row[column] for row in rows] for column in columns},
        )
        return {row.key: row.id for row in made}

    def _add_phones(self, told: list[tuple[int, tuple[str, ...]]]) -> None:
        pairs = [(patient_id, e164) for patient_id, phones in told for e164 in phones]
        if pairs:
            self._session.execute(
                text(
                    "INSERT INTO phones (patient_id, e164, place, created_at)"
                    " SELECT p, e, :place, :now"
                    " FROM unnest(CAST(:p AS bigint[]), CAST(:e AS text[])) AS t (p, e)"
                    " ON CONFLICT (patient_id, e164) DO NOTHING"
                ),
                {
                    "p": [patient_id for patient_id, _ in pairs],
                    "e": [e164 for _, e164 in pairs],
                    "place": PhonePlace.OTHER.value,
                    "now": self._now,
                },
            )

    def _window(self, zones: tuple[str, ...]) -> int:
        if zones not in self._windows:
            self._windows |= window_ids(self._session, [zones])
        return self._windows[zones]

    # What has to be derived anew

    def changed_accounts(self) -> list[int]:
        """Return the accounts whose tasks may look different now, in order."""
        if not (self.changed_payers or self.changed_patients):
            return []
        return list(
            self._session.scalars(
                text(
                    "SELECT id FROM accounts WHERE patient_id = ANY(:patients) UNION"
                    " SELECT id FROM accounts WHERE guarantor_id = ANY(:patients) UNION"
                    " SELECT account_id FROM claims WHERE payer_id = ANY(:payers) ORDER BY 1"
                ),
                {"patients": list(self.changed_patients), "payers": list(self.changed_payers)},
            )
        )


def _completed(before: PatientFacts, told: PatientFacts) -> PatientFacts:
    values: dict[str, Any] = {column: getattr(told, column) or getattr(before, column) for column in _MERGED}
    return before._replace(**values, phones=tuple(sorted({*before.phones, *told.phones})))


def _tidied(told: PatientFacts) -> PatientFacts:
    words: dict[str, Any] = {
        column: _printable(getattr(told, column)) for column in ("first_name", "last_name", "street", "city")
    }
    return told._replace(
        **words,
        key=_printable(told.key),
        state=state_code(told.state) or _printable(told.state)[:40],
        zip=_printable(told.zip)[:10],
    )


def _printable(value: str) -> str:
    return value.strip() if value.isprintable() else "".join(filter(str.isprintable, value)).strip()
