"""What some people of the demonstration have told: more numbers, wishes, who speaks and answers for whom.

One person for each thing to look at. All numbers are of the exchange that is kept for invented ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from workqueue.models import Account, Hold, Patient, Phone
from workqueue.rules.bad_times import inconvenience
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource, RelationRole
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, persons, preferences, relations

BY_PHONE = "On the telephone"
CHILDREN_AGED = (9, 13)


@dataclass(frozen=True)
class Talk:
    """One person who told something, and the rep who wrote it down."""

    session: Session
    patient_id: int
    rep_id: int
    area: str
    now: datetime

    def phone(self, last: int, place: PhonePlace, *, language: str = "", extension: str = "") -> int:
        return contact_points.add_phone(
            self.session,
            patient_id=self.patient_id,
            text=f"+1{self.area}55501{last:02d}" + (f" ext. {extension}" if extension else ""),
            place=place,
            source=PointSource.PATIENT,
            language=language,
            now=self.now,
        )

    def revoke(self, channel: ContactChannel, scope: ConsentScope, how: str) -> None:
        preferences.say(
            self.session,
            patient_id=self.patient_id,
            is_given=False,
            channel=channel,
            scope=scope,
            phone_id=None,
            how=how,
            said_at=self.now,
            recorded_by_id=self.rep_id,
            now=self.now,
        )

    def relate(self, person_id: int, role: RelationRole, authority: str, starts_on: date) -> None:
        relations.add(
            self.session,
            patient_id=self.patient_id,
            person_id=person_id,
            role=role,
            authority=authority,
            starts_on=starts_on,
            ends_on=None,
            recorded_by_id=self.rep_id,
            now=self.now,
        )


def several_numbers(talk: Talk) -> None:
    """At work nobody may call, the old number is wrong, and a second address contradicts itself."""
    work = talk.phone(71, PhonePlace.WORK, extension="45")
    contact_points.stop_phone(talk.session, phone_id=work, now=talk.now)
    old = talk.phone(72, PhonePlace.HOME)
    contact_points.invalidate_phone(talk.session, phone_id=old, now=talk.now)
    contact_points.add_address(
        talk.session,
        patient_id=talk.patient_id,
        place=PhonePlace.OTHER,
        street="7 Placeholder Way",
        city="Gary",
        state="IL",
        zip_code="46402",
        source=PointSource.RELATIVE,
        now=talk.now,
    )
    contact_points.add_email(
        talk.session,
        patient_id=talk.patient_id,
        text="somebody@example.org",
        place=PhonePlace.HOME,
        source=PointSource.PATIENT,
        now=talk.now,
    )


def confidential(talk: Talk) -> None:
    """Only the mobile, never the number of the house."""
    talk.phone(73, PhonePlace.HOME)
    mobile = talk.phone(74, PhonePlace.MOBILE)
    preferences.instruct(
        talk.session,
        patient_id=talk.patient_id,
        channel=ContactChannel.CALL,
        phone_id=mobile,
        email_id=None,
        address_id=None,
        note="Ask for the first name only.",
        how="In writing",
        recorded_by_id=talk.rep_id,
        now=talk.now,
    )


def revoked(talk: Talk) -> None:
    """No machines and no texts, and not in the evening."""
    talk.revoke(ContactChannel.CALL, ConsentScope.AUTOMATED_BILLING, BY_PHONE)
    talk.revoke(ContactChannel.TEXT, ConsentScope.BILLING, "STOP by text")
    evenings = inconvenience(range(5), time(17), time(19), "")
    sundays = inconvenience([6], None, None, "")
    for said in (evenings, sundays):
        preferences.add_bad_time(
            talk.session,
            patient_id=talk.patient_id,
            said=said,
            how=BY_PHONE,
            recorded_by_id=talk.rep_id,
            now=talk.now,
        )


def represented(talk: Talk) -> None:
    """A sister may be spoken to, and a son acts with a power of attorney."""
    for first_name, last, role, authority in (
        ("Alma", 75, RelationRole.AUTHORISED_CONTACT, "Agreed on the telephone"),
        ("Olaf", 76, RelationRole.PERSONAL_REPRESENTATIVE, "Power of attorney, copy on file"),
    ):
        other = persons.add(talk.session, first_name=first_name, last_name="Samplekin", now=talk.now)
        contact_points.add_phone(
            talk.session,
            patient_id=other,
            text=f"+1{talk.area}55501{last}",
            place=PhonePlace.MOBILE,
            source=PointSource.PATIENT,
            language="",
            now=talk.now,
        )
        talk.relate(other, role, authority, talk.now.date())


def spanish(talk: Talk) -> None:
    """Speaks Spanish; at work somebody picks up who speaks English; never called there."""
    contact_points.set_language(talk.session, patient_id=talk.patient_id, language="es", now=talk.now)
    talk.phone(77, PhonePlace.WORK, language="en")
    preferences.add_bad_time(
        talk.session,
        patient_id=talk.patient_id,
        said=inconvenience([], None, None, PhonePlace.WORK),
        how=BY_PHONE,
        recorded_by_id=talk.rep_id,
        now=talk.now,
    )


TALKS: tuple[Callable[[Talk], None], ...] = (several_numbers, confidential, revoked, represented, spanish)


def tell_wishes(session: Session, people: Mapping[str, int], *, today: date, now: datetime) -> None:
    """Let one person tell each of these things, and a parent answer for two children."""
    owing = _owing(session)
    for (patient_id, area), told in zip(owing, TALKS, strict=False):
        with persons.changing(session, patient_id, actor_id=people["otto"], now=now):
            told(Talk(session, patient_id, people["otto"], area, now))
    children = owing[len(TALKS) : len(TALKS) + len(CHILDREN_AGED)]
    if len(children) == len(CHILDREN_AGED):
        _answer_for(session, [each for each, _ in children], children[0][1], people["pia"], today, now)


def _owing(session: Session) -> list[tuple[int, str]]:
    """Return who owes most and is left alone by no hold, each with the area code of a number of theirs."""
    held = select(Hold.account_id).where(Hold.account_id.is_not(None))
    rows = session.execute(
        select(Account.patient_id, func.min(Phone.e164))
        .join(Phone, Phone.patient_id == Account.patient_id)
        .where(Account.patient_cents > 0, Account.id.not_in(held))
        .group_by(Account.patient_id)
        .order_by(func.max(Account.patient_cents).desc(), Account.patient_id)
        .limit(len(TALKS) + len(CHILDREN_AGED))
    )
    return [(patient_id, e164[2:5]) for patient_id, e164 in rows if patient_id is not None]


def _answer_for(
    session: Session, children: list[int], area: str, rep_id: int, today: date, now: datetime
) -> None:
    """Make a parent who answers for the bills of these two, who are children."""
    parent = persons.add(session, first_name="Marta", last_name="Samplemother", now=now)
    for child, age in zip(children, CHILDREN_AGED, strict=True):
        born_on = today - timedelta(days=age * 365 + 100)
        session.execute(update(Patient).where(Patient.id == child).values(birth_on=born_on))
    contact_points.add_phone(
        session,
        patient_id=parent,
        text=f"+1{area}5550178",
        place=PhonePlace.MOBILE,
        source=PointSource.PATIENT,
        language="",
        now=now,
    )
    for child in children:
        Talk(session, child, rep_id, area, now).relate(
            parent, RelationRole.PERSONAL_REPRESENTATIVE, "Mother, birth certificate seen", today
        )
    account_ids = session.scalars(select(Account.id).where(Account.patient_id.in_(children))).all()
    relations.set_guarantor(session, account_ids=account_ids, guarantor_id=parent, actor_id=rep_id, now=now)
