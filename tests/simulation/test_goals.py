"""What the order of the queue has to bring in a small office; `benchmarks policy` asks it of twenty more."""

from workqueue.rules.queue_rules import DELIVERED
from workqueue.simulation.office import Office
from workqueue.simulation.trial import trial_of


def test_ours_brings_most_of_what_can_be_brought_and_misses_no_deadline_that_can_be_kept() -> None:
    found = trial_of(Office(reps=3, days=12, seed=1), DELIVERED)
    ours = found.tallies["ours"]
    assert ours.missed <= found.must_miss
    assert ours.deadlines > 20
    assert ours.collected_cents > 1.3 * found.tallies["oldest_first"].collected_cents
    assert ours.collected_cents > 0.8 * found.bounds.in_duty_cents
    assert found.tallies["largest_first"].missed > ours.missed
