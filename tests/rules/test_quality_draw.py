"""Drawing at random: the same again from the seed, each with the same chance, nothing to be steered."""

from collections import Counter
from hashlib import sha256

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workqueue.rules.quality_draw import draw, fingerprint

# How long it takes says how busy the machine is.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NUMBERS = st.sets(st.integers(1, 2**40), max_size=60)


@calm
@given(NUMBERS, st.text(max_size=20), st.integers(0, 70), st.randoms())
def test_the_same_seed_draws_the_same_in_whatever_order_the_work_comes(
    numbers: set[int], seed: str, count: int, shuffled: "st.Random"
) -> None:
    mixed = list(numbers)
    shuffled.shuffle(mixed)
    drawn = draw(mixed, seed, count)
    assert drawn == draw(sorted(numbers), seed, count)
    assert set(drawn) <= numbers
    assert len(drawn) == len(set(drawn)) == min(count, len(numbers))


@calm
@given(NUMBERS, st.text(max_size=20), st.integers(1, 60))
def test_a_larger_sample_of_the_same_seed_begins_with_the_smaller_one(
    numbers: set[int], seed: str, count: int
) -> None:
    assert draw(numbers, seed, count + 5)[:count] == draw(numbers, seed, count)


@calm
@given(NUMBERS, st.text(max_size=20), st.integers(1, 2**40))
def test_work_that_is_not_drawn_has_no_say_in_what_is(numbers: set[int], seed: str, more: int) -> None:
    """So nobody can push their own work out of the sample by logging something else."""
    drawn = draw(numbers | {more}, seed, 5)
    assert [each for each in drawn if each != more] == list(draw(numbers - {more}, seed, 5))[
        : len(drawn) - (more in drawn)
    ]


def test_every_piece_of_work_has_the_same_chance() -> None:
    numbers, rounds = range(101, 121), 4_000
    times = Counter(each for turn in range(rounds) for each in draw(numbers, f"seed {turn}", 5))
    # A quarter each; 4 standard deviations of a binomial of 4,000 draws are 110.
    assert all(abs(times[each] - rounds / 4) < 110 for each in numbers)


def test_the_ticket_is_what_the_page_says_it_is() -> None:
    by_hand = sorted([7, 8, 9], key=lambda number: sha256(f"a1:{number}".encode()).hexdigest())
    assert list(draw([7, 8, 9], "a1", 3)) == by_hand


@calm
@given(NUMBERS, st.integers(1, 2**40))
def test_a_set_with_one_more_has_another_fingerprint(numbers: set[int], more: int) -> None:
    assert (fingerprint(numbers) == fingerprint(numbers | {more})) == (more in numbers)
    assert fingerprint(sorted(numbers, reverse=True)) == fingerprint(numbers)
