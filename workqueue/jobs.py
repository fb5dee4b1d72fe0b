"""Names of background jobs, and the doorbell that wakes a worker for one after the commit."""

import time
from collections.abc import Sequence
from enum import StrEnum

from prometheus_client import Counter
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy.orm import Session

QUEUE = "wake"
# A job left over from before a crash must not ring for hours; the sweeper has rung since.
JOB_SECONDS = 120
LONG_JOB_SECONDS = 1_800
QUEUED_SECONDS = 60
FAILED_SECONDS = 60
# How long a rung bell suppresses an equal one when no worker came to answer it.
BELL_MILLISECONDS = 5_000
# After a failure no page tries Valkey again for this long: at most one of them waits for a timeout.
PAUSE_SECONDS = 5.0

Ring = tuple["Job", tuple[int, ...]]

doorbells = Counter("workqueue_doorbells", "Wake-ups of workers, by what became of them.", ["outcome"])


class Job(StrEnum):
    """Each name is the dotted path of its function: rq itself would accept a misspelt one."""

    READ_FILE = "workers.wake.read_file"
    POST_INBOX = "workers.wake.post_inbox"
    RUN_TRIAL = "workers.wake.run_trial"
    PUBLISH_RULES = "workers.wake.publish_rules"
    RUN_SIMULATION = "workers.wake.run_simulation"


LONG_JOBS = frozenset({Job.RUN_TRIAL, Job.PUBLISH_RULES})
"""They derive or order the whole queue; the time an ordinary job may take would cut them off."""


def after_commit(session: Session, job: Job, *ids: int) -> None:
    """Ask for the job once the running transaction has committed; asking twice rings once."""
    session.info.setdefault("rings", {})[(job, ids)] = None


def take_rings(session: Session) -> list[Ring]:
    """Return what was asked for in this transaction, and forget it."""
    return list(session.info.pop("rings", {}))


class Doorbell:
    """Rings best effort. A lost ring costs a second of delay, never a fact: PostgreSQL has the row."""

    def __init__(self) -> None:
        self._paused_until = 0.0

    def ring(self, client: Redis, rings: Sequence[Ring]) -> None:
        if rings and time.monotonic() < self._paused_until:
            doorbells.labels("skipped").inc(len(rings))
            return
        for job, ids in rings:
            try:
                outcome = _ring(client, job, ids)
            except (RedisError, OSError):
                self._paused_until = time.monotonic() + PAUSE_SECONDS
                doorbells.labels("failed").inc()
                return
            doorbells.labels(outcome).inc()


def answered(client: Redis, job: Job, ids: tuple[int, ...]) -> None:
    """Allow the next equal ring. Called before the job reads: a row committed later rings anew."""
    client.delete(_bell(job, ids))


def _ring(client: Redis, job: Job, ids: tuple[int, ...]) -> str:
    if not client.set(_bell(job, ids), 1, nx=True, px=BELL_MILLISECONDS):
        return "coalesced"
    Queue(QUEUE, connection=client, serializer=JSONSerializer).enqueue(
        job.value,
        args=ids,
        description="wake",  # rq's default holds the arguments
        job_timeout=LONG_JOB_SECONDS if job in LONG_JOBS else JOB_SECONDS,
        ttl=QUEUED_SECONDS,
        result_ttl=0,
        failure_ttl=FAILED_SECONDS,
    )
    return "rung"


def _bell(job: Job, ids: tuple[int, ...]) -> str:
    return ":".join(["bell", job.value, *map(str, ids)])
