"""835: a payment, the claims it decides, and money moved outside of claims.

A set is taken in whole or waits whole: a claim that does not add up says that the payment was not understood,
and money posted in part is harder to put right than money posted a day later. The one exception is a claim
without a number, which is sound but belongs nowhere: it waits alone.
"""

from datetime import date
from hashlib import sha256
from typing import Any, ClassVar

from sqlalchemy import text

from workqueue.rules.refusals import Refusal
from workqueue.services.intake.arrivals import Arrival, Conflict, digest_of
from workqueue.services.intake.bodies import Bodies
from workqueue.services.intake.context import Aside, Reading, first_error, set_aside_of
from workqueue.x12.records import (
    Finding,
    ProviderAdjustment,
    RemittanceClaim,
    RemittanceEnd,
    RemittanceStart,
    Severity,
)

NO_NUMBER = "no_account_number"
PAYMENT_CONFLICT = "payment_conflict"
NOTICE_ONLY = "H"


class PaymentKnown(Refusal):
    """What is to be released was posted from another file meanwhile."""

    code: ClassVar[str] = "payment_known"


class Remittances:
    """Takes the records of 835 sets, one after the other."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.is_wanted = False

    # The payment

    def start(self, record: RemittanceStart) -> None:
        reading = self.reading
        self.is_wanted = reading.is_wanted(record.header)
        self.record = record
        self.claims = self.without_number = self.number_errors = 0
        self.claim_error: Finding | None = None
        self.adjustments: list[ProviderAdjustment] = []
        if not self.is_wanted:
            return
        header = record.header
        self.payer_id = reading.parties.payer(record.payer_id, record.payer_name)
        told_on = reading.told_on(header, record.produced_on)
        # The patient's and the appeal's days count from it. Known by what it says: the key has it as sent.
        paid_on = reading.believed(record.paid_on, told_on, "BPR", header.position + 1)
        self.paid_on: date | None = paid_on or told_on
        self.is_notice = record.handling_code == NOTICE_ONLY and record.amount_cents != 0
        if self.is_notice:
            self._say_notice(record)
        self.payment_key = self._payment_key(record)
        reading.begin_set()
        reading.arrivals.on_conflict = self._refuse_claim
        self._open_remittance(record)
        self.prefix = reading.arrivals.prefix(self.remittance_id)
        self.key_start = sha256(self.payment_key.encode()).hexdigest()[:12]
        self.bodies = Bodies(self.payer_id, self.paid_on, is_notice=self.is_notice)

    def _say_notice(self, record: RemittanceStart) -> None:
        self.reading.report.say(
            "notice_only",
            "BPR01 is H, a notice, although BPR02 names an amount: its claims were noted and no money "
            "was posted. Ask the payer what it means.",
            segment="BPR",
            position=record.header.position + 1,
        )

    def _payment_key(self, record: RemittanceStart) -> str:
        if record.trace.strip():
            parts = (record.payer_tin, record.trace, record.paid_on or "", record.amount_cents)
            key = "|".join(str(each).strip() for each in parts)
        else:
            # Without a trace nothing but the content tells one payment from another.
            key = "content|" + self.reading.content_hash(record.header.ordinal)
        target = self.reading.target
        if target is not None and target.code == PAYMENT_CONFLICT:
            # The lead has decided that this is another payment than the one that came first.
            key += "|" + self.reading.content_hash(record.header.ordinal)
        return key

    def _open_remittance(self, record: RemittanceStart) -> None:
        """Claim the payment key; whoever has it already has posted this payment."""
        made = self._run(
            "INSERT INTO remittances (payment_key, content_hash, file_id, trace, payer_id, payer_name,"
            " amount_cents, paid_on, method, claim_count, received_at) VALUES (:key, '', :file, :trace,"
            " :payer, :name, :amount, :day, :method, 0, :now)"
            " ON CONFLICT (payment_key) DO NOTHING RETURNING id",
            key=self.payment_key,
            file=self.reading.file_id,
            trace=record.trace,
            payer=self.payer_id,
            name=record.payer_name,
            amount=record.amount_cents,
            day=self.paid_on,
            method=record.method,
            now=self.reading.now,
        ).scalar()
        self.is_new = made is not None
        self.known_hash = ""
        self.known_file_id = 0
        if made is None:
            known = self._run(
                "SELECT id, content_hash, file_id FROM remittances WHERE payment_key = :key",
                key=self.payment_key,
            ).one()
            made, self.known_hash, self.known_file_id = known
        self.remittance_id: int = made

    # Its claims

    def claim(self, record: RemittanceClaim) -> None:
        if record.findings:
            self._note_findings(record)
        self.claims += 1
        if not self.is_wanted:
            return
        reading = self.reading
        claim_number = record.claim_number.strip()
        if not claim_number:
            if not reading.is_release:
                self._set_claim_aside(record)
                return
            # Named after the payment, not the file: released from two files, it is the same money once.
            claim_number = f"unnumbered-{self.key_start}-{self.claims}"
        if reading.target is not None and not reading.is_wanted_claim(self.claims):
            return
        body = self.bodies.body(record, claim_number)
        key = (
            self.key_start
            + sha256(
                f"{claim_number}|{record.payer_control_number}|{record.status_code}|{record.ordinal}".encode()
            ).hexdigest()[:20]
        )
        if self.is_new:
            # A new payment has no claim that came before, so nothing needs to be looked up.
            reading.arrivals.write(f"received\t{key}\t\\N\t{self.prefix}\t{digest_of(body)}\t{body}\n")
            reading.arrivals.applied += 1
        else:
            arrival = Arrival(key, body, self.claims, record.position, record.paid_cents)
            reading.arrivals.offer(arrival, self.prefix)

    def _note_findings(self, record: RemittanceClaim) -> None:
        self.reading.say(record.findings)
        for each in record.findings:
            if each.severity is not Severity.ERROR:
                continue
            if not record.claim_number.strip() and each.code == "segment_short" and each.segment == "CLP":
                self.number_errors += 1
            elif self.claim_error is None:
                self.claim_error = each

    def _set_claim_aside(self, record: RemittanceClaim) -> None:
        self.without_number += 1
        self.reading.set_aside(
            Aside(
                self.record.header.ordinal,
                self.claims,
                "CLP",
                record.position,
                NO_NUMBER,
                "CLP01 is empty: the payment names no account. Find out whose it is, then release it to be "
                "matched by hand, or dismiss it.",
                record.paid_cents,
                1,
            )
        )

    # Money outside of claims, and the end

    def adjustment(self, record: ProviderAdjustment) -> None:
        self.adjustments.append(record)

    def end(self, record: RemittanceEnd) -> None:
        reading, report = self.reading, self.reading.report
        reading.saw_set(record.header)
        report.claims += record.claims
        report.charge_cents += record.charge_cents
        report.paid_cents += record.paid_cents
        report.patient_responsibility_cents += record.patient_responsibility_cents
        report.provider_adjustment_cents += record.provider_adjustment_cents
        report.bpr_cents += record.amount_cents
        for group, cents in record.adjustments:
            report.adjustment_cents[group] = report.adjustment_cents.get(group, 0) + cents
        reading.say(record.summary.findings)
        if not self.is_wanted:
            return
        reading.arrivals.settle(self.prefix)
        blocking = record.summary.errors - self.number_errors
        if blocking > 0 and not reading.is_release:
            reading.undo_set()
            # A set that breaks off explains all else; then a claim, nearer to the cause than a sum.
            broken = next((each for each in record.summary.findings if each.code == "set_not_closed"), None)
            error = broken or self.claim_error or first_error(record.summary.findings)
            reading.set_aside(self._whole(record, error))
        elif self.is_new:
            self._close_remittance(record)
            reading.keep_set()
        elif self.known_hash == record.summary.content_hash:
            if reading.is_release and not reading.arrivals.applied:
                raise self._payment_known()
            reading.keep_set()
        elif reading.is_release:
            raise self._payment_known()
        else:
            self._refuse_conflict(record)

    def _payment_known(self) -> PaymentKnown:
        return PaymentKnown(
            f"This payment came again in file {self.known_file_id} and was taken from there. "
            "Dismiss this one."
        )

    def _whole(self, record: RemittanceEnd, error: Finding | None) -> Aside:
        return set_aside_of(record.header, error, amount_cents=record.amount_cents, fact_count=record.claims)

    def _refuse_conflict(self, record: RemittanceEnd) -> None:
        self.reading.undo_set()
        message = (
            f"A payment with this number, day and amount is known from file {self.known_file_id} with other "
            "claims. Look which one is right; release this one only if it is another payment."
        )
        position = record.header.position + 2
        self.reading.report.say(PAYMENT_CONFLICT, message, segment="TRN", position=position)
        self.reading.set_aside(
            Aside(
                record.header.ordinal,
                0,
                "TRN",
                position,
                PAYMENT_CONFLICT,
                message,
                record.amount_cents,
                record.claims,
            )
        )

    def _refuse_claim(self, conflict: Conflict) -> None:
        message = "This claim of this payment is known with other amounts. Look which one is right."
        each = conflict.arrival
        self.reading.report.say("claim_conflict", message, segment="CLP", position=each.position)
        self.reading.set_aside(
            Aside(
                self.record.header.ordinal,
                each.ordinal,
                "CLP",
                each.position,
                "claim_conflict",
                message,
                each.amount_cents,
                1,
            )
        )

    def _close_remittance(self, record: RemittanceEnd) -> None:
        self.reading.arrivals.pause()
        self._run(
            "UPDATE remittances SET content_hash = :hash, claim_count = :claims WHERE id = :id",
            hash=record.summary.content_hash,
            claims=record.claims,
            id=self.remittance_id,
        )
        if self.adjustments:
            self._run(
                "INSERT INTO provider_adjustments (remittance_id, ordinal, reason, reference, amount_cents,"
                " fiscal_on) SELECT :id, o, r, f, c, d FROM unnest(CAST(:o AS bigint[]), CAST(:r AS text[]),"
                " CAST(:f AS text[]), CAST(:c AS bigint[]), CAST(:d AS date[])) AS t (o, r, f, c, d)",
                id=self.remittance_id,
                o=list(range(1, len(self.adjustments) + 1)),
                r=[each.reason for each in self.adjustments],
                f=[each.reference for each in self.adjustments],
                c=[each.cents for each in self.adjustments],
                d=[each.fiscal_on for each in self.adjustments],
            )

    def _run(self, statement: str, **values: Any) -> Any:
        return self.reading.session.execute(text(statement), values)
