"""The standing facts of each gate: what it is called, where it comes from, and in which roles it is law."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from workqueue.rules.channels import CollectsAs
from workqueue.rules.contact_facts import ContactFacts, HoldInForce
from workqueue.rules.contact_rules import FEDERAL, HOUSE, RuleBasis
from workqueue.rules.contact_verdict import RuleResult, scope_words
from workqueue.rules.holds import HOLDS, OFFICE_POLICY, HoldKind

EVERYBODY = frozenset(CollectsAs)
COLLECTORS = frozenset({CollectsAs.THIRD_PARTY})
NOTHING: MappingProxyType[str, Any] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Gate:
    """The standing facts of one gate. Each is itself only, which makes it a quick key."""

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
# The law allows a few calls without consent; nothing counts them apart, so the office places none.
LANDLINE = replace(AUTOMATION, citation="47 CFR 64.1200(a)(3)", tag="K", binds=frozenset())
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
BOOKED = Gate(
    "CALL_BOOKED",
    "A call that is booked goes first",
    "No other call is booked that this one would wait for.",
    "Office policy: who has booked a call is called then, and by nobody else before",
    "",
    jurisdiction=HOUSE,
)


def judged(
    gate: Gate,
    facts: ContactFacts,
    *,
    is_ok: bool,
    sentence: str,
    inputs: Mapping[str, Any] = NOTHING,
    next_at: datetime | None = None,
) -> RuleResult:
    """Return the result of a gate; the sentence is for when something stands in it."""
    if is_ok:
        return passed(gate, facts.collects_as)
    return _result(gate, facts.collects_as, sentence, inputs, next_at)


def held(hold: HoldInForce, collects_as: CollectsAs) -> RuleResult:
    """Return what a hold says."""
    gate = _gate_of(hold.kind)
    label = "The account is on hold" if gate is HOLD else gate.label
    sentence = f"{label}: {hold.reason}." if hold.reason else f"{label}."
    return _result(gate, collects_as, sentence, {}, hold.until_at)


@cache
def _gate_of(kind: HoldKind) -> Gate:
    """Return a gate as the catalogue has it; what rests on the office's policy alone is one gate."""
    facts = HOLDS[kind]
    if facts.citation == OFFICE_POLICY:
        return HOLD
    return Gate(kind.name, facts.label, "", facts.citation, facts.tag, facts.binds)


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
