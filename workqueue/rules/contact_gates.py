"""What stands in the way of a contact whatever the clock says: account, person, number, the person's own wishes.

In the order of the office's reference (regulation and EDI, 1.7). No row can change these; what they rest on are
facts about the person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from workqueue.rules.business_days import add_business_days
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import CollectsAs, ConsentScope, ContactChannel, Technology
from workqueue.rules.clocks import Moment, clock_words, first_moment, not_past_a_change, place_words
from workqueue.rules.contact_facts import BadTime, ContactFacts, HoldInForce, NumberFacts
from workqueue.rules.contact_limits import Case
from workqueue.rules.contact_rules import FEDERAL, HOUSE, RuleBasis
from workqueue.rules.contact_verdict import RuleResult, scope_words
from workqueue.rules.holds import HoldKind
from workqueue.rules.states import PhonePlace
from workqueue.rules.words import day_words

REVOCATION_DAYS = 10
"""Business days within which the law wants a revocation honoured (47 CFR 64.1200(a)(10)); here it is at once."""

EVERYBODY = frozenset(CollectsAs)
COLLECTORS = frozenset({CollectsAs.THIRD_PARTY})
TELEPHONE = frozenset({ContactChannel.CALL, ContactChannel.TEXT})
NOTHING: MappingProxyType[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Gate:
    """The standing facts of one gate."""

    code: str
    label: str
    passing: str
    citation: str
    tag: str
    binds: frozenset[CollectsAs] = frozenset()
    """In which roles of the office it is law; elsewhere it is kept as house policy."""
    jurisdiction: str = FEDERAL


HOLD = Gate(
    "HOLD", "Hold on the account", "No hold on the account.", "Office policy on holds", "", jurisdiction=HOUSE
)
OWES = Gate(
    "OWES",
    "A balance to speak of",
    "The person owes something on this account.",
    "42 CFR 447.15; SSA 1902(n)(3)(B)",
    "K-high",
)
IDENTIFIED = Gate(
    "IDENTIFIED",
    "Whose account it is",
    "It is known whose account this is.",
    "45 CFR 164.514(h)",
    "V",
    EVERYBODY,
)
MINOR = Gate(
    "MINOR", "Of age", "The person is of age, as far as is known.", "45 CFR 164.502(g)(3)", "K", EVERYBODY
)
CEASE = Gate(
    "CEASE",
    "No contact at all",
    "The person has not asked to be left alone.",
    "12 CFR 1006.6(c); 15 USC 1692c(c)",
    "V2",
    COLLECTORS,
)
DIALABLE = Gate(
    "PHONE_DIALABLE",
    "A number that can be dialled",
    "The number can be dialled.",
    "12 CFR 1006.6(d); 45 CFR 164.530(c)",
    "K",
)
VALID = Gate(
    "PHONE_VALID",
    "A number that reaches the person",
    "Nothing is known against the number.",
    "12 CFR 1006.6(d); 45 CFR 164.530(c)",
    "K",
)
STOPPED = Gate(
    "PHONE_STOPPED",
    "Not to be called at this number",
    "The person has not stopped this number.",
    "12 CFR 1006.14(h)",
    "V2",
    COLLECTORS,
)
WORK = Gate(
    "WORK_NUMBER",
    "Not at work unless the person gave the number",
    "The number is none at work, or the person gave it.",
    "12 CFR 1006.6(b)(3)",
    "K",
    COLLECTORS,
)
CHANNEL = Gate(
    "CHANNEL_STOP",
    "This way of contact",
    "The person has not stopped this way of contact.",
    "12 CFR 1006.14(h); 47 CFR 64.1200(a)(10)",
    "V2",
    COLLECTORS,
)
AUTOMATION = Gate(
    "AUTOMATION_CONSENT",
    "Consent to automatic dialling",
    "A person dials, or the patient agreed to automatic calls.",
    "47 USC 227(b)(1)(A)(iii); 47 CFR 64.1200",
    "V2",
    EVERYBODY,
)
AUTOMATION_MN = Gate(
    "AUTOMATION_MN",
    "No automatic dialling for medical debt in Minnesota",
    "A person dials.",
    "Minn. Stat. 332C, 62J.806-.807",
    "V2",
    EVERYBODY,
    jurisdiction="MN",
)
CONFIDENTIAL = Gate(
    "CONFIDENTIAL_WAY",
    "The way the person asked to be reached",
    "No other way was asked for, or this is the one.",
    "45 CFR 164.522(b)",
    "K",
    EVERYBODY,
)
BAD_TIME = Gate(
    "BAD_TIME",
    "Times the person called inconvenient",
    "The person has not called this time inconvenient.",
    "12 CFR 1006.6(b)(1)",
    "V",
    COLLECTORS,
)
ON_THE_LINE = Gate(
    "ON_THE_LINE",
    "Nobody else speaks with the person",
    "Nobody of the office is speaking with the person.",
    "Office policy: one conversation at a time",
    "",
    jurisdiction=HOUSE,
)

_BY_LAW = EVERYBODY
HOLDS: Mapping[HoldKind, tuple[str, str, str, frozenset[CollectsAs]]] = {
    HoldKind.BANKRUPTCY: ("Bankruptcy", "11 USC 362(a)(6), 524(a)(2), 1301", "V2", _BY_LAW),
    HoldKind.DECEASED: ("The patient has died", "12 CFR 1006.6(a)(4)", "V", COLLECTORS),
    HoldKind.ATTORNEY: ("An attorney speaks for the person", "12 CFR 1006.6(b)(2)", "V2", COLLECTORS),
    HoldKind.DISPUTE: ("The bill is disputed", "12 CFR 1006.38; 940 CMR 7.08", "V2", COLLECTORS),
    HoldKind.ESTIMATE_DISPUTE: ("Dispute about the estimate", "45 CFR 149.620", "V2", _BY_LAW),
    HoldKind.NO_SURPRISES: ("No Surprises Act", "45 CFR 149.410-.440", "K", _BY_LAW),
    HoldKind.ASSISTANCE_OFFERED: (
        "Financial assistance was offered",
        "26 CFR 1.501(r)-6(c)",
        "K-high",
        frozenset(),
    ),
    HoldKind.ASSISTANCE_PENDING: (
        "Financial assistance is being decided",
        "26 CFR 1.501(r)-6(c)(6)",
        "K-high",
        frozenset(),
    ),
    HoldKind.ASSISTANCE_INCOMPLETE: (
        "The application is incomplete",
        "26 CFR 1.501(r)-6(c)(5)",
        "K-high",
        frozenset(),
    ),
    HoldKind.MEDICAID: ("Medicaid", "42 CFR 447.15", "K-high", _BY_LAW),
    HoldKind.QMB: ("Qualified Medicare beneficiary", "SSA 1902(n)(3)(B)", "V", _BY_LAW),
    HoldKind.WORKERS_COMPENSATION: (
        "Workers' compensation",
        "State law on workers' compensation",
        "K",
        frozenset(),
    ),
    HoldKind.LIABILITY: ("A liability claim", "State law on liens", "K", frozenset()),
    HoldKind.GOVERNMENT_PROGRAM: (
        "A government program pays",
        "VA, IHS, TRICARE or prison rules",
        "K",
        frozenset(),
    ),
    HoldKind.MILITARY: ("Military service", "50 USC 3931, 3937", "K", frozenset()),
}
"""How a hold is called here, its source, how sure that is, and in which roles it is law."""


def account_gates(case: Case, at: datetime) -> Iterator[RuleResult]:
    """Look at what stops all contact about the account: holds, and that nothing is owed."""
    facts = case.facts
    holds = [each for each in facts.holds if each.until_at > at and each.kind not in PERSONAL]
    for hold in holds:
        yield _held(hold, facts.collects_as)
    if not holds:
        yield passed(HOLD, facts.collects_as)
    yield _gate(OWES, facts, is_ok=facts.owes, sentence="Nothing is owed on this account.")


PERSONAL = frozenset({HoldKind.CEASE, HoldKind.MINOR})
"""Holds that are about the person and not about the bill."""


def person_gates(case: Case, at: datetime) -> Iterator[RuleResult]:
    """Look at who the person is: of age, known, and willing to be contacted at all."""
    facts = case.facts
    held = {each.kind: each for each in facts.holds if each.until_at > at}
    minor, cease = held.get(HoldKind.MINOR), held.get(HoldKind.CEASE)
    is_of_age = minor is None and not facts.is_minor
    yield _gate(
        MINOR,
        facts,
        is_ok=is_of_age,
        sentence="The patient is a minor: only who answers for them is contacted.",
        next_at=minor.until_at if minor and not facts.is_minor else None,
    )
    yield _gate(
        IDENTIFIED, facts, is_ok=facts.is_identified, sentence="It is not known whose account this is."
    )
    yield _gate(
        CEASE,
        facts,
        is_ok=cease is None,
        sentence="The person asked the office to stop all contact.",
        next_at=cease.until_at if cease else None,
    )


def channel_gates(case: Case) -> Iterator[RuleResult]:
    """Look at the medium and the number: whether it reaches the person, and whether they want it."""
    facts, number = case.facts, case.facts.number
    if facts.channel in TELEPHONE:
        yield from _number_gates(facts, number)
    yield _channel_stop(facts, number)
    if facts.channel in TELEPHONE:
        yield _automation(facts, number)
        if "MN" in facts.jurisdictions:
            yield _gate(
                AUTOMATION_MN,
                facts,
                is_ok=facts.technology is Technology.MANUAL,
                sentence="In Minnesota nobody is dialled automatically about a medical bill.",
            )
    yield _gate(
        CONFIDENTIAL,
        facts,
        is_ok=_is_confidential_way(facts),
        sentence="The person asked to be reached in one way only, and this is another.",
    )


def _number_gates(facts: ContactFacts, number: NumberFacts | None) -> Iterator[RuleResult]:
    if number is None:
        yield _gate(DIALABLE, facts, is_ok=False, sentence="There is no number to dial.")
        return
    yield _gate(
        DIALABLE,
        facts,
        is_ok=number.is_dialable,
        sentence="This is no number that can be dialled. Use another one.",
    )
    yield _gate(
        VALID,
        facts,
        is_ok=number.is_valid,
        sentence="The number is wrong or out of service. Use another one.",
    )
    yield _gate(
        STOPPED,
        facts,
        is_ok=not number.is_stopped,
        sentence="The person does not want to be called at this number.",
    )
    is_asked_for = facts.confidential is not None and facts.confidential.phone_id == number.phone_id
    yield _gate(
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
    deadline = revocation_deadline(said_on)
    return _gate(
        CHANNEL,
        facts,
        is_ok=False,
        sentence=f"On {day_words(said_on)} the person asked not to be contacted in this way.",
        inputs={"said_on": said_on.isoformat(), "scope": stop.scope, "to_be_kept_from": deadline.isoformat()},
    )


def revocation_deadline(received_on: date) -> date:
    """Return the last day by which the law wants a revocation honoured; this office honours it at once."""
    return add_business_days(received_on, REVOCATION_DAYS)


def _automation(facts: ContactFacts, number: NumberFacts | None) -> RuleResult:
    is_mobile = facts.channel is ContactChannel.TEXT or (number is not None and number.is_mobile)
    on_a_mobile = "An automatic call or text to a mobile needs the person's consent, and there is none."
    on_a_landline = (
        "Automatic calls to a landline are limited to a few; this office places them with consent only."
    )
    return _gate(
        AUTOMATION,
        facts,
        is_ok=facts.technology is Technology.MANUAL or facts.has_consent_to_automation,
        sentence=on_a_mobile if is_mobile else on_a_landline,
        inputs={"is_mobile": is_mobile},
    )


def _is_confidential_way(facts: ContactFacts) -> bool:
    way, number = facts.confidential, facts.number
    if way is None:
        return True
    if way.channel is not facts.channel:
        return False
    return way.phone_id is None or (number is not None and way.phone_id == number.phone_id)


def bad_time_until(case: Case, moment: Moment) -> datetime:
    """Return the moment itself when it is none of the person's bad times; else one before which it stays one."""
    latest = moment.at
    if case.facts.channel is ContactChannel.LETTER:
        return latest
    for zone, local in zip(case.zones, moment.locals, strict=True):
        for bad in case.facts.bad_times:
            if _is_bad(bad, case, local):
                until = first_moment(local.date(), bad.until_time, zone, after=moment.at)
                latest = max(latest, not_past_a_change(moment.at, until, zone))
    return latest


def _is_bad(bad: BadTime, case: Case, local: datetime) -> bool:
    is_here = bad.place is None or case.place is None or bad.place is case.place
    return is_here and local.weekday() in bad.weekdays and bad.from_time <= local.time() < bad.until_time


def bad_time(case: Case, moment: Moment, next_at: datetime | None) -> RuleResult:
    """Say which of the person's bad times it is."""
    name, bad = next(
        (name, each)
        for name, local in zip(case.zone_names, moment.locals, strict=True)
        for each in case.facts.bad_times
        if _is_bad(each, case, local)
    )
    span = f"from {clock_words(bad.from_time)} until {clock_words(bad.until_time)}"
    where = f" at {bad.place}" if bad.place else ""
    return _gate(
        BAD_TIME,
        case.facts,
        is_ok=False,
        sentence=f"The person is not to be contacted{where} {span} ({place_words(name)} time).",
        inputs={"from": bad.from_time.isoformat(), "until": bad.until_time.isoformat(), "zone": name},
        next_at=next_at,
    )


def line_gate(case: Case) -> RuleResult:
    """Look at whether somebody else of the office is speaking with the person."""
    return _gate(
        ON_THE_LINE,
        case.facts,
        is_ok=not case.facts.is_spoken_to,
        sentence="A colleague is on the line with this person.",
    )


def _held(hold: HoldInForce, collects_as: CollectsAs) -> RuleResult:
    if hold.kind not in HOLDS:
        return _result(HOLD, collects_as, f"The account is on hold: {hold.reason}.", {}, hold.until_at)
    label, citation, tag, binds = HOLDS[hold.kind]
    gate = Gate(hold.kind.name, label, "", citation, tag, binds)
    return _result(
        gate, collects_as, f"{label}: {hold.reason}." if hold.reason else f"{label}.", {}, hold.until_at
    )


def _gate(
    gate: Gate,
    facts: ContactFacts,
    *,
    is_ok: bool,
    sentence: str,
    inputs: Mapping[str, Any] = NOTHING,
    next_at: datetime | None = None,
) -> RuleResult:
    if is_ok:
        return passed(gate, facts.collects_as)
    return _result(gate, facts.collects_as, sentence, inputs, next_at)


@cache
def passed(gate: Gate, collects_as: CollectsAs) -> RuleResult:
    """Return the result of a gate that nothing stands in."""
    basis = _basis(gate, collects_as)
    return RuleResult(
        gate.code,
        gate.label,
        True,
        gate.passing,
        gate.citation,
        basis,
        scope_words(basis, gate.jurisdiction, collects_as),
        tag=gate.tag,
        jurisdiction=gate.jurisdiction,
    )


def _result(
    gate: Gate, collects_as: CollectsAs, sentence: str, inputs: Mapping[str, Any], next_at: datetime | None
) -> RuleResult:
    return replace(
        passed(gate, collects_as), is_ok=False, sentence=sentence, inputs=dict(inputs), next_at=next_at
    )


def _basis(gate: Gate, collects_as: CollectsAs) -> RuleBasis:
    return RuleBasis.LAW if collects_as in gate.binds else RuleBasis.HOUSE
