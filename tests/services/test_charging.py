"""The charge of an account is what all its bills make together, in whatever order they come."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations

import pytest
from sqlalchemy.orm import Session

from tests.factories import TODAY
from tests.services.posted import DAY, account, arrive, balances, bill, claim, pay, remit, status
from tests.services.queues import open_kinds, task_of
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import FactKind, TaskState

FIRST = TODAY - 90 * DAY

Step = Callable[[Session], object]


def sent(code: str, cents: int, *, day: int, stay: int = 0, sequence: int = 1) -> Step:
    """Return a bill sent on a day after the first, for the month of the stay with this number."""
    days = [(date(2025, 11, 1) + timedelta(days=30 * stay + each)).isoformat() for each in (0, 29)]
    says = dict(zip(("service_on", "service_through_on"), days, strict=True))
    on = FIRST + timedelta(days=day)
    return lambda session: bill(session, cents, on=on, code=code, sequence=sequence, payload=says)


def charges_in_every_order(session: Session, steps: tuple[Step, ...]) -> set[tuple[int, int, bool]]:
    """Return the charge of the account, of its first claim, and whether that is void, after each order."""
    found = set()
    for order in permutations(steps):
        with session.begin_nested() as savepoint:
            for step in order:
                step(session)
            found.add((account(session).charge_cents, claim(session).charge_cents, claim(session).is_void))
            assert balances(session) == (account(session).charge_cents, 0)
            savepoint.rollback()
    return found


@pytest.mark.parametrize(
    ("steps", "cents"),
    [
        pytest.param((sent("1", 50_000, day=0), sent("7", 40_000, day=9)), 40_000, id="replaced"),
        pytest.param((sent("1", 50_000, day=0), sent("5", 2_000, day=9)), 52_000, id="late charges"),
        pytest.param(
            (sent("1", 50_000, day=0), sent("5", 2_000, day=5), sent("5", 3_000, day=9)),
            55_000,
            id="late charges twice",
        ),
        pytest.param(
            (sent("1", 50_000, day=0), sent("5", 2_000, day=5), sent("5", 2_000, day=9)),
            52_000,
            id="late charges sent again",
        ),
        pytest.param(
            (sent("1", 50_000, day=0), sent("5", 2_000, day=5), sent("7", 60_000, day=9)),
            60_000,
            id="late charges in the replacement",
        ),
        pytest.param(
            (sent("2", 10_000, day=0), sent("3", 20_000, day=5, stay=1), sent("4", 5_000, day=9, stay=2)),
            35_000,
            id="interim bills",
        ),
        pytest.param(
            (sent("2", 10_000, day=0), sent("3", 20_000, day=5, stay=1), sent("3", 21_000, day=9, stay=1)),
            31_000,
            id="an interim bill sent again",
        ),
        pytest.param(
            (sent("2", 10_000, day=0), sent("3", 20_000, day=5, stay=1), sent("7", 8_000, day=9)),
            28_000,
            id="one interim bill replaced",
        ),
        pytest.param(
            (sent("2", 10_000, day=0), sent("3", 20_000, day=5, stay=1), sent("8", 10_000, day=9)),
            20_000,
            id="one interim bill taken back",
        ),
        pytest.param(
            (sent("2", 10_000, day=0), sent("3", 20_000, day=5, stay=1), sent("1", 30_500, day=9, stay=7)),
            30_500,
            id="the whole stay after its parts",
        ),
        pytest.param(
            (sent("1", 50_000, day=0), sent("8", 50_000, day=5), sent("1", 45_000, day=9)),
            45_000,
            id="taken back and billed anew",
        ),
        pytest.param(
            (
                sent("1", 50_000, day=0),
                sent("1", 50_000, day=5, sequence=2),
                sent("8", 50_000, day=9, sequence=2),
            ),
            50_000,
            id="the second claim taken back",
        ),
        pytest.param(
            (
                sent("2", 10_000, day=0),
                sent("3", 20_000, day=5, stay=1),
                sent("2", 10_000, day=9, sequence=2),
            ),
            30_000,
            id="a second payer billed for a part",
        ),
    ],
)
def test_bills_make_one_charge_in_any_order(session: Session, steps: tuple[Step, ...], cents: int) -> None:
    assert charges_in_every_order(session, steps) == {(cents, cents, False)}


def test_a_claim_taken_back_is_void_in_any_order(session: Session) -> None:
    steps = (sent("1", 50_000, day=0), sent("5", 2_000, day=5), sent("8", 50_000, day=9))
    assert charges_in_every_order(session, steps) == {(0, 0, True)}


def test_nothing_is_asked_about_a_claim_taken_back(session: Session) -> None:
    sent("1", 50_000, day=0)(session)
    status(session, "A7", FIRST + 3 * DAY)
    assert open_kinds(session, account(session)) == {TaskKind.CLAIM_REJECTED}
    sent("8", 50_000, day=5)(session)
    assert (balances(session), open_kinds(session, account(session))) == ((0, 0), set())


def test_a_claim_taken_back_after_it_was_paid_leaves_a_credit_and_asks_the_patient_nothing(
    session: Session,
) -> None:
    sent("1", 50_000, day=0)(session)
    remit(session, 30_000, contractual=15_000, share=5_000, effective_on=FIRST + 20 * DAY)
    sent("8", 50_000, day=40)(session)
    assert balances(session) == (-50_000, 5_000)
    assert open_kinds(session, account(session)) == {TaskKind.CREDIT_BALANCE}
    remit(session, -30_000, contractual=-15_000, share=-5_000, code="22")
    assert (balances(session), open_kinds(session, account(session))) == ((0, 0), set())


def test_a_patient_who_paid_for_a_claim_taken_back_has_a_credit(session: Session) -> None:
    sent("1", 50_000, day=0)(session)
    pay(session, 2_000)
    sent("8", 50_000, day=5)(session)
    assert balances(session) == (0, -2_000)
    assert open_kinds(session, account(session)) == {TaskKind.CREDIT_BALANCE}


def test_an_account_of_the_patient_is_the_patients_again_when_the_claim_is_taken_back(
    session: Session,
) -> None:
    arrive(session, FactKind.ACCOUNT_OPENED, charge_cents=8_000, code="self_pay", effective_on=FIRST)
    sent("1", 8_000, day=3)(session)
    assert balances(session) == (8_000, 0)
    sent("8", 8_000, day=9)(session)
    assert balances(session) == (0, 8_000)


def test_an_interim_bill_after_a_payment_waits_for_its_own_answer(session: Session) -> None:
    sent("2", 10_000, day=0)(session)
    remit(session, 10_000, effective_on=FIRST + 20 * DAY)
    sent("3", 20_000, day=85, stay=1)(session)
    task = task_of(session, account(session), TaskKind.CLAIM_NO_RESPONSE)
    assert (task.state, task.value_cents) == (TaskState.WAITING, 20_000)
    assert open_kinds(session, account(session)) == {TaskKind.CLAIM_NO_RESPONSE}
