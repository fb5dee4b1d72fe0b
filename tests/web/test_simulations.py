"""The simulator's pages: asked for, watched, read."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOON, ada, sue, uma
from workqueue.models import Simulation, User
from workqueue.rules.queue_rules import DELIVERED
from workqueue.services import simulations
from workqueue.services.simulations import Asked
from workqueue.simulation.figures import figures_of
from workqueue.simulation.office import Office
from workqueue.simulation.trial import trial_of

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]
FORM = {"version_id": "1", "reps": "2", "days": "2", "seed": "7", "seeds": "2", "load_percent": "100"}


@cache
def figures() -> dict[str, Any]:
    return figures_of(trial_of(Office(reps=2, days=2, seed=7), DELIVERED))


def asked(session: Session, *, seeds: int = 1) -> int:
    what = Asked(1, reps=2, days=2, seed=7, seeds=seeds, load_percent=100)
    return simulations.ask(session, what, actor_id=sue(session).id, now=NOON)


def test_a_lead_asks_for_one_and_sees_it_wait(session: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(sue(session))
    assert "No simulation yet" in client.get("/simulations").text
    answer = client.post("/simulations", data=FORM)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "2 reps over 2 working days at a load of 100, 2 seeds from 7" in page
    assert "0 of 2" in page
    assert "The first figures come with the first seed" in page
    assert "Simulation" in client.get("/simulations").text


def test_what_cannot_be_is_said_beside_the_field_and_what_was_typed_stays(
    session: Session, sign_in_as: SignIn
) -> None:
    client = sign_in_as(ada(session))
    answer = client.post("/simulations", data=FORM | {"reps": "none", "seeds": "21"})
    assert answer.status_code == 422
    assert "Enter a whole number." in answer.text
    assert "Enter a number from 1 to 20." in answer.text
    assert 'value="none"' in answer.text
    too_large = client.post("/simulations", data=FORM | {"reps": "20", "days": "60"})
    assert too_large.status_code == 422
    assert "For so many reps and such a load choose 20 days at most." in too_large.text
    assert session.scalar(select(func.count()).select_from(Simulation)) == 0


def test_once_it_is_done_every_figure_is_drawn_and_written(session: Session, sign_in_as: SignIn) -> None:
    simulation_id = asked(session)
    simulations.finish_seed(session, simulation_id, 7, figures(), now=NOON)
    page = sign_in_as(uma(session)).get(f"/simulations/{simulation_id}").text
    for title in ("Money an hour of a rep, by order", "Money so far, day by day", "Hard deadlines missed"):
        assert title in page
    for label in ("Ours", "Oldest first", "Largest first", "At random", "Bound by luck"):
        assert label in page
    assert page.count("<polyline") == 5
    assert "hx-trigger" not in page
    assert "style=" not in page


def test_the_progress_is_asked_for_until_it_is_done(session: Session, sign_in_as: SignIn) -> None:
    simulation_id = asked(session, seeds=2)
    client = sign_in_as(sue(session))
    simulations.finish_seed(session, simulation_id, 7, figures(), now=NOON)
    part = client.get(f"/simulations/{simulation_id}/progress", headers={"HX-Request": "true"})
    assert "1 of 2" in part.text
    assert "hx-trigger" in part.text
    assert "The figures of 1 seed so far" in client.get(f"/simulations/{simulation_id}").text
    simulations.finish_seed(session, simulation_id, 8, figures() | {"seed": 8}, now=NOON)
    last = client.get(f"/simulations/{simulation_id}/progress", headers={"HX-Request": "true"})
    assert last.headers["HX-Redirect"] == f"/simulations/{simulation_id}"


def test_an_auditor_looks_and_asks_for_nothing(session: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(uma(session))
    assert "A lead or an admin can ask for one." in client.get("/simulations").text
    assert client.post("/simulations", data=FORM).status_code == 403


def test_one_that_broke_off_says_so(session: Session, sign_in_as: SignIn) -> None:
    simulation_id = asked(session)
    session.get_one(Simulation, simulation_id).failed_at = NOON
    session.flush()
    page = sign_in_as(sue(session)).get(f"/simulations/{simulation_id}").text
    assert "Broken off" in page
    assert "Ask for it again" in page
    assert sign_in_as(sue(session)).get("/simulations/999").status_code == 404
