"""Whether the office is up, and how it is doing: /healthz, /readyz, /metrics."""

import os
import time
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from workqueue.extensions import db, valkey
from workqueue.rules.refusals import NotFound
from workqueue.rules.roles import Role
from workqueue.services import health, tokens
from workqueue.web.guards import public, utc_now

bp = Blueprint("metrics", __name__)

requests = Counter("workqueue_requests", "Requests answered.", ["endpoint", "status"])
seconds = Histogram("workqueue_request_seconds", "Seconds to an answer.", ["endpoint"])


@bp.get("/healthz")
@public("a supervisor asks whether this process answers")
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@bp.get("/readyz")
@public("a load balancer asks whether to send people here")
def readyz() -> ResponseReturnValue:
    """Say whether the parts answer. Valkey is only the doorbell: without it every page still works."""
    is_database_up, is_valkey_up = _database_answers(), _valkey_answers()
    backlog = _backlog() if is_database_up else {}
    state = {
        "status": "ok" if is_database_up and is_valkey_up else "degraded" if is_database_up else "down",
        "database": "ok" if is_database_up else "down",
        "valkey": "ok" if is_valkey_up else "down",
        "backlog": backlog,
    }
    return jsonify(state), 200 if is_database_up else 503


@bp.get("/metrics")
@public("guarded by itself: this machine, or the token of an admin")
def show() -> ResponseReturnValue:
    if not (_is_this_machine() or _is_admins_token()):
        raise NotFound  # says nothing about what is here
    registry: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    waiting = CollectorRegistry()
    waiting.register(_Waiting())
    return Response(generate_latest(registry) + generate_latest(waiting), content_type=CONTENT_TYPE_LATEST)


def register(app: Flask) -> None:
    app.after_request(count)


def count(response: Response) -> Response:
    if request.endpoint != "static":
        endpoint = request.endpoint or "none"
        requests.labels(endpoint, str(response.status_code)).inc()
        if "started" in g:
            seconds.labels(endpoint).observe(time.perf_counter() - g.started)
    return response


class _Waiting:
    """Counts of now, asked of the database at each scrape rather than kept up in every process."""

    def collect(self) -> Any:
        gauge = GaugeMetricFamily("workqueue_backlog", "What waits to be done.", labels=["of"])
        for name, value in _backlog().items():
            gauge.add_metric([name], value)
        yield gauge


def _backlog() -> dict[str, float]:
    waiting = health.backlog(db.session())
    oldest = waiting.oldest_received_at
    return {
        "facts": waiting.count,
        "oldest_fact_seconds": max(0.0, (utc_now() - oldest).total_seconds()) if oldest else 0.0,
    }


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return True


def _valkey_answers() -> bool:
    try:
        return bool(valkey.client.ping())
    except (RedisError, OSError):
        return False


def _is_this_machine() -> bool:
    """Tell whether nobody stands between: a proxy on this machine brings the whole world from loopback."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _is_admins_token() -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    caller = tokens.find_caller(db.session(), token.strip(), utc_now())
    return caller is not None and caller.person.role is Role.ADMIN
