"""Reviews on their pages: filled in beside the work, read, disputed, decided; nobody else sees them."""

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
    make_user,
    sue,
    uma,
)
from tests.factories.quality import (
    all_points,
    make_dispute,
    make_drawn_work,
    make_review,
)
from workqueue.models import (
    CoachingNote,
    Outcome,
    QualityDispute,
    QualityReview,
    Team,
    User,
)
from workqueue.rules.quality import DisputeState, ReviewState
from workqueue.rules.roles import Role

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]
FULL = {
    "points_identity": "1",
    "points_call_rules": "na",
    "points_logged": "2",
    "points_note": "1",
    "points_next_step": "2",
    "points_courtesy": "na",
    "remark_note": "The reference number is missing.",
    "comment": "Calm and clear.",
}


@pytest.fixture
def work(session: Session) -> Outcome:
    return make_drawn_work(session)


def test_the_work_stands_beside_the_card(session: Session, sign_in_as: SignIn, work: Outcome) -> None:
    client = sign_in_as(sue(session))
    listed = client.get("/quality").text
    assert "The patient was not content" in listed
    page = client.get(f"/quality/outcomes/{work.id}/review").text
    for words in (
        "Dana Whitfield",
        "Says the visit was cancelled.",
        "Disputes the bill",
        "It is noon there.",
        "12 CFR 1006.6",
        "Nobody was identified",
        "Identity verified before anything was disclosed (critical)",
    ):
        assert words in page, words
    assert "Dana" not in page.partition("</title>")[0]


def test_a_draft_is_kept_and_comes_back(session: Session, sign_in_as: SignIn, work: Outcome) -> None:
    client = sign_in_as(sue(session))
    url = f"/quality/outcomes/{work.id}"
    assert client.post(f"{url}/draft", data={"points_note": "1", "comment": "To be"}).status_code == 204
    page = client.get(f"{url}/review").text
    assert "Your draft of" in page
    assert 'name="points_note" value="1" checked' in page
    assert "To be</textarea>" in page
    assert "Begun by Sue" in client.get("/quality").text
    client.post(f"{url}/review", data=FULL | {"then": "draft"})
    assert session.scalars(select(QualityReview)).one().state is ReviewState.DRAFT


def test_what_is_not_all_answered_comes_back_with_all_that_was_typed(
    session: Session, sign_in_as: SignIn, work: Outcome
) -> None:
    client = sign_in_as(sue(session))
    sent = {key: value for key, value in FULL.items() if key != "points_logged"} | {"points_note": "0"}
    sent["remark_note"] = ""
    answer = client.post(f"/quality/outcomes/{work.id}/review", data=sent)
    assert answer.status_code == 422
    assert "Say how it was: What was logged is what happened." in answer.text
    assert "no points without a word" in answer.text
    assert "Calm and clear.</textarea>" in answer.text
    # And is kept all the same.
    assert session.scalars(select(QualityReview)).one().comment == "Calm and clear."


def test_the_rep_is_told_reads_it_and_says_so(session: Session, sign_in_as: SignIn, work: Outcome) -> None:
    assert (
        "Handed in"
        in sign_in_as(sue(session))
        .post(f"/quality/outcomes/{work.id}/review", data=FULL, follow_redirects=True)
        .text
    )
    review = session.scalars(select(QualityReview)).one()
    client = sign_in_as(ana(session))
    assert "1 review you have not read yet" in client.get("/work").text
    assert "Not read yet: 1 review" in client.get("/quality/mine").text
    page = client.get(f"/quality/reviews/{review.id}").text
    for words in ("89%", "Calm and clear.", "The reference number is missing.", "1 of 2", "Does not apply"):
        assert words in page, words
    assert "Second score" not in page
    client.post(f"/quality/reviews/{review.id}/acknowledge")
    assert "You have read all of it" in client.get("/quality/mine").text
    assert "you have not read yet" not in client.get("/work").text


def test_a_review_that_another_lead_handed_in_meanwhile_is_not_overwritten(
    session: Session, sign_in_as: SignIn, work: Outcome
) -> None:
    nell = make_user(session, "nell", role=Role.LEAD, team=session.get(Team, sue(session).team_id))
    make_review(session, outcome=work, reviewer=nell)
    client = sign_in_as(sue(session))
    answer = client.post(f"/quality/outcomes/{work.id}/review", data=FULL)
    assert answer.status_code == 409
    assert "Another lead has scored this meanwhile" in answer.text
    assert "Calm and clear.</textarea>" in answer.text
    assert client.get(f"/quality/outcomes/{work.id}/review").status_code == 303


def test_a_score_is_disputed_and_another_lead_changes_it(
    session: Session, sign_in_as: SignIn, work: Outcome
) -> None:
    review = make_review(session, outcome=work, answers=all_points(session, note=0))
    rep = sign_in_as(ana(session))
    assert "Given: 0 of 2. It was missing." in rep.get(f"/quality/reviews/{review.id}/dispute").text
    answer = rep.post(f"/quality/reviews/{review.id}/dispute", data={"reason_note": " "})
    assert (answer.status_code, "one criterion at least" in answer.text) == (422, True)
    sent = {"reason_note": "It is in the third line."}
    assert (
        "The score is disputed"
        in rep.post(f"/quality/reviews/{review.id}/dispute", data=sent, follow_redirects=True).text
    )
    assert rep.post(f"/quality/reviews/{review.id}/dispute", data=sent).status_code == 409
    dispute = session.scalars(select(QualityDispute)).one()
    decider = sign_in_as(leo(session))
    own = sign_in_as(sue(session))
    assert "Another lead decides" in own.get("/quality").text
    assert own.get(f"/quality/disputes/{dispute.id}").status_code == 409
    assert "Decide" in decider.get("/quality").text
    page = decider.get(f"/quality/disputes/{dispute.id}").text
    assert "The rep says: It is in the third line." in page
    points = {f"points_{code}": str(each.points) for code, each in all_points(session).items()}
    sent = points | {"words": "It is there.", "then": "change"}
    assert decider.post(f"/quality/disputes/{dispute.id}", data=sent | {"words": ""}).status_code == 422
    answer = decider.post(f"/quality/disputes/{dispute.id}", data=sent, follow_redirects=True)
    assert "The score was 85% as handed in and is 100% now." in answer.text
    page = rep.get(f"/quality/reviews/{review.id}").text
    assert "It is there." in page
    assert "<del>0 of 2</del> 2 of 2" in page
    assert "1 review you have not read yet" in rep.get("/work").text


def test_an_upheld_score_stays(session: Session, sign_in_as: SignIn, work: Outcome) -> None:
    dispute = make_dispute(session, review=make_review(session, outcome=work))
    client = sign_in_as(leo(session))
    sent = {"words": "The rule is clear.", "then": "uphold"}
    assert (
        "Disputed and upheld"
        in client.post(f"/quality/disputes/{dispute.id}", data=sent, follow_redirects=True).text
    )
    assert dispute.state is DisputeState.UPHELD
    assert client.get(f"/quality/disputes/{dispute.id}").status_code == 303


def test_when_the_days_are_over_a_score_stands(session: Session, sign_in_as: SignIn, work: Outcome) -> None:
    review = make_review(session, outcome=work, dispute_until_on=(NOON - timedelta(days=1)).date())
    client = sign_in_as(ana(session))
    assert "Dispute the score" not in client.get(f"/quality/reviews/{review.id}").text
    answer = client.post(
        f"/quality/reviews/{review.id}/dispute", data={"reason_note": "No."}, follow_redirects=True
    )
    assert "It could be disputed until March 9, 2026." in answer.text


def test_a_coaching_note_is_seen_by_the_two_and_the_auditor_only(
    session: Session, sign_in_as: SignIn, work: Outcome
) -> None:
    lead, review = sign_in_as(sue(session)), make_review(session, outcome=work)
    page = f"/quality/people/{ana(session).id}"
    sent = {"text": "Name assistance first.", "outcome_id": work.id}
    answer = lead.post(f"{page}/notes", data=sent, follow_redirects=True)
    assert "Name assistance first." in answer.text
    assert lead.post(f"{page}/notes", data={"text": ""}).status_code == 422
    note = session.scalars(select(CoachingNote)).one()
    rep = sign_in_as(ana(session))
    assert "1 review and 1 coaching note" in rep.get("/quality/mine").text
    assert "Name assistance first." in rep.get(f"/quality/reviews/{review.id}").text
    rep.post(f"/quality/notes/{note.id}/acknowledge")
    assert note.acknowledged_at == NOON
    assert "Name assistance first." in sign_in_as(uma(session)).get(page).text
    assert "Name assistance first." not in sign_in_as(ben(session)).get("/quality/mine").text
    assert sign_in_as(leo(session)).get(page).status_code == 404


def test_a_blind_second_score_stands_beside_the_first_only_when_it_is_in(
    session: Session, sign_in_as: SignIn, work: Outcome
) -> None:
    review = make_review(session, outcome=work, answers=all_points(session, note=1))
    first, other = sign_in_as(sue(session)), sign_in_as(leo(session))
    assert other.get(f"/quality/outcomes/{work.id}/review").status_code == 404
    first.post(f"/quality/reviews/{review.id}/second")
    assert "asked by Sue" in other.get("/quality").text
    page = other.get(f"/quality/outcomes/{work.id}/review").text
    assert "A blind second score" in page
    assert "It was missing" not in page
    answer = other.post(f"/quality/outcomes/{work.id}/review", data=FULL, follow_redirects=True)
    assert "Sue 92%" in answer.text
    assert "Leo gave 89%" in answer.text
    assert "Differs" in answer.text
    assert "asked by Sue" not in other.get("/quality").text


@pytest.mark.parametrize(
    ("reader", "status"), [(ana, 200), (ben, 404), (sue, 200), (leo, 404), (uma, 200), (ada, 403)]
)
def test_who_opens_a_review(
    session: Session, sign_in_as: SignIn, work: Outcome, reader: Callable[[Session], User], status: int
) -> None:
    review = make_review(session, outcome=work)
    client = sign_in_as(reader(session))
    assert client.get(f"/quality/reviews/{review.id}").status_code == status
