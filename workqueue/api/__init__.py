"""The same services for programs, under /api/v1."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the blueprints of the API."""
