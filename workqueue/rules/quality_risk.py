"""Which finished work to look at first, and why: reasons from facts we hold, each with its weight.

The weights are our own default, not measured: 5 where a law or a patient's privacy is at stake, 3 where money
or trust is, 2 where the record may be thin, 1 where a look costs little and may teach something. A sample by
risk finds trouble; it says nothing about how a rep works on the whole, because it is biased on purpose.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from workqueue.rules.disposition_facts import Disposition, Effect, Group

RISK_VERSION = "2026-11-26"
"""Changes with the reasons or the weights; kept with each sample."""

SHORT_SHARE = 4
"""Shorter than one in so many of the expected minutes is short."""
LEAST_HANDLE_SECONDS = 1
"""Less was no person, but a program."""
NEW_FOR = timedelta(days=60)
"""How long somebody counts as new."""
NEAR_LIMIT = 1
"""So many calls below a limit is near it, where the limit is more than two."""
SHORTEST_COPIED = 20
"""A shorter note repeats by itself: "left message"."""


class RiskCode(StrEnum):
    REVEALED = "revealed"
    NOT_IDENTIFIED = "not_identified"
    AGAINST_RULE = "against_rule"
    NEAR_LIMIT = "near_limit"
    WISHES = "wishes"
    DISPUTE = "dispute"
    MONEY_MOVED = "money_moved"
    PROMISE_BROKEN = "promise_broken"
    SHORT = "short"
    NO_NOTE = "no_note"
    COPIED_NOTE = "copied_note"
    NEW_REP = "new_rep"
    LEARNING = "learning"
    NOTHING_CHANGED = "nothing_changed"


WEIGHTS: dict[RiskCode, int] = {
    RiskCode.REVEALED: 5,
    RiskCode.NOT_IDENTIFIED: 5,
    RiskCode.AGAINST_RULE: 5,
    RiskCode.WISHES: 3,
    RiskCode.DISPUTE: 3,
    RiskCode.MONEY_MOVED: 3,
    RiskCode.PROMISE_BROKEN: 3,
    RiskCode.NEAR_LIMIT: 2,
    RiskCode.SHORT: 2,
    RiskCode.NO_NOTE: 2,
    RiskCode.COPIED_NOTE: 2,
    RiskCode.NEW_REP: 1,
    RiskCode.LEARNING: 1,
    RiskCode.NOTHING_CHANGED: 1,
}

MONEY = frozenset({Effect.WRITE_OFF, Effect.REFUND, Effect.TO_ACCOUNT, Effect.TO_PATIENT})
DISPUTES = frozenset({"disputes", "refuses"})


@dataclass(frozen=True)
class LimitUsed:
    """How far a limit of calls was used when the call was placed, as its verdict says."""

    label: str
    used: int
    most: int


@dataclass(frozen=True)
class WorkFacts:
    """What is known of one finished piece of work."""

    disposition: Disposition | None
    """None for a code that is no longer known."""
    at: datetime
    rep_since: datetime
    note: str = ""
    is_note_copied: bool = False
    """The same rep wrote the very same on another account within the period."""
    handle_seconds: int | None = None
    expected_minutes: int | None = None
    """Of such a task, as the queue expects it today."""
    was_revealed: bool = False
    """The details were looked at in the call before the person was identified."""
    was_called: bool = False
    was_inbound: bool = False
    was_identified: bool = False
    broken_rules: tuple[str, ...] = ()
    """Sentences of the verdict's rules that spoke against the call."""
    limits: tuple[LimitUsed, ...] = ()
    is_learning: bool = False
    """The rep is still learning the skill such a task needs."""
    is_promise_broken: bool = False
    """The first payment of the promise it made did not come."""


@dataclass(frozen=True)
class RiskReason:
    """One reason to look at a piece of work."""

    code: RiskCode
    weight: int
    words: str


def assess(facts: WorkFacts) -> tuple[RiskReason, ...]:
    """Return why this piece of work deserves a look, what weighs most first."""
    found = [*_of_call(facts), *_of_outcome(facts), *_of_note(facts), *_of_time(facts)]
    return tuple(
        sorted(
            (RiskReason(code, WEIGHTS[code], words) for code, words in found),
            key=lambda each: (-each.weight, each.code),
        )
    )


def risk(reasons: tuple[RiskReason, ...]) -> int:
    """Return the sum of the weights; 0 is no reason at all."""
    return sum(each.weight for each in reasons)


def _of_call(facts: WorkFacts) -> list[tuple[RiskCode, str]]:
    found = []
    if facts.was_revealed:
        found.append((RiskCode.REVEALED, "Details were looked at before the person was identified."))
    known = facts.disposition
    if facts.was_called and known is not None and known.is_right_party and not facts.was_identified:
        found.append((RiskCode.NOT_IDENTIFIED, "Logged as the right person, who was not identified."))
    found += [(RiskCode.AGAINST_RULE, f"Called against a rule: {words}") for words in facts.broken_rules[:1]]
    near = [each for each in facts.limits if each.most > 2 and each.used >= each.most - NEAR_LIMIT]
    found += [
        (RiskCode.NEAR_LIMIT, f"Called near a limit: {each.used} of {each.most} were used, {each.label}.")
        for each in near[:1]
    ]
    return found


def _of_outcome(facts: WorkFacts) -> list[tuple[RiskCode, str]]:
    known, found = facts.disposition, []
    if known is None:
        return []
    if known.group is Group.WISHES:
        found.append((RiskCode.WISHES, f"A wish or a stop that binds: {known.label.lower()}."))
    if known.code in DISPUTES:
        found.append((RiskCode.DISPUTE, f"The patient was not content: {known.label.lower()}."))
    if known.effect in MONEY:
        found.append((RiskCode.MONEY_MOVED, f"Money was moved by hand: {known.label.lower()}."))
    if facts.is_promise_broken:
        found.append((RiskCode.PROMISE_BROKEN, "The promise was broken at its first payment."))
    if known.group is Group.ASIDE and not facts.was_called:
        found.append((RiskCode.NOTHING_CHANGED, f"A touch that changed nothing: {known.label.lower()}."))
    return found


def _of_note(facts: WorkFacts) -> list[tuple[RiskCode, str]]:
    known, note = facts.disposition, facts.note.strip()
    if not note:
        wants_one = known is not None and (known.is_conversation or known.needs_note or known.effect in MONEY)
        return [(RiskCode.NO_NOTE, "No note, though there was something to write down.")] if wants_one else []
    if facts.is_note_copied and len(note) >= SHORTEST_COPIED:
        return [(RiskCode.COPIED_NOTE, "The same note stands on another account.")]
    return []


def _of_time(facts: WorkFacts) -> list[tuple[RiskCode, str]]:
    found, seconds, expected = [], facts.handle_seconds, facts.expected_minutes
    if seconds is not None and expected and LEAST_HANDLE_SECONDS <= seconds < expected * 60 // SHORT_SHARE:
        took = f"{seconds} seconds" if seconds < 60 else f"{seconds // 60} minutes"
        found.append((RiskCode.SHORT, f"Done in {took}; such a task usually takes {expected} minutes."))
    if facts.at - facts.rep_since < NEW_FOR:
        days = max((facts.at - facts.rep_since).days, 0)
        found.append((RiskCode.NEW_REP, f"The rep was new: here for {days} days."))
    if facts.is_learning:
        found.append((RiskCode.LEARNING, "The rep is still learning this kind of work."))
    return found
