"""Words that stop texts are known however they are written; a sentence is never lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.text_words import HELP_WORDS, START_WORDS, STOP_WORDS, TextWord, answer, read
from workqueue.rules.texts import segments


@pytest.mark.parametrize(
    "body",
    [
        "STOP",
        "stop",
        " Stop. ",
        "StopAll",
        "unsubscribe",
        "CANCEL",
        "end",
        "Quit!",
        "REVOKE",
        "OPT OUT",
        "opt-out",
        "optout",
        "ALTO",
        "parar",
        "CANCELAR",
        "baja",
        "No más",
        "\u201cstop\u201d",
    ],
)
def test_a_word_that_stops_stops_and_needs_no_reader(body: str) -> None:
    said = read(body)
    assert (said.word, said.is_for_a_person) == (TextWord.STOP, False)


@pytest.mark.parametrize(
    "body",
    [
        "Stop texting me",
        "please stop texting",
        "Don\u2019t text me again",
        "no more texts please",
        "STOP this is my work phone",
        "no me escriban más",
    ],
)
def test_a_wish_for_silence_in_a_sentence_is_heeded_and_read(body: str) -> None:
    said = read(body)
    assert (said.word, said.is_for_a_person) == (TextWord.STOP, True)


@pytest.mark.parametrize("body", ["Can you call after 5 instead?", "yes", "¿Quién es?", "the bus stop"])
def test_a_sentence_is_for_a_person(body: str) -> None:
    said = read(body)
    assert (said.word, said.is_for_a_person) == (TextWord.SENTENCE, True)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("START", TextWord.START),
        ("unstop", TextWord.START),
        ("Alta", TextWord.START),
        ("help", TextWord.HELP),
        ("INFO?", TextWord.HELP),
        ("ayuda", TextWord.HELP),
    ],
)
def test_who_asks_for_texts_or_help_is_understood(body: str, word: TextWord) -> None:
    assert read(body).word is word


@given(st.sampled_from(sorted(STOP_WORDS)), st.text(' \n\t.!"*', max_size=5), st.text(" .!\r\n", max_size=5))
def test_marks_around_a_word_change_nothing(word: str, before: str, after: str) -> None:
    assert read(before + word.title() + after).word is TextWord.STOP


@given(st.text())
def test_nothing_said_is_lost(body: str) -> None:
    said = read(body)
    assert said.is_for_a_person or not body.strip() or said.word is not TextWord.SENTENCE


def test_no_word_means_two_things() -> None:
    assert not STOP_WORDS & START_WORDS
    assert not STOP_WORDS & HELP_WORDS
    assert not START_WORDS & HELP_WORDS


def said(word: TextWord, language: str = "en", *, has_call: bool = False) -> str:
    return answer(word, language, name="Sample Services", number="(312) 555-0100", has_call=has_call)


def test_who_stops_texts_is_told_that_the_call_stays_booked() -> None:
    assert said(TextWord.STOP, has_call=True) == (
        "Sample Services: you get no more texts. Your call stays booked; to cancel it call (312) 555-0100."
        " Reply START for texts."
    )
    assert "booked" not in said(TextWord.STOP)
    assert "sigue reservada" in said(TextWord.STOP, "es", has_call=True)


@pytest.mark.parametrize("word", [TextWord.STOP, TextWord.START, TextWord.HELP])
@pytest.mark.parametrize("has_call", [True, False])
def test_an_answer_names_the_office_and_is_one_text(word: TextWord, has_call: bool) -> None:
    assert said(word, has_call=has_call).startswith("Sample Services:")
    assert segments(said(word, has_call=has_call)) == 1
    assert said(TextWord.SENTENCE) == ""
