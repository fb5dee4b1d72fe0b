"""Referral to pre-collection: refused until the gate opens, then a hold that keeps what the gate found."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_hold, make_notice, make_patient, sue, uma
from tests.services.desk import owed_by_patient, task_of
from workqueue.models import Account, Hold, Patient, PostalAddress
from workqueue.rules.business_days import office_midnight
from workqueue.rules.channels import PointSource
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import TaskKind
from workqueue.rules.notices import NoticeKind
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.states import PhonePlace, TaskState
from workqueue.services import deriving, holding
from workqueue.services.reading.collection import collection_view
from workqueue.services.referring import GateClosed, bundled_with, refer

DAY = timedelta(days=1)
EVIDENCE = (NoticeKind.COLLECTION_NOTICE, NoticeKind.PLAIN_SUMMARY, NoticeKind.ORAL_EFFORT)


def person(session: Session, state: str = "TX") -> Patient:
    return make_patient(session, state=state, zip_code="")


def ready(session: Session, patient: Patient, *, billed: int = 130, noticed: int = 30) -> Account:
    """Return an account whose first statement and three notices went out so many days ago."""
    account = owed_by_patient(session, patient=patient, service_on=TODAY - (billed + 20) * DAY)
    make_notice(session, account=account, given_on=TODAY - billed * DAY)
    for kind in EVIDENCE:
        deadline_on = TODAY - (noticed - 30) * DAY if kind is NoticeKind.COLLECTION_NOTICE else None
        make_notice(
            session, account=account, kind=kind, given_on=TODAY - noticed * DAY, deadline_on=deadline_on
        )
    return account


def ask(session: Session, account: Account, *more: Account, at: datetime = NOON) -> tuple[int, ...]:
    return refer(
        session,
        account_id=account.id,
        account_ids=[each.id for each in more],
        owner_id=sue(session).id,
        actor_id=sue(session).id,
        now=at,
    )


def test_an_open_gate_lets_the_account_through_and_keeps_its_findings(session: Session) -> None:
    account = ready(session, person(session))
    (hold_id,) = ask(session, account)
    hold = session.get_one(Hold, hold_id)
    assert (hold.kind, hold.account_id, hold.owner_id) == (
        HoldKind.PRE_COLLECTION,
        account.id,
        sue(session).id,
    )
    assert hold.until_at == office_midnight(TODAY + 30 * DAY)
    assert hold.findings["is_open"]
    assert {each["code"] for each in hold.findings["conditions"]} >= {"NO_ACTION_120", "ORAL_EFFORT"}
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING
    assert deriving.check(session, now=NOON) == []
    view = collection_view(session, account.id, now=NOON)
    assert view.is_referred
    with pytest.raises(GateClosed):
        ask(session, account)
    holding.lift(session, hold_id=hold_id, reason="paid", actor_id=sue(session).id, now=NOON)
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED


@pytest.mark.parametrize(
    ("billed", "noticed", "days_early"), [(119, 30, 1), (120, 30, 0), (130, 29, 1), (130, 30, 0)]
)
def test_both_edges_of_the_days_of_501r(session: Session, billed: int, noticed: int, days_early: int) -> None:
    account = ready(session, person(session), billed=billed, noticed=noticed)
    if days_early:
        with pytest.raises(GateClosed) as refusal:
            ask(session, account)
        assert refusal.value.gate.earliest_on == TODAY + days_early * DAY
        assert refusal.value.details()["earliest_on"] == (TODAY + days_early * DAY).isoformat()
        assert "earliest day is March 11, 2026" in refusal.value.sentence
        assert session.scalar(select(func.count()).select_from(Hold)) == 0
    ask(session, account, at=NOON + days_early * DAY)


def test_where_the_patient_lives_counts_and_where_the_guarantor_lives(session: Session) -> None:
    account = ready(session, person(session, "TX"))
    account.guarantor_id = person(session, "CA").id
    with pytest.raises(GateClosed) as refusal:
        ask(session, account)
    assert [each.code for each in refusal.value.gate.conditions if not each.is_met] == ["STATE_CA"]
    ask(session, account, at=NOON + 50 * DAY)


def test_the_state_of_a_zip_code_counts_and_that_of_any_address_on_file(session: Session) -> None:
    by_zip = make_patient(session, state="", zip_code="90012")
    by_address = person(session, "TX")
    address = PostalAddress(
        patient_id=by_address.id,
        place=PhonePlace.HOME,
        street="1 Sample Street",
        city="Los Angeles",
        state="CA",
        zip="90012",
        source=PointSource.PATIENT,
        created_at=NOON,
    )
    session.add(address)
    session.flush()
    for patient in (by_zip, by_address):
        with pytest.raises(GateClosed) as refusal:
            ask(session, ready(session, patient))
        assert [each.code for each in refusal.value.gate.conditions if not each.is_met] == ["STATE_CA"]
    address.is_valid = False
    session.flush()
    ask(session, ready(session, by_address))


def test_an_application_closes_the_gate_at_once(session: Session) -> None:
    account = ready(session, person(session))
    application = make_hold(session, account=account, kind=HoldKind.ASSISTANCE_PENDING)
    with pytest.raises(GateClosed, match="An application for assistance is open"):
        ask(session, account)
    application.lifted_at = NOON
    session.flush()
    ask(session, account)


def test_a_hold_on_the_person_closes_it_for_all_their_accounts(session: Session) -> None:
    patient = person(session)
    account = ready(session, patient)
    make_hold(session, person=patient, kind=HoldKind.ATTORNEY)
    with pytest.raises(GateClosed, match="On hold: attorney"):
        ask(session, account)


def test_accounts_referred_together_wait_for_the_most_recent_of_them(session: Session) -> None:
    patient = person(session)
    old, recent = ready(session, patient), ready(session, patient, billed=100)
    unbilled = owed_by_patient(session, patient=patient)
    assert bundled_with(session, old.id) == [old.id, recent.id]
    with pytest.raises(GateClosed) as refusal:
        ask(session, old, recent)
    assert refusal.value.gate.earliest_on == TODAY + 20 * DAY
    assert len(ask(session, old, recent, at=NOON + 20 * DAY)) == 2
    assert task_of(session, unbilled, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED


def test_only_one_persons_accounts_are_referred_together(session: Session) -> None:
    account = ready(session, person(session))
    with pytest.raises(Invalid) as refusal:
        ask(session, account, ready(session, person(session)))
    assert refusal.value.field == "account_ids"
    gone = Account(id=987_654_321)
    with pytest.raises(Invalid):
        ask(session, account, gone)
    with pytest.raises(NotFound):
        ask(session, gone)


def test_a_referral_has_an_owner_and_an_end(session: Session) -> None:
    account = ready(session, person(session))

    def refused(**more: object) -> str | None:
        asked = {"owner_id": sue(session).id, "until_on": None} | more
        with pytest.raises(Invalid) as refusal:
            refer(session, account_id=account.id, account_ids=[], actor_id=sue(session).id, now=NOON, **asked)  # type: ignore[arg-type]
        return refusal.value.field

    assert refused(owner_id=uma(session).id) == "refer_owner_id"
    assert refused(until_on=TODAY) == "refer_until_on"
    assert refused(until_on=TODAY + 366 * DAY) == "refer_until_on"
