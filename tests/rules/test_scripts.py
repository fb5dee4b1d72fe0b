"""What may be said: nothing of a bill before the person is known."""

import pytest

from workqueue.rules.call_states import Identifier
from workqueue.rules.channels import CollectsAs
from workqueue.rules.scripts import LANGUAGES, Situation, Speaker, identifier_words, script

SPEAKER = Speaker(
    "Ana Flores",
    "Marisol Rivera",
    "Lakeside Hospital Billing",
    "Lakeside",
    "(555) 555-0100",
    "weekdays 8 to 5",
)
BEFORE = [each for each in Situation if each is not Situation.PURPOSE]
TELLING = (
    "bill",
    "balance",
    "debt",
    "$",
    "payment",
    "billing",
    "department",
    "factura",
    "deuda",
    "pago",
    "saldo",
)


@pytest.mark.parametrize("situation", BEFORE)
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_before_the_person_is_known_no_word_tells_of_a_bill(situation: Situation, language: str) -> None:
    words = script(situation, SPEAKER, language=language, asked="date of birth").words.lower()
    assert not [each for each in TELLING if each in words]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_message_names_the_office_neutrally_a_person_and_a_number_and_asks_to_call(language: str) -> None:
    words = script(Situation.VOICEMAIL, SPEAKER, language=language).words
    assert all(each in words for each in ("Lakeside", "Ana Flores", "(555) 555-0100"))
    assert "Billing" not in words
    assert "Rivera" not in words
    assert "please call" in words.lower() or "llámeme" in words


def test_a_message_says_what_the_office_reference_allows_and_nothing_else() -> None:
    assert script(Situation.VOICEMAIL, SPEAKER).words == (
        "Hello, this is Ana Flores calling from Lakeside. Please call me or any of our representatives at"
        " (555) 555-0100. We are available weekdays 8 to 5."
    )


def test_somebody_else_hears_a_name_and_a_number_only() -> None:
    assert script(Situation.THIRD_PARTY, SPEAKER).words == (
        "Please have Marisol Rivera call Ana Flores at (555) 555-0100. Thank you."
    )


def test_in_massachusetts_the_office_is_not_named_to_the_household() -> None:
    there = Speaker("A", "B", "C", "D", "E", "F", jurisdictions=frozenset({"MA"}))
    assert "Do not name the office" in script(Situation.THIRD_PARTY, there).mind
    assert "940 CMR 7.04" in script(Situation.THIRD_PARTY, there).citation
    assert "Do not name the office" not in script(Situation.THIRD_PARTY, SPEAKER).mind


def test_only_an_agency_says_that_it_collects_a_debt() -> None:
    agency = Speaker("A", "B", "C", "D", "E", "F", collects_as=CollectsAs.THIRD_PARTY)
    assert "attempt to collect a debt" in script(Situation.PURPOSE, agency).words
    assert "collect" not in script(Situation.PURPOSE, SPEAKER).words


def test_a_language_nobody_wrote_words_for_is_spoken_to_in_english() -> None:
    assert script(Situation.ASK_FOR, SPEAKER, language="vi") == script(Situation.ASK_FOR, SPEAKER)
    assert identifier_words(Identifier.ZIP, "vi") == "ZIP code"
