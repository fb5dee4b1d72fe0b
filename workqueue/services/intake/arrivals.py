"""Facts on their way into the inbox: written by COPY in batches, each with its natural key.

A file may hold a million facts, so none of them is an object of the ORM: a fact is one line of COPY text.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from hashlib import blake2b, sha256
from typing import Any, NamedTuple, cast
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

# The first seven are the same for a batch or decided when it is written; the rest is what the fact says.
COLUMNS = (
    "state, source_key, duplicate_of_id, file_id, received_at, remittance_id, content_hash,"
    " kind, account_number, sequence, payer_id, payer_control_number, effective_on, charge_cents, paid_cents,"
    " patient_cents, contractual_cents, denied_cents, code, reason, payload"
)
COPY = f"COPY inbox ({COLUMNS}) FROM STDIN"

LINES_A_WRITE = 250
"""Large enough that a write costs nothing beside its lines, small enough to stay in the cache."""
FACTS_A_BATCH = 2_000

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


class Arrival(NamedTuple):
    """One fact that may have come before."""

    key: str
    body: str
    """Its columns from `kind` on, as COPY text."""
    ordinal: int
    position: int
    amount_cents: int


class Conflict(NamedTuple):
    """A fact whose key is known with another content."""

    arrival: Arrival
    known_id: int


def natural_key(*parts: object) -> str:
    """Return the digest by which a fact is known again, as PostgreSQL takes a uuid."""
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def digest_of(body: str) -> str:
    """Return the digest of what a fact says, as PostgreSQL takes a uuid."""
    return blake2b(body.encode(), digest_size=16).hexdigest()


def escaped(value: str) -> str:
    """Return text as COPY wants it. Nearly all text is printable and needs nothing."""
    if value.isprintable() and "\\" not in value:
        return value
    return value.translate(_ESCAPES)


def json_text(value: Any) -> str:
    """Return JSON as COPY text; a NUL, which PostgreSQL cannot keep, becomes nothing."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return escaped(written.replace("\\u0000", ""))


def day(value: date | None) -> str:
    return value.isoformat() if value else "\\N"


def number(value: int | None) -> str:
    return "\\N" if value is None else str(value)


def body(
    kind: str,
    account_number: str,
    *,
    sequence: int = 1,
    payer_id: int | None = None,
    payer_control_number: str = "",
    effective_on: date | None = None,
    charge_cents: int = 0,
    paid_cents: int = 0,
    code: str = "",
    reason: str = "",
    payload: dict[str, Any],
) -> str:
    """Return what a fact says as COPY text; the claims of an 835 have a faster way of their own."""
    return (
        f"{kind}\t{escaped(account_number)}\t{sequence}\t{number(payer_id)}\t{escaped(payer_control_number)}"
        f"\t{day(effective_on)}\t{charge_cents}\t{paid_cents}\t0\t0\t0\t{escaped(code)}\t{escaped(reason)}"
        f"\t{json_text(payload)}"
    )


class Arrivals:
    """Writes the facts of one file. Nothing else may use the connection while a COPY runs: see `pause`."""

    def __init__(self, session: Session, file_id: int, now: datetime) -> None:
        self._session = session
        self._constant = f"{file_id}\t{now.isoformat()}"
        self._lines: list[str] = []
        self._copy: psycopg.Copy | None = None
        self._copying: AbstractContextManager[psycopg.Copy] | None = None
        self._waiting: list[Arrival] = []
        self.on_conflict: Callable[[Conflict], None] = _no_conflict
        self.applied = 0
        self.duplicates = 0

    def prefix(self, remittance_id: int | None) -> str:
        """Return the columns that all facts of one set share."""
        return f"{self._constant}\t{number(remittance_id)}"

    def write(self, line: str) -> None:
        """Write a line that is known to be new."""
        lines = self._lines
        lines.append(line)
        if len(lines) >= LINES_A_WRITE:
            self._send()

    def offer(self, arrival: Arrival, prefix: str) -> None:
        """Write a fact unless its key is known; a known one is a duplicate or a conflict."""
        self._waiting.append(arrival)
        if len(self._waiting) >= FACTS_A_BATCH:
            self.settle(prefix)

    def settle(self, prefix: str) -> None:
        """Tell new facts from known ones, and write them."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        known = self._known([each.key for each in waiting])
        seen: dict[str, str] = {}
        repeated: list[tuple[Arrival, str]] = []
        conflicts: list[Conflict] = []
        for each in waiting:
            digest = digest_of(each.body)
            earlier = known.get(each.key)
            if earlier is None and each.key not in seen:
                seen[each.key] = digest
                self.write(f"received\t{each.key}\t\\N\t{prefix}\t{digest}\t{each.body}\n")
                self.applied += 1
            elif digest == (earlier[1] if earlier else seen[each.key]):
                repeated.append((each, digest))
            else:
                conflicts.append(Conflict(each, earlier[0] if earlier else 0))
        self._write_duplicates(repeated, known, prefix)
        for conflict in conflicts:
            self.on_conflict(conflict)

    def _write_duplicates(
        self, repeated: list[tuple[Arrival, str]], known: dict[str, tuple[int, str]], prefix: str
    ) -> None:
        missing = [each.key for each, _ in repeated if each.key not in known]
        if missing:
            known |= self._known(missing)  # the first of them is in this very file
        for each, digest in repeated:
            self.write(f"duplicate\t\\N\t{known[each.key][0]}\t{prefix}\t{digest}\t{each.body}\n")
        self.duplicates += len(repeated)

    def _known(self, keys: list[str]) -> dict[str, tuple[int, str]]:
        self.pause()
        rows = self._session.execute(
            text("SELECT source_key, id, content_hash FROM inbox WHERE source_key = ANY(:keys)"),
            {"keys": [UUID(each) for each in keys]},
        )
        return {row[0].hex: (row[1], row[2].hex) for row in rows}

    def _send(self) -> None:
        if self._copy is None:
            self._copying = driver_connection(self._session).cursor().copy(COPY)
            self._copy = self._copying.__enter__()
        self._copy.write("".join(self._lines))
        self._lines.clear()

    def pause(self) -> None:
        """Send what is waiting and end the COPY, so that the connection is free for another statement."""
        if self._lines:
            self._send()
        if self._copying is not None:
            copying, self._copying, self._copy = self._copying, None, None
            copying.__exit__(None, None, None)

    def forget(self) -> None:
        """Drop what was not yet sent: its set was set aside."""
        self._waiting.clear()
        self._lines.clear()
        self.pause()


def driver_connection(session: Session) -> psycopg.Connection[Any]:
    """Return the connection of this session's transaction as the driver knows it, for COPY."""
    return cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)


def _no_conflict(conflict: Conflict) -> None:
    raise RuntimeError(f"Nobody takes the conflict with fact {conflict.known_id}.")
