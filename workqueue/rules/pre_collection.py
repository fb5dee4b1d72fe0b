"""The gate in front of pre-collection: every condition looked at, each with its day, source and tag.

Placement with an agency is no extraordinary action by itself (26 CFR 1.501(r)-6(b)); the office opens it only
when such an action would be allowed too, because the hospital answers for what agencies do (-6(a)).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workqueue.rules import collection_clock as clock
from workqueue.rules.collection_clock import NoticeGiven
from workqueue.rules.holds import APPLICATIONS, HOLDS, HoldKind, kind_words
from workqueue.rules.kinds import Party
from workqueue.rules.notices import NoticeKind
from workqueue.rules.state_timers import EXTRAORDINARY, CollectionStep, timers_for
from workqueue.rules.words import day_words, dollars

CLOCK_CITATION = "26 CFR 1.501(r)-6(c)(3)(i)"
NOTICE_CITATION = "26 CFR 1.501(r)-6(c)(4)(i)"


@dataclass(frozen=True)
class Episode:
    """One account of those that would be referred together."""

    account_id: int
    number: str
    patient_cents: int
    insurance_cents: int
    service_on: date | None
    notices: tuple[NoticeGiven, ...] = ()
    holds: tuple[HoldKind, ...] = ()
    """In force, on the account or on the person."""


@dataclass(frozen=True)
class Condition:
    """One thing that has to be so first."""

    code: str
    label: str
    is_met: bool
    sentence: str
    citation: str
    tag: str
    met_on: date | None = None
    """The day from which it is so, known beforehand where only time is missing; empty where somebody has
    to do something."""


@dataclass(frozen=True)
class Gate:
    """All conditions, and the first day on which the gate opens by itself."""

    on: date
    conditions: tuple[Condition, ...]
    day_0: date | None
    applications_until: date | None
    """The last day for an application for assistance, also after the gate has opened."""

    @property
    def is_open(self) -> bool:
        return all(each.is_met for each in self.conditions)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What keeps it closed, in sentences."""
        return tuple(each.sentence for each in self.conditions if not each.is_met)

    @property
    def earliest_on(self) -> date | None:
        """The first day on which it is open if only time passes; None while somebody has to act."""
        days = [each.met_on for each in self.conditions if not each.is_met]
        waited_for = [each for each in days if each is not None]
        if len(waited_for) < len(days):
            return None
        return max(waited_for, default=self.on)

    def as_json(self) -> dict[str, Any]:
        """Return it as kept with the referral."""
        return {
            "on": self.on.isoformat(),
            "is_open": self.is_open,
            "earliest_on": self.earliest_on.isoformat() if self.earliest_on else None,
            "day_0": self.day_0.isoformat() if self.day_0 else None,
            "conditions": [
                {
                    "code": each.code,
                    "is_met": each.is_met,
                    "sentence": each.sentence,
                    "citation": each.citation,
                    "tag": each.tag,
                    "met_on": each.met_on.isoformat() if each.met_on else None,
                }
                for each in self.conditions
            ],
        }


def gate(bundle: Sequence[Episode], *, states: frozenset[str], today: date) -> Gate:
    """Look at every condition. `states`: where the persons live whose law may reach the bill."""
    notices = [each.notices for each in bundle]
    day_0 = clock.day_zero(notices)
    ends_on = (
        clock.application_ends_on(day_0, [each for given in notices for each in given]) if day_0 else None
    )
    conditions = (
        _owed(bundle),
        _statement(bundle, day_0, today),
        _no_action_days(day_0, today),
        _notice(bundle, today),
        _evidence(
            bundle, NoticeKind.PLAIN_SUMMARY, "PLAIN_SUMMARY", "Plain-language summary sent",
            "the plain-language summary of financial assistance", today,
        ),
        _evidence(
            bundle, NoticeKind.ORAL_EFFORT, "ORAL_EFFORT", "Told of assistance by word of mouth",
            "an effort to tell the patient of financial assistance by word of mouth", today,
        ),
        *_state_timers(bundle, states, day_0, today),
        _no_application(bundle),
        _no_hold(bundle),
        _no_insurance(bundle),
    )  # fmt: skip
    return Gate(today, conditions, day_0, ends_on)


def earliest_steps(
    bundle: Sequence[Episode], *, states: frozenset[str]
) -> tuple[tuple[CollectionStep, date], ...]:
    """Return the first day each later step could come, by the clocks alone; reporting to bureaus is never."""
    day_0 = clock.day_zero([each.notices for each in bundle])
    if day_0 is None:
        return ()
    return tuple(
        (step, max(clock.no_action_before(day_0), *_timer_days(bundle, states, step)))
        for step in CollectionStep
        if step in EXTRAORDINARY and step is not CollectionStep.CREDIT_REPORTING
    )


def _timer_days(bundle: Sequence[Episode], states: frozenset[str], step: CollectionStep) -> list[date]:
    return [
        timer.earliest_on(first, each.service_on)
        for timer in timers_for(states, step)
        for each in bundle
        if (first := clock.first_on(each.notices, NoticeKind.STATEMENT)) is not None
    ] or [date.min]


def _owed(bundle: Sequence[Episode]) -> Condition:
    nothing = [each.number for each in bundle if each.patient_cents <= 0]
    owed_cents = sum(each.patient_cents for each in bundle)
    return Condition(
        "OWED", "Balance", not nothing,
        f"The patient owes nothing on {_listed(nothing)}." if nothing
        else f"The patient owes {dollars(owed_cents)}.",
        "Office policy", "K",
    )  # fmt: skip


def _statement(bundle: Sequence[Episode], day_0: date | None, today: date) -> Condition:
    missing = [each.number for each in bundle if clock.first_on(each.notices, NoticeKind.STATEMENT) is None]
    if day_0 is None:
        sentence = f"No statement has been recorded for {_listed(missing)}."
    elif len(bundle) == 1:
        sentence = f"The first statement went out on {day_words(day_0)}: that is day 0."
    else:
        sentence = f"The last first statement of these accounts went out on {day_words(day_0)}: day 0."
    is_met = day_0 is not None and day_0 <= today
    return Condition(
        "FIRST_STATEMENT", "First statement sent", is_met, sentence,
        "26 CFR 1.501(r)-6(c)(3), (4)(iii)", "K", day_0,
    )  # fmt: skip


def _no_action_days(day_0: date | None, today: date) -> Condition:
    on = clock.no_action_before(day_0) if day_0 else None
    return Condition(
        "NO_ACTION_120", "120 days since the first statement", on is not None and today >= on,
        f"120 days after day 0 is {day_words(on)}." if on else "The 120 days begin with the first statement.",
        CLOCK_CITATION, "V2", on,
    )  # fmt: skip


def _notice(bundle: Sequence[Episode], today: date) -> Condition:
    days = [clock.notice_allows_on(each.notices) for each in bundle]
    known = [each for each in days if each is not None]
    on = max(known) if known and len(known) == len(days) else None
    without = [each.number for each, day in zip(bundle, days, strict=True) if day is None]
    return Condition(
        "WRITTEN_NOTICE", "Written notice of collection, 30 days ahead", on is not None and today >= on,
        f"The written notice leaves action free from {day_words(on)}." if on
        else f"No written notice with a deadline at least 30 days ahead was sent for {_listed(without)}.",
        NOTICE_CITATION, "K-high", on,
    )  # fmt: skip


def _evidence(
    bundle: Sequence[Episode], kind: NoticeKind, code: str, label: str, what: str, today: date
) -> Condition:
    days = [clock.evidence_allows_on(each.notices, kind) for each in bundle]
    known = [each for each in days if each is not None]
    on = max(known) if known and len(known) == len(days) else None
    without = [each.number for each, day in zip(bundle, days, strict=True) if day is None]
    sentence = (
        f"30 days after {what} is {day_words(on)}."
        if on
        else f"There is no record of {what} for {_listed(without)}."
    )
    return Condition(code, label, on is not None and today >= on, sentence, NOTICE_CITATION, "K-high", on)


def _state_timers(
    bundle: Sequence[Episode], states: frozenset[str], day_0: date | None, today: date
) -> tuple[Condition, ...]:
    found = []
    for timer in timers_for(states, CollectionStep.PLACEMENT):
        firsts = [(clock.first_on(each.notices, NoticeKind.STATEMENT), each.service_on) for each in bundle]
        days = [timer.earliest_on(first, service_on) for first, service_on in firsts if first is not None]
        on = max(days) if day_0 is not None else None
        begins = f"The {timer.days} days of {timer.state} begin with the first statement."
        sentence = f"{timer.state} allows placement from {day_words(on)}." if on else begins
        found.append(
            Condition(
                f"STATE_{timer.state}",
                f"{timer.state}: {timer.days} days since the first bill",
                on is not None and today >= on,
                f"{sentence} {timer.note}".strip(),
                timer.citation,
                timer.tag,
                on,
            )
        )
    return tuple(found)


def _no_application(bundle: Sequence[Episode]) -> Condition:
    open_on = [each.number for each in bundle if APPLICATIONS & set(each.holds)]
    return Condition(
        "NO_APPLICATION", "Financial assistance", not open_on,
        f"An application for assistance is open on {_listed(open_on)}: everything stops until it is decided."
        if open_on else "No application for assistance is open.",
        "26 CFR 1.501(r)-6(c)(5), (6)", "K-high",
    )  # fmt: skip


def _no_hold(bundle: Sequence[Episode]) -> Condition:
    kinds = {
        kind for each in bundle for kind in each.holds
        if kind not in APPLICATIONS and Party.PATIENT in HOLDS[kind].stops
    }  # fmt: skip
    labels = _listed([kind_words(kind) for kind in HOLDS if kind in kinds])
    return Condition(
        "NO_HOLD", "Holds", not kinds,
        f"On hold: {labels}." if kinds else "No hold is in force.", "Office policy", "K",
    )  # fmt: skip


def _no_insurance(bundle: Sequence[Episode]) -> Condition:
    pending = [each.number for each in bundle if each.insurance_cents > 0]
    return Condition(
        "NO_INSURANCE", "Payers", not pending,
        f"Payers still owe on {_listed(pending)}." if pending else "No payer still owes.",
        "Office policy", "K",
    )  # fmt: skip


def _listed(items: Sequence[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
