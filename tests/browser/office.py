"""A small office with invented patients, and people signed in to it: what the pages are looked at with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import (
    ada,
    ana,
    ben,
    give_skill,
    make_fact,
    make_hold,
    make_note,
    make_patient,
    make_payer,
    make_phone,
    make_skill,
    make_window,
    otto,
    sue,
    uma,
)
from tests.factories.signing_in import make_sign_in_session
from workqueue.database import transaction
from workqueue.models import Account, Payer, Task, User
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.states import FactKind, PhonePlace
from workqueue.rules.windows import candidate_zones
from workqueue.services import deriving, posting
from workqueue.services.sign_in import LIFETIME

COOKIE = "workqueue"
NAMES = {
    ana: "Ana Flores",
    ben: "Ben Ortiz",
    otto: "Otto Reyes",
    sue: "Sue Lindqvist",
    ada: "Ada Kern",
    uma: "Uma Patel",
}


def cookie_of(app: Flask, person: Callable[[Session], User]) -> str:
    """Sign the person in; return the cookie of their browser."""
    token, now = f"token of {person.__name__}", datetime.now(UTC)
    with app.app_context(), transaction() as session:
        make_sign_in_session(
            session,
            user=person(session),
            token_hash=sha256(token.encode()).hexdigest(),
            created_at=now,
            expires_at=now + LIFETIME,
        )
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    kept = client.get_cookie(COOKIE)
    assert kept is not None
    return kept.value


def open_office(app: Flask, now: datetime) -> None:
    """Fill an empty database: every kind of work a rep meets on a day, as it stands at this moment."""
    with app.app_context(), transaction() as session:
        for code in Skill:
            make_skill(session, code)
        for code in (Skill.PAYMENTS, Skill.PATIENTS):
            give_skill(session, ana(session), code)
        names = {
            ana: "Ana Flores",
            ben: "Ben Ortiz",
            otto: "Otto Reyes",
            sue: "Sue Lindqvist",
            ada: "Ada Kern",
        }
        for person, name in (names | {uma: "Uma Patel"}).items():
            person(session).name = name
        office = Office(session, now)
        northwind = make_payer(session, name="Northwind Health", appeal_days=60)
        contoso = make_payer(session, name="Contoso Mutual", response_days=30)
        office.deny(northwind)
        office.leave_unanswered(contoso)
        office.leave_to_patients(northwind)
        office.pay_for_nobody(contoso)
        # The sweeper's part: what became due between those days and now.
        deriving.rescore_due(session, now=now)


def task_id(app: Flask, number: str, kind: TaskKind) -> int:
    """Return the task of this kind on the account of this number."""
    with app.app_context(), transaction() as session:
        found = session.query(Task.id).join(Account, Account.id == Task.account_id)
        return int(found.filter(Account.number == number, Task.kind == kind).one()[0])


def account_id(app: Flask, number: str) -> int:
    with app.app_context(), transaction() as session:
        return int(session.query(Account.id).filter(Account.number == number).one()[0])


@dataclass
class Office:
    """Writes facts as the intake would, days before this moment."""

    session: Session
    now: datetime

    def deny(self, payer: Payer) -> None:
        """A claim paid in part and denied in part, with a share for the patient."""
        self._bill("100482", self._patient("Marisol", "Rivera", "+13122210142"), payer, 421_055, 48)
        self._fact(
            FactKind.CLAIM_STATUS,
            "100482",
            payer,
            40,
            payer_control_number="NW20931187",
            code="A2",
            reason="20",
            payload={"status_key": f"{self._day(40):%Y%m%d}:50:A2"},
        )
        self._pay("100482", payer, 9, paid=86_000, contractual=62_000, share=23_055, denied=250_000)
        make_note(
            self.session,
            account=self._account("100482"),
            author=ben(self.session),
            text="The practice says prior authorization was asked for.\nAsked them to look for its number.",
            at=self.now - timedelta(days=3),
        )

    def leave_unanswered(self, payer: Payer) -> None:
        for number, first, last, cents, days in (
            ("100517", "James", "Okafor", 182_500, 52),
            ("100533", "Mei", "Chen", 1_290_400, 61),
            ("100540", "Samir", "Haddad", 77_310, 46),
        ):
            self._bill(number, self._patient(first, last, "+13122210150"), payer, cents, days)

    def leave_to_patients(self, payer: Payer) -> None:
        """Balances of patients in three zones; the last is held."""
        for number, first, last, phone, state, zip_code, cents in (
            ("100601", "Dana", "Whitfield", "+13122210161", "IL", "60601", 48_200),
            ("100602", "Luis", "Aranda", "+12122210162", "NY", "10001", 16_450),
            ("100603", "Noor", "Siddiqui", "+18082210163", "HI", "96813", 91_000),
        ):
            patient_id = self._patient(first, last, phone, state=state, zip_code=zip_code)
            self._bill(number, patient_id, payer, cents * 3, 75)
            self._pay(number, payer, 45, paid=cents, contractual=cents, share=cents)
        make_hold(self.session, account=self._account("100603"), placed_at=self.now, owner=sue(self.session))
        self._fact(
            FactKind.PAYMENT,
            "100603",
            None,
            1,
            paid_cents=1_000,
            code="lockbox",
            payload={"entries": [["patient_payment", "", "", 0, -1_000]]},
        )

    def pay_for_nobody(self, payer: Payer) -> None:
        self._pay("77-20418", payer, 2, paid=21_250)

    def _account(self, number: str) -> Account:
        return self.session.query(Account).filter_by(number=number).one()

    def _day(self, days: int) -> date:
        return (self.now - timedelta(days=days)).date()

    def _patient(
        self, first: str, last: str, phone: str, *, state: str = "IL", zip_code: str = "60601"
    ) -> int:
        person = make_patient(
            self.session,
            first_name=first,
            last_name=last,
            state=state,
            zip_code=zip_code,
            window=make_window(self.session, "|".join(candidate_zones([phone], state, zip_code))),
            birth_on=date(1984, 5, 17),
        )
        make_phone(self.session, patient=person, e164=phone, place=PhonePlace.MOBILE)
        return person.id

    def _bill(self, number: str, patient_id: int, payer: Payer, cents: int, days: int) -> None:
        self._fact(
            FactKind.CLAIM_SUBMITTED,
            number,
            payer,
            days,
            charge_cents=cents,
            code="1",
            payload={"patient_id": patient_id, "service_on": self._day(days + 6).isoformat()},
        )

    def _pay(
        self,
        number: str,
        payer: Payer,
        days: int,
        *,
        paid: int,
        contractual: int = 0,
        share: int = 0,
        denied: int = 0,
    ) -> None:
        entries = [
            ["payer_payment", "", "", -paid, 0],
            ["contractual", "CO", "45", -contractual, 0],
            ["patient_responsibility", "PR", "2", -share, share],
        ]
        self._fact(
            FactKind.REMITTANCE_CLAIM,
            number,
            payer,
            days,
            charge_cents=paid + contractual + share + denied,
            paid_cents=paid,
            contractual_cents=contractual,
            patient_cents=share,
            denied_cents=denied,
            code="1",
            reason="CO-197" if denied else "",
            payload={"entries": [each for each in entries if each[3] or each[4]]},
        )

    def _fact(self, kind: FactKind, number: str, payer: Payer | None, days: int, **given: Any) -> None:
        at = self.now - timedelta(days=days)
        make_fact(
            self.session,
            kind,
            account_number=number,
            payer=payer,
            effective_on=self._day(days),
            received_at=at,
            **given,
        )
        posting.post_received(self.session, now=at)
