"""A person as the office knows them: how to reach them, what they asked for, who speaks and answers for whom.

A constant number of queries, however much there is.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from workqueue.models import Account, Consent, EmailAddress, Patient, Phone, PostalAddress, Relation, User
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource, RelationRole
from workqueue.rules.places import contradiction
from workqueue.rules.preferences import heed_by
from workqueue.rules.refusals import NotFound
from workqueue.rules.states import PhonePlace
from workqueue.rules.words import person_name
from workqueue.services.reading.lines import full_name
from workqueue.services.reading.reach import ReachView, address_words, reach
from workqueue.services.responsible import concerns

MOST_ACCOUNTS = 200
MOST_WORDS = 50


@dataclass(frozen=True, slots=True)
class AddressLine:
    address_id: int | None
    """Empty for the one on the claims, which only the next file changes."""
    words: str
    place: PhonePlace
    source: PointSource
    is_valid: bool
    ended_at: datetime | None
    contradiction: str
    """That state and ZIP code are of two places; empty when they agree."""


@dataclass(frozen=True, slots=True)
class EmailLine:
    email_id: int
    address: str
    place: PhonePlace
    source: PointSource
    is_valid: bool
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class WordLine:
    """One consent or revocation, as it was written down."""

    consent_id: int
    channel: ContactChannel
    scope: ConsentScope
    e164: str
    is_given: bool
    how: str
    said_at: datetime
    by_name: str
    heed_by: date | None
    """For a revocation, the last day the law would allow; here it is heeded at once."""


@dataclass(frozen=True, slots=True)
class RelationLine:
    relation_id: int
    other_id: int
    other_name: str
    speaks_for_other: bool
    """True when this person speaks for the other; False when the other speaks for this person."""
    role: RelationRole
    authority: str
    starts_on: date
    ends_on: date | None
    is_in_force: bool
    by_name: str


@dataclass(frozen=True, slots=True)
class BundleLine:
    """One bill this person is the patient of or answers for."""

    account_id: int
    number: str
    patient_id: int | None
    patient_name: str
    guarantor_id: int | None
    guarantor_name: str
    service_on: date | None
    insurance_cents: int
    patient_cents: int
    is_answered_for: bool
    """Whether this person answers for it: calls to them are about all of these."""


@dataclass(frozen=True, slots=True)
class PersonView:
    id: int
    name: str
    birth_on: date | None
    reach: ReachView
    addresses: tuple[AddressLine, ...]
    emails: tuple[EmailLine, ...]
    words: tuple[WordLine, ...]
    """Newest first."""
    relations: tuple[RelationLine, ...]
    bundle: tuple[BundleLine, ...]

    @property
    def owed_cents(self) -> int:
        """What this person owes on all the bills they answer for."""
        return sum(each.patient_cents for each in self.bundle if each.is_answered_for)


def person_view(session: Session, *, person_id: int, now: datetime) -> PersonView:
    person = session.scalar(select(Patient).where(Patient.id == person_id))
    reached = reach(session, person_id, now)
    if person is None or reached is None:
        raise NotFound
    return PersonView(
        id=person.id,
        name=reached.name,
        birth_on=person.birth_on,
        reach=reached,
        addresses=_addresses(session, person),
        emails=_emails(session, person_id),
        words=_words(session, person_id),
        relations=_relations(session, person_id, office_day(now)),
        bundle=_bundle(session, person_id),
    )


def _addresses(session: Session, person: Patient) -> tuple[AddressLine, ...]:
    rows = session.scalars(
        select(PostalAddress)
        .where(PostalAddress.patient_id == person.id)
        .order_by(PostalAddress.ended_at.is_not(None), PostalAddress.is_valid.desc(), PostalAddress.id)
    )
    lines = tuple(
        AddressLine(
            address_id=each.id,
            words=address_words(each),
            place=each.place,
            source=each.source,
            is_valid=each.is_valid,
            ended_at=each.ended_at,
            contradiction=contradiction(each.state, each.zip),
        )
        for each in rows
    )
    if not address_words(person):
        return lines
    on_claims = AddressLine(
        address_id=None,
        words=address_words(person),
        place=PhonePlace.HOME,
        source=PointSource.FILE,
        is_valid=True,
        ended_at=None,
        contradiction=contradiction(person.state, person.zip),
    )
    return (on_claims, *lines)


def _emails(session: Session, person_id: int) -> tuple[EmailLine, ...]:
    rows = session.scalars(
        select(EmailAddress)
        .where(EmailAddress.patient_id == person_id)
        .order_by(EmailAddress.ended_at.is_not(None), EmailAddress.is_valid.desc(), EmailAddress.id)
    )
    return tuple(
        EmailLine(each.id, each.address, each.place, each.source, each.is_valid, each.ended_at)
        for each in rows
    )


def _words(session: Session, person_id: int) -> tuple[WordLine, ...]:
    rows = session.execute(
        select(Consent, Phone.e164, User.name)
        .outerjoin(Phone, Phone.id == Consent.phone_id)
        .outerjoin(User, User.id == Consent.recorded_by_id)
        .where(Consent.patient_id == person_id)
        .order_by(Consent.said_at.desc(), Consent.id.desc())
        .limit(MOST_WORDS)
    )
    return tuple(
        WordLine(
            consent_id=each.id,
            channel=each.channel,
            scope=each.scope,
            e164=e164 or "",
            is_given=each.is_given,
            how=each.how,
            said_at=each.said_at,
            by_name=by_name or "",
            heed_by=None if each.is_given else heed_by(each.said_at),
        )
        for each, e164, by_name in rows
    )


def _relations(session: Session, person_id: int, today: date) -> tuple[RelationLine, ...]:
    patient, speaker = aliased(Patient), aliased(Patient)
    rows = session.execute(
        select(Relation, patient, speaker, User.name)
        .join(patient, patient.id == Relation.patient_id)
        .join(speaker, speaker.id == Relation.person_id)
        .join(User, User.id == Relation.recorded_by_id)
        .where(or_(Relation.patient_id == person_id, Relation.person_id == person_id))
        .order_by(Relation.id)
    )
    lines = []
    for each, of_patient, by_speaker, by_name in rows:
        speaks = each.person_id == person_id
        other = of_patient if speaks else by_speaker
        lines.append(
            RelationLine(
                relation_id=each.id,
                other_id=other.id,
                other_name=person_name(other.first_name, other.last_name),
                speaks_for_other=speaks,
                role=each.role,
                authority=each.authority,
                starts_on=each.starts_on,
                ends_on=each.ends_on,
                is_in_force=each.starts_on <= today and (each.ends_on is None or each.ends_on >= today),
                by_name=by_name,
            )
        )
    return tuple(sorted(lines, key=lambda line: not line.is_in_force))


def _bundle(session: Session, person_id: int) -> tuple[BundleLine, ...]:
    patient, guarantor = aliased(Patient), aliased(Patient)
    rows = session.execute(
        select(Account, patient, guarantor)
        .outerjoin(patient, patient.id == Account.patient_id)
        .outerjoin(guarantor, guarantor.id == Account.guarantor_id)
        .where(concerns(person_id))
        .order_by((Account.patient_cents == 0), Account.service_on.desc().nulls_last(), Account.id)
        .limit(MOST_ACCOUNTS)
    )
    return tuple(
        BundleLine(
            account_id=account.id,
            number=account.number,
            patient_id=account.patient_id,
            patient_name=full_name(of.last_name, of.first_name) if of is not None else "",
            guarantor_id=account.guarantor_id,
            guarantor_name=full_name(by.last_name, by.first_name) if by is not None else "",
            service_on=account.service_on,
            insurance_cents=account.insurance_cents,
            patient_cents=account.patient_cents,
            is_answered_for=account.person_id == person_id,
        )
        for account, of, by in rows
    )
