"""What the rules look at, gathered for any number of people and numbers at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from workqueue.rules.ages import is_minor
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import CollectsAs, ContactChannel, PointSource, RelationRole
from workqueue.rules.contact_facts import ConfidentialWay, ContactFacts, HoldInForce, NumberFacts
from workqueue.rules.contact_rules import ContactRule, RuleKind
from workqueue.rules.holds import ABOUT_PATIENT, SPARING_GUARANTOR, HoldKind, kinds_that_stop
from workqueue.rules.jurisdictions import jurisdictions
from workqueue.rules.kinds import Party
from workqueue.rules.phones import is_dialable
from workqueue.rules.preferences import has_consent_to_automation
from workqueue.rules.states import PhonePlace
from workqueue.rules.windows import zones_of_number, zones_of_person
from workqueue.services import contact_rules
from workqueue.services.contacting.attempts import Calls, calls_of
from workqueue.services.contacting.booked import Booked, booked_with
from workqueue.services.contacting.dials import Dial
from workqueue.services.contacting.forecast import Where
from workqueue.services.contacting.wishes import NO_WISHES, Holds, Wishes, holds_of, notices_of, wishes_of

STOPS_CALLS = frozenset(kinds_that_stop(Party.PATIENT))
"""Other holds let the payers' tasks wait, and the patient may be called all the same."""

SPEAKS_ALL_THE_SAME = {
    HoldKind.DECEASED: RelationRole.EXECUTOR,
    HoldKind.ATTORNEY: RelationRole.ATTORNEY,
    HoldKind.MINOR: RelationRole.PERSONAL_REPRESENTATIVE,
}
"""Holds that say: not to them, but to this one (12 CFR 1006.6(a)(4), (b)(2); 45 CFR 164.502(g))."""


def gather(session: Session, dials: list[Dial], now: datetime) -> "Known":
    """Read all that the rules look at: five statements, however many numbers."""
    today = office_day(now)
    account_ids = {each.account_id for each in dials}
    person_ids = {each.person_id for each in dials}
    answering_ids = {each.answering_id for each in dials}
    patient_ids = {each.patient_id for each in dials if each.patient_id is not None}
    rules = contact_rules.to_judge_by(session, now)
    valid: dict[int, set[str]] = defaultdict(set)
    for each in dials:
        if each.is_valid:
            valid[each.person_id].add(each.e164)
    return Known(
        now=now,
        today=today,
        dials=dials,
        collects_as=contact_rules.collects_as(session),
        valid_e164s=valid,
        holds=holds_of(session, account_ids, person_ids | patient_ids, now),
        wishes=wishes_of(session, person_ids | patient_ids),
        calls=calls_of(session, person_ids, now, contact_rules.look_back(rules)),
        booked=booked_with(session, account_ids, person_ids | answering_ids),
        notices=_notices(session, account_ids, rules),
    )


def _notices(
    session: Session, account_ids: Collection[int], rules: Sequence[ContactRule]
) -> Mapping[int, date]:
    """Return when notices went out, if a rule that binds this office waits for one."""
    role = contact_rules.collects_as(session)
    if any(each.kind is RuleKind.WAITING and each.basis(role) is not None for each in rules):
        return notices_of(session, account_ids)
    return {}


@dataclass(frozen=True, slots=True)
class Known:
    """What the statements found, by account and by person."""

    now: datetime
    today: date
    dials: list[Dial]
    collects_as: CollectsAs
    valid_e164s: Mapping[int, set[str]]
    holds: Holds
    wishes: Mapping[int, Wishes]
    calls: Mapping[int, Calls]
    booked: Booked
    notices: Mapping[int, date]

    def where(self, dial: Dial) -> Where:
        e164s = self.valid_e164s.get(dial.person_id, set()) | {dial.e164}
        return Where(_zones(dial, e164s, self.now), _jurisdictions(dial, e164s))

    def facts_of(self, dial: Dial) -> ContactFacts:
        where = self.where(dial)
        wishes = self.wishes.get(dial.person_id, NO_WISHES)
        calls = self.calls.get(dial.person_id)
        others = calls.rep_ids - {dial.holder_id} if calls else ()
        return ContactFacts(
            collects_as=self.collects_as,
            account_id=dial.account_id,
            zones=where.zones,
            jurisdictions=where.jurisdictions,
            number=_number(dial),
            is_identified=dial.is_identified,
            is_minor=is_minor(dial.birth_on, self.today),
            owes=dial.patient_cents > 0 or dial.is_callback,
            holds=self._holds(dial),
            stops=wishes.stops(dial.phone_id),
            has_consent_to_automation=has_consent_to_automation(
                wishes.words, ContactChannel.CALL, dial.phone_id
            ),
            confidential=wishes.confidential,
            patients_way=self._patients_way(dial),
            bad_times=wishes.bad_times,
            attempts=calls.attempts if calls else (),
            callback_asked_at=dial.asked_at,
            notice_mailed_on=self.notices.get(dial.account_id),
            booked_call_at=self._booked_call_at(dial),
            is_spoken_to=bool(others),
            is_attorney=dial.role is RelationRole.ATTORNEY,
        )

    def _booked_call_at(self, dial: Dial) -> datetime | None:
        """Return when the last call is booked for which this one waits; one that is itself booked does not.

        The same calls for which the derivation lets the account's tasks wait, and those of the person called.
        """
        if dial.is_callback:
            return None
        return self.booked.last_at(dial.account_id, dial.answering_id, dial.person_id)

    def _patients_way(self, dial: Dial) -> ConfidentialWay | None:
        """Return what the patient asked for, which binds calls about them to others (45 CFR 164.522(b))."""
        if dial.is_as_patient or dial.patient_id is None:
            return None
        return self.wishes.get(dial.patient_id, NO_WISHES).confidential

    def _holds(self, dial: Dial) -> tuple[HoldInForce, ...]:
        """Return what stops calls about the account: on it, on who answers for it, on the person called.

        And what is true of its patient, whoever answers for it.
        """
        found = [
            *self.holds.of_accounts.get(dial.account_id, ()),
            *self.holds.of_persons.get(dial.answering_id, ()),
        ]
        has_guarantor = dial.patient_id != dial.answering_id
        if dial.person_id != dial.answering_id:
            found += self.holds.of_persons.get(dial.person_id, ())
        if has_guarantor and dial.patient_id not in {None, dial.person_id}:
            of_patient = self.holds.of_persons.get(dial.patient_id, ())
            found += [each for each in of_patient if each.kind in ABOUT_PATIENT]
        return tuple(
            each
            for each in found
            if each.kind in STOPS_CALLS
            and not (has_guarantor and each.kind in SPARING_GUARANTOR)
            and (dial.role is None or SPEAKS_ALL_THE_SAME.get(each.kind) is not dial.role)
        )


def _number(dial: Dial) -> NumberFacts | None:
    if dial.phone_id is None:
        return None
    return NumberFacts(
        phone_id=dial.phone_id,
        place=dial.place,
        is_dialable=is_dialable(dial.e164),
        is_valid=dial.is_valid,
        is_stopped=dial.is_stopped,
        is_mobile=dial.place is PhonePlace.MOBILE,
        is_from_patient=dial.source is PointSource.PATIENT,
    )


def _zones(dial: Dial, e164s: Collection[str], now: datetime) -> tuple[str, ...]:
    """Return every zone the person may be in when called at this number.

    Where they say they are is knowledge, and goes before all guesses while it is fresh (12 CFR
    1006.6(b)(1)(i)); once it is stale the window of their tasks, made of it, says nothing.
    """
    if dial.stated_zone:
        if dial.stated_until is not None and dial.stated_until > now:
            return (dial.stated_zone,)
        return zones_of_person(e164s, _places(dial))
    return _together(dial.window_zones, zones_of_number(dial.e164))


def _jurisdictions(dial: Dial, e164s: Collection[str]) -> frozenset[str]:
    """Return every state and city whose law may reach the person: by any address, by any number."""
    found = jurisdictions(dial.state, dial.zip_code, e164s)
    # Kept as it is where it can be: a set that is the same one is found without being read again.
    return found.union(*(jurisdictions(*each) for each in dial.other_places)) if dial.other_places else found


def _places(dial: Dial) -> tuple[tuple[str, str], ...]:
    return ((dial.state, dial.zip_code), *dial.other_places)


@lru_cache(maxsize=10_000)
def _together(window_zones: str, of_number: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(of_number.union(split_zones(window_zones))))


def split_zones(zones: str) -> tuple[str, ...]:
    """Return the zones of a window."""
    return tuple(filter(None, zones.split("|")))
