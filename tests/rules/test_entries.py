"""What may be wrong with what a rep sends, field by field."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from workqueue.rules.dispositions import DISPOSITIONS
from workqueue.rules.entries import EntryFacts, OutcomeEntry, kept_details, objections
from workqueue.rules.first_contact_rules import FIRST_HOURS
from workqueue.rules.slots import SlotRules

NOW = datetime(2026, 3, 10, 17, tzinfo=UTC)
TODAY = date(2026, 3, 10)
FACTS = EntryFacts(
    insurance_cents=50_000,
    patient_cents=30_000,
    deadline_on=None,
    zones=("America/Chicago",),
    hours=FIRST_HOURS,
    slots=SlotRules(),
    is_lead=False,
    has_call=True,
    has_number=True,
    today=TODAY,
    now=NOW,
)
SPOKEN = {"reference_number": "R-1", "spoke_with": "Dana"}


def found(code: str, facts: EntryFacts = FACTS, **typed: Any) -> dict[str, str]:
    return objections(DISPOSITIONS[code], OutcomeEntry(code, **typed), facts)


@pytest.mark.parametrize(
    ("code", "typed", "fields"),
    [
        ("plan", {"instalments": 6, "due_on": TODAY}, set()),
        ("plan", {"instalments": 7, "due_on": TODAY}, {"instalments"}),
        ("plan", {"instalments": 6, "due_on": TODAY + timedelta(days=31)}, {"due_on"}),
        ("plan", {}, {"instalments", "due_on"}),
        ("disputes", {"reason": "never there"}, set()),
        ("disputes", {"reason": "never there", "disputed": "estimate"}, set()),
        ("disputes", {"reason": "never there", "disputed": "weather"}, {"disputed"}),
        ("opt_out", {"medium": "text"}, set()),
        ("opt_out", {"medium": "fax"}, {"medium"}),
        ("inconvenient", {"weekdays": (0, 1), "until_time": time(10)}, set()),
        ("inconvenient", {"weekdays": (7,)}, {"weekdays"}),
        ("inconvenient", {}, {"from_time"}),
        ("inconvenient", {"place": "moon"}, {"place"}),
        ("language", {"language": "es"}, set()),
        ("language", {"language": "klingon"}, {"language"}),
        ("has_attorney", {"attorney_name": "A. Sample", "attorney_phone": "312 555 0123"}, set()),
        ("has_attorney", {"attorney_name": "A. Sample", "attorney_phone": "900"}, {"attorney_phone"}),
        ("bankruptcy", {}, set()),
        ("bankruptcy", {"chapter": "9"}, {"chapter"}),
        ("bankruptcy", {"happened_on": TODAY + timedelta(days=1)}, {"happened_on"}),
        ("bankruptcy", {"happened_on": date(1066, 10, 14)}, {"happened_on"}),
        ("id_failed", {"letter_on": TODAY}, set()),
        ("id_failed", {"letter_on": TODAY + timedelta(days=8)}, {"letter_on"}),
        ("payer_hold_abandoned", {"hold_minutes": 45}, set()),
        ("payer_hold_abandoned", {"hold_minutes": 601}, {"hold_minutes"}),
        ("payer_hold_abandoned", {}, {"hold_minutes"}),
        ("payer_wants_records", {**SPOKEN, "reason": "chart", "wanted_by": date(2026, 3, 9)}, {"wanted_by"}),
        ("payer_paid", {**SPOKEN, "paid_on": date(2026, 3, 11)}, {"paid_on"}),
        ("payer_portal_resolved", {}, {"note"}),
    ],
)
def test_each_field_has_its_own_sentence(code: str, typed: dict[str, Any], fields: set[str]) -> None:
    assert set(found(code, **typed)) == fields


def test_in_a_payers_portal_there_is_nobody_to_name_and_still_a_reference() -> None:
    told = {"next_on": TODAY + timedelta(days=9)}
    assert set(found("payer_in_process", contact_by="portal", **told)) == {"reference_number"}
    assert found("payer_in_process", contact_by="portal", reference_number="R-1", **told) == {}
    assert set(found("payer_in_process", contact_by="phone", reference_number="R-1", **told)) == {
        "spoke_with"
    }
    assert set(found("payer_in_process", contact_by="portal", reference_number="R-1")) == {"next_on"}


def test_nobody_answers_a_call_that_came_in() -> None:
    called_us = replace(FACTS, has_call=False, has_number=False)
    for code in ("no_answer", "busy", "message_left", "voicemail_full"):
        assert found(code, called_us, is_inbound=True) == {
            "disposition": "Nobody was called: choose what the caller said."
        }
    assert found("says_paid", called_us, is_inbound=True) == {}


def test_which_number_is_meant_has_to_be_known() -> None:
    called_us = replace(FACTS, has_call=False, has_number=False)
    assert set(found("wrong_number", called_us, is_inbound=True)) == {"phone_id"}
    assert found("wrong_number", called_us, is_inbound=True, phone_id=7) == {}
    assert found("wrong_number") == {}
    assert set(found("opt_out", called_us, is_inbound=True, medium="call", only_this_number=True)) == {
        "phone_id"
    }
    assert found("opt_out", called_us, is_inbound=True, medium="call") == {}


def test_what_is_kept_is_what_was_asked_for_as_plain_values() -> None:
    entry = OutcomeEntry(
        "inconvenient", weekdays=(0, 6), from_time=time(9), place="home", reason="left in another field"
    )
    assert kept_details(DISPOSITIONS["inconvenient"], entry) == {
        "weekdays": [0, 6],
        "from_time": "09:00:00",
        "place": "home",
    }
