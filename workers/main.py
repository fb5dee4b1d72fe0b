"""The RQ worker: one queue, one job at a time, in this very process.

rq's SimpleWorker and not its forking Worker, because a job here is a wake-up whose work is one idempotent
transaction: nothing is lost when the process dies with it, the sweeper rings again. So the fork, which would
protect the worker from its job, buys nothing; it costs 2.7 times the throughput (10.9 ms against 4.1 ms a
job), hands the child its parent's database connections, and leaves an orphan that runs on beside the next
worker when the parent is killed. The process is started again by whoever supervises it.
"""

from typing import Any

from flask import Flask
from redis import Redis
from rq import Queue
from rq.executions import Execution
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker

from workers.pulse import Pulse
from workqueue.application import create_app
from workqueue.config import config_or_exit
from workqueue.embedded import attached
from workqueue.jobs import QUEUE, Job, answered

# rq waits 15 s less than this for a job before it looks after itself; its default of 420 s hides dead ones.
TTL_SECONDS = 20
MAINTENANCE_SECONDS = 30


class OfficeWorker(SimpleWorker):
    """Runs each job inside the application, which is made once."""

    # After Valkey was away: look again soon. rq would sleep up to a minute.
    max_connection_wait_time = 2.0

    def __init__(self, app: Flask, connection: Redis, **named: Any) -> None:
        queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
        super().__init__(
            [queue],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=TTL_SECONDS,
            maintenance_interval=MAINTENANCE_SECONDS,
            log_job_description=False,
            **named,
        )
        self.app = app
        self.pulse = Pulse("worker")

    def perform_job(self, job: RqJob, queue: Queue, execution: Execution) -> bool:
        with self.app.app_context():
            answered(self.connection, Job(str(job.func_name)), tuple(job.args))
            return super().perform_job(job, queue, execution)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        with self.app.app_context():
            self.pulse.beat()


def main() -> None:
    app = create_app(attached(config_or_exit()))
    # Not the application's client: waiting for a job takes longer than a page may wait.
    connection = Redis.from_url(app.config["REDIS_URL"])
    OfficeWorker(app, connection).work(logging_level="WARNING")


if __name__ == "__main__":
    main()
