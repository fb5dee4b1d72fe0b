"""Which task a claim gets: when it opens, when it becomes another one, when it closes."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_account, make_claim, make_payer
from tests.services.desk import open_office
from tests.services.queues import derive, differences, kinds_on, open_kinds, task_of
from workqueue.models import Account, Claim
from workqueue.rules.business_days import office_midnight
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import TaskState

CENTS = 50_000
DAY = timedelta(days=1)


def billed(session: Session, **facts: Any) -> tuple[Account, Claim]:
    """Return an account with one claim, and all of it still owed unless said otherwise."""
    open_office(session)
    service_on = facts.pop("service_on", TODAY - 40 * DAY)
    insurance_cents = facts.pop("insurance_cents", CENTS)
    account = make_account(
        session, charge_cents=CENTS, insurance_cents=insurance_cents, service_on=service_on
    )
    claim = make_claim(session, account=account, charge_cents=CENTS, **facts)
    return account, claim


def denied(session: Session, on: date, **facts: Any) -> tuple[Account, Claim]:
    return billed(
        session,
        adjudicated_on=on,
        denied_cents=CENTS,
        denial_key=f"{on:%Y%m%d}:CO-50",
        **facts,
    )


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("A3", TaskKind.CLAIM_REJECTED),
        ("A6", TaskKind.CLAIM_REJECTED),
        ("A7", TaskKind.CLAIM_REJECTED),
        ("A8", TaskKind.CLAIM_REJECTED),
        ("A4", TaskKind.CLAIM_NOT_FOUND),
        ("D0", TaskKind.CLAIM_NOT_FOUND),
        ("P3", TaskKind.INFORMATION_REQUESTED),
        ("P4", TaskKind.INFORMATION_REQUESTED),
        ("R4", TaskKind.INFORMATION_REQUESTED),
        ("A1", TaskKind.CLAIM_NO_RESPONSE),
        ("A2", TaskKind.CLAIM_NO_RESPONSE),
        ("P1", TaskKind.CLAIM_NO_RESPONSE),
        ("F1", TaskKind.CLAIM_NO_RESPONSE),
        ("", TaskKind.CLAIM_NO_RESPONSE),
    ],
)
def test_the_status_of_a_claim_names_its_task(session: Session, category: str, kind: TaskKind) -> None:
    account, _ = billed(session, status_category=category, status_on=TODAY if category else None)
    derive(session, account)
    assert open_kinds(session, account) == {kind}
    assert task_of(session, account, kind).subject == 1


def test_a_rejection_becomes_a_wait_for_the_answer_once_the_claim_was_sent_again(session: Session) -> None:
    account, claim = billed(session, status_category="A7", status_on=TODAY - 2 * DAY)
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.CLAIM_REJECTED}
    claim.submitted_on = TODAY - DAY
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.CLAIM_NO_RESPONSE}
    assert task_of(session, account, TaskKind.CLAIM_REJECTED).state is TaskState.CLOSED


def test_a_status_of_the_day_of_submission_speaks_of_that_submission(session: Session) -> None:
    account, _ = billed(session, submitted_on=TODAY, status_category="A3", status_on=TODAY)
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.CLAIM_REJECTED}


@pytest.mark.parametrize("column", ["paid_cents", "denied_cents"])
def test_an_unanswered_claim_closes_with_its_answer(session: Session, column: str) -> None:
    account, claim = billed(session)
    derive(session, account)
    claim.adjudicated_on = TODAY
    setattr(claim, column, 100)
    derive(session, account)
    assert TaskKind.CLAIM_NO_RESPONSE not in open_kinds(session, account)


def test_a_claim_of_a_settled_account_needs_nothing(session: Session) -> None:
    account, _ = billed(session, status_category="A3", status_on=TODAY)
    derive(session, account)
    account.insurance_cents = 0
    derive(session, account)
    assert open_kinds(session, account) == set()


@pytest.mark.parametrize(
    ("category", "status_on", "expected"),
    [
        ("", None, TODAY + 20 * DAY),
        ("P1", TODAY - DAY, TODAY + 20 * DAY),
        ("P1", TODAY + 10 * DAY, TODAY + 24 * DAY),
        ("F1", TODAY - DAY, TODAY + 6 * DAY),
        ("A2", TODAY - DAY, TODAY + 20 * DAY),
    ],
)
def test_an_answer_is_asked_for_when_it_is_overdue(
    session: Session, category: str, status_on: date | None, expected: date
) -> None:
    """30 days after submission; 14 after word that it is pending; 7 after word that it is finalized."""
    account, _ = billed(
        session,
        payer=make_payer(session, response_days=30),
        submitted_on=TODAY - 10 * DAY,
        status_category=category,
        status_on=status_on,
    )
    due_at = office_midnight(expected)
    for at, state in ((due_at - timedelta(seconds=1), "waiting"), (due_at, "queued")):
        derive(session, account, at=at)
        assert task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).state == state


def test_a_claim_that_was_never_sent_is_asked_about_from_the_service_on(session: Session) -> None:
    account, _ = billed(session, submitted_on=None, payer=make_payer(session, response_days=30))
    derive(session, account)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert task.available_at == office_midnight(TODAY - 10 * DAY)


def test_a_denial_is_worth_what_was_denied_at_most_what_is_open(session: Session) -> None:
    account, claim = denied(session, TODAY, payer=make_payer(session, net_bp=10_000))
    claim.denied_cents = 30_000
    derive(session, account)
    assert task_of(session, account, TaskKind.DENIAL).value_cents == 30_000
    account.insurance_cents = 20_000
    derive(session, account)
    assert task_of(session, account, TaskKind.DENIAL).value_cents == 20_000


def test_a_reversal_takes_a_denied_claim_back_to_unanswered(session: Session) -> None:
    account, claim = denied(session, TODAY)
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.DENIAL}
    claim.denied_cents = 0
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.CLAIM_NO_RESPONSE}


def test_a_denial_becomes_an_appeal_deadline_in_its_last_week(session: Session) -> None:
    account, _ = denied(session, TODAY, payer=make_payer(session, appeal_days=90))  # a Monday in June
    last = TODAY + 90 * DAY
    assert kinds_on(session, account, last - 8 * DAY) == {TaskKind.DENIAL}
    assert kinds_on(session, account, last - 7 * DAY) == {TaskKind.APPEAL_DEADLINE}
    assert kinds_on(session, account, last) == {TaskKind.APPEAL_DEADLINE}
    assert task_of(session, account, TaskKind.APPEAL_DEADLINE).tier == 1
    assert kinds_on(session, account, last + DAY) == {TaskKind.DENIAL}


@pytest.mark.parametrize(
    ("days", "deadline"),
    [(3, date(2026, 3, 13)), (4, date(2026, 3, 13)), (5, date(2026, 3, 13)), (6, date(2026, 3, 16))],
)
def test_a_deadline_on_a_weekend_is_kept_on_the_friday_before(
    session: Session, days: int, deadline: date
) -> None:
    account, _ = denied(session, TODAY, payer=make_payer(session, appeal_days=days))
    derive(session, account)
    assert task_of(session, account, TaskKind.APPEAL_DEADLINE).deadline_on == deadline
    assert kinds_on(session, account, deadline) == {TaskKind.APPEAL_DEADLINE}
    assert kinds_on(session, account, deadline + DAY) == {TaskKind.DENIAL}


def test_an_unaccepted_claim_becomes_a_filing_deadline_in_its_last_week(session: Session) -> None:
    account, claim = billed(session, payer=make_payer(session, filing_days=90), service_on=TODAY - 40 * DAY)
    last = TODAY + 50 * DAY  # a Wednesday
    assert kinds_on(session, account, last - 8 * DAY) == {TaskKind.CLAIM_NO_RESPONSE}
    assert kinds_on(session, account, last - 7 * DAY) == {TaskKind.FILING_DEADLINE}
    assert task_of(session, account, TaskKind.FILING_DEADLINE).deadline_on == last
    assert kinds_on(session, account, last) == {TaskKind.FILING_DEADLINE}
    assert kinds_on(session, account, last + DAY) == {TaskKind.CLAIM_NO_RESPONSE}
    claim.status_category, claim.status_on = "A2", last - 20 * DAY
    assert kinds_on(session, account, last - 5 * DAY) == {TaskKind.CLAIM_NO_RESPONSE}


def test_a_rejected_claim_has_the_filing_deadline_before_all_else_in_its_last_days(session: Session) -> None:
    account, _ = billed(
        session, payer=make_payer(session, filing_days=90), status_category="A7", status_on=TODAY
    )
    assert kinds_on(session, account, TODAY + 42 * DAY) == {TaskKind.CLAIM_REJECTED}
    assert kinds_on(session, account, TODAY + 43 * DAY) == {TaskKind.FILING_DEADLINE}


@pytest.mark.parametrize(
    ("paid_cents", "is_underpaid"),
    # Expected are 60 % of 500.00. More than ten dollars and more than two per cent have to be missing.
    [(30_000, False), (29_000, False), (28_999, True), (1, True), (0, False)],
)
def test_a_payment_below_contract_is_disputed_beyond_ten_dollars(
    session: Session, paid_cents: int, is_underpaid: bool
) -> None:
    account, _ = billed(
        session,
        payer=make_payer(session, contract_bp=6_000),
        adjudicated_on=TODAY,
        paid_cents=paid_cents,
        insurance_cents=0,
    )
    derive(session, account)
    assert open_kinds(session, account) == ({TaskKind.UNDERPAID} if is_underpaid else set())


def test_a_payment_below_contract_is_disputed_beyond_two_per_cent(session: Session) -> None:
    open_office(session)
    account = make_account(session, charge_cents=10_000_000)
    claim = make_claim(
        session,
        account=account,
        charge_cents=10_000_000,
        payer=make_payer(session, contract_bp=10_000),
        adjudicated_on=TODAY,
        paid_cents=9_800_000,
    )
    derive(session, account)
    assert open_kinds(session, account) == set()
    claim.paid_cents -= 1
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.UNDERPAID}
    assert task_of(session, account, TaskKind.UNDERPAID).value_cents == 200_001 * 5_500 // 10_000


def test_what_the_patient_shares_is_not_missing_from_a_payment(session: Session) -> None:
    account, claim = billed(session, adjudicated_on=TODAY, paid_cents=20_000, insurance_cents=0)
    claim.patient_share_cents = 10_000
    derive(session, account)
    assert open_kinds(session, account) == set()


def test_an_unknown_contract_finds_nothing_underpaid(session: Session) -> None:
    account, _ = billed(
        session,
        payer=make_payer(session, contract_bp=None),
        adjudicated_on=TODAY,
        paid_cents=1,
        insurance_cents=0,
    )
    derive(session, account)
    assert open_kinds(session, account) == set()


def test_a_balance_that_no_claim_explains_is_reviewed(session: Session) -> None:
    account, claim = billed(session, adjudicated_on=TODAY, paid_cents=30_000)
    account.insurance_cents = 500
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.BALANCE_REVIEW}
    claim.denied_cents, claim.denial_key = 500, f"{TODAY:%Y%m%d}:CO-97"
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.DENIAL}


def test_each_claim_of_an_account_has_its_own_task(session: Session) -> None:
    account, _ = denied(session, TODAY)
    make_claim(session, account=account, sequence=2, status_category="A7", status_on=TODAY)
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.DENIAL, TaskKind.CLAIM_REJECTED}
    assert task_of(session, account, TaskKind.CLAIM_REJECTED).subject == 2
    assert differences(session, NOON) == []
