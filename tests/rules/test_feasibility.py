"""What the staff cannot keep is proven: compared with every set of tasks, and with every plan, in small."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workqueue.rules.deadline_network import DueTask, PersonTime, batch_of, needed_for
from workqueue.rules.feasibility import feasibility, least_loss, minutes_short, must_miss

CLAIMS, DENIALS = "claims", "denials"
ABLE = {CLAIMS: 100, DENIALS: 100}
SLOTS = 3

any_office = settings(deadline=None, max_examples=100)


def subsets(tasks: Sequence[DueTask]) -> Iterator[list[DueTask]]:
    for chosen in product((False, True), repeat=len(tasks)):
        yield [task for task, is_in in zip(tasks, chosen, strict=True) if is_in]


def most_of(tasks: Sequence[DueTask], people: Sequence[PersonTime]) -> int:
    """The minutes all who can do any of these tasks have for them while one of them may be worked."""
    minutes = 0
    for person, slot in product(people, range(SLOTS)):
        paces = {
            task.skill: person.paces[task.skill]
            for task in tasks
            if task.skill in person.paces
            and task.release <= slot <= task.due
            and task.only_id in {None, person.id}
        }
        alone = [-(-person.minutes[slot] * 100 // pace) for pace in paces.values()]
        best = -(-person.minutes[slot] * 100 // min(person.paces.values())) if person.paces else 0
        minutes += min(best, sum(alone))
    return minutes


def short_by_hall(tasks: Sequence[DueTask], people: Sequence[PersonTime]) -> int:
    """The worst lack of any set of tasks: max-flow min-cut, written out over all sets."""
    return max(sum(task.minutes for task in chosen) - most_of(chosen, people) for chosen in subsets(tasks))


def plans_whole(tasks: Sequence[DueTask], people: Sequence[PersonTime]) -> Iterator[list[DueTask]]:
    """Every way to give whole tasks to people and slots; yields what is missed."""
    bins = [(person, slot) for person in people for slot in range(SLOTS)]
    for places in product([None, *range(len(bins))], repeat=len(tasks)):
        spent = [0] * len(bins)
        is_possible = True
        for task, place in zip(tasks, places, strict=True):
            if place is None:
                continue
            person, slot = bins[place]
            if (
                task.skill not in person.paces
                or not task.release <= slot <= task.due
                or task.only_id not in {None, person.id}
            ):
                is_possible = False
                break
            spent[place] += task.minutes * person.paces[task.skill]
        if is_possible and all(
            each <= person.minutes[slot] * 100 for each, (person, slot) in zip(spent, bins, strict=True)
        ):
            yield [task for task, place in zip(tasks, places, strict=True) if place is None]


@st.composite
def offices(draw: st.DrawFn, *, most_tasks: int, paces: Sequence[int] = (85, 100, 150)) -> tuple:
    people = [
        PersonTime(
            number,
            draw(st.dictionaries(st.sampled_from([CLAIMS, DENIALS]), st.sampled_from(paces), max_size=2)),
            draw(st.lists(st.integers(0, 60), min_size=SLOTS, max_size=SLOTS)),
        )
        for number in range(draw(st.integers(1, 2)))
    ]
    task = st.builds(
        DueTask,
        id=st.just(0),
        skill=st.sampled_from([CLAIMS, DENIALS]),
        release=st.integers(0, SLOTS - 1),
        due=st.integers(-1, SLOTS - 1),
        minutes=st.integers(1, 60),
        value_cents=st.integers(0, 100_000),
        comes_first=st.just(False),
        only_id=st.sampled_from([None, None, None, 0]),
    )
    tasks = draw(st.lists(task, max_size=most_tasks))
    return [each._replace(id=number) for number, each in enumerate(tasks)], people


@any_office
@given(offices(most_tasks=5))
def test_the_minutes_short_are_the_worst_lack_of_any_set_of_tasks(office: tuple) -> None:
    tasks, people = office
    assert minutes_short(needed_for(tasks), people) == short_by_hall(tasks, people)


@any_office
@given(offices(most_tasks=5))
def test_each_shortage_is_a_set_that_lacks_just_these_minutes(office: tuple) -> None:
    tasks, people = office
    found = feasibility(needed_for(tasks), people)
    assert sum(each.short for each in found.shortages) == found.short
    for shortage in found.shortages:
        chosen = [task for task in tasks if batch_of(task) in shortage.batches]
        assert shortage.needed == sum(task.minutes for task in chosen)
        assert shortage.possible == most_of(chosen, people)
        can = {
            person.id
            for person in people
            for task in chosen
            if task.skill in person.paces
            and any(person.minutes[task.release : task.due + 1])
            and task.only_id in {None, person.id}
        }
        assert set(shortage.person_ids) == can


@settings(deadline=None, max_examples=40)
@given(offices(most_tasks=3))
def test_no_plan_of_whole_tasks_misses_fewer_or_cheaper_than_must_be(office: tuple) -> None:
    tasks, people = office
    bound = must_miss(tasks, people)
    plans = list(plans_whole(tasks, people))
    assert bound.count <= min(len(missed) for missed in plans)
    assert bound.value_cents <= min(sum(task.value_cents for task in missed) for missed in plans)


@any_office
@given(offices(most_tasks=5))
def test_what_is_let_go_leaves_what_can_be_kept_and_is_near_the_least(office: tuple) -> None:
    tasks, people = office
    loss = least_loss(tasks, people)
    missed = [task for task in tasks if task.id in loss.missed_ids]
    kept = [task for task in tasks if task.id not in loss.missed_ids]
    assert not minutes_short(needed_for(kept), people)
    assert loss.value_cents == sum(task.value_cents for task in missed)
    least = min(
        sum(task.value_cents for task in tasks) - sum(task.value_cents for task in chosen)
        for chosen in subsets(tasks)
        if not short_by_hall(chosen, people)
    )
    assert loss.least_value_cents <= least <= loss.value_cents
    # One task a batch at most is split, and then missed.
    slack: dict[object, int] = {}
    for task in missed:
        slack[batch_of(task)] = max(slack.get(batch_of(task), 0), task.value_cents)
    assert loss.value_cents - loss.least_value_cents <= sum(slack.values())


@any_office
@given(offices(most_tasks=5, paces=(100,)))
def test_tasks_of_one_minute_are_bounded_exactly(office: tuple) -> None:
    tasks, people = office
    tasks = [task._replace(minutes=1) for task in tasks]
    bound, loss = must_miss(tasks, people), least_loss(tasks, people)
    assert bound.count == short_by_hall(tasks, people) == len(loss.missed_ids)
    assert bound.value_cents == loss.least_value_cents == loss.value_cents


def test_who_does_two_kinds_leaves_the_first_due_to_who_does_one() -> None:
    ana, ben = PersonTime(1, ABLE, [60, 0]), PersonTime(2, {CLAIMS: 100}, [60, 0])
    claim, denial = DueTask(1, CLAIMS, 0, 0, 60), DueTask(2, DENIALS, 0, 1, 60)
    assert feasibility(needed_for([claim, denial]), [ana, ben]).is_feasible
    # Earliest deadline first, Ana asking first: the claim is hers, and nobody is left for the denial.
    assert minutes_short(needed_for([denial]), [ben]) == 60


def test_a_shortage_says_who_was_counted_and_until_when() -> None:
    tasks = [DueTask(number, DENIALS, 0, 1, 30, 100_00) for number in range(10)]
    tasks.append(DueTask(99, CLAIMS, 0, 0, 30, 5_00))
    people = [
        PersonTime(1, {DENIALS: 100}, [60, 45, 60]),
        PersonTime(2, {CLAIMS: 100}, [60, 60, 60]),
        PersonTime(3, {DENIALS: 100}, [0, 0, 60]),
    ]
    (shortage,) = feasibility(needed_for(tasks), people).shortages
    assert (shortage.needed, shortage.possible, shortage.short) == (300, 105, 195)
    assert (shortage.person_ids, shortage.skills, shortage.last_due) == ((1,), (DENIALS,), 1)
    assert len(least_loss(tasks, people).missed_ids) == 7
    assert must_miss(tasks, people).count == 7


def test_two_shortages_that_share_nobody_are_told_apart() -> None:
    tasks = [DueTask(1, DENIALS, 0, 0, 60), DueTask(2, CLAIMS, 0, 2, 90)]
    people = [PersonTime(1, {DENIALS: 100}, [10, 0, 0]), PersonTime(2, {CLAIMS: 100}, [20, 20, 20])]
    assert [(each.skills, each.short) for each in feasibility(needed_for(tasks), people).shortages] == [
        ((DENIALS,), 50),
        ((CLAIMS,), 30),
    ]


def test_a_learner_passes_fewer_minutes_of_what_they_learn() -> None:
    learner = PersonTime(1, {DENIALS: 150, CLAIMS: 100}, [60])
    assert minutes_short(needed_for([DueTask(1, DENIALS, 0, 0, 60)]), [learner]) == 20
    assert minutes_short(needed_for([DueTask(1, CLAIMS, 0, 0, 60)]), [learner]) == 0


def test_what_is_due_before_it_may_be_worked_is_short_whoever_is_here() -> None:
    late = DueTask(1, CLAIMS, 2, 1, 20, 7_00)
    found = feasibility(needed_for([late]), [PersonTime(1, ABLE, [60, 60, 60])])
    assert (found.short, found.shortages[0].person_ids) == (20, ())
    assert least_loss([late], []).missed_ids == (1,)


def test_what_was_promised_is_kept_before_money() -> None:
    promised = DueTask(1, CLAIMS, 0, 0, 20, 1_00, comes_first=True)
    dear = DueTask(2, CLAIMS, 0, 0, 20, 900_00)
    assert least_loss([promised, dear], [PersonTime(1, ABLE, [30])]).missed_ids == (2,)


def test_a_task_of_one_person_is_not_helped_by_another() -> None:
    mine = DueTask(1, CLAIMS, 0, 0, 30, only_id=1)
    people = [PersonTime(1, ABLE, [10]), PersonTime(2, ABLE, [60])]
    assert minutes_short(needed_for([mine]), people) == 20
    assert minutes_short(needed_for([mine._replace(only_id=None)]), people) == 0


@pytest.mark.parametrize("tasks", [[], [DueTask(1, CLAIMS, 0, 0, 10)]])
def test_an_office_of_nobody_and_of_nothing_has_an_answer(tasks: list[DueTask]) -> None:
    assert feasibility(needed_for(tasks), []).short == 10 * len(tasks)
    assert must_miss(tasks, []).count == len(tasks)
