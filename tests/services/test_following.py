"""What follows from what was said of a petition or a death."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_outcome, make_patient, make_phone, make_promise, otto
from tests.services.desk import log, no_difference, owed_by_patient, take, task_of
from tests.services.test_wishes import person_of, said
from workqueue.models import Account, Hold, Patient
from workqueue.rules.entries import InvalidEntry, OutcomeEntry
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import TaskKind
from workqueue.services.calling import place_call


def days_of_care(session: Session, *days: date) -> list[Account]:
    """Return accounts of one person, one for each day."""
    patient = make_patient(session)
    return [owed_by_patient(session, patient=patient, service_on=day) for day in days]


def held_by_account(session: Session) -> set[int | None]:
    holds = session.scalars(select(Hold)).all()
    assert {each.kind for each in holds} <= {HoldKind.BANKRUPTCY}
    assert all(each.patient_id is None for each in holds)
    return {each.account_id for each in holds}


def test_a_petition_of_a_known_day_holds_the_care_up_to_it_and_no_later_care(session: Session) -> None:
    filed_on = TODAY - timedelta(days=20)
    before, on_the_day, after = days_of_care(
        session, *(filed_on + timedelta(days=days) for days in (-1, 0, 1))
    )
    made, kept = (
        make_promise(
            session,
            account=each,
            outcome=make_outcome(session, task=task_of(session, each, TaskKind.PATIENT_BALANCE)),
        )
        for each in (before, after)
    )
    said(session, "bankruptcy", account=before, happened_on=filed_on)
    assert held_by_account(session) == {before.id, on_the_day.id}
    assert task_of(session, after, TaskKind.PATIENT_BALANCE).held_until is None
    session.expire_all()
    assert (made.cancelled_at, kept.cancelled_at) == (NOON, None)


def test_a_petition_of_an_unknown_day_holds_what_is_owed_now_and_not_what_comes_later(
    session: Session,
) -> None:
    first, second = days_of_care(session, TODAY - timedelta(days=40), TODAY - timedelta(days=2))
    said(session, "bankruptcy", account=first)
    assert held_by_account(session) == {first.id, second.id}
    patient = session.get_one(Patient, first.patient_id)
    later = owed_by_patient(session, patient=patient, service_on=TODAY + timedelta(days=9))
    assert task_of(session, later, TaskKind.PATIENT_BALANCE).held_until is None


def test_a_petition_before_all_care_stops_nothing_and_the_entry_says_so(session: Session) -> None:
    (after,) = days_of_care(session, TODAY - timedelta(days=2))
    with pytest.raises(InvalidEntry) as refusal:
        said(session, "bankruptcy", account=after, happened_on=TODAY - timedelta(days=9))
    assert set(refusal.value.fields) == {"happened_on"}


def test_who_of_guarantor_and_patient_has_died_is_found_out_before_either_is_called(session: Session) -> None:
    account, guarantor = owed_by_patient(session), make_patient(session)
    of_guarantor = owed_by_patient(session, patient=guarantor)
    of_patient = owed_by_patient(session, patient=person_of(session, account))
    session.execute(update(Account).where(Account.id == account.id).values(guarantor_id=guarantor.id))
    session.expire(account)
    phone = make_phone(session, patient=guarantor)
    rep = otto(session)
    lease = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    place_call(session, task_id=lease[0], lease_token=lease[1], phone_id=phone.id, rep_id=rep.id, now=NOON)
    log(session, lease, OutcomeEntry("deceased", spoke_with="a neighbour"), rep.id)
    for each in (account, of_guarantor, of_patient):
        assert task_of(session, each, TaskKind.PATIENT_BALANCE).held_until is not None
    no_difference(session)
