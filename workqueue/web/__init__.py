"""Pages for people: parse, authorise, transaction, service, template."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask

from workqueue.web import errors, filters, guards, metrics, navigation, security_headers, sign_in, words
from workqueue.web.forms import RowId


def register(app: Flask) -> None:
    """Add what all pages share, then the blueprint `bp` of every module of this package."""
    # Before any address is added: a number no row can have must not reach a query.
    app.url_map.converters["int"] = RowId
    for part in (filters, words, navigation, guards, sign_in, errors, security_headers, metrics):
        part.register(app)
    for module in sorted(each.name for each in iter_modules(__path__)):
        blueprint = getattr(import_module(f"{__name__}.{module}"), "bp", None)
        if blueprint is not None and blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
