"""Files brought to the office in a test: stored, read and posted as every way in does it."""

import io
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from workqueue.models import Account, Fact, LedgerEntry
from workqueue.rules.states import FactState, FileSource
from workqueue.services.intake import Receipt, answer, read_file, receive
from workqueue.services.posting import post_received

PAYMENT = """
    BPR*{handling}*{amount}*C*ACH*CCP*01*999*DA*123*1512345678**01*999*DA*987*20260302
    TRN*1*{trace}*1512345678
    DTM*405*20260302
    N1*PR*SAMPLE MUTUAL*XV*SM01
    N1*PE*CLINIC*XX*1811901945
    LX*1
"""


def payment(
    claims: str, amount: str, *, trace: str = "EFT1", handling: str = "I", control: str = "0001", se: int = 0
) -> str:
    """Return one 835 set; `se` is added to the count in SE01."""
    body = PAYMENT.format(amount=amount, trace=trace, handling=handling) + claims
    inner = [line.strip() for line in body.strip().splitlines() if line.strip()]
    segments = [f"ST*835*{control}", *inner, f"SE*{len(inner) + 2 + se}*{control}"]
    return "".join(f"{segment}~\n" for segment in segments)


def envelope(*sets: str, kind: str = "HP", version: str = "005010X221A1", control: str = "000000001") -> str:
    """Return a file with these sets in one interchange."""
    blank = " " * 10
    isa = (
        f"ISA*00*{blank}*00*{blank}*ZZ*{'SENDER'.ljust(15)}*ZZ*{'RECEIVER'.ljust(15)}"
        f"*260302*1200*^*00501*{control}*0*P*:~\n"
    )
    gs = f"GS*{kind}*SENDER*RECEIVER*20260302*1200*1*X*{version}~\n"
    return isa + gs + "".join(sets) + f"GE*{len(sets)}*1~\nIEA*1*{control}~\n"


PAID_CLAIM = """
    CLP*{number}*1*500*300*50*12*ICN{number}
    CAS*CO*45*150
    CAS*PR*1*50
    NM1*QC*1*ROE*JO****MI*M1
"""


def paid(number: str) -> str:
    """Return a balanced claim: 500 charged, 300 paid, 150 by contract, 50 the patient's."""
    return PAID_CLAIM.format(number=number)


def bring(session: Session, content: str | bytes, *, name: str = "file.txt", is_posted: bool = True) -> Any:
    """Store, read and post a file; return what is said of it."""
    receipt = store(session, content, name=name)
    read_file(session, receipt.file_id, now=NOON, waits=True)
    while is_posted and post_received(session, now=NOON):
        pass
    return answer(session, receipt)


def store(session: Session, content: str | bytes, *, name: str = "file.txt") -> Receipt:
    data = content.encode() if isinstance(content, str) else content
    return receive(session, io.BytesIO(data), name=name, source=FileSource.CLI, now=NOON)


def codes(said: dict[str, Any]) -> list[str]:
    return [error["code"] for error in said["errors"]]


@dataclass(frozen=True)
class Balance:
    """What payers and the patient owe on an account, and whether it is more than a number."""

    insurance: int
    patient: int
    is_identified: bool


def balance(session: Session, number: str) -> Balance:
    session.expire_all()
    account = session.scalars(select(Account).where(Account.number == number)).one()
    return Balance(account.insurance_cents, account.patient_cents, account.is_identified)


def ledger(session: Session, number: str) -> list[tuple[str, str, str, int, int]]:
    """Return kind, group, reason and cents of each line of an account."""
    rows = session.execute(
        select(
            LedgerEntry.kind,
            LedgerEntry.group_code,
            LedgerEntry.reason_code,
            LedgerEntry.insurance_cents,
            LedgerEntry.patient_cents,
        )
        .join(Account, Account.id == LedgerEntry.account_id)
        .where(Account.number == number)
        .order_by(LedgerEntry.id)
    )
    return [(row[0].value, *row[1:]) for row in rows]


def facts(session: Session, state: FactState = FactState.APPLIED) -> int:
    return session.scalar(select(func.count()).select_from(Fact).where(Fact.state == state)) or 0
