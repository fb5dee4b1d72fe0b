"""What is said of a file once it was read: the object that `flask intake --json` prints."""

from dataclasses import dataclass, field
from typing import Any

from workqueue.rules.states import FileStatus

GROUPS = ("CO", "PR", "OA", "PI", "CR")
MOST_ERRORS = 200
"""Kept with one file; a file with more says how many there were."""


@dataclass(slots=True)
class Report:
    """Totals of what was read, applied or not, and what became of it."""

    file: str
    sha256: str
    kinds: list[str] = field(default_factory=list)
    transactions: int = 0
    """Transaction sets; rows of a table."""
    claims: int = 0
    charge_cents: int = 0
    paid_cents: int = 0
    patient_responsibility_cents: int = 0
    adjustment_cents: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0))
    provider_adjustment_cents: int = 0
    bpr_cents: int = 0
    applied: int = 0
    duplicates: int = 0
    unmatched: int = 0
    reference_rows: int = 0
    """Patients and payers taken from a table: not facts, and not nothing either."""
    quarantined: int = 0
    """Items set aside; not printed, they stand in the errors."""
    errors: list[dict[str, Any]] = field(default_factory=list)
    suppressed: int = 0
    is_unreadable: bool = False

    def saw(self, kind: str) -> None:
        if kind not in self.kinds:
            self.kinds.append(kind)

    def say(self, code: str, message: str, *, segment: str = "", position: int = 0) -> None:
        if len(self.errors) < MOST_ERRORS:
            self.errors.append({"segment": segment, "position": position, "code": code, "message": message})
        else:
            self.suppressed += 1

    @property
    def kind(self) -> str:
        return "+".join(self.kinds)

    @property
    def status(self) -> FileStatus:
        if self.is_unreadable:
            return FileStatus.REJECTED
        if self.quarantined:
            is_partial = self.applied or self.duplicates or self.reference_rows
            return FileStatus.PARTIAL if is_partial else FileStatus.QUARANTINED
        if self.duplicates and not self.applied:
            return FileStatus.DUPLICATE
        return FileStatus.APPLIED

    def as_json(self) -> dict[str, Any]:
        """Return the object with exactly the keys that scripts rely on."""
        errors = list(self.errors)
        if self.suppressed:
            errors.append(
                {
                    "segment": "",
                    "position": 0,
                    "code": "more_errors",
                    "message": f"{self.suppressed} more were found and are not listed.",
                }
            )
        return {
            "file": self.file,
            "sha256": self.sha256,
            "kind": self.kind,
            "status": self.status.value,
            "transactions": self.transactions,
            "claims": self.claims,
            "charge_cents": self.charge_cents,
            "paid_cents": self.paid_cents,
            "patient_responsibility_cents": self.patient_responsibility_cents,
            "adjustment_cents": self.adjustment_cents,
            "provider_adjustment_cents": self.provider_adjustment_cents,
            "bpr_cents": self.bpr_cents,
            "applied": self.applied,
            "duplicates": self.duplicates,
            "unmatched": self.unmatched,
            "errors": errors,
        }
