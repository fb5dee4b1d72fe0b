"""What reading says of holds: the kind in lists, reasons, history and the summary."""

from datetime import timedelta

from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_hold, otto, sue
from tests.services.desk import billed_to_payer, owed_by_patient, task_of, unmatched_payment
from tests.services.queues import derive
from workqueue.models import Account, Patient
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import Party, TaskKind
from workqueue.services import holding, verifying
from workqueue.services.reading.account import account_version, account_view
from workqueue.services.reading.news import since
from workqueue.services.reading.summary import queue_summary
from workqueue.services.reading.task import task_card

DAY = timedelta(days=1)


def place(session: Session, account: Account, kind: HoldKind, days: int = 10) -> int:
    return holding.place(
        session,
        account_id=account.id,
        kind=kind,
        reason="as told",
        until_on=TODAY + days * DAY,
        owner_id=sue(session).id,
        now=NOON,
    )


def test_the_summary_names_the_kinds_that_hold_balances(session: Session) -> None:
    bankrupt, dead, unplanned, free = (
        owed_by_patient(session),
        owed_by_patient(session),
        billed_to_payer(session),
        owed_by_patient(session),
    )
    place(session, bankrupt, HoldKind.BANKRUPTCY, 90)
    place(session, bankrupt, HoldKind.DISPUTE, 20)
    place(session, dead, HoldKind.DECEASED)
    place(session, unplanned, HoldKind.PAID_IN_FULL_RESTRICTION)
    place(session, free, HoldKind.PAID_IN_FULL_RESTRICTION)
    found = queue_summary(session, now=NOON)
    assert found.held_by_kind == {
        HoldKind.BANKRUPTCY: 1,
        HoldKind.DECEASED: 1,
        HoldKind.PAID_IN_FULL_RESTRICTION: 1,
    }
    assert (found.held, found.queued, found.unaccounted) == (3, 1, 0)
    certificate = verifying.certify(session, now=NOON)
    assert (certificate.open_balances["held"], certificate.is_ok) == (3, True)


def test_a_task_names_the_hold_it_waits_for_in_lists_and_reasons(session: Session) -> None:
    account = owed_by_patient(session)
    place(session, account, HoldKind.DISPUTE, 10)
    place(session, account, HoldKind.ATTORNEY, 40)
    place(session, account, HoldKind.PAID_IN_FULL_RESTRICTION, 60)
    (line,) = account_view(session, account_id=account.id, now=NOON).tasks
    assert line.hold_kind is HoldKind.ATTORNEY
    task_id = task_of(session, account, TaskKind.PATIENT_BALANCE).id
    card = task_card(session, task_id=task_id, rep_id=otto(session).id, now=NOON)
    assert card.hold_kind is HoldKind.ATTORNEY
    assert card.why.reasons[0] == "On hold: attorney, as told, until April 19, 2026."


def test_a_persons_hold_is_new_on_the_page_of_each_of_their_accounts(session: Session) -> None:
    account = owed_by_patient(session)
    person = session.get_one(Patient, account.patient_id)
    other = owed_by_patient(session, patient=person)
    before = account_version(session, account_id=other.id)
    hold_id = place(session, account, HoldKind.ATTORNEY)
    placed = account_version(session, account_id=other.id)
    assert placed != before
    words = [each.words for each in since(session, account_id=other.id, version=before, reader_id=0)]
    assert "Sue placed a hold: attorney, as told." in words
    assert "Patient balance: Put on hold until March 20, 2026. Sue changed a hold: attorney." in words
    holding.lift(session, hold_id=hold_id, reason="withdrew", actor_id=sue(session).id, now=NOON)
    assert account_version(session, account_id=other.id) != placed


def test_a_hold_that_ended_leaves_no_name_behind(session: Session) -> None:
    account = owed_by_patient(session)
    make_hold(session, account=account, kind=HoldKind.DISPUTE, until_at=NOON + DAY)
    derive(session, account)
    derive(session, account, at=NOON + DAY)
    (line,) = account_view(session, account_id=account.id, now=NOON + DAY).tasks
    assert (line.held_until, line.hold_kind) == (None, None)
    (hold,) = account_view(session, account_id=account.id, now=NOON + DAY).holds
    assert not hold.is_in_force


def test_money_of_nobody_is_under_nobody_elses_hold(session: Session) -> None:
    placeholder = unmatched_payment(session)
    make_hold(session, account=owed_by_patient(session))
    assert account_view(session, account_id=placeholder.id, now=NOON).holds == ()
    assert holding.in_force(session, session.get_one(Account, placeholder.id), Party.PATIENT, NOON) == ()
    task_id = task_of(session, placeholder, TaskKind.PAYMENT_UNMATCHED).id
    assert task_card(session, task_id=task_id, rep_id=otto(session).id, now=NOON).hold_kind is None
