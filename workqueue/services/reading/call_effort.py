"""What was done to reach the person of an account: the evidence for a complaint, and for Medicare bad debt.

42 CFR 413.89(e)(2) wants the bills, letters and calls of a genuine effort; 12 CFR 1006.100 three years of
evidence of compliance. Every call stands with the verdict that allowed it and the rules it was judged by.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Account, Call, Outcome, Patient, Phone, Relation, User
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.call_states import Identifier
from workqueue.rules.channels import RELATION_WORDS, ContactChannel
from workqueue.rules.dispositions import DISPOSITIONS, label_of
from workqueue.rules.kinds import Party
from workqueue.rules.notices import NoticeKind
from workqueue.rules.refusals import NotFound
from workqueue.rules.scripts import identifier_words
from workqueue.rules.words import person_name
from workqueue.services.reading.notices import NoticeLine, notices


@dataclass(frozen=True, slots=True)
class EffortLine:
    """One call, or one attempt in another medium."""

    call_id: int
    at: datetime
    zone: str
    """Where the person was taken to be; the call's local time is by its clock."""
    rep_name: str
    party: Party
    name: str
    """Of the person called, as the record has it now; empty for a payer."""
    role: str
    """By what right that person was spoken to about this bill, in words."""
    channel: ContactChannel
    is_inbound: bool
    place: str
    number_end: str
    """The last four digits: enough to tell numbers apart, too few to dial."""
    is_allowed: bool
    rules_version: str
    rules: tuple[dict[str, Any], ...]
    is_connected: bool
    answered_at: datetime | None
    identified_by: tuple[str, ...]
    ended_at: datetime | None
    outcome: str
    is_conversation: bool
    is_right_party: bool
    note: str

    @property
    def local_at(self) -> datetime:
        return self.at.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class CallEffort:
    """All of it, oldest first."""

    account_id: int
    account_number: str
    patient_name: str
    answering_name: str
    """Of the guarantor; empty where the patient answers for the bill."""
    service_on: date | None
    lines: tuple[EffortLine, ...]
    notices: tuple[NoticeLine, ...]

    @property
    def placed(self) -> int:
        """Calls the office placed to whoever may be spoken to, and that were connected."""
        return sum(
            each.party is Party.PATIENT and not each.is_inbound and each.is_connected for each in self.lines
        )

    @property
    def conversations(self) -> int:
        return sum(each.party is Party.PATIENT and each.is_conversation for each in self.lines)

    @property
    def right_party(self) -> int:
        return sum(each.is_right_party for each in self.lines)

    @property
    def first_bill_on(self) -> date | None:
        return min(
            (each.given_on for each in self.notices if each.kind is NoticeKind.STATEMENT), default=None
        )


def call_effort(session: Session, *, account_id: int) -> CallEffort:
    """Gather the evidence of one account; raises NotFound when there is no such account."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    return CallEffort(
        account_id=account.id,
        account_number=account.number,
        patient_name=_name(session, account.patient_id),
        answering_name=_name(session, account.guarantor_id),
        service_on=account.service_on,
        lines=tuple(_lines(session, account)),
        notices=notices(session, account_id),
    )


def _name(session: Session, person_id: int | None) -> str:
    person = session.get(Patient, person_id) if person_id is not None else None
    return person_name(person.first_name, person.last_name) if person else ""


def _lines(session: Session, account: Account) -> Iterator[EffortLine]:
    rows = session.execute(
        select(Call, User.name, Patient.first_name, Patient.last_name, Phone.e164, Outcome.note)
        .join(User, User.id == Call.rep_id)
        # Not the account's patient: a guarantor, a parent or an attorney may have been called.
        .outerjoin(Patient, Patient.id == Call.patient_id)
        .outerjoin(Phone, Phone.id == Call.phone_id)
        .outerjoin(Outcome, Outcome.call_id == Call.id)
        .where(Call.account_id == account.id)
        .order_by(Call.placed_at, Call.id)
    ).all()
    relations = _relations(session, account)
    for call, rep_name, first_name, last_name, e164, note in rows:
        known = DISPOSITIONS.get(call.disposition)
        rules = tuple(call.verdict.get("rules", ()))
        yield EffortLine(
            call_id=call.id,
            at=call.placed_at,
            zone=_zone(rules),
            rep_name=rep_name,
            party=call.party,
            name=person_name(first_name, last_name),
            role=_role(account, call, relations.get(call.patient_id, ())),
            channel=call.channel,
            is_inbound=call.is_inbound,
            place=call.place.value if call.place else "",
            number_end=e164[-4:] if e164 else "",
            is_allowed=bool(call.verdict.get("is_allowed")),
            rules_version=str(call.verdict.get("version", "")),
            rules=rules,
            is_connected=call.is_connected,
            answered_at=call.answered_at,
            identified_by=tuple(identifier_words(Identifier(each)) for each in call.verified_by)
            if call.verified_at
            else (),
            ended_at=call.ended_at,
            outcome=label_of(call.disposition) if call.disposition else "Not logged",
            is_conversation=call.verified_at is not None or (known is not None and known.is_conversation),
            is_right_party=call.verified_at is not None,
            note=note or "",
        )


def _relations(session: Session, account: Account) -> Mapping[int | None, Sequence[Relation]]:
    """Return who else speaks or spoke for the persons of the account, each with all their relations."""
    rows = session.scalars(
        select(Relation)
        .where(Relation.patient_id.in_([account.patient_id, account.guarantor_id]))
        .order_by(Relation.starts_on, Relation.id)
    )
    found: dict[int | None, list[Relation]] = defaultdict(list)
    for each in rows:
        found[each.person_id].append(each)
    return found


def _role(account: Account, call: Call, relations: Sequence[Relation]) -> str:
    """Say by what right the person called was spoken to: on the day of the call, else at any time."""
    if call.party is not Party.PATIENT:
        return call.party.value.capitalize()
    if call.patient_id == account.patient_id:
        return "Patient"
    if call.patient_id == account.guarantor_id:
        return "Guarantor"
    on = office_day(call.placed_at)
    then = [
        each for each in relations if each.starts_on <= on and (each.ends_on is None or each.ends_on >= on)
    ]
    role = next((each.role for each in reversed(then or relations)), None)
    return RELATION_WORDS[role] if role else ""


def _zone(rules: tuple[dict[str, Any], ...]) -> str:
    """Return a zone the call was judged by; the office's where none was looked at."""
    for rule in rules:
        for zone in rule.get("inputs", {}).get("local", ()):
            return str(zone)
    return OFFICE_ZONE
