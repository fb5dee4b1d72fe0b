"""Patients, telephones, windows and payers."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON, numbers
from workqueue.models import Patient, Payer, Phone, Window
from workqueue.rules.states import PayerKind, PhonePlace


def make_window(session: Session, zones: str = "America/Chicago") -> Window:
    """Return the window of these zones, made when there is none; `""` is for work that calls no patient."""
    window = session.scalar(select(Window).where(Window.zones == zones))
    if window is None:
        window = Window(zones=zones)
        session.add(window)
        session.flush()
    return window


def make_patient(
    session: Session,
    *,
    key: str | None = None,
    first_name: str = "Robin",
    last_name: str = "Testwell",
    birth_on: date | None = date(1980, 2, 3),
    state: str = "IL",
    zip_code: str = "60601",
    window: Window | None = None,
) -> Patient:
    patient = Patient(
        key=key or f"patient-{next(numbers)}",
        first_name=first_name,
        last_name=last_name,
        birth_on=birth_on,
        street="1 Sample Street",
        city="Chicago",
        state=state,
        zip=zip_code,
        window_id=(window or make_window(session)).id,
        created_at=NOON,
    )
    session.add(patient)
    session.flush()
    return patient


def make_phone(
    session: Session,
    *,
    patient: Patient | None = None,
    e164: str | None = None,
    place: PhonePlace = PhonePlace.MOBILE,
    is_valid: bool = True,
) -> Phone:
    """Make a telephone; tests of the call window pass a number whose exchange is real, never dialled."""
    phone = Phone(
        patient_id=(patient or make_patient(session)).id,
        e164=e164 or f"+1312555{100 + next(numbers) % 100:04d}",
        place=place,
        is_valid=is_valid,
        created_at=NOON,
    )
    session.add(phone)
    session.flush()
    return phone


def make_payer(
    session: Session,
    *,
    code: str | None = None,
    name: str = "Sample Mutual",
    kind: PayerKind = PayerKind.COMMERCIAL,
    response_days: int = 30,
    filing_days: int = 180,
    appeal_days: int = 180,
    net_bp: int = 5_500,
    contract_bp: int | None = 6_000,
) -> Payer:
    payer = Payer(
        code=code or f"PAYER{next(numbers)}",
        name=name,
        kind=kind,
        response_days=response_days,
        filing_days=filing_days,
        appeal_days=appeal_days,
        net_bp=net_bp,
        contract_bp=contract_bp,
    )
    session.add(payer)
    session.flush()
    return payer
