"""Finding an account by its number, or by the name or a telephone of whoever it concerns.

That is its patient, who answers for it, and who speaks for its patient. A number that was taken off the list
or turned out to be wrong still finds whose it was: calls come from such numbers, and complaints.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import Session

from workqueue.models import Account, Patient, Phone, Relation
from workqueue.rules.phones import NotAPhone, to_e164
from workqueue.services.reading.lines import full_name

MOST_FOUND = 50
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class FoundAccount:
    account_id: int
    number: str
    is_identified: bool
    patient_name: str
    birth_on: date | None
    service_on: date | None
    insurance_cents: int
    patient_cents: int


def find_accounts(session: Session, *, text: str, limit: int = MOST_FOUND) -> tuple[FoundAccount, ...]:
    """Return accounts whose number is this text, or which concern a person of this name or telephone.

    Those that still owe come first. One more than `limit` is never asked for: who sees many types more.
    """
    text = " ".join(text.split())
    if len(text) < SHORTEST:
        return ()
    # Several selects, not one with OR: each finds its rows by an index of its own.
    asked = [select(Account.id).where(Account.number.in_({text, text.upper()}))]
    persons = _persons(text)
    if persons is not None:
        spoken_for = select(Relation.patient_id).where(Relation.person_id.in_(persons))
        asked += [
            select(Account.id).where(Account.patient_id.in_(persons)),
            select(Account.id).where(Account.guarantor_id.in_(persons)),
            select(Account.id).where(Account.patient_id.in_(spoken_for)),
        ]
    ids = union(*asked).subquery()
    rows = session.execute(
        select(Account, Patient.last_name, Patient.first_name, Patient.birth_on)
        .outerjoin(Patient, Patient.id == Account.patient_id)
        .where(Account.id.in_(select(ids.c.id)))
        .order_by(
            (Account.insurance_cents + Account.patient_cents == 0),
            Account.service_on.desc().nulls_last(),
            Account.id,
        )
        .limit(limit)
    )
    return tuple(
        FoundAccount(
            account_id=account.id,
            number=account.number,
            is_identified=account.is_identified,
            patient_name=full_name(last, first),
            birth_on=birth_on,
            service_on=account.service_on,
            insurance_cents=account.insurance_cents,
            patient_cents=account.patient_cents,
        )
        for account, last, first, birth_on in rows
    )


def _persons(text: str) -> Select[int] | None:
    """Return a subquery of the persons meant: by telephone if it is one, else by how the name begins."""
    e164 = _e164(text)
    if e164 is not None:
        return select(Phone.patient_id).where(Phone.e164 == e164)
    if any(each.isdigit() for each in text):
        return None
    last, first = _names(text)
    starts = func.lower(Patient.last_name).startswith(last.lower(), autoescape=True)
    if first:
        starts = starts & func.lower(Patient.first_name).startswith(first.lower(), autoescape=True)
    return select(Patient.id).where(starts)


def _names(text: str) -> tuple[str, str]:
    """Read "Last, First", "First Last" or "Last"."""
    if "," in text:
        last, _, first = text.partition(",")
        return last.strip(), first.strip()
    first, _, last = text.rpartition(" ")
    return last, first


def _e164(text: str) -> str | None:
    if sum(each.isdigit() for each in text) < 10 or any(each.isalpha() for each in text):
        return None
    try:
        return to_e164(text)
    except NotAPhone:
        return None


def account_of_number(session: Session, number: str) -> int | None:
    """Return the account with exactly this number."""
    return session.scalar(select(Account.id).where(Account.number == number))
