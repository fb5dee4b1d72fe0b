"""A person in Chicago, and short ways to say what happened to them and which rules are looked at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workqueue.rules.channels import CollectsAs
from workqueue.rules.contact import may_contact
from workqueue.rules.contact_facts import Attempt, ContactFacts, NumberFacts
from workqueue.rules.contact_rules import FEDERAL, ContactRule
from workqueue.rules.contact_verdict import Verdict
from workqueue.rules.first_contact_rules import FIRST_RULES
from workqueue.rules.states import PhonePlace

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 3, 2)
MOBILE = NumberFacts(1, PhonePlace.MOBILE, is_mobile=True)
HOME = NumberFacts(2, PhonePlace.HOME)
WORK = NumberFacts(3, PhonePlace.WORK, is_from_patient=True)
PERSON = ContactFacts(zones=("America/Chicago",), number=MOBILE, account_id=1)

REGULATION_F = tuple(rule for rule in FIRST_RULES if rule.jurisdiction == FEDERAL)
"""The vectors of the reference are about these; the office's own days and limits have tests of their own."""


def at(day: date, clock: str = "12:00:00", zone: ZoneInfo = CHICAGO) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone).astimezone(UTC)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def person(**known: Any) -> ContactFacts:
    return replace(PERSON, **known)


def calls(count: int, **known: Any) -> list[Attempt]:
    """One call each day from Monday on."""
    return [Attempt(at(MONDAY + days(each)), **known) for each in range(count)]


def only(*codes: str) -> tuple[ContactRule, ...]:
    """Return these rules and no others."""
    found = tuple(rule for rule in FIRST_RULES if rule.code in codes)
    assert {rule.code for rule in found} == set(codes)
    return found


def judge(facts: ContactFacts, moment: datetime, rules: Sequence[ContactRule] = REGULATION_F) -> Verdict:
    return may_contact(facts, rules, moment)


def against(facts: ContactFacts, moment: datetime, rules: Sequence[ContactRule] = REGULATION_F) -> list[str]:
    """Return what speaks against the contact."""
    return [each.code for each in judge(facts, moment, rules).rules if not each.is_ok]


def as_collector(facts: ContactFacts) -> ContactFacts:
    return replace(facts, collects_as=CollectsAs.THIRD_PARTY)
