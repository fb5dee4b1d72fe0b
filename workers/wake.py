"""The jobs: each takes ids only, reads the rows again, and may run twice, late or never."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps

from workers import simulating, trying
from workqueue.database import retrying, transaction
from workqueue.logging import log
from workqueue.services import intake, posting


class JobFailed(Exception):  # noqa: N818  # named after what is the case
    """Stands in for any error of a job: rq keeps tracebacks in Valkey, and a message may quote a row."""


def job(function: Callable[..., None]) -> Callable[..., None]:
    """Log what went wrong by class and place, and let rq keep no more than that it did."""

    @wraps(function)
    def woken(*ids: int) -> None:
        try:
            function(*ids)
        except Exception as error:  # noqa: BLE001  # raised again, without what it quotes
            log.exception("job failed", job=function.__name__)
            raise JobFailed(type(error).__name__) from None

    return woken


@job
def read_file(file_id: int) -> None:
    """Read a stored file, then post what it brought."""
    retrying(lambda: _read(file_id))
    while retrying(lambda: _post(file_id)):
        pass


@job
def run_trial(trial_id: int) -> None:
    """Try rules on today's data, or replay the last days by them."""
    trying.try_rules(trial_id)


@job
def publish_rules(publication_id: int) -> None:
    """Put rules of the queue in force."""
    trying.publish(publication_id)


@job
def run_simulation(simulation_id: int) -> None:
    """Work the next seed of a simulation; another ring asks for the one after it."""
    simulating.simulate_a_seed(simulation_id)


@job
def post_inbox() -> None:
    """Post all that waits, a batch a transaction, until nothing is left."""
    while retrying(_post):
        pass


def _read(file_id: int) -> None:
    with transaction() as session:
        intake.read_file(session, file_id, now=datetime.now(UTC))


def _post(file_id: int | None = None) -> int:
    with transaction() as session:
        return posting.post_received(session, now=datetime.now(UTC), file_id=file_id)
