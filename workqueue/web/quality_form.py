"""The forms about a scorecard: a review filled in, and a new version of the card."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict

from workqueue.rules.quality_cards import (
    LONGEST_HELP,
    LONGEST_LABEL,
    MOST_CRITERIA,
    MOST_POINTS,
    MOST_WEIGHT,
    WHOLE_BP,
    Answer,
    Answers,
    Card,
    Criterion,
    next_code,
)
from workqueue.rules.refusals import Invalid
from workqueue.services.quality_reviews import LONGEST_COMMENT, check_remarks
from workqueue.web.filters import percent, plural
from workqueue.web.forms import Fields

NOT_APPLICABLE = "na"
BLANK_ROWS = 2
MOST_ROWS = MOST_CRITERIA + BLANK_ROWS
SCALES = [(1, "No or yes"), *((most, f"0 to {most}") for most in range(2, MOST_POINTS + 1))]


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        score=score_words, answer_words=answer_words, point_options=point_options, scale_words=scale_words
    )


def score_words(bp: int | None) -> str:
    """Write a score: 8,640 basis points are 86%."""
    return "Nothing applied" if bp is None else percent(bp / WHOLE_BP)


def answer_words(answer: Answer, most_points: int) -> str:
    """Say what a reviewer gave."""
    if not answer.applies:
        return "Does not apply"
    if answer.points is None:
        return "Not answered"
    if most_points == 1:
        return "Yes" if answer.points else "No"
    return f"{answer.points} of {most_points}"


def scale_words(criterion: Criterion) -> str:
    said = [dict(SCALES)[criterion.most_points].lower(), f"weight {criterion.weight}"]
    return ", ".join([*said, "may not apply"] if criterion.may_not_apply else said)


def point_options(criterion: Criterion) -> list[dict[str, str]]:
    """Return the choices of one criterion."""
    points = range(criterion.most_points + 1)
    words = ("No", "Yes") if criterion.most_points == 1 else tuple(map(str, points))
    options = [{"value": str(each), "label": words[each]} for each in points]
    if criterion.may_not_apply:
        options.append({"value": NOT_APPLICABLE, "label": "Does not apply"})
    return options


def read_answers(form: Mapping[str, str], card: Card) -> dict[str, Answer]:
    """Read what is filled in; what is none of the choices counts as not answered."""
    return {each.code: _answer(form, each) for each in card.criteria}


def _answer(form: Mapping[str, str], criterion: Criterion) -> Answer:
    chosen = form.get(f"points_{criterion.code}", "")
    remark = form.get(f"remark_{criterion.code}", "").strip()
    if chosen == NOT_APPLICABLE and criterion.may_not_apply:
        return Answer(applies=False, remark=remark)
    known = {str(points): points for points in range(criterion.most_points + 1)}
    return Answer(known.get(chosen), remark=remark)


def filled(answers: Answers, comment: str) -> dict[str, str]:
    """Write answers as the inputs hold them."""
    values = {"comment": comment}
    for code, each in answers.items():
        values[f"remark_{code}"] = each.remark
        if each.is_given:
            values[f"points_{code}"] = NOT_APPLICABLE if not each.applies else str(each.points)
    return values


def beside_points(errors: Mapping[str, str]) -> dict[str, str]:
    """Put what is wrong with a criterion beside its choices."""
    return {f"points_{code}": sentence for code, sentence in errors.items()}


def check_lengths(answers: Answers, comment: str) -> dict[str, str]:
    """Return a sentence beside each text that is too long."""
    errors = {f"remark_{code}": sentence for code, sentence in check_remarks(answers).items()}
    if len(comment) > LONGEST_COMMENT:
        errors["comment"] = f"Say it in {LONGEST_COMMENT:,} characters at most."
    return errors


def card_rows(card: Card) -> list[dict[str, Any]]:
    """Return what the form about a card starts with: its criteria, then blank rows for new ones."""
    rows: list[dict[str, Any]] = [vars(each) for each in card.criteria]
    return rows + [dict(BLANK) for _ in range(BLANK_ROWS)]


BLANK: dict[str, Any] = {
    "code": "",
    "label": "",
    "help": "",
    "weight": 1,
    "most_points": 2,
    "is_critical": False,
    "may_not_apply": False,
}


def typed_rows(form: MultiDict[str, str]) -> list[dict[str, Any]]:
    """Return the rows as they were sent, to stand in the form again."""
    return [
        {name: form.get(f"{name}_{place}", "") for name in BLANK}
        | {name: f"{name}_{place}" in form for name in ("is_critical", "may_not_apply")}
        for place in range(MOST_ROWS)
        if f"label_{place}" in form
    ]


def read_card(form: MultiDict[str, str]) -> tuple[Card, str, Fields]:
    """Read the form; a row whose name is empty is left out. Errors are by "field_row"."""
    fields = Fields(form)
    rows = [place for place in range(MOST_ROWS) if form.get(f"label_{place}", "").strip()]
    codes = [code for place in rows if (code := form.get(f"code_{place}", ""))]
    criteria = []
    for place in rows:
        code = form.get(f"code_{place}", "")
        if not code:
            code = next_code(codes)
            codes.append(code)
        criteria.append(_criterion(fields, place, code))
    cap = fields.whole_number("critical_cap", least=0, most=100) or 0
    note = fields.text("note", longest=400, is_required=False)
    return Card(tuple(criteria), cap * WHOLE_BP // 100), note, fields


def _criterion(fields: Fields, place: int, code: str) -> Criterion:
    return Criterion(
        code=code,
        label=fields.text(f"label_{place}", longest=LONGEST_LABEL),
        help=fields.text(f"help_{place}", longest=LONGEST_HELP, is_required=False),
        weight=fields.whole_number(f"weight_{place}", least=1, most=MOST_WEIGHT) or 1,
        most_points=fields.whole_number(f"most_points_{place}", least=1, most=MOST_POINTS) or 1,
        is_critical=fields.is_on(f"is_critical_{place}"),
        may_not_apply=fields.is_on(f"may_not_apply_{place}"),
    )


def by_row(errors: Mapping[str, str], form: MultiDict[str, str]) -> dict[str, str]:
    """Return errors about the places of a card's criteria as errors about the rows of the form."""
    rows = [place for place in range(MOST_ROWS) if form.get(f"label_{place}", "").strip()]
    found = {}
    for name, sentence in errors.items():
        field, _, place = name.rpartition("_")
        found[f"{field}_{rows[int(place)]}" if place.isdigit() else name] = sentence
    return found


def refused(refusal: Invalid, otherwise: str) -> dict[str, str]:
    """Return one refusal beside its field."""
    return {refusal.field or otherwise: refusal.sentence}


def news_words(reviews: int, notes: int) -> str:
    """Say what a rep has not read yet."""
    parts = [plural(reviews, "review")] if reviews else []
    return " and ".join([*parts, plural(notes, "coaching note")] if notes else parts)
