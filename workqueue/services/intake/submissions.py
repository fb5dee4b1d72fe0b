"""837: claims as they were sent. Each opens its account and names patient, payer and charge."""

from workqueue.rules.ages import is_minor
from workqueue.rules.states import FactKind
from workqueue.services.intake.arrivals import Arrival, Conflict, body, natural_key
from workqueue.services.intake.context import Aside, Reading, errors_of_the_set, first_error, set_aside_of
from workqueue.services.intake.parties import PatientFacts, code_of, patient_key
from workqueue.x12.records import ClaimEnd, ClaimStart, ClaimSubmission, Person

NO_NUMBER = "no_account_number"
CONFLICT = "claim_conflict"
CLAIMS_A_BATCH = 500

SEQUENCES = {"P": 1, "S": 2, "T": 3, "A": 4, "B": 5, "C": 6, "D": 7, "E": 8, "F": 9}
"""SBR01; more payers than nine share the last place."""


class Submissions:
    """Takes the records of 837 sets, one after the other."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def start(self, record: ClaimStart) -> None:
        self.record = record
        self.claims = 0
        self.batch: list[tuple[int, str, ClaimSubmission]] = []
        self.is_wanted = self.reading.is_wanted(record.header)
        if self.is_wanted:
            self.reading.begin_set()
            self.reading.arrivals.on_conflict = self._refuse_conflict
            self.prefix = self.reading.arrivals.prefix(None)

    def claim(self, record: ClaimSubmission) -> None:
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
        self.batch.append((self.claims, claim_number, record))
        if len(self.batch) >= CLAIMS_A_BATCH:
            self._offer_batch()

    def _offer_batch(self) -> None:
        """Patients of many claims at once, then the claims that name them."""
        batch, self.batch = self.batch, []
        if not batch:
            return
        reading = self.reading
        reading.arrivals.pause()
        told = [_patient_of(record) for _, _, record in batch]
        answering = [_guarantor_of(record) for _, _, record in batch]
        patients = reading.parties.patients([*told, *filter(None, answering)])
        for (ordinal, claim_number, record), patient, guarantor in zip(batch, told, answering, strict=True):
            guarantor_id = patients[guarantor.key] if guarantor else None
            self._offer(ordinal, claim_number, record, patients[patient.key], guarantor_id)

    def _offer(
        self,
        ordinal: int,
        claim_number: str,
        record: ClaimSubmission,
        patient_id: int,
        guarantor_id: int | None,
    ) -> None:
        start, payer = self.record, record.payer
        sequence = SEQUENCES.get(payer.sequence, 1)
        group = start.header.group
        submitted_on = start.created_on or (group.sent_on if group else None)
        payer_id = self.reading.parties.payer(payer.payer_id, payer.name, payer.filing_indicator)
        # Two numbers that print alike are one: the key is made of what is stored. Of two submissions of one
        # day it decides which counts, so it has the payer's code: ids tell which payer the office met first.
        code = code_of(payer.payer_id, payer.name)
        key = natural_key("837", start.reference, submitted_on, claim_number, sequence, code)
        if self.reading.target is not None and self.reading.target.code == CONFLICT:
            key = natural_key(key, self.reading.file_id, ordinal)
        service_on = record.service_from or record.statement_from
        service_through_on = record.service_through or record.statement_through or service_on
        says = body(
            FactKind.CLAIM_SUBMITTED.value,
            claim_number,
            sequence=sequence,
            payer_id=payer_id,
            effective_on=submitted_on,
            charge_cents=record.charge_cents,
            code=record.frequency,
            payload={
                "patient_id": patient_id,
                # Only where there is one: what an earlier file said of the same claim stays the same.
                **({"guarantor_id": guarantor_id} if guarantor_id is not None else {}),
                "service_on": service_on.isoformat() if service_on else None,
                "service_through_on": service_through_on.isoformat() if service_through_on else None,
                "filing": payer.filing_indicator,
                "kind": record.kind.value,
                "replaces": record.original_number,
                "lines": [
                    [
                        each.procedure or each.revenue_code,
                        " ".join(each.modifiers),
                        each.charge_cents,
                        each.units,
                    ]
                    for each in record.lines
                ],
            },
        )
        self.reading.arrivals.offer(
            Arrival(key, says, ordinal, record.position, record.charge_cents), self.prefix
        )

    def end(self, record: ClaimEnd) -> None:
        reading = self.reading
        reading.saw_set(record.header)
        reading.report.claims += record.claims
        reading.report.charge_cents += record.charge_cents
        reading.say(record.summary.findings)
        if not self.is_wanted:
            return
        self._offer_batch()
        reading.arrivals.settle(self.prefix)
        errors = errors_of_the_set(record.summary)
        if errors and not reading.is_release:
            reading.undo_set()
            reading.set_aside(
                set_aside_of(
                    record.header, errors[0], amount_cents=record.charge_cents, fact_count=record.claims
                )
            )
        else:
            reading.keep_set()

    def _set_claim_aside(self, record: ClaimSubmission, code: str, message: str) -> None:
        if not message:
            message = "CLM01 is empty: the claim has no account number. Correct the claim and send it again."
            self.reading.report.say(code, message, segment="CLM", position=record.position)
        self.reading.set_aside(
            Aside(
                self.record.header.ordinal,
                self.claims,
                "CLM",
                record.position,
                code,
                message,
                record.charge_cents,
                1,
            )
        )

    def _refuse_conflict(self, conflict: Conflict) -> None:
        message = (
            "This account number came before in the same submission, with another claim. Look which one is "
            "right; release this one only if both are."
        )
        each = conflict.arrival
        self.reading.report.say(CONFLICT, message, segment="CLM", position=each.position)
        self.reading.set_aside(
            Aside(
                self.record.header.ordinal,
                each.ordinal,
                "CLM",
                each.position,
                CONFLICT,
                message,
                each.amount_cents,
                1,
            )
        )


def _patient_of(record: ClaimSubmission) -> PatientFacts:
    # A dependent often has no member id of their own: the subscriber's tells families apart.
    return _facts_of(record.patient, record.patient.member_id or record.subscriber.member_id)


def _guarantor_of(record: ClaimSubmission) -> PatientFacts | None:
    """Return who answers for a minor's bill: the subscriber of the policy, mostly a parent.

    For adults nobody: an insured spouse does not owe what the patient owes. Judged by the days on the claim,
    so that it does not matter when the file is read.
    """
    subscriber, patient = record.subscriber, record.patient
    on = record.service_from or record.statement_from or record.service_through
    if subscriber == patient or not subscriber.last_name.strip() or not subscriber.first_name.strip():
        return None
    if not is_minor(patient.born_on, on) or is_minor(subscriber.born_on, on):
        return None
    told = _facts_of(subscriber, subscriber.member_id)
    return told if told.key != _patient_of(record).key else None


def _facts_of(person: Person, member_id: str) -> PatientFacts:
    return PatientFacts(
        patient_key(member_id, person.last_name, person.first_name, person.born_on),
        person.first_name,
        person.last_name,
        person.born_on,
        " ".join(part for part in (person.street, person.street_2) if part),
        person.city,
        person.state,
        person.zip,
    )
