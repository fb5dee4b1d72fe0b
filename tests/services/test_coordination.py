"""Two payers of one account: whose word it is, and what is left for whom, in any order of files."""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.services.bringing import bring, envelope, payment
from tests.services.test_intake_claims import acknowledgement, submission
from workqueue.models import Account, Claim
from workqueue.services import deriving, verifying

FIRST, SECOND = ("SAMPLE MUTUAL", "SM01"), ("SECOND PLAN", "SP02")


def of(content: str, payer: tuple[str, str]) -> str:
    """Let the other payer be the one a file names."""
    return content.replace(FIRST[0], payer[0]).replace(FIRST[1], payer[1])


def billed(payer: tuple[str, str] = FIRST, turn: str = "P") -> str:
    return of(submission(turn=turn, reference=f"B{turn}", sent="20260212"), payer)


def decided(
    status: str,
    paid: int,
    *adjustments: str,
    payer: tuple[str, str] = FIRST,
    number: str = "",
    charge: int = 500,
) -> str:
    """Return an 835 about the account in whole dollars; adjustments are written as `CO*45*150`."""
    claim = f"CLP*A1*{status}*{charge}*{paid}**12*{number or payer[1] + 'N1'}\n"
    claim += "".join(f"CAS*{each}\n" for each in adjustments)
    claim += "NM1*QC*1*ROE*JO****MI*M1\n"
    # A reversal alone would make the payment negative: the payer sets the money against the next one.
    claim += f"PLB*1811901945*20261231*FB:{status}*{paid}\n" if paid < 0 else ""
    return of(envelope(payment(claim, str(max(paid, 0)), trace=f"T{status}{paid}{number}{payer[1]}")), payer)


PAID_FIRST = decided("1", 300, "CO*45*150", "PR*1*50")


def stands(session: Session) -> tuple[int, int]:
    """Return what payers and the patient owe, in dollars, of books that are in order."""
    session.expire_all()
    assert [each.sentence for each in verifying.certify(session, now=NOON).checks if not each.is_ok] == []
    assert deriving.check(session, now=NOON) == []
    account = session.scalars(select(Account)).one()
    return account.insurance_cents // 100, account.patient_cents // 100


def claims(session: Session) -> dict[int, Claim]:
    return {each.sequence: each for each in session.scalars(select(Claim))}


def in_every_order(session: Session, files: Sequence[str], look: Callable[[Session], Any]) -> list[Any]:
    """Return the different things seen after the files came in each order."""
    seen: list[Any] = []
    for order in permutations(files):
        with session.begin_nested() as savepoint:
            for file in order:
                bring(session, file)
            found = (stands(session), look(session))
            if found not in seen:
                seen.append(found)
            savepoint.rollback()
    return seen


def sums(session: Session) -> dict[int, tuple[int, int, int, int]]:
    return {
        sequence: (each.paid_cents, each.contractual_cents, each.patient_share_cents, each.denied_cents)
        for sequence, each in claims(session).items()
    }


@pytest.mark.parametrize(
    ("second", "left"),
    [
        pytest.param(
            decided("2", 40, "OA*23*450", "PR*2*10", payer=SECOND), (0, 10), id="a part of the share"
        ),
        pytest.param(
            decided("2", 20, "OA*23*450", "CO*45*30", payer=SECOND), (0, 0), id="the rest nobody owes"
        ),
        pytest.param(
            decided("2", 20, "OA*23*450", "CO*45*25", "PR*3*5", payer=SECOND), (0, 5), id="a copay is left"
        ),
        pytest.param(
            decided("2", 40, "OA*23*300", "CO*45*150", "PR*2*10", payer=SECOND),
            (0, 10),
            id="the same cut again",
        ),
        pytest.param(
            decided("2", 20, "OA*23*300", "CO*45*170", "PR*2*10", payer=SECOND),
            (0, 10),
            id="the same and more",
        ),
        pytest.param(
            decided("2", 0, "OA*23*450", "CO*50*50", payer=SECOND),
            (0, 50),
            id="refused, and still followed up",
        ),
        pytest.param(decided("2", 80, "OA*23*420", payer=SECOND), (-30, 0), id="more than the share"),
    ],
)
def test_a_second_payer_settles_what_the_first_left(
    session: Session, second: str, left: tuple[int, int]
) -> None:
    files = [billed(), PAID_FIRST, second]
    assert [found for found, _ in in_every_order(session, files, sums)] == [left]


def test_what_the_first_refused_the_second_pays_on_the_payers_side(session: Session) -> None:
    files = [
        billed(),
        decided("1", 0, "CO*50*500"),
        decided("2", 300, "CO*45*150", "PR*1*50", payer=SECOND),
    ]
    assert [found for found, _ in in_every_order(session, files, sums)] == [(50, 0)]


def test_a_third_payer_goes_on_from_what_the_second_left(session: Session) -> None:
    third = ("THIRD PLAN", "TP03")
    files = [
        billed(),
        PAID_FIRST,
        decided("2", 20, "OA*23*450", "CO*45*10", "PR*2*20", payer=SECOND),
        decided("3", 5, "OA*23*480", "CO*45*15", payer=third),
    ]
    assert [found for found, _ in in_every_order(session, files, sums)] == [(0, 0)]


REVERSED = ("22", -20, "CO*45*-30")


@pytest.mark.parametrize(
    "reversal",
    [
        pytest.param(decided(*REVERSED, payer=SECOND, charge=-50), id="by number and payer"),
        pytest.param(decided(*REVERSED, payer=SECOND, number="NEW", charge=-50), id="by payer"),
        pytest.param(decided(*REVERSED, number="SP02N1", charge=-50), id="by number"),
    ],
)
def test_a_reversal_is_of_the_claim_it_reverses(session: Session, reversal: str) -> None:
    files = [billed(), PAID_FIRST, decided("2", 20, "CO*45*30", payer=SECOND, charge=50), reversal]
    assert in_every_order(session, files, sums) == [
        ((0, 50), {1: (30_000, 15_000, 5_000, 0), 2: (0, 0, 0, 0)}),
    ]


def test_a_reversal_by_nobody_known_is_of_the_first_claim(session: Session) -> None:
    reversal = decided("22", -300, "CO*45*-150", "PR*1*-50", payer=("RENAMED", "RN09"), charge=-500)
    files = [billed(), billed(SECOND, "S"), PAID_FIRST, reversal]
    assert in_every_order(session, files, sums) == [((500, 0), {1: (0, 0, 0, 0), 2: (0, 0, 0, 0)})]


def test_a_denial_is_of_the_payer_that_sends_it(session: Session) -> None:
    files = [billed(), billed(SECOND, "S"), PAID_FIRST, decided("4", 0, "CO*50*50", payer=SECOND, charge=50)]
    assert in_every_order(session, files, sums) == [
        ((0, 50), {1: (30_000, 15_000, 5_000, 0), 2: (0, 0, 0, 5_000)}),
    ]


def statuses(session: Session) -> dict[int, tuple[str, str | None]]:
    return {
        sequence: (each.status_category, each.submission_key[:8])
        for sequence, each in claims(session).items()
    }


def test_a_status_is_of_the_payer_that_sends_it(session: Session) -> None:
    files = [billed(), billed(SECOND, "S"), of(acknowledgement(), SECOND)]
    assert [look for _, look in in_every_order(session, files, statuses)] == [
        {1: ("", "20260212"), 2: ("A7", "20260212")}
    ]


def test_a_status_of_a_clearinghouse_is_known_by_the_payers_number(session: Session) -> None:
    house = of(acknowledgement(category="A2").replace("ICN1", "SP02N1"), ("CLEARING HOUSE", "CH07"))
    second = decided("2", 40, "OA*23*450", "PR*2*10", payer=SECOND)
    assert [look for _, look in in_every_order(session, [billed(), second, house], statuses)] == [
        {1: ("", "20260212"), 2: ("A2", "")}
    ]


def test_a_claim_that_only_a_misplaced_status_had_opened_is_gone(session: Session) -> None:
    files = [of(acknowledgement(), SECOND), billed(SECOND, "S")]
    assert [look for _, look in in_every_order(session, files, statuses)] == [{2: ("A7", "20260212")}]
