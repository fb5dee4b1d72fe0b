"""The office's own claims, read from its tables for the kit."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, RowMapping, func, or_, select, true
from sqlalchemy.orm import Session

from workqueue.kit.office import Bill, Insurer, Person
from workqueue.models import Account, Claim, Patient, Payer
from workqueue.rules.states import PayerKind

NOBODY = Person("Robin", "Testwell", "M0000000")
"""Stands in for a patient of whom the office knows no name."""
UNKNOWN_PAYER = Insurer("UNKNOWN", "Unknown payer", PayerKind.OTHER, None)


def office_bills(session: Session, *, day: date, limit: int) -> list[Bill]:
    """Return the claims of the oldest accounts on which something is open; of any when nothing is.

    An export of another system may bring nothing but what is settled; payers can write about it all the same.
    """
    is_open = or_(Account.insurance_cents != 0, Account.patient_cents != 0)
    accounts = _accounts(session, is_open, limit) or _accounts(session, true(), limit)
    # An export charges by the visit: such a claim has no charge of its own.
    charge_cents = func.coalesce(func.nullif(Claim.charge_cents, 0), Account.charge_cents)
    rows = session.execute(
        select(
            Account.number,
            Claim.sequence,
            charge_cents.label("charge_cents"),
            Claim.service_on,
            Account.service_on.label("visited_on"),
            Claim.submitted_on,
            Claim.payer_control_number,
            Patient.key,
            Patient.first_name,
            Patient.last_name,
            Patient.birth_on,
            Patient.street,
            Patient.city,
            Patient.state,
            Patient.zip,
            Payer.code,
            Payer.name,
            Payer.kind,
            Payer.contract_bp,
        )
        .join(Claim, Claim.account_id == Account.id)
        .outerjoin(Patient, Patient.id == Account.patient_id)
        .outerjoin(Payer, Payer.id == Claim.payer_id)
        .where(Account.id.in_(accounts), charge_cents > 0)
        .order_by(Account.id, Claim.sequence)
    )
    return list(_bills(rows.mappings(), day))


def _accounts(session: Session, which: ColumnElement[bool], limit: int) -> Sequence[int]:
    """Return the oldest accounts of this kind for which something was billed."""
    return session.scalars(
        select(Account.id)
        .join(Claim, Claim.account_id == Account.id)
        .where(Account.is_identified, which, or_(Claim.charge_cents > 0, Account.charge_cents > 0))
        .group_by(Account.id)
        .order_by(Account.id)
        .limit(limit)
    ).all()


def _bills(rows: Iterable[RowMapping], day: date) -> Iterator[Bill]:
    for row in rows:
        service_on = row["service_on"] or row["visited_on"] or row["submitted_on"] or day
        yield Bill(
            number=row["number"],
            patient=_person(row),
            insurer=_insurer(row),
            charge_cents=row["charge_cents"],
            service_on=service_on,
            # The day before the last one, when known: what the office has from a later sending stays.
            submitted_on=row["submitted_on"] - timedelta(days=1) if row["submitted_on"] else service_on,
            sequence=min(row["sequence"], 3),
            known_control_number=row["payer_control_number"],
        )


def _person(row: RowMapping) -> Person:
    if not row["last_name"]:
        return NOBODY
    # The member number is not kept; any that stays the same will do.
    member = f"K{row['key'][:18]}".upper().replace("-", "")
    born = row["birth_on"] or NOBODY.birth_on
    return Person(
        _plain(row["first_name"]),
        _plain(row["last_name"]),
        member,
        born,
        street=_plain(row["street"]),
        city=_plain(row["city"]),
        state=row["state"] if len(row["state"]) == 2 else NOBODY.state,
        zip_code=_plain(row["zip"]),
    )


def _plain(name: str) -> str:
    """Leave out what could be taken for a separator."""
    return "".join(sign for sign in name if sign.isalnum() or sign == " ") or "X"


def _insurer(row: RowMapping) -> Insurer:
    if row["code"] is None:
        return UNKNOWN_PAYER
    return Insurer(row["code"], _plain(row["name"]), row["kind"], row["contract_bp"])
