"""The doorbell: best effort, never in anybody's way."""

import json
import time
import zlib
from collections.abc import Callable

import pytest
from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from workqueue.embedded import free_port
from workqueue.extensions import valkey as application_valkey
from workqueue.jobs import Doorbell, Job, answered


def queued(valkey: Redis) -> int:
    return valkey.llen("rq:queue:wake")


def test_equal_rings_wake_one_worker_until_it_answers(valkey: Redis) -> None:
    doorbell = Doorbell()
    for _ in range(3):
        doorbell.ring(valkey, [(Job.POST_INBOX, ())])
    assert queued(valkey) == 1
    answered(valkey, Job.POST_INBOX, ())
    doorbell.ring(valkey, [(Job.POST_INBOX, ())])
    assert queued(valkey) == 2


def test_rings_for_different_files_are_different(valkey: Redis) -> None:
    Doorbell().ring(valkey, [(Job.READ_FILE, (1,)), (Job.READ_FILE, (2,))])
    assert queued(valkey) == 2


def test_what_lies_in_valkey_is_a_name_and_ids_in_json(valkey: Redis) -> None:
    Doorbell().ring(valkey, [(Job.READ_FILE, (7,))])
    [name] = valkey.keys("rq:job:*")
    kept = valkey.hgetall(name)
    assert json.loads(zlib.decompress(kept[b"data"])) == ["workers.wake.read_file", None, [7], {}]
    assert kept[b"description"] == b"wake"


def test_a_valkey_that_is_down_is_tried_once_and_then_left_alone(valkey: Redis) -> None:
    doorbell = Doorbell()
    nobody = Redis(port=free_port(), retry=Retry(NoBackoff(), 0), socket_timeout=0.3)
    began = time.monotonic()
    for _ in range(200):
        doorbell.ring(nobody, [(Job.POST_INBOX, ())])
    assert time.monotonic() - began < 0.5
    doorbell.ring(valkey, [(Job.POST_INBOX, ())])
    assert queued(valkey) == 0, "paused after a failure"


def test_the_bell_rings_again_after_the_pause(valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workqueue.jobs.PAUSE_SECONDS", 0.05)
    doorbell = Doorbell()
    doorbell.ring(Redis(port=free_port(), retry=Retry(NoBackoff(), 0)), [(Job.POST_INBOX, ())])
    time.sleep(0.1)
    doorbell.ring(valkey, [(Job.POST_INBOX, ())])
    assert queued(valkey) == 1


def test_a_ring_right_after_a_restart_of_valkey_is_heard(
    valkey: Redis, make_app: Callable[..., Flask]
) -> None:
    app = make_app("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with app.app_context():
        application_valkey.ring([(Job.READ_FILE, (1,))])
        # What a restart does to a connection that lies in the pool.
        valkey.client_kill_filter(_type="normal", skipme=True)
        application_valkey.ring([(Job.READ_FILE, (2,))])
    assert queued(valkey) == 2
