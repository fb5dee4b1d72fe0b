"""When many persons may first be called: what they share is worked out once.

Hours and closed days depend on where a person may be, not on who they are; a page of fifty has a handful of
places. What is left for each person are their counts, their wishes and their holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from workqueue.rules.channels import CollectsAs, ContactChannel
from workqueue.rules.contact import gates_open_at, limits_allow_at
from workqueue.rules.contact_facts import ContactFacts
from workqueue.rules.contact_limits import Case
from workqueue.rules.contact_rules import BY_CLOCK, FEDERAL, HOUSE, ClosedDays, ContactRule, Hours
from workqueue.rules.places import WHOLE_COUNTRY
from workqueue.rules.windows import next_open

Key = tuple[Hours | ClosedDays, date, date | None]
"""By which rules that say the same on the same days are one."""


class Where(NamedTuple):
    """Where somebody may be, and whose laws reach them."""

    zones: tuple[str, ...]
    jurisdictions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """What holds for everybody who may be in the same zones under the same laws."""

    rules: list[ContactRule]
    counting: list[ContactRule]
    """Those of the rules that look at the person."""
    opens_at: datetime | None
    """The first moment the others allow."""


class Forecast:
    """Looks from one moment on, by the same rules."""

    def __init__(self, rules: Sequence[ContactRule], at: datetime) -> None:
        self._rules, self._at = rules, at
        self._openings: dict[tuple[tuple[str, ...], frozenset[Key]], datetime | None] = {}
        self._binding: dict[CollectsAs, list[tuple[ContactRule, Key | None]]] = {}
        self._places: dict[tuple[CollectsAs, tuple[str, ...], frozenset[str]], Place] = {}

    def first_legal_at(self, facts: ContactFacts) -> datetime | None:
        """Return what `rules.contact.first_legal_at` would for a call."""
        place = self._place(facts.collects_as, Where(facts.zones, facts.jurisdictions))
        if place.opens_at is None:
            return None
        at = gates_open_at(facts, place.opens_at)
        if at is None:
            return None
        case = Case(facts)
        moment = limits_allow_at(case, place.counting, at)
        if moment is None or moment == place.opens_at:
            return moment
        return limits_allow_at(case, place.rules, moment)

    def opens_at(self, collects_as: CollectsAs, where: Where) -> datetime | None:
        """Return the first moment that hours and closed days allow; nobody there is called sooner."""
        return self._place(collects_as, where).opens_at

    def _place(self, collects_as: CollectsAs, where: Where) -> Place:
        key = collects_as, *where
        if key not in self._places:
            here = {FEDERAL, HOUSE, *where.jurisdictions}
            rules = [each for each in self._bind(collects_as) if each[0].jurisdiction in here]
            self._places[key] = Place(
                [rule for rule, _ in rules],
                [rule for rule, _ in rules if not isinstance(rule.parameters, BY_CLOCK)],
                # Most states say again what the country says.
                self._opens_at(where.zones or WHOLE_COUNTRY, {key: rule for rule, key in rules if key}),
            )
        return self._places[key]

    def _bind(self, collects_as: CollectsAs) -> list[tuple[ContactRule, Key | None]]:
        """Return the rules that bind the office in this role, and the keys of hours of calls."""
        if collects_as not in self._binding:
            self._binding[collects_as] = [
                (rule, _key(rule)) for rule in self._rules if rule.basis(collects_as) is not None
            ]
        return self._binding[collects_as]

    def _opens_at(self, zones: tuple[str, ...], hours: dict[Key, ContactRule]) -> datetime | None:
        key = zones, frozenset(hours)
        if key not in self._openings:
            self._openings[key] = next_open(zones, list(hours.values()), self._at)
        return self._openings[key]


def _key(rule: ContactRule) -> Key | None:
    limit = rule.parameters
    if isinstance(limit, ClosedDays) or (isinstance(limit, Hours) and ContactChannel.CALL in limit.channels):
        return limit, rule.effective_from, rule.effective_to
    return None
