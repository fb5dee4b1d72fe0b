"""Runs what takes long and is kept in a row: a trial of rules, a publication of them."""

from datetime import UTC, datetime

from workqueue.database import picture, transaction
from workqueue.services import publishing, trials


def try_rules(trial_id: int) -> None:
    """Run a trial, unless it is done or somebody is at it; what breaks off is left for another try."""
    now = datetime.now(UTC)
    with transaction() as session:
        begun = trials.begin(session, trial_id, now=now)
    if begun is None:
        return

    def report(done: int, of: int, step: str) -> None:
        with transaction() as session:
            trials.tell(session, trial_id, done=done, of=of, step=step, now=datetime.now(UTC))

    try:
        with picture() as session:
            result = trials.measure(session, begun, now=now, report=report)
    except Exception:
        with transaction() as session:
            trials.let_go(session, trial_id)
        raise
    with transaction() as session:
        trials.finish(session, trial_id, result, now=datetime.now(UTC))


def publish(publication_id: int) -> None:
    """Put rules in force. Counted first, so that one that cannot be does not come back for ever."""
    with transaction() as session:
        is_waiting = publishing.begin(session, publication_id, now=datetime.now(UTC))
    if is_waiting:
        with transaction() as session:
            publishing.publish(session, publication_id, now=datetime.now(UTC))
