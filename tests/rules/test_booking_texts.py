"""A text says who calls when, how to end texts, and fits one text where it can."""

from datetime import UTC, datetime

import pytest

from workqueue.rules.booking_messages import EVENT_WORDS, BookingEvent, BookingFacts, body, subject
from workqueue.rules.booking_texts import pieces, text
from workqueue.rules.texts import segments

AT = datetime(2026, 9, 30, 17, 30, tzinfo=UTC)


def facts(
    name: str = "Sample Services", phrase: str = "amber river", zone: str = "America/Chicago"
) -> BookingFacts:
    return BookingFacts(name, "(312) 555-0100", AT, zone, phrase)


def test_the_words_of_a_booking() -> None:
    assert text(BookingEvent.BOOKED, facts(), "en") == (
        "Sample Services will call you Wed, Sep 30, 12:30 PM CDT from (312) 555-0100."
        " First words: amber river. Reply STOP to end texts, HELP for help."
    )


@pytest.mark.parametrize("event", BookingEvent)
@pytest.mark.parametrize("language", ["en", "es", "vi"])
def test_every_text_names_the_office_and_says_how_to_end_texts(event: BookingEvent, language: str) -> None:
    words = text(event, facts(), language)
    assert "Sample Services" in words
    assert ("ALTO" if language == "es" else "STOP") in words


@pytest.mark.parametrize("event", BookingEvent)
@pytest.mark.parametrize("zone", ["America/Chicago", "America/Phoenix", "Pacific/Guam"])
def test_an_english_text_is_one_piece_also_with_a_long_name(event: BookingEvent, zone: str) -> None:
    long = facts("Lakeside Patient Services of Illinois", "silver lighthouse", zone)
    assert pieces(text(event, long, "en")) == 1


@pytest.mark.parametrize("event", BookingEvent)
def test_a_text_with_letters_telephones_do_not_know_costs_more_and_that_is_known(event: BookingEvent) -> None:
    words = text(event, facts("Servicios del Río", "río ámbar"), "es")
    assert segments(words) == (-(-len(words) // 67) if len(words) > 70 else 1)
    assert segments(words) <= 3


@pytest.mark.parametrize("event", BookingEvent)
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_word_tells_of_a_bill(event: BookingEvent, language: str) -> None:
    said = " ".join(
        [subject(event, language), body(event, facts(), language), text(event, facts(), language)]
    )
    for telling in (
        "bill",
        "debt",
        "owe",
        "pay",
        "account",
        "balance",
        "hospital",
        "factura",
        "deuda",
        "pago",
    ):
        assert telling not in said.lower()


def test_every_event_has_words_for_the_office() -> None:
    assert set(EVENT_WORDS) == set(BookingEvent)
