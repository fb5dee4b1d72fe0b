"""What people of the demonstration have told: one of everything to look at, the same every time."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.demonstration.test_loading import NOW, SIGN_INS, TODAY
from workqueue.demonstration.loading import load
from workqueue.models import Account, ConfidentialInstruction, Consent, Patient, Phone, Relation
from workqueue.rules.channels import RelationRole
from workqueue.services import deriving
from workqueue.services.reading.person import person_view


def told(session: Session) -> list[tuple[str, str, bool, bool]]:
    """Load an office, and return all its numbers with whose they are."""
    load(session, accounts=60, seed=3, today=TODAY, now=NOW, sign_ins=SIGN_INS)
    rows = session.execute(
        select(Patient.last_name, Phone.e164, Phone.is_valid, Phone.is_stopped)
        .join(Phone, Phone.patient_id == Patient.id)
        .order_by(Patient.last_name, Phone.e164, Patient.id)
    )
    return [tuple(row) for row in rows]


def test_there_is_one_of_everything_to_look_at(session: Session) -> None:
    numbers = told(session)
    assert all(e164[5:8] == "555" and e164[8:10] == "01" for _, e164, _, _ in numbers)
    assert any(is_stopped for *_, is_stopped in numbers)
    assert not all(is_valid for _, _, is_valid, _ in numbers)
    instruction = session.scalars(select(ConfidentialInstruction)).one()
    reach = person_view(session, person_id=instruction.patient_id, now=NOW).reach
    assert len(reach.numbers) >= 3
    assert [each.phone_id for each in reach.numbers if each.is_offered] == [instruction.phone_id]
    assert not all(session.scalars(select(Consent.is_given)))
    assert set(session.scalars(select(Relation.role))) >= {
        RelationRole.AUTHORISED_CONTACT,
        RelationRole.PERSONAL_REPRESENTATIVE,
    }
    assert session.scalar(select(Patient.id).where(Patient.language == "es").limit(1))
    assert deriving.check(session, now=NOW) == []


def test_a_parent_answers_for_two_children(session: Session) -> None:
    told(session)
    parent_id = session.scalars(
        select(Account.guarantor_id).where(Account.guarantor_id.is_not(None)).distinct()
    ).one()
    assert parent_id is not None
    view = person_view(session, person_id=parent_id, now=NOW)
    assert len({each.patient_id for each in view.bundle}) == 2
    assert view.owed_cents > 0
    assert all(each.is_answered_for for each in view.bundle)


def test_it_is_the_same_every_time(session: Session) -> None:
    with session.begin_nested() as savepoint:
        first = told(session)
        savepoint.rollback()
    session.expire_all()
    assert told(session) == first
    assert session.scalar(select(func.count()).select_from(Consent)) == 2
