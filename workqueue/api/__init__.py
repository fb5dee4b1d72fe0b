"""The same services for programs, under /api/v1."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint, Flask

from workqueue.extensions import csrf

bp = Blueprint("api", __name__, url_prefix="/api/v1")


def register(app: Flask) -> None:
    """Add the views of every module of this package; each adds its own to `bp` when it is imported."""
    for module in sorted(each.name for each in iter_modules(__path__)):
        register_module = getattr(import_module(f"{__name__}.{module}"), "register", None)
        if register_module is not None:
            register_module(app)
    # Tokens are sent on purpose, cookies count for nothing here: nothing a foreign page could forge.
    csrf.exempt(bp)
    app.register_blueprint(bp)
