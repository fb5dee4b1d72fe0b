"""Payments that programs report one by one."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.accounts import make_account
from tests.factories.moments import NOON
from tests.services.bringing import balance
from workqueue.models import Fact
from workqueue.services.intake.payments import PaymentConflict, PaymentReceipt, receive_payment
from workqueue.services.posting import post_received


def report(session: Session, *, source_id: str = "1", cents: int = 2_500) -> PaymentReceipt:
    return receive_payment(
        session,
        source="desk",
        source_id=source_id,
        account_number="A1",
        amount_cents=cents,
        received_on=date(2026, 3, 9),
        now=NOON,
    )


def test_a_payment_lowers_what_the_patient_owes(session: Session) -> None:
    make_account(session, number="A1", patient_cents=10_000)
    assert report(session).is_matched
    post_received(session, now=NOON)
    assert balance(session, "A1").patient == 7_500


def test_the_same_payment_reported_again_is_noted_and_posted_once(session: Session) -> None:
    first, again = report(session), report(session)
    post_received(session, now=NOON)
    assert (again.is_duplicate, again.fact_id) == (True, first.fact_id)
    assert session.scalar(select(func.count()).select_from(Fact)) == 2
    assert balance(session, "A1").patient == -2_500


def test_two_honest_equal_payments_on_one_day_are_two(session: Session) -> None:
    report(session, source_id="1")
    report(session, source_id="2")
    post_received(session, now=NOON)
    assert balance(session, "A1").patient == -5_000


def test_one_number_for_two_amounts_is_refused(session: Session) -> None:
    report(session)
    with pytest.raises(PaymentConflict):
        report(session, cents=2_600)
    assert session.scalar(select(func.count()).select_from(Fact)) == 1


def test_a_payment_for_an_unknown_account_is_kept(session: Session) -> None:
    assert not report(session).is_matched
    post_received(session, now=NOON)
    assert not balance(session, "A1").is_identified
