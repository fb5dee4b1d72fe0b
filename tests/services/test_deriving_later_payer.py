"""A payer after the first one is followed up too, while its money lies in the patient's share."""

from datetime import timedelta

from sqlalchemy.orm import Session

from tests.factories import TODAY, make_account, make_claim
from tests.services.desk import open_office
from tests.services.queues import derive, differences, open_kinds, task_of
from workqueue.models import Account
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import TaskState


def with_two_payers(session: Session, **of_the_second: object) -> Account:
    """Make an account of which the first payer has left $80, with a claim to a second payer."""
    open_office(session)
    account = make_account(session, insurance_cents=0, patient_cents=8_000)
    make_claim(session, account=account, adjudicated_on=TODAY - timedelta(days=40), paid_cents=42_000)
    make_claim(session, account=account, sequence=2, **of_the_second)  # type: ignore[arg-type]
    derive(session, account)
    return account


def test_a_silent_second_payer_is_asked(session: Session) -> None:
    account = with_two_payers(session, submitted_on=TODAY - timedelta(days=50))

    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)

    assert (task.subject, task.state) == (2, TaskState.QUEUED)
    assert differences(session) == []


def test_a_rejected_second_claim_is_mended(session: Session) -> None:
    account = with_two_payers(
        session, submitted_on=TODAY - timedelta(days=5), status_category="A7", status_on=TODAY
    )

    assert TaskKind.CLAIM_REJECTED in open_kinds(session, account)


def test_a_second_payer_that_has_answered_is_left_alone(session: Session) -> None:
    account = with_two_payers(session, adjudicated_on=TODAY, paid_cents=1_000)

    assert open_kinds(session, account) == {TaskKind.PATIENT_BALANCE}
