"""One file being read: what its sets share, and how a set is taken in whole or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session, SessionTransaction

from workqueue.rules import told_days
from workqueue.rules.calendar import office_day
from workqueue.services.intake.arrivals import Arrivals
from workqueue.services.intake.parties import Parties
from workqueue.services.intake.report import Report
from workqueue.x12.records import Finding, SetHeader, SetSummary, Severity


class Target(NamedTuple):
    """What a lead released: a set, or one claim of it when `claim_ordinal` is not 0."""

    set_ordinal: int
    claim_ordinal: int
    code: str


class Aside(NamedTuple):
    """Something to be set aside for a person."""

    set_ordinal: int
    claim_ordinal: int
    segment: str
    position: int
    code: str
    message: str
    amount_cents: int
    fact_count: int


@dataclass(slots=True)
class Reading:
    """The file, its report, and who takes its facts."""

    session: Session
    file_id: int
    sha256: str
    now: datetime
    report: Report
    arrivals: Arrivals
    parties: Parties
    content_hash: Callable[[int], str]
    """Digest of the set with this ordinal, for sets that do not name their payment."""
    target: Target | None = None
    asides: list[Aside] = field(default_factory=list)
    _savepoint: SessionTransaction | None = None
    _before: tuple[int, int, int] = (0, 0, 0)

    def is_wanted(self, header: SetHeader) -> bool:
        """Return whether the set is read for its facts: all are, unless one was released."""
        return self.target is None or self.target.set_ordinal == header.ordinal

    def is_wanted_claim(self, claim_ordinal: int) -> bool:
        return self.target is None or self.target.claim_ordinal in {0, claim_ordinal}

    @property
    def is_release(self) -> bool:
        return self.target is not None

    def begin_set(self) -> None:
        """Mark the place to go back to when the set turns out not to be whole."""
        self.arrivals.pause()
        self._savepoint = self.session.begin_nested()
        self._before = (self.arrivals.applied, self.arrivals.duplicates, len(self.asides))

    def keep_set(self) -> None:
        self.arrivals.pause()
        if self._savepoint is not None:
            self._savepoint.commit()
            self._savepoint = None

    def undo_set(self) -> None:
        """Take back all that was written since `begin_set`."""
        self.arrivals.forget()
        if self._savepoint is not None:
            self._savepoint.rollback()
            self._savepoint = None
        self.parties.forget()
        self.arrivals.applied, self.arrivals.duplicates, kept = self._before
        del self.asides[kept:]

    def set_aside(self, aside: Aside) -> None:
        self.asides.append(aside)

    def told_on(self, header: SetHeader, created_on: date | None) -> date | None:
        """Return the day a set was made on, as far as it says one that can be; None when it says none."""
        group_on = header.group.sent_on if header.group else None
        if created_on is None and group_on is None:
            return None
        return told_days.told_on((created_on, group_on), office_day(self.now))

    def believed(self, day: date | None, told_on: date | None, segment: str, position: int) -> date | None:
        """Return a day a set told on `told_on` speaks of; None, and flagged, when it lies too far from it."""
        if day is None or told_days.is_believable(day, told_on or office_day(self.now)):
            return day
        self.report.say(
            "date_far_off",
            f"{segment} names a day more than {told_days.AHEAD_DAYS} days after the file's own, or ten years "
            "before it. It was not believed. Ask the sender for the right date.",
            segment=segment,
            position=position,
        )
        return None

    def saw_set(self, header: SetHeader) -> None:
        self.report.transactions += 1
        self.report.saw(header.kind.value)

    def say(self, findings: Sequence[Finding]) -> None:
        """Put findings into the report, warnings too: a set that is applied is still flagged."""
        for each in findings:
            self.report.say(each.code, each.message, segment=each.segment, position=each.position)


def first_error(findings: Sequence[Finding]) -> Finding | None:
    return next((each for each in findings if each.severity is Severity.ERROR), None)


def set_aside_of(header: SetHeader, finding: Finding | None, *, amount_cents: int, fact_count: int) -> Aside:
    """Return the set as an item for a person, with the first thing that is wrong with it."""
    if finding is None:
        return Aside(
            header.ordinal,
            0,
            "ST",
            header.position,
            "set_unreadable",
            "Something in this set could not be read; the errors of the file say what.",
            amount_cents,
            fact_count,
        )
    return Aside(
        header.ordinal,
        0,
        finding.segment,
        finding.position,
        finding.code,
        finding.message,
        amount_cents,
        fact_count,
    )


def errors_of_the_set(summary: SetSummary) -> list[Finding]:
    return [each for each in summary.findings if each.severity is Severity.ERROR]
