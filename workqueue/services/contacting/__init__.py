"""May this person be called at this number, now? The facts are gathered here, for one or for fifty.

However many tasks are asked about, the number of statements stays the same. Decided is in
`rules/contact.py`; a verdict on a page is a forecast, and the one that counts is made when the call is
placed, under `lock_person`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from workqueue.models import Patient, Window
from workqueue.rules.calendar import office_day
from workqueue.rules.contact import first_legal_at, may_contact
from workqueue.rules.contact_verdict import Verdict
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_rules
from workqueue.services.contacting.dials import Dial, dials_of, dials_of_account
from workqueue.services.contacting.forecast import Forecast
from workqueue.services.contacting.known import gather, split_zones


@dataclass(frozen=True, slots=True)
class JudgedDial:
    """One number of a person who may be spoken to about a task, and whether it may be called."""

    phone_id: int
    dial: Dial
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whether anybody may be called about a task now, at any number of theirs; else from when on."""

    is_allowed: bool
    next_legal_at: datetime | None
    """None while waiting alone brings no such moment."""
    has_number: bool


ANYBODY = Outlook(is_allowed=True, next_legal_at=None, has_number=True)
NOBODY = Outlook(is_allowed=False, next_legal_at=None, has_number=False)

CALL_TIME = timedelta(minutes=10)
"""After so long it is looked again whether a colleague is still on the line with somebody."""


def lock_person(session: Session, patient_id: int) -> None:
    """Let nobody else place a call to this person until this transaction ends."""
    # Not the row: a long file that says something new of the patient holds it until the file is read.
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:person, 1006))"),
        {"person": f"person {patient_id}"},
    )


def judged(session: Session, task_ids: Collection[int], now: datetime) -> list[JudgedDial]:
    """Judge every number of everybody who may be spoken to about these tasks."""
    rules = contact_rules.to_judge_by(session, now)
    known = gather(session, dials_of(session, task_ids, office_day(now)), now)
    return [
        JudgedDial(dial.phone_id, dial, may_contact(known.facts_of(dial), rules, now))
        for dial in known.dials
        if dial.phone_id is not None
    ]


def outlooks(session: Session, task_ids: Collection[int], now: datetime) -> dict[int, Outlook]:
    """Say of each task about a patient whether somebody may be called now, or from when on."""
    rules = contact_rules.to_judge_by(session, now)
    from_now, after_the_call = Forecast(rules, now), Forecast(rules, now + CALL_TIME)
    found: dict[int, Outlook] = {}
    known = gather(session, dials_of(session, task_ids, office_day(now)), now)
    for dial in known.dials:
        before = found.setdefault(dial.task_id, NOBODY)
        # One number that may be called is enough.
        if dial.phone_id is None or before.is_allowed:
            continue
        # Nor does another number help that opens no sooner than one before it.
        if before.next_legal_at is not None:
            opens_at = from_now.opens_at(known.collects_as, known.where(dial))
            if opens_at is None or before.next_legal_at <= opens_at:
                continue
        facts = known.facts_of(dial)
        if facts.is_spoken_to:
            # A colleague hangs up sooner or later, which no rule can say.
            moment = after_the_call.first_legal_at(replace(facts, is_spoken_to=False))
        else:
            moment = from_now.first_legal_at(facts)
        found[dial.task_id] = _sooner(before, moment, now)
    return found


def reasons_against(session: Session, task_id: int, now: datetime) -> tuple[str, ...]:
    """Say what speaks against calling about a task now, at the number that may be called soonest."""
    found = [each.verdict for each in judged(session, [task_id], now)]
    if not found:
        return ()
    soonest = min(found, key=lambda each: (each.next_legal_at is None, each.next_legal_at or each.at))
    return tuple(each.sentence for each in soonest.rules if not each.is_ok)


def _sooner(before: Outlook, moment: datetime | None, now: datetime) -> Outlook:
    """Take the number that may be called soonest."""
    if moment == now:
        return ANYBODY
    known = [each for each in (before.next_legal_at, moment) if each is not None]
    return Outlook(is_allowed=False, next_legal_at=min(known, default=None), has_number=True)


def next_legal_moments(
    session: Session, task_ids: Collection[int], person_id: int, *, after: datetime, now: datetime
) -> dict[int, datetime]:
    """Return, by task, the first moment not before `after` at which the person may be called about it.

    Left out is what waiting alone never allows. Looked at as if nobody were on the line with them any more,
    and without holds and calls that are booked: those keep their tasks waiting by themselves, and may be
    lifted or cancelled.
    """
    forecast = Forecast(contact_rules.to_judge_by(session, after), after)
    found: dict[int, datetime] = {}
    known = gather(session, dials_of(session, task_ids, office_day(now)), now)
    for dial in known.dials:
        if dial.person_id != person_id or dial.phone_id is None:
            continue
        facts = replace(known.facts_of(dial), is_spoken_to=False, holds=(), booked_call_at=None)
        moment = forecast.first_legal_at(facts)
        if moment is not None:
            found[dial.task_id] = min(moment, found.get(dial.task_id, moment))
    return found


def zones_of_patient(session: Session, patient_id: int | None) -> tuple[str, ...]:
    """Return the zones a person may be in, as the window of their tasks has them."""
    zones = session.scalar(
        select(Window.zones).join(Patient, Patient.window_id == Window.id).where(Patient.id == patient_id)
    )
    return split_zones(zones or "")


def callback_moments(
    session: Session,
    *,
    account_id: int,
    person_id: int,
    e164: str,
    asked_at: datetime | None,
    now: datetime,
) -> Callable[[datetime], bool]:
    """Return whether a call that is to be promised may be made at a moment, at a number they name.

    The number need not be known yet: it is theirs because they say so, and rings wherever its exchange may
    be; where it is empty, any of theirs will do. `asked_at`: when they asked for the call, which is consent
    for as long as the law lets it last; None for one that the office wants. Nobody is on the line with them
    by then, and it waits for no other call that is booked. Never, where the person does not speak about this
    account.
    """
    dials = [
        each._replace(asked_at=asked_at, is_callback=True)
        for each in dials_of_account(session, account_id, office_day(now))
        if each.person_id == person_id
    ]
    if e164 and dials:
        named = dials[0]._replace(
            phone_id=0, e164=e164, extension="", place=PhonePlace.OTHER, is_valid=True, is_stopped=False
        )
        dials = [next((each for each in dials if each.e164 == e164), named)]
    rules = contact_rules.to_judge_by(session, now)
    known = gather(session, dials, now)
    facts = [replace(known.facts_of(each), is_spoken_to=False) for each in dials]
    return lambda at: any(first_legal_at(each, rules, at) == at for each in facts)
