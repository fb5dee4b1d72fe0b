"""The order of the queue against other orders, in simulated offices: what docs/simulator.md describes."""

from benchmarks.findings import Finding, at_least
from workqueue.simulation.comparing import Comparison, compare
from workqueue.simulation.office import Office
from workqueue.simulation.policies import OURS

SEEDS = 20
UNIT = "$ a rep-hour"


def run() -> list[Finding]:
    found = compare(Office(), seeds=SEEDS)
    ours = found.tally(OURS).cents_an_hour / 100
    return [
        at_least(
            f"ours against the oldest first, {SEEDS} seeds", UNIT, ours, _money(found, "oldest_first"), 1.5
        ),
        at_least("ours against the largest first", UNIT, ours, _money(found, "largest_first"), 1.2),
        at_least("ours against the bound: knows every chance", UNIT, ours, _bound(found, "by_chances"), 0.85),
        at_least("the same, and keeps every hard deadline", UNIT, ours, _bound(found, "in_duty"), 0.85),
        at_least("ours against the bound: knows every coin too", UNIT, ours, _bound(found, "by_luck"), 0.85),
        _reachable(found),
        _missed(found),
    ]


def _money(found: Comparison, policy: str) -> float:
    return found.tally(policy).cents_an_hour / 100


def _bound(found: Comparison, name: str) -> float:
    return found.bound(f"{name}_cents") / 100


def _reachable(found: Comparison) -> Finding:
    """Say what the bound itself is against the largest first: no order can be better than that."""
    bound, floor = _bound(found, "by_chances"), _money(found, "largest_first")
    return Finding(
        "the bound against the largest first",
        UNIT,
        bound,
        floor,
        "known, no goal",
        bound / floor,
        is_met=True,
    )


def _missed(found: Comparison) -> Finding:
    missed, must = found.tally(OURS).missed, found.must_miss
    return Finding(
        "hard deadlines ours misses, against what must be",
        f"of {found.tally(OURS).deadlines}",
        missed,
        must,
        "no more",
        missed / must if must else float(missed),
        is_met=missed <= must,
    )
