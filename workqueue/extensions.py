"""The objects shared by the application: database, forms protection, sign-in, htmx, Valkey. No logic."""

from collections.abc import Sequence

from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
from flask_htmx import HTMX
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError  # noqa: A004  # the library names it so
from redis.retry import Retry

from workqueue.jobs import Doorbell, Ring
from workqueue.models.base import Base

# A page waits for Valkey no longer than this: the doorbell is a convenience, the sweeper is the promise.
VALKEY_TIMEOUT_SECONDS = 0.3


class Htmx(HTMX):  # type: ignore[misc]  # ships no types
    """flask-htmx reads the headers of htmx 2; htmx 4 writes tag names before ids."""

    @property
    def target(self) -> str | None:
        return _id_of(request.headers.get("HX-Target"))

    @property
    def trigger(self) -> str | None:
        return _id_of(request.headers.get("HX-Source"))

    @property
    def is_partial(self) -> bool:
        return request.headers.get("HX-Request-Type") == "partial"


class Valkey:
    """Each application's client, which connects on first use only, and its doorbell."""

    def init_app(self, app: Flask) -> None:
        client = Redis.from_url(
            app.config["REDIS_URL"],
            socket_timeout=VALKEY_TIMEOUT_SECONDS,
            socket_connect_timeout=VALKEY_TIMEOUT_SECONDS,
            # Once, at once, and only on a broken connection: a restarted server has closed the old ones.
            # The library's own retries would make a page wait seconds for a server that is down.
            retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
        )
        app.extensions["workqueue.valkey"] = client, Doorbell()

    @property
    def client(self) -> Redis:
        client: Redis = current_app.extensions["workqueue.valkey"][0]
        return client

    def ring(self, rings: Sequence[Ring]) -> None:
        """Ring for these jobs, best effort."""
        client, doorbell = current_app.extensions["workqueue.valkey"]
        doorbell.ring(client, rings)


class CookieSessions(SecureCookieSessionInterface):
    """Marks the session cookie Secure whenever the request came by TLS, also behind a proxy.

    Its name then begins with __Host-: the browser takes it from no other host and from no plain page.
    """

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002  # the signature is Flask's
        return "__Host-workqueue" if request.is_secure else "workqueue"

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002  # the signature is Flask's
        return request.is_secure


def _id_of(header: str | None) -> str | None:
    """Take the id from htmx 4's "button#save"."""
    return header.rpartition("#")[2] or None if header else None


babel = Babel()
db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
htmx = Htmx()
csrf = CSRFProtect()
login = LoginManager()
valkey = Valkey()
