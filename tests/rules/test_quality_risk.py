"""Why a piece of work is drawn by risk: every reason from its facts, and none without them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.factories.moments import NOON
from workqueue.rules.dispositions import DISPOSITIONS
from workqueue.rules.quality_risk import WEIGHTS, LimitUsed, RiskCode, WorkFacts, assess, risk

QUIET = WorkFacts(
    disposition=DISPOSITIONS["no_answer"],
    at=NOON,
    rep_since=NOON - timedelta(days=900),
    note="Rang for a minute.",
    handle_seconds=240,
    expected_minutes=4,
    was_called=True,
)


def reasons(**changes: Any) -> dict[RiskCode, str]:
    return {each.code: each.words for each in assess(replace(QUIET, **changes))}


def said(code: str) -> Any:
    return DISPOSITIONS[code]


def test_ordinary_work_has_no_reason() -> None:
    assert assess(QUIET) == ()
    assert risk(()) == 0


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"was_revealed": True}, RiskCode.REVEALED, "before the person was identified"),
        ({"disposition": said("promise")}, RiskCode.NOT_IDENTIFIED, "not identified"),
        ({"broken_rules": ("It is 10 PM there.",)}, RiskCode.AGAINST_RULE, "10 PM"),
        ({"limits": (LimitUsed("at most 7 calls in 7 days", 6, 7),)}, RiskCode.NEAR_LIMIT, "6 of 7"),
        ({"disposition": said("cease")}, RiskCode.WISHES, "wants no more contact"),
        ({"disposition": said("has_attorney")}, RiskCode.WISHES, "has an attorney"),
        ({"disposition": said("disputes")}, RiskCode.DISPUTE, "disputes the bill"),
        ({"disposition": said("written_off")}, RiskCode.MONEY_MOVED, "written off"),
        ({"disposition": said("refund_issued")}, RiskCode.MONEY_MOVED, "refund issued"),
        ({"is_promise_broken": True}, RiskCode.PROMISE_BROKEN, "first payment"),
        ({"handle_seconds": 45}, RiskCode.SHORT, "Done in 45 seconds; such a task usually takes 4 minutes"),
        ({"disposition": said("disputes"), "note": " "}, RiskCode.NO_NOTE, "No note"),
        (
            {"is_note_copied": True, "note": "Spoke to the payer; in process."},
            RiskCode.COPIED_NOTE,
            "another account",
        ),
        ({"rep_since": NOON - timedelta(days=12)}, RiskCode.NEW_REP, "12 days"),
        ({"is_learning": True}, RiskCode.LEARNING, "still learning"),
        (
            {"disposition": said("deferred"), "was_called": False},
            RiskCode.NOTHING_CHANGED,
            "changed nothing: put off",
        ),
    ],
)
def test_each_reason_is_said_in_words(changes: dict[str, Any], code: RiskCode, words: str) -> None:
    assert words in reasons(**changes)[code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"disposition": said("promise"), "was_identified": True}, RiskCode.NOT_IDENTIFIED),
        ({"limits": (LimitUsed("at most 7 calls in 7 days", 5, 7),)}, RiskCode.NEAR_LIMIT),
        # A limit of one or two a day is near from the first call on: it would flag everybody.
        ({"limits": (LimitUsed("at most 2 calls a day", 1, 2),)}, RiskCode.NEAR_LIMIT),
        ({"handle_seconds": 60}, RiskCode.SHORT),
        ({"handle_seconds": 0}, RiskCode.SHORT),
        ({"handle_seconds": None}, RiskCode.SHORT),
        ({"note": ""}, RiskCode.NO_NOTE),
        ({"is_note_copied": True, "note": "left message"}, RiskCode.COPIED_NOTE),
        ({"rep_since": NOON - timedelta(days=60)}, RiskCode.NEW_REP),
        ({"disposition": said("deferred")}, RiskCode.NOTHING_CHANGED),
        ({"disposition": None, "note": ""}, RiskCode.NO_NOTE),
    ],
)
def test_what_only_looks_like_a_reason_is_none(changes: dict[str, Any], code: RiskCode) -> None:
    assert code not in reasons(**changes)


def test_what_weighs_most_comes_first_and_the_risk_is_the_sum() -> None:
    found = assess(replace(QUIET, disposition=said("cease"), was_revealed=True, note="", handle_seconds=3))
    assert [each.weight for each in found] == sorted((each.weight for each in found), reverse=True)
    assert risk(found) == sum(WEIGHTS[each.code] for each in found)


def test_every_reason_has_a_weight() -> None:
    assert set(WEIGHTS) == set(RiskCode)
