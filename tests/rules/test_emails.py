"""E-mail addresses as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.emails import LONGEST, NotAnEmail, to_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Ana.Flores@Example.ORG ", "Ana.Flores@example.org"),
        ("mailto:a+bills@mail.example.org", "a+bills@mail.example.org"),
        ("ana@exämple.org", "ana@xn--exmple-cua.org"),
        ("o'brien@example.org", "o'brien@example.org"),
    ],
)
def test_an_address_is_kept_with_its_domain_in_small_letters(text: str, address: str) -> None:
    assert to_address(text) == address


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "name@example.org"),
        ("ana", "name@example.org"),
        ("a@b@example.org", "name@example.org"),
        ("ana flores@example.org", "blanks"),
        ("a@example.org, b@example.org", "blanks"),
        (".ana@example.org", "before the @"),
        ("ana..flores@example.org", "before the @"),
        ("@example.org", "before the @"),
        (f"{'a' * 65}@example.org", "before the @"),
        ("ana@example", "after the @"),
        ("ana@example..org", "after the @"),
        ("ana@-example.org", "after the @"),
        ("ana@10.0.0.1", "after the @"),
        (f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.org", str(LONGEST)),
    ],
)
def test_what_is_none_is_refused_and_says_where_to_look(text: str, says: str) -> None:
    with pytest.raises(NotAnEmail, match=says):
        to_address(text)


@given(st.text(max_size=80) | st.builds("{}@{}".format, st.text(max_size=20), st.text(max_size=20)))
def test_any_text_is_an_address_or_a_refusal(text: str) -> None:
    try:
        address = to_address(text)
    except NotAnEmail:
        return
    assert to_address(address) == address
