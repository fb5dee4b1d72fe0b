"""A set whose claims stand each for itself (837, 277): one that is not sound waits alone."""

from typing import NamedTuple

from workqueue.services.intake.arrivals import Arrival, Conflict, natural_key
from workqueue.services.intake.context import Aside, Reading, errors_of_the_set, first_error, set_aside_of
from workqueue.x12.records import ClaimEnd, ClaimStatus, ClaimSubmission, SetHeader, StatusEnd

NO_NUMBER = "no_account_number"


class Trouble(NamedTuple):
    """Something a person has to decide, and where in the file they find it."""

    code: str
    segment: str
    message: str


class SetOfClaims:
    """Takes the claims of one set after the other to the inbox, or sets them aside."""

    def __init__(self, reading: Reading, *, nameless: Trouble, conflict: Trouble) -> None:
        self.reading = reading
        self._nameless = nameless
        self._conflict = conflict

    def start(self, header: SetHeader) -> None:
        self._header = header
        self.claims = 0
        self.is_wanted = self.reading.is_wanted(header)
        if self.is_wanted:
            self.reading.begin_set()
            self.reading.arrivals.on_conflict = self._refuse
            self._prefix = self.reading.arrivals.prefix(None)

    def number_of(self, record: ClaimSubmission | ClaimStatus, amount_cents: int = 0) -> str:
        """Count a claim and return its account's number; empty when it is not to be taken."""
        reading = self.reading
        self.claims += 1
        reading.say(record.findings)
        if not self.is_wanted or not reading.is_wanted_claim(self.claims):
            return ""
        number = record.claim_number.strip()
        error = first_error(record.findings)
        if reading.is_release:
            return number or f"unnumbered-{reading.file_id}-{self._header.ordinal}-{self.claims}"
        if error is not None:
            trouble = Trouble(error.code, self._nameless.segment, error.message)
            self._set_aside(trouble, self.claims, record.position, amount_cents)
            return ""
        if not number:
            self._say(self._nameless, record.position)
            self._set_aside(self._nameless, self.claims, record.position, amount_cents)
        return number

    def offer(self, key: str, says: str, ordinal: int, position: int, amount_cents: int) -> None:
        """Take what a claim says under its natural key; as another fact if a lead has said that it is one."""
        target = self.reading.target
        if target is not None and target.code == self._conflict.code:
            key = natural_key(key, self.reading.file_id, ordinal)
        self.reading.arrivals.offer(Arrival(key, says, ordinal, position, amount_cents), self._prefix)

    def end(self, record: ClaimEnd | StatusEnd, amount_cents: int = 0) -> None:
        """Keep what was taken, unless the set as a whole is not sound."""
        self.reading.arrivals.settle(self._prefix)
        errors = errors_of_the_set(record.summary)
        if errors and not self.reading.is_release:
            self.reading.undo_set()
            self.reading.set_aside(
                set_aside_of(record.header, errors[0], amount_cents=amount_cents, fact_count=record.claims)
            )
        else:
            self.reading.keep_set()

    def _refuse(self, conflict: Conflict) -> None:
        each = conflict.arrival
        self._say(self._conflict, each.position)
        self._set_aside(self._conflict, each.ordinal, each.position, each.amount_cents)

    def _say(self, trouble: Trouble, position: int) -> None:
        self.reading.report.say(trouble.code, trouble.message, segment=trouble.segment, position=position)

    def _set_aside(self, trouble: Trouble, ordinal: int, position: int, amount_cents: int) -> None:
        self.reading.set_aside(
            Aside(
                self._header.ordinal,
                ordinal,
                trouble.segment,
                position,
                trouble.code,
                trouble.message,
                amount_cents,
                1,
            )
        )
