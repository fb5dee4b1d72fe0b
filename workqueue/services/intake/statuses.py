"""277 and 277CA: what payers and clearinghouses say of claims. Never money."""

from workqueue.rules.claim_statuses import NOT_IN_A_BATCH, status_key
from workqueue.rules.states import FactKind
from workqueue.services.intake.arrivals import body, natural_key
from workqueue.services.intake.context import Reading
from workqueue.services.intake.parties import code_of
from workqueue.services.intake.set_of_claims import NO_NUMBER, SetOfClaims, Trouble
from workqueue.x12.records import ClaimStatus, Kind, LevelStatus, Status, StatusEnd, StatusStart

NAMELESS = Trouble(
    NO_NUMBER,
    "TRN",
    "This status names none of our accounts (REF*EJ or TRN). Find out whose claim it is, then release it to "
    "be matched by hand, or dismiss it.",
)
CONFLICT = Trouble(
    "status_conflict", "STC", "This status is known, but with other details. Look which one is right."
)


class Statuses:
    """Takes the records of 277 and 277CA sets, one after the other."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.set = SetOfClaims(reading, nameless=NAMELESS, conflict=CONFLICT)

    def start(self, record: StatusStart) -> None:
        self.record = record
        self.told_on = self.reading.told_on(record.header, record.created_on)
        self.set.start(record.header)

    def claim(self, record: ClaimStatus) -> None:
        claim_number = self.set.number_of(record)
        if not claim_number:
            return
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
        # A date far off would be the newest for ever, and put the next look off as long.
        day = reading.believed(status.effective_on, self.told_on, "STC", record.position)
        effective_on = day or self.told_on
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
        self.set.offer(key, says, self.set.claims, record.position, status.amount_cents)

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
        if self.set.is_wanted:
            self.set.end(record)


REFUSED = frozenset({"A3", "A4", "A6", "A7", "A8"})
