"""Workqueue: the work queue of a hospital or clinic billing office."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from workqueue.config import Config


def create_app(config: "Config") -> "Flask":
    """Put the application together."""
    # Inside, so that importing a rule or a model does not load the web.
    from flask import Flask  # noqa: PLC0415

    from workqueue import api, cli, logging, web  # noqa: PLC0415
    from workqueue.config import PROJECT  # noqa: PLC0415
    from workqueue.database import engine_options  # noqa: PLC0415
    from workqueue.extensions import CookieSessions, csrf, db, htmx, login, migrate, valkey  # noqa: PLC0415

    app = Flask(
        "workqueue",
        template_folder=str(PROJECT / "templates"),
        static_folder=str(PROJECT / "static"),
        instance_path=str(config.home),
    )
    app.config.from_mapping(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(),
        REDIS_URL=config.redis_url,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open over lunch must not lose its text
        WTF_CSRF_SSL_STRICT=True,
    )
    app.extensions["workqueue.config"] = config
    app.session_interface = CookieSessions()
    db.init_app(app)
    migrate.init_app(app, db, directory=str(PROJECT / "migrations"))
    for extension in (htmx, csrf, login, valkey, logging, web, api, cli):
        (extension.register if hasattr(extension, "register") else extension.init_app)(app)
    return app
