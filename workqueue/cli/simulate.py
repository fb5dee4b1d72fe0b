"""flask simulate: an office in memory, worked under one order of the queue after another."""

import json

import click

from workqueue.simulation.comparing import Comparison, compare
from workqueue.simulation.office import Office
from workqueue.simulation.policies import NAMES


@click.command()
@click.option("--reps", default=6, show_default=True, type=click.IntRange(1, 50))
@click.option("--days", default=20, show_default=True, type=click.IntRange(1, 120), help="Working days.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option(
    "--seeds", default=1, show_default=True, type=click.IntRange(1, 100), help="So many, from there on."
)
@click.option(
    "--load",
    default=100,
    show_default=True,
    type=click.IntRange(10, 500),
    help="New work that comes in, in hundredths of what the reps can do.",
)
@click.option("--json", "is_json", is_flag=True, help="Print one object.")
def simulate(*, reps: int, days: int, seed: int, seeds: int, load: int, is_json: bool) -> None:
    """Compare the queue's order with others: money for an hour, deadlines missed, promises kept.

    Nothing of this office is read or changed; docs/simulator.md says what is simulated. The same numbers give
    the same figures.
    """

    def say(done: int) -> None:
        if seeds > 1 and not is_json:
            click.echo(f"{done} of {seeds} seeds", err=True)

    found = compare(Office(reps, days, seed, load), seeds=seeds, done=say)
    if is_json:
        click.echo(json.dumps(found.as_json()))
    else:
        for line in _lines(found):
            click.echo(line)


def _lines(found: Comparison) -> list[str]:
    lines = [f"{'':16} {'$ an hour':>10} {'missed':>12} {'kept':>12}"]
    for name in NAMES:
        tally = found.tally(name)
        missed, kept = f"{tally.missed}/{tally.deadlines}", f"{tally.kept}/{tally.promises}"
        lines.append(f"{name:16} {tally.cents_an_hour / 100:10.2f} {missed:>12} {kept:>12}")
    lines += [
        f"bound {name:10} {found.bound(f'{name}_cents') / 100:10.2f}"
        for name in ("in_duty", "by_chances", "by_luck")
    ]
    lines.append(f"Missed at least by anybody: {found.must_miss}")
    return lines


COMMANDS = [simulate]
