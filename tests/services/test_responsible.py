"""Whose holds reach a bill that a guarantor answers for."""

import pytest
from sqlalchemy.orm import Session

from tests.factories import make_patient, make_phone, make_window
from tests.services.test_contacting import hold, owing, refused_by
from workqueue.models import Account, Phone, Task
from workqueue.rules.holds import ABOUT_PATIENT, HoldKind


def with_guarantor(session: Session) -> tuple[Task, Phone, Phone]:
    """Return a task, a number of the patient, and one of the guarantor who answers for the bill."""
    task, phone = owing(session)
    guarantor = make_patient(session, window=make_window(session, "America/Chicago"))
    theirs = make_phone(session, patient=guarantor, e164="+18005550177")
    session.get_one(Account, task.account_id).guarantor_id = guarantor.id
    session.flush()
    return task, phone, theirs


@pytest.mark.parametrize("kind", ABOUT_PATIENT)
def test_what_is_true_of_the_patient_stops_calls_to_the_guarantor(session: Session, kind: HoldKind) -> None:
    task, phone, theirs = with_guarantor(session)
    assert refused_by(session, task, theirs) == set()
    hold(session, kind, patient_id=phone.patient_id)
    assert refused_by(session, task, theirs) == {kind.name}


def test_a_wish_of_the_patient_does_not_stop_calls_to_the_guarantor(session: Session) -> None:
    task, phone, theirs = with_guarantor(session)
    hold(session, HoldKind.ATTORNEY, patient_id=phone.patient_id)
    assert refused_by(session, task, theirs) == set()


def test_a_minors_bill_is_spoken_of_with_the_guarantor_and_nobody_else(session: Session) -> None:
    task, phone = owing(session)
    hold(session, HoldKind.MINOR, account_id=task.account_id)
    assert refused_by(session, task, phone) == {"MINOR"}
    task, _, theirs = with_guarantor(session)
    hold(session, HoldKind.MINOR, account_id=task.account_id)
    assert refused_by(session, task, theirs) == set()
