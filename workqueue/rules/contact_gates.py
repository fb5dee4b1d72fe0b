"""What stands in the way of a contact whatever the clock says: account, person, number, the person's wishes.

In the order of the office's reference (regulation and EDI, 1.7). No row can change these; what they rest on
are facts about the person.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import ConsentScope, ContactChannel, Technology
from workqueue.rules.contact_facts import ConfidentialWay, ContactFacts, NumberFacts
from workqueue.rules.contact_gate_facts import (
    AUTOMATION,
    AUTOMATION_MN,
    BOOKED,
    CEASE,
    CHANNEL,
    CONFIDENTIAL,
    DIALABLE,
    HOLD,
    IDENTIFIED,
    LANDLINE,
    MINOR,
    ON_THE_LINE,
    OWES,
    STOPPED,
    VALID,
    WORK,
    held,
    judged,
    passed,
)
from workqueue.rules.contact_verdict import RuleResult
from workqueue.rules.holds import HoldKind
from workqueue.rules.preferences import heed_by
from workqueue.rules.states import PhonePlace
from workqueue.rules.words import day_words, moment_words

TELEPHONE = frozenset({ContactChannel.CALL, ContactChannel.TEXT})
PERSONAL = frozenset({HoldKind.CEASE, HoldKind.MINOR})
"""Holds that are about the person and not about the bill."""


def account_gates(facts: ContactFacts, at: datetime) -> Iterator[RuleResult]:
    """Look at what stops all contact about the account: holds, and that nothing is owed."""
    # None that are over: the facts may have been gathered a moment ago.
    holds = [each for each in facts.holds if each.until_at > at and each.kind not in PERSONAL]
    for hold in holds:
        yield held(hold, facts.collects_as)
    if not holds:
        yield passed(HOLD, facts.collects_as)
    yield judged(OWES, facts, is_ok=facts.owes, sentence="Nothing is owed on this account.")


def person_gates(facts: ContactFacts, at: datetime) -> Iterator[RuleResult]:
    """Look at who the person is: of age, known, and willing to be contacted at all."""
    # Of several holds of a kind the last to end.
    in_force = sorted((each for each in facts.holds if each.until_at > at), key=lambda each: each.until_at)
    ends = {each.kind: each.until_at for each in in_force}
    minor_until, cease_until = ends.get(HoldKind.MINOR), ends.get(HoldKind.CEASE)
    yield judged(
        MINOR,
        facts,
        is_ok=minor_until is None and not facts.is_minor,
        sentence="The patient is a minor: only who answers for them is contacted.",
        next_at=None if facts.is_minor else minor_until,
    )
    yield judged(
        IDENTIFIED, facts, is_ok=facts.is_identified, sentence="It is not known whose account this is."
    )
    yield judged(
        CEASE,
        facts,
        is_ok=cease_until is None,
        sentence="The person asked the office to stop all contact.",
        next_at=cease_until,
    )


def channel_gates(facts: ContactFacts) -> Iterator[RuleResult]:
    """Look at the medium and the number: whether it reaches the person, and whether they want it."""
    number = facts.number
    if facts.channel in TELEPHONE:
        yield from _number_gates(facts, number)
    yield _channel_stop(facts, number)
    if facts.channel in TELEPHONE:
        yield _automation(facts, number)
        if "MN" in facts.jurisdictions:
            yield judged(
                AUTOMATION_MN,
                facts,
                is_ok=facts.technology is Technology.MANUAL,
                sentence="In Minnesota nobody is dialled automatically about a medical bill.",
            )
    is_theirs = _is_way(facts.confidential, facts)
    whose = "patient asked that their bills be spoken of" if is_theirs else "person asked to be reached"
    yield judged(
        CONFIDENTIAL,
        facts,
        is_ok=is_theirs and _is_way(facts.patients_way, facts),
        sentence=f"The {whose} in one way only, and this is another.",
    )


def _number_gates(facts: ContactFacts, number: NumberFacts | None) -> Iterator[RuleResult]:
    if number is None:
        yield judged(DIALABLE, facts, is_ok=False, sentence="There is no number to dial.")
        return
    yield judged(
        DIALABLE,
        facts,
        is_ok=number.is_dialable,
        sentence="This is no number that can be dialled. Use another one.",
    )
    yield judged(
        VALID,
        facts,
        is_ok=number.is_valid,
        sentence="The number is wrong or out of service. Use another one.",
    )
    yield judged(
        STOPPED,
        facts,
        is_ok=not number.is_stopped,
        sentence="The person does not want to be called at this number.",
    )
    is_asked_for = facts.confidential is not None and facts.confidential.phone_id == number.phone_id
    yield judged(
        WORK,
        facts,
        is_ok=number.place is not PhonePlace.WORK or number.is_from_patient or is_asked_for,
        sentence="This number is at work, and the person did not give it.",
    )


def _channel_stop(facts: ContactFacts, number: NumberFacts | None) -> RuleResult:
    phone_id = number.phone_id if number else None
    stop = next(
        (
            each
            for each in facts.stops
            if each.channel is facts.channel
            and each.phone_id in {None, phone_id}
            and (facts.technology is Technology.AUTOMATED or each.scope is not ConsentScope.AUTOMATED_BILLING)
        ),
        None,
    )
    if stop is None:
        return passed(CHANNEL, facts.collects_as)
    said_on = office_day(stop.said_at)
    # The law's last day; this office honours it at once.
    deadline = heed_by(stop.said_at)
    return judged(
        CHANNEL,
        facts,
        is_ok=False,
        sentence=f"On {day_words(said_on)} the person asked not to be contacted in this way.",
        inputs={"said_on": said_on.isoformat(), "scope": stop.scope, "to_be_kept_from": deadline.isoformat()},
    )


def _automation(facts: ContactFacts, number: NumberFacts | None) -> RuleResult:
    is_mobile = facts.channel is ContactChannel.TEXT or (number is not None and number.is_mobile)
    on_a_mobile = "An automatic call or text to a mobile needs the person's consent, and there is none."
    on_a_landline = "An automatic call to a landline is placed with the person's consent only."
    return judged(
        AUTOMATION if is_mobile else LANDLINE,
        facts,
        is_ok=facts.technology is Technology.MANUAL or facts.has_consent_to_automation,
        sentence=on_a_mobile if is_mobile else on_a_landline,
        inputs={"is_mobile": is_mobile},
    )


def _is_way(way: ConfidentialWay | None, facts: ContactFacts) -> bool:
    number = facts.number
    if way is None:
        return True
    if way.channel is not facts.channel:
        return False
    return way.phone_id is None or (number is not None and way.phone_id == number.phone_id)


def colleague_gates(facts: ContactFacts, at: datetime) -> Iterator[RuleResult]:
    """Look at whether the person is somebody else's to call: they booked a call, or are on the line."""
    if facts.channel is ContactChannel.CALL:
        yield _booked(facts, at)
    yield judged(
        ON_THE_LINE,
        facts,
        is_ok=not facts.is_spoken_to,
        sentence="A colleague is on the line with this person.",
    )


def _booked(facts: ContactFacts, at: datetime) -> RuleResult:
    """Let nobody else call before the office day of the booked call is over: a late one is still owed."""
    if facts.booked_call_at is None:
        return passed(BOOKED, facts.collects_as)
    until = office_midnight(office_day(facts.booked_call_at) + timedelta(days=1))
    booked_for = moment_words(facts.booked_call_at)
    return judged(
        BOOKED,
        facts,
        is_ok=until <= at,
        sentence=f"A call is booked for {booked_for}; until it is made or its day is over nobody else calls.",
        inputs={"booked_for": facts.booked_call_at.isoformat()},
        next_at=until,
    )
