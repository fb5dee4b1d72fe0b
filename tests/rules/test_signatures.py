"""Only the provider's signature over all it sent proves the provider; only our mark opens the way out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.signatures import is_of_provider, leave_token, message_of, provider_signature

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("From", "+12349013030"),
    ("To", "+18005551212"),
    ("Caller", "+12349013030"),
    ("Digits", "1234"),
]


def test_a_published_example_of_the_scheme_is_signed_alike() -> None:
    assert provider_signature(URL, FORM, "12345") == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


@pytest.mark.parametrize(
    ("url", "form", "signature", "secret"),
    [
        (URL + "3", FORM, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "12345"),
        (URL, [*FORM, ("Body", "x")], "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "12345"),
        (URL, FORM[1:], "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "12345"),
        (URL, FORM, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "other"),
        (URL, FORM, "", "12345"),
        (URL, FORM, "ñ", "12345"),
        (URL, FORM, provider_signature(URL, FORM, ""), ""),
    ],
)
def test_anything_else_is_not_the_provider(
    url: str, form: list[tuple[str, str]], signature: str, secret: str
) -> None:
    assert is_of_provider(URL, FORM, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "12345")
    assert not is_of_provider(url, form, signature, secret)


@given(st.permutations(FORM))
def test_the_order_of_fields_does_not_matter(form: list[tuple[str, str]]) -> None:
    assert is_of_provider(URL, form, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "12345")


def test_a_way_out_names_its_message_and_no_other() -> None:
    token = leave_token(17, "secret")
    assert message_of(token, "secret") == 17
    assert message_of(token.replace("17-", "18-"), "secret") is None
    assert message_of(token, "another") is None


@given(st.text())
def test_what_is_made_up_opens_nothing(token: str) -> None:
    assert message_of(token, "secret") is None
