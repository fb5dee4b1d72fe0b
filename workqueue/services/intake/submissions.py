"""837: claims as they were sent. Each opens its account and names patient, payer and charge."""

from workqueue.rules.ages import is_minor
from workqueue.rules.states import FactKind
from workqueue.services.intake.arrivals import body, natural_key
from workqueue.services.intake.context import Reading
from workqueue.services.intake.parties import PatientFacts, code_of, patient_key
from workqueue.services.intake.set_of_claims import NO_NUMBER, SetOfClaims, Trouble
from workqueue.x12.records import ClaimEnd, ClaimStart, ClaimSubmission, Person

CLAIMS_A_BATCH = 500

NAMELESS = Trouble(
    NO_NUMBER,
    "CLM",
    "CLM01 is empty: the claim has no account number. Correct the claim and send it again.",
)
CONFLICT = Trouble(
    "claim_conflict",
    "CLM",
    "This account number came before in the same submission, with another claim. Look which one is right; "
    "release this one only if both are.",
)

SEQUENCES = {"P": 1, "S": 2, "T": 3, "A": 4, "B": 5, "C": 6, "D": 7, "E": 8, "F": 9}
"""SBR01; more payers than nine share the last place."""


class Submissions:
    """Takes the records of 837 sets, one after the other."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.set = SetOfClaims(reading, nameless=NAMELESS, conflict=CONFLICT)

    def start(self, record: ClaimStart) -> None:
        self.record = record
        self.told_on = self.reading.told_on(record.header, record.created_on)
        self.batch: list[tuple[int, str, ClaimSubmission]] = []
        self.set.start(record.header)

    def claim(self, record: ClaimSubmission) -> None:
        claim_number = self.set.number_of(record, record.charge_cents)
        if not claim_number:
            return
        self.batch.append((self.set.claims, claim_number, record))
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
        start, payer, told_on = self.record, record.payer, self.told_on
        sequence = SEQUENCES.get(payer.sequence, 1)
        payer_id = self.reading.parties.payer(payer.payer_id, payer.name, payer.filing_indicator)
        # Two numbers that print alike are one: the key is made of what is stored. Of two submissions of one
        # day it decides which counts, so it has the payer's code: ids tell which payer the office met first.
        code = code_of(payer.payer_id, payer.name)
        key = natural_key("837", start.reference, told_on, claim_number, sequence, code)
        first = record.service_from or record.statement_from
        last = record.service_through or record.statement_through or first
        service_on = self.reading.believed(first, told_on, "DTP", record.position)
        service_through_on = service_on
        if last != first:
            service_through_on = self.reading.believed(last, told_on, "DTP", record.position)
        says = body(
            FactKind.CLAIM_SUBMITTED.value,
            claim_number,
            sequence=sequence,
            payer_id=payer_id,
            effective_on=told_on,
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
        self.set.offer(key, says, ordinal, record.position, record.charge_cents)

    def end(self, record: ClaimEnd) -> None:
        reading = self.reading
        reading.saw_set(record.header)
        reading.report.claims += record.claims
        reading.report.charge_cents += record.charge_cents
        reading.say(record.summary.findings)
        if self.set.is_wanted:
            self._offer_batch()
            self.set.end(record, record.charge_cents)


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
