"""Raw input made into values: whatever is sent, what comes out can be stored, and nothing breaks."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tests.factories.people import ada
from workqueue.rules.refusals import Invalid
from workqueue.web.forms import LARGEST_ID, Fields, is_storable, json_object, local_path

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)


class Colour(StrEnum):
    RED = "red"


def read_all(value: Any) -> list[Any]:
    fields = Fields({"a": value})
    return [
        fields.text("a", longest=40, has_lines=True),
        fields.password("a"),
        fields.whole_number("a", least=-(2**63), most=LARGEST_ID),
        fields.row_id("a"),
        *fields.row_ids("a"),
        fields.money_cents("a", least=-(10**12)),
        fields.day("a"),
        fields.moment("a"),
        fields.choice("a", Colour),
        fields.is_on("a"),
    ]


@given(ANY_JSON)
def test_whatever_a_field_holds_it_is_read_or_refused(value: Any) -> None:
    for found in read_all(value):
        if isinstance(found, str):
            assert is_storable(found)
        elif isinstance(found, int):
            assert -(2**63) <= found <= LARGEST_ID


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY_TEXT)
def test_text_that_was_let_through_can_be_stored(session: Session, value: str) -> None:
    found = Fields({"a": value}).text("a", longest=100, has_lines=True)
    assert session.execute(text("SELECT CAST(:found AS text)"), {"found": found}).scalar() == found


@given(st.integers(min_value=-(10**12), max_value=10**12), st.booleans())
def test_an_amount_as_it_is_written_is_read_back(cents: int, has_commas: bool) -> None:
    dollars, rest = divmod(abs(cents), 100)
    written = f"{'-' if cents < 0 else ''}{dollars:{',' if has_commas else ''}}.{rest:02d}"
    assert Fields({"a": written}).money_cents("a", least=-(10**12)) == cents


@pytest.mark.parametrize(
    ("written", "cents"), [("12", 1200), ("12.5", 1250), ("$1,234.56", 123456), (" 7.00 ", 700), ("0.01", 1)]
)
def test_amounts_are_read_as_people_write_them(written: str, cents: int) -> None:
    assert Fields({"a": written}).money_cents("a") == cents


@pytest.mark.parametrize(
    "written", ["NaN", "inf", "1e5", "12.345", "1,23", "--1", "0", "-5", "٣", "9" * 40, "1 2", "."]
)
def test_what_is_no_amount_is_refused(written: str) -> None:
    fields = Fields({"a": written})
    assert fields.money_cents("a") is None
    assert fields.errors


@pytest.mark.parametrize("written", [str(2**63), "-1", "0", "٣", "1.0", "NaN", "9" * 5000])
def test_what_no_row_can_be_numbered_is_refused(written: str) -> None:
    fields = Fields({"a": written})
    assert fields.row_id("a") is None
    assert fields.errors


@pytest.mark.parametrize(
    "written", ["2026-02-29", "99991232", "infinity", "2026-1-1", "\uff12\uff10\uff12\uff16-01-01"]
)
def test_what_is_no_date_is_refused(written: str) -> None:
    fields = Fields({"a": written})
    assert fields.day("a") is None
    assert fields.errors


def test_dates_and_moments_are_read() -> None:
    fields = Fields({"day": "2026-12-01", "at": "2026-12-01T08:30:00-06:00", "naive": "2026-12-01T08:30:00"})
    assert fields.day("day", first=date(2026, 12, 1), last=date(2026, 12, 1)) == date(2026, 12, 1)
    assert fields.moment("at") == datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
    assert fields.moment("naive") is None
    assert fields.day("day", first=date(2026, 12, 2)) is None
    assert set(fields.errors) == {"naive", "day"}


def test_all_wrong_fields_are_named_and_the_first_is_refused_with() -> None:
    fields = Fields(MultiDict([("name", "  "), ("ids", "3"), ("ids", "x")]))
    fields.text("name")
    fields.row_ids("ids")
    assert list(fields.errors) == ["name", "ids"]
    with pytest.raises(Invalid) as refused:
        fields.check()
    assert refused.value.field == "name"


@given(ANY_TEXT)
def test_where_to_go_next_is_a_page_of_ours(path: str) -> None:
    found = local_path(path)
    assert found.startswith("/")
    assert found[1:2] not in {"/", "\\"}
    assert is_storable(found)


@pytest.mark.parametrize(
    "body",
    [b'{"a": NaN}', b'{"a": Infinity}', b"[1]", b"[" * 100_000, b"\xff", b'{"a": ' + b"9" * 5000 + b"}"],
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        json_object(body)


@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 400, "٣", "-1", "1.5", "%00"])
def test_a_number_no_row_can_have_is_not_found(session: Session, sign_in_as: Any, number: str) -> None:
    client: FlaskClient = sign_in_as(ada(session))
    assert client.get(f"/people/{number}").status_code == 404


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(["username", "name", "role", "team_id", "skill_ids", "next"]), ANY_TEXT)
)
def test_no_form_about_a_person_breaks_the_page(
    session: Session, sign_in_as: Any, sent: dict[str, str]
) -> None:
    client: FlaskClient = sign_in_as(ada(session))
    sendable = {name: value.encode("utf-8", "surrogatepass") for name, value in sent.items()}
    assert client.post("/people/add", data=sendable).status_code in {200, 422}
    assert client.post(f"/people/{ada(session).id}", data=sendable).status_code in {303, 409, 422}
    assert client.post("/sign-in", data=sendable).status_code in {422, 429}


@pytest.mark.parametrize("query", ["?q=%00", "?q=%ED%A0%80", "?cursor=%00"])
def test_a_query_that_cannot_be_stored_is_refused_or_made_storable(
    session: Session, sign_in_as: Any, query: str
) -> None:
    client: FlaskClient = sign_in_as(ada(session))
    assert client.get(f"/people{query}").status_code in {200, 422}
