"""When many persons may first be called: what they share is worked out once.

Hours and closed days depend on where a person may be, not on who they are; a page of fifty has a handful of
places. What is left for each person are their counts, their wishes and their holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workqueue.rules.channels import ContactChannel
from workqueue.rules.contact import first_legal_at
from workqueue.rules.contact_facts import ContactFacts
from workqueue.rules.contact_rules import FEDERAL, HOUSE, ClosedDays, ContactRule, Hours
from workqueue.rules.places import WHOLE_COUNTRY
from workqueue.rules.windows import next_open


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
        self._openings: dict[tuple[tuple[str, ...], frozenset[object]], datetime | None] = {}
        self._places: dict[tuple[tuple[str, ...], frozenset[str]], Place] = {}

    def first_legal_at(self, facts: ContactFacts) -> datetime | None:
        """Return what `rules.contact.first_legal_at` would for a call."""
        place = self._place(facts)
        if place.opens_at is None:
            return None
        moment = first_legal_at(facts, place.counting, place.opens_at)
        if moment is None or moment == place.opens_at:
            return moment
        return first_legal_at(facts, place.rules, moment)

    def _place(self, facts: ContactFacts) -> Place:
        key = facts.zones, facts.jurisdictions
        if key not in self._places:
            here = {FEDERAL, HOUSE, *facts.jurisdictions}
            rules = [
                rule
                for rule in self._rules
                if rule.jurisdiction in here and rule.basis(facts.collects_as) is not None
            ]
            self._places[key] = Place(
                rules,
                [rule for rule in rules if not isinstance(rule.parameters, Hours | ClosedDays)],
                self._opens_at(facts.zones or WHOLE_COUNTRY, rules),
            )
        return self._places[key]

    def _opens_at(self, zones: tuple[str, ...], rules: list[ContactRule]) -> datetime | None:
        # Most states say again what the country says.
        hours = {
            (rule.parameters, rule.effective_from, rule.effective_to): rule
            for rule in rules
            if _is_of_calls(rule)
        }
        key = zones, frozenset(hours)
        if key not in self._openings:
            self._openings[key] = next_open(zones, list(hours.values()), self._at)
        return self._openings[key]


def _is_of_calls(rule: ContactRule) -> bool:
    limit = rule.parameters
    return isinstance(limit, ClosedDays) or (
        isinstance(limit, Hours) and ContactChannel.CALL in limit.channels
    )
