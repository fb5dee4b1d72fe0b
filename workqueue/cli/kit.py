"""flask kit: write X12 files about the office's own accounts, to try an import with."""

from datetime import UTC, date, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from workqueue.database import transaction
from workqueue.kit.faults import FAULTS
from workqueue.kit.files import Kit
from workqueue.kit.interchange import Kind
from workqueue.kit.planning import known_faults, plan
from workqueue.kit.reading import office_bills

KINDS = {"837": Kind.SUBMISSION, **{kind.value: kind for kind in Kind}}


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new or empty folder.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 999))
@click.option("--kinds", default="837,277CA,277,835", show_default=True, help="With commas between.")
@click.option("--accounts", default=200, show_default=True, type=click.IntRange(1), help="At most so many.")
@click.option(
    "--faults",
    default="none",
    show_default=True,
    help=f"none, some (all there are), or of: {', '.join(FAULTS)}.",
)
@click.option("--claims-per-file", default=500, show_default=True, type=click.IntRange(1))
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day of the files; today.")
@with_appcontext
def kit(
    out: Path, seed: int, kinds: str, accounts: int, faults: str, claims_per_file: int, day: datetime | None
) -> None:
    """Write 837, 277CA, 277 and 835 files that match this office's open accounts.

    The same seed, day and office give the same bytes. manifest.json beside the files says what each is, what
    was done to it, and what a right import makes of it. The files name patients: the folder is for you alone.
    """
    on = day.date() if day else datetime.now(UTC).date()
    made = _planned(seed, on, kinds, accounts, faults, claims_per_file)
    _write(made, out)
    click.echo(f"{len(made.files)} files and manifest.json in {out}")


def _planned(seed: int, day: date, kinds: str, accounts: int, faults: str, claims_per_file: int) -> Kit:
    chosen = [name.strip().upper() for name in kinds.split(",")]
    unknown = [name for name in chosen if name not in KINDS]
    if unknown:
        raise click.BadParameter(
            f"{', '.join(unknown)}; there are 837, 277CA, 277 and 835.", param_hint="--kinds"
        )
    with transaction() as session:
        bills = office_bills(session, day=day, limit=accounts)
    if not bills:
        raise click.ClickException(
            "This office has no open claims to write about. Import some first, or run flask demo load."
        )
    try:
        return plan(
            bills,
            seed=seed,
            day=day,
            kinds=[KINDS[name] for name in chosen],
            faults=known_faults(faults),
            claims_per_file=claims_per_file,
        )
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--faults") from error


def _write(made: Kit, out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise click.ClickException(f"{out} is not an empty folder. Files of two runs are not mixed.")
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in made.files:
        (out / file.name).write_bytes(file.content)
    (out / "manifest.json").write_text(made.manifest())


COMMANDS = [kit]
