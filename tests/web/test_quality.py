"""The pages about quality: what is drawn and how, figures, a rep's page, the scorecard, and who sees what."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    ada,
    ana,
    ben,
    leo,
    make_outcome,
    make_task,
    otto,
    sue,
    uma,
)
from tests.factories.quality import (
    all_points,
    make_coaching_note,
    make_drawn_work,
    make_review,
)
from workqueue.models import (
    Outcome,
    QualityPolicy,
    QualitySample,
    Scorecard,
    User,
)
from workqueue.rules.quality_draw import draw

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def work(session: Session) -> Outcome:
    return make_drawn_work(session)


def test_a_lead_draws_a_sample_and_sees_how(session: Session, sign_in_as: SignIn) -> None:
    logged = [
        make_outcome(session, task=make_task(session), rep=ana(session), at=NOON - timedelta(days=4)).id
        for _ in range(4)
    ]
    client = sign_in_as(sue(session))
    assert "Draw a sample" in client.get("/quality/draw").text
    sent = {"rep_id": ana(session).id, "first_on": "2026-03-02", "last_on": "2026-03-08"}
    answer = client.post(
        "/quality/draw", data=sent | {"random_count": "2", "risk_count": "0"}, follow_redirects=True
    )
    assert "2 pieces of work to review" in answer.text
    sample = session.scalars(select(QualitySample)).one()
    assert (sample.asked, sample.population, sample.drawn_by_id) == (2, 4, sue(session).id)
    page = client.get(f"/quality/samples/{sample.id}").text
    assert "Drawn again just now: the same" in page
    assert sample.seed in page
    assert "2 of 4 outcomes" in page
    assert "2 of 4" in client.get("/quality/samples").text
    sample.seed = next(seed for seed in "abcdef" if draw(logged, seed, 2) != draw(logged, sample.seed, 2))
    assert "Drawn again it is not the same" in client.get(f"/quality/samples/{sample.id}").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"last_on": "2026-03-10"}, "Choose days that are over"),
        ({"last_on": "2026-02-30"}, "Enter a date"),
        ({"random_count": "-1"}, "0"),
        ({"random_count": "0", "risk_count": "0"}, "Draw one at least."),
        ({"rep_id": "999"}, "your team"),
    ],
)
def test_a_draw_that_makes_no_sense_is_refused_and_what_was_typed_stays(
    session: Session, sign_in_as: SignIn, changes: dict[str, str], sentence: str
) -> None:
    ana(session)
    sent = {"first_on": "2026-03-01", "last_on": "2026-03-07", "random_count": "7", "risk_count": "1"}
    answer = sign_in_as(sue(session)).post("/quality/draw", data=sent | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "There is a problem" in answer.text
    assert 'value="2026-03-01"' in answer.text


def test_a_lead_sets_what_is_drawn_each_week(session: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(sue(session))
    assert "nothing is drawn by itself yet" in client.get("/quality/samples").text
    sent = {"random_per_rep": "4", "risk_per_rep": "0", "dispute_days": "14"}
    assert (
        "each week 4 at random and 0 by risk"
        in client.post("/quality/policy", data=sent, follow_redirects=True).text
    )
    policy = session.scalars(select(QualityPolicy)).one()
    assert (policy.team_id, policy.dispute_days) == (sue(session).team_id, 14)
    answer = client.post("/quality/policy", data=sent | {"dispute_days": "1"})
    assert (answer.status_code, "3 to 60" in answer.text) == (422, True)


@pytest.mark.parametrize(("reader", "status"), [(leo, 404), (uma, 200)])
def test_a_lead_sees_the_own_team_an_auditor_all(
    session: Session, sign_in_as: SignIn, work: Outcome, reader: Callable[[Session], User], status: int
) -> None:
    client = sign_in_as(reader(session))
    sample_id = session.scalars(select(QualitySample.id)).one()
    assert client.get(f"/quality/samples/{sample_id}").status_code == status
    assert client.get(f"/quality/people/{ana(session).id}").status_code == status
    shown = client.get(f"/quality?team_id={ana(session).team_id}").text
    assert ("Whitfield" in shown) == (status == 200)
    assert client.get("/quality/figures?team_id=999999").status_code == (404 if reader is uma else 200)


def test_figures_say_that_the_two_kinds_are_never_put_together(
    session: Session, sign_in_as: SignIn, work: Outcome
) -> None:
    make_review(session, outcome=work, answers=all_points(session, note=1))
    page = sign_in_as(sue(session)).get("/quality/figures").text
    assert "The two are never averaged together" in page
    assert "1 review of 1 drawn. Fewer than 20: says little yet." in page
    assert "Nothing reviewed yet." in page
    answer = sign_in_as(sue(session)).get("/quality/figures?first_on=2026-03-09&last_on=2026-03-01")
    assert (answer.status_code, "The last day comes before the first." in answer.text) == (422, True)


def test_a_rep_sees_their_own_figures_and_no_colleague(
    session: Session, sign_in_as: SignIn, work: Outcome
) -> None:
    make_review(session, outcome=work)
    make_coaching_note(session, rep=ben(session), text="For Ben alone.")
    page = sign_in_as(ana(session)).get("/quality/mine").text
    assert "100%" in page
    assert "Ben" not in page
    assert "Nothing was reviewed yet" in sign_in_as(otto(session)).get("/quality/mine").text


def card_form(**changes: str) -> dict[str, str]:
    row = {"code_0": "note", "label_0": "Note complete", "help_0": "", "weight_0": "4", "most_points_0": "3"}
    new = {"code_1": "", "label_1": "Assistance named", "weight_1": "1", "most_points_1": "1"}
    left_out = {"code_2": "identity", "label_2": "", "weight_2": "3", "most_points_2": "1"}
    rest = {"is_critical_1": "on", "critical_cap": "50", "note": "Shorter.", "after_version": "1"}
    return row | new | left_out | rest | changes


@pytest.mark.parametrize("editor", [sue, ada])
def test_a_lead_or_an_admin_publishes_a_version(
    session: Session, sign_in_as: SignIn, editor: Callable[[Session], User]
) -> None:
    client = sign_in_as(editor(session))
    assert 'value="Note complete"' in client.get("/quality/cards/add").text
    page = client.post("/quality/cards/add", data=card_form(), follow_redirects=True).text
    assert "Version 2, in use" in page
    assert "Assistance named" in page
    assert "at most 50%" in page
    new = session.scalars(select(Scorecard).where(Scorecard.version == 2)).one()
    assert [(each["code"], each["weight"], each["is_critical"]) for each in new.criteria] == [
        ("note", 4, False),
        ("c2", 1, True),
    ]


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"weight_0": "11"}, 422, "10"),
        ({"most_points_1": "many"}, 422, "Enter"),
        ({"code_1": "note"}, 422, "Two criteria have one code"),
        ({"critical_cap": "101"}, 422, "100"),
        ({"label_0": "", "label_1": ""}, 422, "one thing at least"),
        ({"after_version": "7"}, 409, "newer version meanwhile"),
    ],
)
def test_a_card_that_makes_no_sense_comes_back_whole(
    session: Session, sign_in_as: SignIn, changes: dict[str, str], status: int, sentence: str
) -> None:
    answer = sign_in_as(ada(session)).post("/quality/cards/add", data=card_form(**changes))
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert 'value="Shorter."' in answer.text


def test_an_admin_sees_the_card_and_no_work(session: Session, sign_in_as: SignIn, work: Outcome) -> None:
    client = sign_in_as(ada(session))
    page = client.get("/quality/cards").text
    assert "Version 1, in use" in page
    assert "To review" not in page
    assert client.get("/quality").status_code == 403
