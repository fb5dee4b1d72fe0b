"""Several policies on the same worlds, summed up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workqueue.rules.queue_rules import DELIVERED, QueueRules
from workqueue.simulation.office import DAY_MINUTES, OPENS_AT_HOUR, Office
from workqueue.simulation.policies import NAMES
from workqueue.simulation.tally import Tally, added
from workqueue.simulation.trial import Trial, trial_of


@dataclass(frozen=True)
class Comparison:
    """What several worlds of one office say of each policy."""

    office: Office
    trials: Sequence[Trial]

    @property
    def hours(self) -> float:
        return self.office.hours * len(self.trials)

    def tally(self, policy: str) -> Tally:
        """Return what a policy did in all worlds together."""
        return added([trial.tallies[policy] for trial in self.trials])

    def bound(self, name: str) -> float:
        """Return a bound in cents for an hour of a rep, over all worlds."""
        return float(sum(getattr(trial.bounds, name) for trial in self.trials)) / self.hours

    @property
    def must_miss(self) -> int:
        return sum(trial.must_miss for trial in self.trials)

    def as_json(self) -> dict[str, Any]:
        """Return all figures as plain values; money is in cents."""
        return {
            "office": {
                "reps": self.office.reps,
                "days": self.office.days,
                "seed": self.office.seed,
                "seeds": len(self.trials),
                "load_percent": self.office.load_percent,
                "hours": round(self.hours, 2),
                "cases": sum(trial.cases for trial in self.trials),
            },
            "policies": {name: self._of_policy(name) for name in NAMES},
            "bounds": {
                name: round(self.bound(f"{name}_cents")) for name in ("by_luck", "by_chances", "in_duty")
            },
            "must_miss": self.must_miss,
            "seeds": [
                {
                    "seed": trial.seed,
                    "cents_an_hour": {
                        name: round(each.cents_an_hour) for name, each in trial.tallies.items()
                    },
                    "missed": {name: each.missed for name, each in trial.tallies.items()},
                    "must_miss": trial.must_miss,
                    "by_chances": round(trial.bounds.by_chances_cents / self.office.hours),
                }
                for trial in self.trials
            ],
        }

    def _of_policy(self, name: str) -> dict[str, Any]:
        tally = self.tally(name)
        hours = range(OPENS_AT_HOUR, OPENS_AT_HOUR + DAY_MINUTES // 60)
        so_far, by_day = 0, []
        for position in range(self.office.days):
            so_far += tally.by_day[position]
            by_day.append(so_far)
        # And what was promised for later and then came.
        by_day.append(tally.collected_cents)
        return {
            "cents_an_hour": round(tally.cents_an_hour),
            "collected_cents": tally.collected_cents,
            "alone_cents": tally.alone_cents,
            "deadlines": tally.deadlines,
            "missed": tally.missed,
            "missed_cents": tally.missed_cents,
            "promises": tally.promises,
            "kept": tally.kept,
            "appointments": tally.appointments,
            "punctual": tally.punctual,
            "by_day_cents": by_day,
            "by_kind": {
                kind: {"touches": tally.touches[kind], "cents": tally.cents[kind]}
                for kind in sorted(tally.touches)
            },
            "by_hour": [
                {"hour": hour, "calls": tally.calls[hour], "answered": tally.answered[hour]} for hour in hours
            ],
        }


def compare(
    office: Office,
    *,
    seeds: int,
    rules: QueueRules = DELIVERED,
    done: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Compare the policies over so many seeds, from the office's own on; `done` hears how many are."""
    trials = []
    for number in range(seeds):
        trials.append(trial_of(replace(office, seed=office.seed + number), rules))
        done(number + 1)
    return Comparison(office, tuple(trials))
