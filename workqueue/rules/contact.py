"""May this person be called at this moment? Every rule is looked at; the answer keeps all of them.

The limits of Regulation F bind debt collectors. This office calls in its own name about its own accounts and
is none (15 USC 1692a(6)(A)); it keeps them as house policy, and each result says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workqueue.rules.places import WHOLE_COUNTRY
from workqueue.rules.windows import HOURS_CITATION, is_open_in, next_open

RULE_SET_VERSION = "2026-11-23"
"""Changes with every change of a rule or a number below; calls keep the version they were judged by."""

CALLS_IN_PERIOD = 7
PERIOD_DAYS = 7
"""At most seven calls in seven days in a row (12 CFR 1006.14(b)(2)(i)(A)), over all numbers of the person."""

COOLDOWN_DAYS = 7
"""No call in the seven days that begin with the day of a conversation (12 CFR 1006.14(b)(2)(i)(B))."""

CONSENT_DAYS = 7
"""A callback the person asked for is free of both counts so many days, the day it was asked for included,
until the first conversation (12 CFR 1006.14(b)(3)(i))."""

FIRST_PARTY = (
    "Binds debt collectors; this office collects its own accounts in its own name (15 USC 1692a(6)(A)) and"
    " keeps it as house policy."
)
LAW, HOUSE = "law", "house policy"


@dataclass(frozen=True)
class Attempt:
    """One earlier call to the person, or one of theirs to the office."""

    at: datetime
    counts: bool = True
    """False for what was never connected, and for calls the person made."""
    is_conversation: bool = False


@dataclass(frozen=True)
class ContactFacts:
    """What is known about calling one person at one number."""

    zones: tuple[str, ...]
    """Every zone the person may be in; none known means the whole country."""
    is_phone_valid: bool = True
    attempts: Sequence[Attempt] = ()
    """All calls of the last days, over all numbers and accounts of the person."""
    held_until: datetime | None = None
    hold_reason: str = ""
    callback_asked_at: datetime | None = None
    """When the person asked for the callback that is due now."""


@dataclass(frozen=True)
class RuleResult:
    """What one rule says, with what it looked at."""

    code: str
    label: str
    is_ok: bool
    sentence: str
    citation: str
    basis: str
    scope: str
    inputs: Mapping[str, Any]
    next_at: datetime | None = None
    """When this rule alone would allow the call; empty when it does now, or never will by itself."""


@dataclass(frozen=True)
class Verdict:
    """The answer, every rule behind it, and the next moment at which all allow the call."""

    is_allowed: bool
    rules: tuple[RuleResult, ...]
    next_legal_at: datetime | None
    version: str
    at: datetime

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks against the call, in sentences; what speaks for it when nothing does."""
        failing = tuple(each.sentence for each in self.rules if not each.is_ok)
        return failing or tuple(each.sentence for each in self.rules)

    def as_json(self) -> dict[str, Any]:
        """Return it as kept with the call."""
        return {
            "is_allowed": self.is_allowed,
            "version": self.version,
            "at": self.at.isoformat(),
            "next_legal_at": self.next_legal_at.isoformat() if self.next_legal_at else None,
            "rules": [
                asdict(each) | {"next_at": each.next_at.isoformat() if each.next_at else None}
                for each in self.rules
            ],
        }


def may_contact(facts: ContactFacts, at: datetime) -> Verdict:
    """Judge a call to a patient. All rules are looked at, so that a rep sees every reason at once."""
    zones = facts.zones or WHOLE_COUNTRY
    results = tuple(rule(facts, zones, at) for rule in RULES)
    failing = [each for each in results if not each.is_ok]
    if not failing:
        return Verdict(True, results, at, RULE_SET_VERSION, at)
    moments = [each.next_at for each in failing]
    earliest = max((each for each in moments if each), default=at)
    # A limit may end at night: the call then waits for the morning.
    next_legal_at = None if None in moments else next_open(zones, earliest)
    return Verdict(False, results, next_legal_at, RULE_SET_VERSION, at)


def payer_call(at: datetime) -> Verdict:
    """Judge a call to a payer: always allowed, and the record says why."""
    result = RuleResult(
        code="BUSINESS_CALL",
        label="Call to a payer",
        is_ok=True,
        sentence="Payers may be called at any time: the rules about calling people protect consumers.",
        citation="15 USC 1692a(3); 12 CFR 1006.2(e)",
        basis=LAW,
        scope="Business to business.",
        inputs={},
    )
    return Verdict(True, (result,), at, RULE_SET_VERSION, at)


def inbound_call(at: datetime) -> Verdict:
    """Record why a call that the person made needed no permission."""
    result = RuleResult(
        code="INBOUND",
        label="The person called us",
        is_ok=True,
        sentence="The person called the office; only calls the office places are limited.",
        citation="12 CFR 1006.14(b)(2)(i)",
        basis=LAW,
        scope="A conversation all the same: the days without calls begin with it.",
        inputs={},
    )
    return Verdict(True, (result,), at, RULE_SET_VERSION, at)


def has_consent(facts: ContactFacts, zone: str, at: datetime) -> bool:
    """Return whether the person asked for this call and has not been spoken to since."""
    asked_at = facts.callback_asked_at
    if asked_at is None or asked_at > at:
        return False
    last_day = _day(asked_at, zone) + timedelta(days=CONSENT_DAYS - 1)
    spoken = any(each.is_conversation and each.at > asked_at for each in facts.attempts)
    return _day(at, zone) <= last_day and not spoken


def _hold(facts: ContactFacts, _zones: tuple[str, ...], at: datetime) -> RuleResult:
    is_held = facts.held_until is not None and facts.held_until > at
    return RuleResult(
        code="HOLD",
        label="Hold on the account",
        is_ok=not is_held,
        sentence=f"The account is on hold: {facts.hold_reason}." if is_held else "No hold on the account.",
        citation="Office policy on holds",
        basis=HOUSE,
        scope="Each hold has a reason, an owner and an end.",
        inputs={"held_until": facts.held_until.isoformat() if facts.held_until else None},
        next_at=facts.held_until if is_held else None,
    )


def _phone(facts: ContactFacts, _zones: tuple[str, ...], _at: datetime) -> RuleResult:
    return RuleResult(
        code="PHONE_VALID",
        label="A number that reaches the person",
        is_ok=facts.is_phone_valid,
        sentence="The number can be dialled."
        if facts.is_phone_valid
        else "The number is wrong or out of service. Use another one.",
        citation="12 CFR 1006.6(d); 45 CFR 164.530(c)",
        basis=HOUSE,
        scope="A wrong number discloses the debt to a stranger.",
        inputs={"is_phone_valid": facts.is_phone_valid},
    )


def _hours(_facts: ContactFacts, zones: tuple[str, ...], at: datetime) -> RuleResult:
    closed = [zone for zone in zones if not is_open_in(zone, at)]
    place = _place(closed[0]) if closed else ""
    local = at.astimezone(ZoneInfo(closed[0] if closed else zones[0]))
    clock = f"{local.hour % 12 or 12}:{local:%M %p}"
    return RuleResult(
        code="OUTSIDE_HOURS",
        label="Between 8 AM and 9 PM where the person is",
        is_ok=not closed,
        sentence=f"It is {clock} in {place}; calls are allowed from 8 AM until 9 PM."
        if closed
        else "It is between 8 AM and 9 PM in every place the person may be.",
        citation=f"{HOURS_CITATION}; 15 USC 1692c(a)(1)",
        basis=HOUSE,
        scope=FIRST_PARTY,
        inputs={"zones": list(zones), "local": {zone: _clock(at, zone) for zone in zones}},
        next_at=next_open(zones, at) if closed else None,
    )


def _seven_in_seven(facts: ContactFacts, zones: tuple[str, ...], at: datetime) -> RuleResult:
    counts = {zone: len(_counted(facts, zone, at)) for zone in zones}
    most = max(counts.values())
    is_ok = all(count < CALLS_IN_PERIOD or has_consent(facts, zone, at) for zone, count in counts.items())
    ends = [_drops_below(facts, zone, at) for zone in zones]
    return RuleResult(
        code="FREQ_7IN7",
        label="At most 7 calls in 7 days",
        is_ok=is_ok,
        sentence=f"{most} of {CALLS_IN_PERIOD} calls to this person in {PERIOD_DAYS} days are used."
        if is_ok
        else f"This person was called {most} times in {PERIOD_DAYS} days; {CALLS_IN_PERIOD} is the limit.",
        citation="12 CFR 1006.14(b)(2)(i)(A)",
        basis=HOUSE,
        scope=f"{FIRST_PARTY} Counted by person, all accounts and numbers together.",
        inputs={"calls": most, "limit": CALLS_IN_PERIOD, "days": PERIOD_DAYS},
        next_at=None if is_ok else max(ends),
    )


def _cooldown(facts: ContactFacts, zones: tuple[str, ...], at: datetime) -> RuleResult:
    last_at = max(
        (each.at for each in facts.attempts if each.is_conversation and each.at <= at), default=None
    )
    ends = {zone: _day(last_at, zone) + timedelta(days=COOLDOWN_DAYS) for zone in zones} if last_at else {}
    is_ok = all(_day(at, zone) >= end or has_consent(facts, zone, at) for zone, end in ends.items())
    return RuleResult(
        code="COOLDOWN_7D",
        label="7 days without calls after a conversation",
        is_ok=is_ok,
        sentence="No conversation within the last 7 days, or the person asked for this call."
        if is_ok
        else f"There was a conversation on {_day(last_at or at, zones[0]).isoformat()};"
        f" the {COOLDOWN_DAYS} days that begin with it are free of calls.",
        citation="12 CFR 1006.14(b)(2)(i)(B)",
        basis=HOUSE,
        scope=FIRST_PARTY,
        inputs={"last_conversation_at": last_at.isoformat() if last_at else None, "days": COOLDOWN_DAYS},
        next_at=None if is_ok else max(_midnight(end, zone) for zone, end in ends.items()),
    )


Rule = Callable[[ContactFacts, tuple[str, ...], datetime], RuleResult]
RULES: tuple[Rule, ...] = (_hold, _phone, _hours, _seven_in_seven, _cooldown)


def _counted(facts: ContactFacts, zone: str, at: datetime) -> list[datetime]:
    """Return the calls that count on this day of the person, oldest first."""
    first = _day(at, zone) - timedelta(days=PERIOD_DAYS - 1)
    return sorted(each.at for each in facts.attempts if each.counts and first <= _day(each.at, zone))


def _drops_below(facts: ContactFacts, zone: str, at: datetime) -> datetime:
    """Return the midnight at which enough calls have become old for one more."""
    counted = _counted(facts, zone, at)
    if len(counted) < CALLS_IN_PERIOD:
        return at
    last_to_drop = counted[len(counted) - CALLS_IN_PERIOD]
    return _midnight(_day(last_to_drop, zone) + timedelta(days=PERIOD_DAYS), zone)


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def _clock(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
