"""Everything that will happen in one office, whoever works: the cases in the order in which they come up."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workqueue.rules.queue_rules import DELIVERED, QueueRules
from workqueue.simulation.bills import heard
from workqueue.simulation.cases import Case, cases_of
from workqueue.simulation.office import Office
from workqueue.simulation.truths import Truth, kinds_of, truth_of


@dataclass(frozen=True, slots=True)
class Coming:
    """A case with its truth, and the position of the day on which it can first be worked."""

    case: Case
    truth: Truth
    at: int


@dataclass(frozen=True)
class World:
    """One office with its days and cases."""

    office: Office
    rules: QueueRules
    days: Sequence[date]
    """The days worked and the morning after."""
    coming: Sequence[Coming]

    def at(self, day: date) -> int:
        """Return the position of the first day worked that is not before this one; past the end if none."""
        return bisect_left(self.days, day)

    def last_before(self, day: date) -> int:
        """Return the position of the last day worked that is not after this one."""
        return bisect_right(self.days, day) - 1


def world_of(office: Office, rules: QueueRules = DELIVERED) -> World:
    """Make the world of an office. Work whose deadline has passed before the start was written off before."""
    days = office.working_days
    kinds = kinds_of(office.seed)
    coming = []
    for told in heard(office):
        for case in cases_of(told, rules):
            at = bisect_left(days, case.available_on)
            is_lost = case.deadline_on is not None and case.deadline_on < max(days[0], case.available_on)
            if at < office.days and not is_lost:
                coming.append(Coming(case, truth_of(case, kinds, seed=office.seed, from_on=days[at]), at))
    return World(office, rules, days, tuple(coming))
