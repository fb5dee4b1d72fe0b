"""Where one run makes its files: names, control numbers and dates follow from seed and day."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import count
from random import Random

from workqueue.kit.files import Expected, KitFile, file_of
from workqueue.kit.interchange import Interchange, TransactionSet
from workqueue.kit.office import Bill
from workqueue.kit.remittance import Payment, remittance_set
from workqueue.kit.settling import Settled
from workqueue.kit.status import Answer, Status, acknowledgement_set, status_set
from workqueue.kit.submission import Batch, submission_set


@dataclass(frozen=True)
class Workshop:
    """One run: nothing in it is drawn that does not follow from the seed."""

    seed: int
    day: date
    _references: "count[int]" = field(default_factory=lambda: count(1))
    _files: "count[int]" = field(default_factory=lambda: count(1))

    def draw(self, *about: object) -> Random:
        """Return the draws about one thing: they do not change when the office has more of others."""
        return Random(":".join(map(str, (self.seed, *about))))

    def reference(self, letter: str) -> str:
        """Return a number no other run of another seed or day uses."""
        return f"{letter}{self.day:%y%m%d}{self.seed:03d}{next(self._references):05d}"

    def payment(self, settled: Iterable[Settled], paid_on: date, trace: str = "") -> Payment:
        """Make a payment by the payer of the first claim."""
        members = tuple(settled)
        return Payment(members[0].bill.insurer, trace or self.reference("T"), paid_on, members)

    def remittance(self, settled: Iterable[Settled], paid_on: date, trace: str = "") -> TransactionSet:
        return remittance_set(self.payment(settled, paid_on, trace))

    def submission(self, bills: Iterable[Bill], sent_on: date) -> TransactionSet:
        return submission_set(Batch(self.reference("S"), sent_on, tuple(bills)))

    def acknowledgement(self, statuses: Iterable[Status], on: date) -> TransactionSet:
        members = tuple(statuses)
        return acknowledgement_set(Answer(self.reference("A"), members[0].bill.insurer, on, members))

    def status(self, statuses: Iterable[Status], on: date) -> TransactionSet:
        members = tuple(statuses)
        return status_set(Answer(self.reference("Q"), members[0].bill.insurer, on, members))

    def interchange(self, *sets: TransactionSet) -> Interchange:
        number = (self.seed % 900) * 100_000 + next(self._references)
        return Interchange(sets, number, datetime.combine(self.day, time(8), UTC))

    def file(self, *sets: TransactionSet) -> KitFile:
        """Make a right file."""
        return self.file_of(self.interchange(*sets))

    def file_of(self, *interchanges: Interchange) -> KitFile:
        number = next(self._files)
        return file_of(f"{number:03d}-{interchanges[0].kind.value}.x12", *interchanges)

    def faulty(
        self,
        fault: str,
        done: str,
        right_result: str,
        file: KitFile,
        *,
        content: bytes | None = None,
        expected: Expected | None = None,
    ) -> KitFile:
        """Say what was done to a file."""
        return replace(
            file,
            name=file.name.replace(".x12", f"-{fault.replace('_', '-')}.x12"),
            content=file.content if content is None else content,
            expected=expected or file.expected,
            fault=fault,
            done=done,
            right_result=right_result,
        )
