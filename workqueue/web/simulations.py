"""The simulator's pages: ask for a comparison of orders of the queue, watch it run, look at what it says."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import Role
from workqueue.services import queue_rules, simulations
from workqueue.services.reading.simulations import SimulationLine, figures, listed, one, versions
from workqueue.services.simulations import (
    LARGEST_SEED,
    LEAST_LOAD,
    MOST_DAYS,
    MOST_LOAD,
    MOST_REPS,
    MOST_SEEDS,
    Asked,
)
from workqueue.simulation.comparing import Comparison
from workqueue.simulation.figures import trial_from
from workqueue.simulation.office import Office
from workqueue.web.forms import Fields
from workqueue.web.guards import background, current_person, roles, utc_now
from workqueue.web.render import done
from workqueue.web.simulation_plots import plots_of

bp = Blueprint("simulations", __name__, url_prefix="/simulations")

looker = roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
asker = roles(Role.LEAD, Role.ADMIN)

USUAL = {"reps": "6", "days": "20", "seed": "1", "seeds": "5", "load_percent": "100"}
LIMITS = {
    "reps": (1, MOST_REPS),
    "days": (1, MOST_DAYS),
    "seed": (0, LARGEST_SEED),
    "seeds": (1, MOST_SEEDS),
    "load_percent": (LEAST_LOAD, MOST_LOAD),
}


@bp.get("")
@looker
def show() -> ResponseReturnValue:
    return _page(USUAL, {})


@bp.post("")
@asker
def ask() -> ResponseReturnValue:
    """Ask for a comparison; a worker runs it seed by seed."""
    fields = Fields(request.form)
    version_id = fields.row_id("version_id")
    numbers = {
        name: fields.whole_number(name, least=least, most=most) for name, (least, most) in LIMITS.items()
    }
    if fields.errors:
        return _page(request.form, fields.errors, status=422)
    try:
        with transaction() as session:
            asked = Asked(version_id=version_id or 0, **{name: value or 0 for name, value in numbers.items()})
            simulation_id = simulations.ask(session, asked, actor_id=current_person().id, now=utc_now())
    except Invalid as refusal:
        return _page(request.form, {refusal.field or "days": refusal.sentence}, status=422)
    return done(url_for("simulations.show_one", simulation_id=simulation_id))


@bp.get("/<int:simulation_id>")
@looker
def show_one(simulation_id: int) -> ResponseReturnValue:
    """Show what the seeds that are done say, all of them or some."""
    with reading() as session:
        line = one(session, simulation_id)
        raw = figures(session, simulation_id)
    compared = _compared(line, raw) if raw else None
    return render_template(
        "simulations/show.html",
        simulation=line,
        compared=compared,
        plots=plots_of(compared) if compared else None,
        now=utc_now(),
    )


@bp.get("/<int:simulation_id>/progress")
@looker
@background
def progress(simulation_id: int) -> ResponseReturnValue:
    """Answer the question how far it is; once it is done the page is asked for anew."""
    with reading() as session:
        line = one(session, simulation_id)
    if not line.is_unfinished:
        return done(url_for("simulations.show_one", simulation_id=simulation_id))
    return render_template("simulations/_progress.html", simulation=line)


def _compared(line: SimulationLine, raw: Any) -> Comparison:
    office = Office(line.reps, line.days, line.seed, line.load_percent)
    return Comparison(office, tuple(trial_from(each) for each in raw))


def _page(values: Mapping[str, str], errors: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        found = listed(session)
        choices = versions(session)
        in_force_id = queue_rules.in_force(session).version_id
    labels = [
        (version_id, f"{label} (in force)" if version_id == in_force_id else label)
        for version_id, label in choices
    ]
    page = render_template(
        "simulations/list.html",
        simulations=found,
        versions=labels,
        in_force_id=in_force_id,
        values=values,
        errors=errors,
        limits=LIMITS,
        may_ask=current_person().role in {Role.LEAD, Role.ADMIN},
        now=utc_now(),
    )
    return page, status
