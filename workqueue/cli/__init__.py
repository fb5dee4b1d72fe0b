"""The flask commands; one module a group, each with the click command or group it adds."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands of every module of this package; each names them in `COMMANDS`."""
    for module in sorted(each.name for each in iter_modules(__path__)):
        for command in import_module(f"{__name__}.{module}").COMMANDS:
            app.cli.add_command(command)
