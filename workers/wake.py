"""The jobs: each takes ids only, reads the rows again, and may run twice, late or never."""

from collections.abc import Callable
from functools import wraps

from workqueue.logging import log


class JobFailed(Exception):  # noqa: N818  # named after what is the case
    """Stands in for any error of a job: rq keeps tracebacks in Valkey, and a message may quote a row."""


def job(function: Callable[..., None]) -> Callable[..., None]:
    """Log what went wrong by class and place, and let rq keep no more than that it did."""

    @wraps(function)
    def woken(*ids: int) -> None:
        try:
            function(*ids)
        except Exception as error:
            log.exception("job failed", job=function.__name__)
            raise JobFailed(type(error).__name__) from None

    return woken
