"""Second readers of what the kit wrote: our own, and pyx12's."""

import io
from collections.abc import Iterable
from pathlib import Path

import pyx12.params
import pyx12.x12file
import pyx12.x12n_document

from workqueue.kit.totals import GROUPS, Totals, added
from workqueue.x12 import read
from workqueue.x12.records import (
    ClaimEnd,
    ClaimStatus,
    Finding,
    Record,
    RemittanceEnd,
    StatusEnd,
)


def records_of(content: bytes) -> list[Record]:
    return list(read(io.BytesIO(content)))


def findings_of(records: Iterable[Record]) -> list[Finding]:
    """Return all that our reader has to say, of the file, its sets and its claims."""
    found = []
    for record in records:
        if isinstance(record, Finding):
            found.append(record)
        found += getattr(record, "findings", ())
        found += getattr(getattr(record, "summary", None), "findings", ())
    return found


def totals_of(records: Iterable[Record]) -> Totals:
    """Add up what our reader read."""
    parts = []
    for record in records:
        if isinstance(record, RemittanceEnd):
            groups = dict.fromkeys(GROUPS, 0) | dict(record.adjustments)
            parts.append(
                Totals(
                    1,
                    record.claims,
                    record.charge_cents,
                    record.paid_cents,
                    record.patient_responsibility_cents,
                    groups,
                    record.provider_adjustment_cents,
                    record.amount_cents,
                )
            )
        elif isinstance(record, ClaimEnd):
            parts.append(Totals(transactions=1, claims=record.claims, charge_cents=record.charge_cents))
        elif isinstance(record, StatusEnd):
            parts.append(Totals(transactions=1))
        elif isinstance(record, ClaimStatus):
            parts.append(Totals(claims=1))
    return added(parts)


def envelope_errors(content: bytes) -> list[object]:
    """Return what pyx12's reader finds wrong with counts and control numbers."""
    reader = pyx12.x12file.X12Reader(io.StringIO(content.decode()))
    errors = [error for _ in reader for error in reader.pop_errors()]
    reader.cleanup()
    return [*errors, *reader.pop_errors()]


def is_valid(content: bytes) -> bool:
    """Return whether pyx12 finds a file right to the last code of the implementation guide."""
    params = pyx12.params.params()
    return bool(pyx12.x12n_document.x12n_document(params, io.StringIO(content.decode()), None, None))


def write_all(files: Iterable[tuple[str, bytes]], folder: Path) -> None:
    for name, content in files:
        (folder / name).write_bytes(content)
