"""Pages for people: parse, authorise, transaction, service, template."""

from flask import Flask

from workqueue.web import filters, navigation


def register(app: Flask) -> None:
    """Add the blueprints and what all pages share."""
    filters.register(app)
    navigation.register(app)
