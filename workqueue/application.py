"""create_app(): the application, put together."""

from flask import Flask
from flask_migrate import upgrade

from workqueue import api, cli, logging, schema, web
from workqueue.config import PROJECT, Config
from workqueue.database import engine_options
from workqueue.extensions import CookieSessions, csrf, db, htmx, login, migrate, valkey


def create_app(config: Config) -> Flask:
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
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open over lunch keeps its text
    )
    app.extensions["workqueue.config"] = config
    app.session_interface = CookieSessions()
    db.init_app(app)
    migrate.init_app(app, db, directory=str(PROJECT / "migrations"))
    for extension in (htmx, csrf, login, valkey):
        extension.init_app(app)
    for part in (logging, web, api, cli):
        part.register(app)
    return app


def bring_up_to_date(app: Flask) -> None:
    """Migrate when the database is behind. For the embedded database only: nobody else looks after it."""
    with app.app_context():
        with db.engine.connect() as connection:
            is_behind = schema.current(connection) < schema.newest()
        if is_behind:
            upgrade()
