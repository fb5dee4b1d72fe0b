"""Numbers as people type them: understood, or refused in words that say what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.phones import (
    ChargedPhone,
    IncompletePhone,
    NotAPhone,
    NumberKind,
    ServicePhone,
    dial_uri,
    is_dialable,
    kind_of,
    parse,
    spoken,
    to_e164,
)

CENTRAL, EASTERN = "America/Chicago", "America/New_York"


@pytest.mark.parametrize(
    ("text", "e164", "extension"),
    [
        ("(312) 221-0142", "+13122210142", ""),
        ("312.221.0142", "+13122210142", ""),
        ("1 312 221 0142", "+13122210142", ""),
        ("+1-312-221-0142", "+13122210142", ""),
        (" 312 221\u00a00142 ", "+13122210142", ""),
        ("٣١٢٢٢١٠١٤٢", "+13122210142", ""),
        ("312-221-0142 x12", "+13122210142", "12"),
        ("312-221-0142 ext. 0077", "+13122210142", "0077"),
        ("tel:+1-312-221-0142;ext=9", "+13122210142", "9"),
        ("1-800-FLOWERS", "+18003569377", ""),
        ("011 44 20 7946 0958", "+442079460958", ""),
    ],
)
def test_a_number_is_understood_however_it_is_written(text: str, e164: str, extension: str) -> None:
    number = parse(text)
    assert (number.e164, number.extension) == (e164, extension)


@pytest.mark.parametrize(
    ("text", "kind", "zones", "is_foreign"),
    [
        ("312-221-0142", NumberKind.LANDLINE_OR_MOBILE, (CENTRAL,), False),
        ("800-221-0142", NumberKind.TOLL_FREE, (), False),
        ("787-221-0142", NumberKind.LANDLINE_OR_MOBILE, ("America/Puerto_Rico",), False),
        # Abroad: kept, with every zone that libphonenumber names.
        ("+52 55 5555 1234", NumberKind.LANDLINE_OR_MOBILE, ("America/Mexico_City",), True),
        ("+44 20 7946 0958", NumberKind.LANDLINE, ("Europe/London",), True),
        (
            "+44 7911 123456",
            NumberKind.MOBILE,
            ("Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Jersey", "Europe/London"),
            True,
        ),
        ("+1 242 365 1234", NumberKind.LANDLINE, ("America/Nassau",), True),
    ],
)
def test_a_number_tells_what_it_is_and_where_it_may_ring(
    text: str, kind: NumberKind, zones: tuple[str, ...], is_foreign: bool
) -> None:
    number = parse(text)
    assert (number.kind, number.zones, number.is_foreign) == (kind, zones, is_foreign)
    assert kind_of(number.e164) is kind


@pytest.mark.parametrize(
    ("text", "refusal", "says"),
    [
        ("", NotAPhone, "area code"),
        ("call me", NotAPhone, "area code"),
        ("x" * 61, NotAPhone, "area code"),
        ("221-0142", IncompletePhone, "area code is missing"),
        ("31222101", IncompletePhone, "Digits are missing"),
        ("312221014", IncompletePhone, "Digits are missing"),
        ("12", IncompletePhone, "Digits are missing"),
        ("312-221-01424", IncompletePhone, "too many digits"),
        ("312-221-0142 / 312-221-0143", IncompletePhone, "one number in a field"),
        ("1-800-FLOWERS-NOW", IncompletePhone, "too many digits"),
        ("+999 1234567", NotAPhone, "No country"),
        ("312 021 0142", NotAPhone, "No such number"),
        ("011 221-0142", NotAPhone, ""),
        ("900-555-0142", ChargedPhone, "charged to the caller"),
        ("312-976-1234", ChargedPhone, "charged to the caller"),
        ("+44 909 879 0000", ChargedPhone, "charged to the caller"),
        ("+44 845 123 4567", ChargedPhone, "charged to the caller"),
        ("911", ServicePhone, "emergency"),
        ("988", ServicePhone, "emergency"),
        ("112", ServicePhone, "emergency"),
        ("312-911-0142", ServicePhone, "ends in 11"),
    ],
)
def test_what_cannot_be_dialled_is_refused_with_what_to_do(
    text: str, refusal: type[NotAPhone], says: str
) -> None:
    with pytest.raises(NotAPhone) as refused:
        parse(text)
    assert isinstance(refused.value, refusal)
    assert says in refused.value.sentence
    assert not is_dialable(text)


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    try:
        number = parse(text)
    except NotAPhone:
        assert not is_dialable(text)
    else:
        assert is_dialable(number.e164)


@given(
    area=st.integers(201, 989),
    exchange=st.integers(200, 999),
    line=st.integers(0, 9999),
    style=st.sampled_from(["({}) {}-{}", "{}.{}.{}", "+1{}{}{}", "1-{}-{}-{}", "{} {} {}"]),
    extension=st.sampled_from(["", "7", "0012"]),
)
def test_how_a_number_is_written_makes_no_difference(
    area: int, exchange: int, line: int, style: str, extension: str
) -> None:
    plain = f"{area}{exchange}{line:04d}"
    text = style.format(area, exchange, f"{line:04d}") + (f" ext {extension}" if extension else "")
    try:
        expected = to_e164(plain)
    except NotAPhone as refusal:
        with pytest.raises(type(refusal)):
            parse(text)
    else:
        assert parse(text).e164 == expected
        assert parse(text).extension == extension
        assert parse(expected).e164 == expected


def test_an_extension_is_dialled_after_the_connection() -> None:
    assert dial_uri("+13122210142") == "tel:+13122210142"
    assert dial_uri("+13122210142", "12") == "tel:+13122210142;ext=12"


@pytest.mark.parametrize(
    ("e164", "words"),
    [("+12175550142", "(217) 555-0142"), ("+442071838750", "+44 20 7183 8750"), ("none", "none")],
)
def test_a_number_is_read_aloud_in_the_form_of_its_country(e164: str, words: str) -> None:
    assert spoken(e164) == words
