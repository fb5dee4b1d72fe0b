"""flask openapi: the description of the interface, as it is checked in."""

import json

import click

from workqueue.api.openapi import description


@click.command("openapi")
def openapi() -> None:
    """Print the OpenAPI description; `flask openapi > docs/openapi.json` after a change of the interface."""
    click.echo(written())


def written() -> str:
    return json.dumps(description(), indent=2, sort_keys=True)


COMMANDS = [openapi]
