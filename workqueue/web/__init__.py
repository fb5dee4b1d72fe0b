"""Pages for people: parse, authorise, transaction, service, template."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from workqueue.web import errors, filters, guards, metrics, navigation, security_headers, sign_in
from workqueue.web.forms import RowId

# In this order: who may ask is decided before a session counts as used, and before errors are worded.
FIRST = (filters, navigation, guards, sign_in, errors, security_headers, metrics)


def register(app: Flask) -> None:
    """Add what all pages share, then of every module of this package its `register` or its blueprint `bp`."""
    # Before any address is added: a number no row can have must not reach a query.
    app.url_map.converters["int"] = RowId
    hops = app.extensions["workqueue.config"].proxy_hops
    if hops:
        # Wrong passwords are counted by network, and cookies marked by TLS: both come from the client's end.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for part in FIRST:
        part.register(app)
    for name in sorted(each.name for each in iter_modules(__path__)):
        module = import_module(f"{__name__}.{name}")
        if module not in FIRST and hasattr(module, "register"):
            module.register(app)
        if hasattr(module, "bp") and module.bp.name not in app.blueprints:
            app.register_blueprint(module.bp)
