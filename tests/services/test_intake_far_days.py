"""A mistyped year is flagged, and puts nothing off."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.services.bringing import bring, codes, envelope, paid, payment
from tests.services.queues import task_of
from tests.services.test_intake_claims import acknowledgement, submission, the_claim
from workqueue.models import Account
from workqueue.rules.kinds import TaskKind


def test_a_status_of_a_far_year_counts_as_of_its_files_day(session: Session) -> None:
    bring(session, submission())
    said = bring(session, acknowledgement(category="P1").replace("STC*P1:562:85*2026", "STC*P1:562:85*2062"))
    assert said["status"] == "applied"
    assert "date_far_off" in codes(said)
    assert the_claim(session).status_on == date(2026, 2, 15)
    account = session.scalars(select(Account)).one()
    waiting = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert waiting.available_at < NOON + timedelta(days=60)
    bring(session, acknowledgement(category="A7", day="20260220"))
    assert the_claim(session).status_category == "A7"


def test_a_claim_sent_in_a_far_year_counts_as_sent_on_its_groups_day(session: Session) -> None:
    bring(session, submission(sent="20620212"))
    assert the_claim(session).submitted_on == date(2026, 3, 2)


def test_services_of_a_far_year_are_as_if_no_day_were_given(session: Session) -> None:
    said = bring(session, submission().replace("D8*20260210", "D8*20620210"))
    assert codes(said) == ["date_far_off"]
    assert (the_claim(session).service_on, said["status"]) == (None, "applied")


def test_a_payment_of_a_far_year_counts_as_of_its_files_day(session: Session) -> None:
    bring(session, submission())
    content = envelope(payment(paid("A1"), "300")).replace("DA*987*20260302", "DA*987*20620302")
    assert codes(bring(session, content)) == ["date_far_off"]
    account = session.scalars(select(Account)).one()
    assert (the_claim(session).adjudicated_on, account.patient_since_on) == (
        date(2026, 3, 2),
        date(2026, 3, 2),
    )
    assert bring(session, content.replace("*000000001", "*000000002"))["duplicates"] == 1
