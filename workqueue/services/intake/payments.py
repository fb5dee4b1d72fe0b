"""Payments that other programs report one by one: the cash desk, the portal, the lockbox."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from workqueue import jobs
from workqueue.rules.refusals import Refusal
from workqueue.rules.states import EntryKind, FactKind
from workqueue.services.intake.arrivals import COPY, body, digest_of, driver_connection, natural_key


class PaymentConflict(Refusal):
    """The source has used this number before for another payment."""

    code: ClassVar[str] = "payment_conflict"
    sentence = (
        "This source has reported another payment under this number. Nothing was changed; "
        "send each payment under a number of its own."
    )


@dataclass(frozen=True)
class PaymentReceipt:
    """What became of a reported payment."""

    fact_id: int
    is_duplicate: bool
    is_matched: bool
    """Whether the account it names is known."""


def receive_payment(
    session: Session,
    *,
    source: str,
    source_id: str,
    account_number: str,
    amount_cents: int,
    received_on: date,
    now: datetime,
) -> PaymentReceipt:
    """Note a patient's payment once, however often it is reported. It is posted by whoever is rung for."""
    key = natural_key("payment", source, source_id)
    says = body(
        FactKind.PAYMENT.value,
        account_number,
        effective_on=received_on,
        paid_cents=amount_cents,
        code=source,
        payload={"entries": [[EntryKind.PATIENT_PAYMENT.value, "", "", 0, -amount_cents]]},
    )
    digest = digest_of(says)
    # Two reports of one payment at the same moment: the second waits, and finds the first.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 835))"), {"key": key})
    known = session.execute(
        text("SELECT id, content_hash FROM inbox WHERE source_key = :key"), {"key": UUID(key)}
    ).one_or_none()
    if known is not None and known.content_hash != UUID(digest):
        raise PaymentConflict
    state = f"duplicate\t\\N\t{known.id}" if known else f"received\t{key}\t\\N"
    with driver_connection(session).cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(f"{state}\t\\N\t{now.isoformat()}\t\\N\t{digest}\t{says}\n")
    fact_id: int = session.execute(text("SELECT currval(pg_get_serial_sequence('inbox', 'id'))")).scalar_one()
    if known is None:
        jobs.after_commit(session, jobs.Job.POST_INBOX)
    is_matched: bool = session.execute(
        text("SELECT EXISTS (SELECT FROM accounts WHERE number = :number AND is_identified)"),
        {"number": account_number},
    ).scalar_one()
    return PaymentReceipt(known.id if known else fact_id, known is not None, is_matched)
