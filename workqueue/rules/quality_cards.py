"""The scorecard: what a piece of work is judged by, and what the answers come to.

A card is a version that is never changed once it is published; a review stays with the card it was begun on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workqueue.rules.refusals import Invalid

WHOLE_BP = 10_000
MOST_CRITERIA = 20
MOST_WEIGHT = 10
MOST_POINTS = 5
LONGEST_LABEL = 120
LONGEST_HELP = 400
LONGEST_REMARK = 2_000

_code = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Criterion:
    """One thing a reviewer looks at."""

    code: str
    """Stays the same from version to version, so that its figures can be followed."""
    label: str
    help: str
    """What good looks like, in words."""
    weight: int
    most_points: int
    """The scale goes from 0 to this; 1 is no and yes."""
    is_critical: bool = False
    """No points here, and the whole score is at most what the card allows."""
    may_not_apply: bool = False


@dataclass(frozen=True)
class Card:
    """What one version of the scorecard asks, in order."""

    criteria: tuple[Criterion, ...]
    critical_cap_bp: int = 0
    """The most a score can be after a critical failure; 0 makes the whole score 0."""


@dataclass(frozen=True)
class Answer:
    """What a reviewer says of one criterion."""

    points: int | None = None
    """None together with `applies` is not answered yet."""
    applies: bool = True
    remark: str = ""

    @property
    def is_given(self) -> bool:
        return not self.applies or self.points is not None


Answers = Mapping[str, Answer]
"""By the code of the criterion."""


@dataclass(frozen=True)
class Score:
    """What answers come to."""

    bp: int | None
    """In basis points of the best possible; None when no criterion applied."""
    failed: tuple[str, ...] = ()
    """Labels of the critical criteria that got no points."""


def score(card: Card, answers: Answers) -> Score:
    """Return the weighted mean of the points, each as a share of its scale, over the criteria that apply.

    Rounded half up to a basis point. What is not answered counts as not applicable, so that a draft can be
    shown; `missing` says whether it may be handed in.
    """
    weights, earned, failed = 0, Fraction(0), []
    for each in card.criteria:
        answer = answers.get(each.code, Answer())
        if not answer.applies or answer.points is None:
            continue
        weights += each.weight
        earned += Fraction(each.weight * answer.points, each.most_points)
        if each.is_critical and answer.points == 0:
            failed.append(each.label)
    if not weights:
        return Score(None)
    bp = int(earned * WHOLE_BP / weights + Fraction(1, 2))
    return Score(min(bp, card.critical_cap_bp) if failed else bp, tuple(failed))


def missing(card: Card, answers: Answers) -> dict[str, str]:
    """Return a sentence for each criterion that cannot be handed in as it stands, by its code."""
    found = {}
    for each in card.criteria:
        answer = answers.get(each.code, Answer())
        if not answer.is_given:
            found[each.code] = f"Say how it was: {each.label}."
        elif not answer.applies and not each.may_not_apply:
            found[each.code] = f"This always applies: {each.label}."
        elif answer.points is not None and not 0 <= answer.points <= each.most_points:
            found[each.code] = f"Choose from 0 to {each.most_points}."
        elif answer.applies and answer.points == 0 and not answer.remark.strip():
            found[each.code] = "Say what was missing: no points without a word."
    return found


def objections(card: Card) -> dict[str, str]:
    """Return what is wrong with a card, by "field_place" of the criterion (counted from 0), or "criteria"."""
    found: dict[str, str] = {}
    if not card.criteria:
        found["criteria"] = "A card asks for one thing at least."
    if len(card.criteria) > MOST_CRITERIA:
        found["criteria"] = f"A card asks for {MOST_CRITERIA} things at most: nobody fills in more with care."
    if not 0 <= card.critical_cap_bp <= WHOLE_BP:
        found["critical_cap"] = "Choose a share from 0 to 100 %."
    seen: set[str] = set()
    for place, each in enumerate(card.criteria):
        found |= {f"{name}_{place}": sentence for name, sentence in _objections(each).items()}
        if not _code.fullmatch(each.code) or each.code in seen:
            found[f"label_{place}"] = "Two criteria have one code. Load the page again."
        seen.add(each.code)
    return found


def _objections(criterion: Criterion) -> dict[str, str]:
    found = {}
    if not criterion.label.strip() or len(criterion.label) > LONGEST_LABEL:
        found["label"] = f"Name it in {LONGEST_LABEL} characters at most."
    if len(criterion.help) > LONGEST_HELP:
        found["help"] = f"Say it in {LONGEST_HELP} characters at most."
    if not 1 <= criterion.weight <= MOST_WEIGHT:
        found["weight"] = f"A weight is from 1 to {MOST_WEIGHT}."
    if not 1 <= criterion.most_points <= MOST_POINTS:
        found["most_points"] = f"A scale ends at 1 to {MOST_POINTS}."
    return found


def next_code(taken: Sequence[str]) -> str:
    """Return a code for a new criterion that none of these has."""
    number = len(taken) + 1
    while f"c{number}" in taken:
        number += 1
    return f"c{number}"


def card_of(criteria: Sequence[Mapping[str, Any]], critical_cap_bp: int) -> Card:
    """Read a card as it is kept."""
    return Card(tuple(Criterion(**each) for each in criteria), critical_cap_bp)


def answers_of(raw: Mapping[str, Mapping[str, Any]]) -> dict[str, Answer]:
    """Read answers as they are kept."""
    return {code: Answer(**each) for code, each in raw.items()}


def raw_answers(card: Card, answers: Answers) -> dict[str, dict[str, Any]]:
    """Write answers as they are kept: of this card's criteria only."""
    return {
        each.code: {"points": given.points, "applies": given.applies, "remark": given.remark.strip()}
        for each in card.criteria
        if (given := answers.get(each.code)) is not None
    }


class Unanswered(Invalid):
    """A review is handed in whole."""

    code = "review_unanswered"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(next(iter(errors.values())))
        self.errors = dict(errors)
