"""277 and 277CA: what payers and clearinghouses say of claims. Never money."""

from datetime import date

from workqueue.rules.claim_statuses import NOT_IN_A_BATCH, status_key
from workqueue.rules.states import FactKind
from workqueue.services.intake.arrivals import Arrival, Conflict, body, natural_key
from workqueue.services.intake.context import Aside, Reading, errors_of_the_set, first_error, set_aside_of
from workqueue.services.intake.parties import code_of
from workqueue.x12.records import ClaimStatus, Kind, LevelStatus, Status, StatusEnd, StatusStart

NO_NUMBER = "no_account_number"
CONFLICT = "status_conflict"


class Statuses:
    """Takes the records of 277 and 277CA sets, one after the other."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def start(self, record: StatusStart) -> None:
        self.record = record
        self.claims = self.facts = 0
        self.is_wanted = self.reading.is_wanted(record.header)
        if self.is_wanted:
            self.reading.begin_set()
            self.reading.arrivals.on_conflict = self._refuse_conflict
            self.prefix = self.reading.arrivals.prefix(None)

    def claim(self, record: ClaimStatus) -> None:
        reading = self.reading
        self.claims += 1
        reading.say(record.findings)
        if not self.is_wanted or not reading.is_wanted_claim(self.claims):
            return
        claim_number = record.claim_number.strip()
        error = first_error(record.findings)
        if not reading.is_release and (error is not None or not claim_number):
            self._set_claim_aside(record, error.code if error else NO_NUMBER, error.message if error else "")
            return
        if not claim_number:
            claim_number = f"unnumbered-{reading.file_id}-{self.record.header.ordinal}-{self.claims}"
        payer = (record.payer_id or self.record.payer_id, record.payer_name or self.record.payer_name)
        for status, line in self._statuses(record):
            self._offer(record, claim_number, payer, status, line)

    def _statuses(self, record: ClaimStatus) -> list[tuple[Status, str]]:
        """Return the claim's own statuses; those of its lines count only where it has none."""
        if record.statuses:
            return [(status, "") for status in record.statuses]
        return [(status, str(line.number)) for line in record.lines for status in line.statuses]

    def _offer(
        self, record: ClaimStatus, claim_number: str, payer: tuple[str, str], status: Status, line: str
    ) -> None:
        reading = self.reading
        effective_on = self._day(status)
        kind = self.record.header.kind
        if kind is Kind.CLAIM_ACKNOWLEDGEMENT and status.category in NOT_IN_A_BATCH:
            reading.report.say(
                "status_not_for_a_batch",
                f"A 277CA may not carry category {status.category}; it was noted all the same.",
                segment="STC",
                position=record.position,
            )
        key = natural_key(
            kind,
            code_of(*payer),
            claim_number,
            record.payer_control_number,
            status.category,
            status.code,
            status.entity,
            effective_on,
            status.amount_cents,
            line,
        )
        if reading.target is not None and reading.target.code == CONFLICT:
            key = natural_key(key, reading.file_id, self.claims)
        says = body(
            FactKind.CLAIM_STATUS.value,
            claim_number,
            payer_id=reading.parties.payer(*payer),
            payer_control_number=record.payer_control_number,
            effective_on=effective_on,
            code=status.category,
            reason=status.code,
            payload={
                "status_key": status_key(effective_on, status.category, status.code),
                "entity": status.entity,
                "action": status.action,
                "amount_cents": status.amount_cents,
                "message": status.message,
                "line": line,
                "further": [list(each) for each in status.further],
            },
        )
        self.facts += 1
        reading.arrivals.offer(
            Arrival(key, says, self.claims, record.position, status.amount_cents), self.prefix
        )

    def _day(self, status: Status) -> date | None:
        header = self.record.header
        return (
            status.effective_on or self.record.created_on or (header.group.sent_on if header.group else None)
        )

    def level(self, record: LevelStatus) -> None:
        """Note a batch that was refused as a whole: none of its claims will be answered."""
        refused = [each for each in record.statuses if each.action == "U" or each.category in REFUSED]
        if refused:
            self.reading.report.say(
                "batch_refused",
                f"The {record.level} refused a batch as a whole (status {refused[0].category}, "
                f"{refused[0].code}). Correct it and send all its claims again.",
                segment="STC",
                position=record.position,
            )

    def end(self, record: StatusEnd) -> None:
        reading = self.reading
        reading.saw_set(record.header)
        reading.report.claims += record.claims
        reading.say(record.summary.findings)
        if not self.is_wanted:
            return
        reading.arrivals.settle(self.prefix)
        errors = errors_of_the_set(record.summary)
        if errors and not reading.is_release:
            reading.undo_set()
            reading.set_aside(
                set_aside_of(record.header, errors[0], amount_cents=0, fact_count=record.claims)
            )
        else:
            reading.keep_set()

    def _set_claim_aside(self, record: ClaimStatus, code: str, message: str) -> None:
        if not message:
            message = (
                "This status names none of our accounts (REF*EJ or TRN). Find out whose claim it is, then "
                "release it to be matched by hand, or dismiss it."
            )
            self.reading.report.say(code, message, segment="TRN", position=record.position)
        self.reading.set_aside(
            Aside(self.record.header.ordinal, self.claims, "TRN", record.position, code, message, 0, 1)
        )

    def _refuse_conflict(self, conflict: Conflict) -> None:
        message = "This status is known, but with other details. Look which one is right."
        each = conflict.arrival
        self.reading.report.say(CONFLICT, message, segment="STC", position=each.position)
        self.reading.set_aside(
            Aside(
                self.record.header.ordinal,
                each.ordinal,
                "STC",
                each.position,
                CONFLICT,
                message,
                each.amount_cents,
                1,
            )
        )


REFUSED = frozenset({"A3", "A4", "A6", "A7", "A8"})
