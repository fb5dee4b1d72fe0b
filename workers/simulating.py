"""Runs simulations, one seed at a time: no transaction is open while a seed is worked."""

from datetime import UTC, datetime

from workqueue.database import transaction
from workqueue.services import simulations
from workqueue.simulation.figures import figures_of
from workqueue.simulation.office import Office
from workqueue.simulation.trial import trial_of


def simulate_a_seed(simulation_id: int) -> None:
    """Run the next seed, unless all are done or somebody is at it; one that breaks off is tried again."""
    with transaction() as session:
        begun = simulations.begin_seed(session, simulation_id, now=datetime.now(UTC))
    if begun is None:
        return
    asked = begun.asked
    try:
        figures = figures_of(
            trial_of(Office(asked.reps, asked.days, begun.seed, asked.load_percent), begun.rules)
        )
    except Exception:
        with transaction() as session:
            simulations.let_go(session, simulation_id)
        raise
    with transaction() as session:
        simulations.finish_seed(session, simulation_id, begun.seed, figures, now=datetime.now(UTC))
