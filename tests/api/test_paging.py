"""Cursors."""

from base64 import urlsafe_b64encode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workqueue.api import paging
from workqueue.rules.refusals import Invalid


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-(2**63) + 1, 2**63 - 1), st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_a_cursor_gives_back_its_values(app: Flask, number: int, name: str) -> None:
    with app.test_request_context(query_string={"cursor": paging.cursor(number, name)}):
        assert paging.after(int, str) == (number, name)


def test_the_first_page_has_no_cursor(app: Flask) -> None:
    with app.test_request_context("/"):
        assert paging.after(int) is None
        assert paging.page_size() == paging.USUAL


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1))
def test_a_made_up_cursor_is_refused_or_names_a_place(app: Flask, made_up: str) -> None:
    with app.test_request_context(query_string={"cursor": made_up}):
        try:
            assert isinstance(paging.after(int), tuple)
        except Invalid as refusal:
            assert refusal.field == "cursor"  # noqa: PT017  # either is right


@pytest.mark.parametrize(
    "values", [b"[9223372036854775808]", b"[true]", b'["1"]', b"[1,2]", b"{}", b"NaN", b"[" * 9000, b"[1.0]"]
)
def test_values_of_another_kind_are_refused(app: Flask, values: bytes) -> None:
    query = {"cursor": urlsafe_b64encode(values).decode()}
    with app.test_request_context(query_string=query), pytest.raises(Invalid):
        paging.after(int)


@pytest.mark.parametrize("limit", ["0", "201", "many", "-1"])
def test_a_page_of_another_size_is_refused(app: Flask, limit: str) -> None:
    with app.test_request_context(query_string={"limit": limit}), pytest.raises(Invalid):
        paging.page_size()
