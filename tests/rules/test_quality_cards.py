"""The score rule: a weighted mean over what applies, and what a critical failure makes of it."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workqueue.rules.quality_cards import (
    MOST_POINTS,
    MOST_WEIGHT,
    WHOLE_BP,
    Answer,
    Card,
    Criterion,
    missing,
    next_code,
    objections,
    score,
)

# How long it takes says how busy the machine is.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOTE = Criterion("note", "Note complete", "", weight=2, most_points=2)
IDENTITY = Criterion(
    "identity", "Identity verified", "", weight=3, most_points=1, is_critical=True, may_not_apply=True
)
CARD = Card((IDENTITY, NOTE))


@st.composite
def cards(draw: st.DrawFn) -> Card:
    codes = [f"c{number}" for number in range(draw(st.integers(1, 8)))]
    criteria = tuple(
        Criterion(
            code,
            code,
            "",
            draw(st.integers(1, MOST_WEIGHT)),
            draw(st.integers(1, MOST_POINTS)),
            draw(st.booleans()),
            may_not_apply=True,
        )
        for code in codes
    )
    return Card(criteria, draw(st.integers(0, WHOLE_BP)))


@st.composite
def answered(draw: st.DrawFn) -> tuple[Card, dict[str, Answer]]:
    card = draw(cards())
    return card, {
        each.code: draw(
            st.one_of(
                st.just(Answer(applies=False)),
                st.builds(Answer, points=st.integers(0, each.most_points), remark=st.just("why")),
            )
        )
        for each in card.criteria
    }


def without_critical(card: Card) -> Card:
    return replace(card, criteria=tuple(replace(each, is_critical=False) for each in card.criteria))


@calm
@given(answered())
def test_the_score_is_the_weighted_mean_of_what_applies(given_: tuple[Card, dict[str, Answer]]) -> None:
    card, answers = given_
    shares = [
        (each.weight, Fraction(points, each.most_points))
        for each in card.criteria
        if (points := answers[each.code].points) is not None
    ]
    found = score(without_critical(card), answers).bp
    if not shares:
        assert found is None
        return
    exact = sum(weight * share for weight, share in shares) / sum(weight for weight, _ in shares)
    assert found is not None
    assert abs(found - exact * WHOLE_BP) <= Fraction(1, 2)


@calm
@given(answered())
def test_a_score_lies_between_nothing_and_all(given_: tuple[Card, dict[str, Answer]]) -> None:
    card, answers = given_
    found = score(card, answers)
    assert found.bp is None or 0 <= found.bp <= WHOLE_BP


@calm
@given(answered())
def test_a_critical_failure_caps_the_whole_score_and_nothing_else_does(
    given_: tuple[Card, dict[str, Answer]],
) -> None:
    card, answers = given_
    found, plain = score(card, answers), score(without_critical(card), answers)
    failed = [each.label for each in card.criteria if each.is_critical and answers[each.code].points == 0]
    assert found.failed == tuple(failed)
    if failed:
        assert found.bp is not None
        assert plain.bp is not None
        assert found.bp == min(plain.bp, card.critical_cap_bp)
    else:
        assert found.bp == plain.bp


@calm
@given(answered(), st.data())
def test_more_points_never_lower_the_score(
    given_: tuple[Card, dict[str, Answer]], data: st.DataObject
) -> None:
    card, answers = given_
    each = data.draw(st.sampled_from(card.criteria))
    points = answers[each.code].points
    if points is None or points == each.most_points:
        return
    better = answers | {each.code: Answer(points=points + 1)}
    assert (score(card, better).bp or 0) >= (score(card, answers).bp or 0)


@calm
@given(answered(), st.data())
def test_what_does_not_apply_counts_as_if_the_card_did_not_ask(
    given_: tuple[Card, dict[str, Answer]], data: st.DataObject
) -> None:
    card, answers = given_
    left_out = data.draw(st.sampled_from(card.criteria))
    smaller = replace(card, criteria=tuple(each for each in card.criteria if each is not left_out))
    assert score(card, answers | {left_out.code: Answer(applies=False)}).bp == score(smaller, answers).bp


@pytest.mark.parametrize(
    ("identity", "note", "bp"),
    [(1, 2, 10_000), (1, 1, 8_000), (None, 1, 5_000), (0, 2, 0), (None, 0, 0)],
)
def test_the_first_numbers_by_hand(identity: int | None, note: int, bp: int) -> None:
    answers = {"identity": Answer(identity, applies=identity is not None), "note": Answer(note)}
    assert score(CARD, answers).bp == bp


def test_a_card_may_let_something_stand_after_a_critical_failure() -> None:
    answers = {"identity": Answer(0), "note": Answer(2)}
    assert score(replace(CARD, critical_cap_bp=3_000), answers).bp == 3_000
    assert score(replace(CARD, critical_cap_bp=9_000), answers).bp == 4_000
    assert score(CARD, answers).failed == ("Identity verified",)


def test_a_review_is_handed_in_whole_and_with_a_word_where_there_are_no_points() -> None:
    assert set(missing(CARD, {})) == {"identity", "note"}
    assert missing(CARD, {"identity": Answer(applies=False), "note": Answer(1)}) == {}
    assert "always applies" in missing(CARD, {"identity": Answer(1), "note": Answer(applies=False)})["note"]
    assert "what was missing" in missing(CARD, {"identity": Answer(1), "note": Answer(0, remark=" ")})["note"]
    assert missing(CARD, {"identity": Answer(1), "note": Answer(0, remark="No reference number.")}) == {}
    assert "from 0 to 2" in missing(CARD, {"identity": Answer(1), "note": Answer(3)})["note"]


def test_a_card_that_makes_no_sense_is_refused_beside_the_field() -> None:
    assert objections(CARD) == {}
    assert set(objections(Card(()))) == {"criteria"}
    assert set(objections(Card((NOTE, NOTE)))) == {"label_1"}
    bad = Criterion("x", " ", "h" * 401, weight=0, most_points=9)
    assert set(objections(Card((NOTE, bad), critical_cap_bp=-1))) == {
        "label_1",
        "help_1",
        "weight_1",
        "most_points_1",
        "critical_cap",
    }
    many = tuple(replace(NOTE, code=f"c{number}") for number in range(21))
    assert "20 things at most" in objections(Card(many))["criteria"]


@calm
@given(st.lists(st.from_regex(r"c[0-9]{1,2}", fullmatch=True), unique=True))
def test_a_new_code_is_nobody_elses(taken: list[str]) -> None:
    assert next_code(taken) not in taken
