"""What a person's words amount to: the newest counts, whatever came before."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.channels import ConsentScope, ContactChannel
from workqueue.rules.preferences import (
    Word,
    from_mask,
    has_consent_to_automation,
    heed_by,
    is_stopped,
    to_mask,
)

NOON = datetime(2026, 3, 10, 17, tzinfo=UTC)
CALL, TEXT = ContactChannel.CALL, ContactChannel.TEXT
AUTOMATED, BILLING, ALL = ConsentScope.AUTOMATED_BILLING, ConsentScope.BILLING, ConsentScope.ALL


def word(
    *, gives: bool, scope: ConsentScope = BILLING, phone_id: int | None = None, channel: ContactChannel = CALL
) -> Word:
    return Word(channel, scope, phone_id, gives, NOON)


def test_nothing_said_stops_no_person_and_allows_no_machine() -> None:
    assert not is_stopped([], CALL)
    assert not has_consent_to_automation([], CALL)


def test_the_newest_word_counts() -> None:
    said = [word(gives=True), word(gives=False)]
    assert is_stopped(said, CALL)
    assert not is_stopped([*said, word(gives=True)], CALL)
    assert not is_stopped(said, TEXT)


def test_a_word_about_machines_stops_no_person() -> None:
    said = [word(gives=True, scope=ALL), word(gives=False, scope=AUTOMATED)]
    assert not is_stopped(said, CALL)
    assert not has_consent_to_automation(said, CALL)


def test_a_word_about_one_number_is_about_that_number() -> None:
    said = [word(gives=True, scope=AUTOMATED), word(gives=False, phone_id=7)]
    assert is_stopped(said, CALL, 7)
    assert not is_stopped(said, CALL, 8)
    assert not is_stopped(said, CALL)
    assert not has_consent_to_automation(said, CALL, 7)
    assert has_consent_to_automation(said, CALL, 8)


def test_a_later_word_about_all_numbers_is_about_each() -> None:
    said = [word(gives=False, phone_id=7), word(gives=True)]
    assert not is_stopped(said, CALL, 7)


words = st.builds(
    Word,
    channel=st.sampled_from(ContactChannel),
    scope=st.sampled_from(ConsentScope),
    phone_id=st.sampled_from([None, 1, 2]),
    is_given=st.booleans(),
    said_at=st.just(NOON),
)


@given(st.lists(words, max_size=8), st.sampled_from(ContactChannel), st.sampled_from([None, 1, 2]))
def test_a_revocation_of_everything_is_heeded_whatever_was_said_before(
    said: list[Word], channel: ContactChannel, phone_id: int | None
) -> None:
    said = [*said, Word(channel, ALL, None, is_given=False, said_at=NOON)]
    assert is_stopped(said, channel, phone_id)
    assert not has_consent_to_automation(said, channel, phone_id)


def test_the_law_gives_ten_working_days() -> None:
    assert heed_by(NOON) == date(2026, 3, 24)
    # Thanksgiving is none of them.
    assert heed_by(datetime(2026, 11, 20, 17, tzinfo=UTC)) == date(2026, 12, 7)


@given(st.frozensets(st.integers(0, 6)))
def test_days_are_kept_as_bits(days: frozenset[int]) -> None:
    assert from_mask(to_mask(days)) == days
    assert 0 <= to_mask(days) <= 127


def test_heeding_never_comes_before_the_word() -> None:
    assert all(
        heed_by(NOON + timedelta(days=each)) > (NOON + timedelta(days=each)).date() for each in range(30)
    )
