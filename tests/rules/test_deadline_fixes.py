"""What would help is solved again: no better overtime, grant or change is left out."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from workqueue.rules.deadline_fixes import Grant, best, best_grants, least_in, overtime, with_skill
from workqueue.rules.deadline_network import DueTask, PersonTime, needed_for
from workqueue.rules.feasibility import minutes_short

CLAIMS, DENIALS, PAYMENTS = SKILLS = ("claims", "denials", "payments")
SLOTS = 3

any_office = settings(deadline=None, max_examples=60)
minutes = st.lists(st.integers(0, 60), min_size=SLOTS, max_size=SLOTS)
people = st.lists(
    st.dictionaries(st.sampled_from(SKILLS), st.just(100), max_size=2).flatmap(
        lambda paces: st.builds(PersonTime, id=st.just(0), paces=st.just(paces), minutes=minutes)
    ),
    min_size=1,
    max_size=4,
).map(lambda found: [replace(each, id=number) for number, each in enumerate(found)])
tasks = st.lists(
    st.builds(
        DueTask,
        id=st.just(0),
        skill=st.sampled_from(SKILLS),
        release=st.integers(0, 1),
        due=st.integers(0, SLOTS - 1),
        minutes=st.integers(1, 90),
        value_cents=st.just(0),
        comes_first=st.just(False),
        only_id=st.none(),
    ),
    max_size=6,
)


@any_office
@given(tasks, people, minutes)
def test_overtime_is_no_more_than_what_it_saves(
    due: list[DueTask], office: list[PersonTime], more: list[int]
) -> None:
    needed = needed_for(due)
    most = [replace(person, minutes=more) for person in office]
    found = overtime(needed, office, most)
    saved = minutes_short(needed, office) - minutes_short(needed, [*office, *most])
    assert sum(each.minutes for each in found) == saved
    # What was found is enough by itself, each minute where and when it was found.
    extra = [
        PersonTime(
            100 + number, {each.skill: 100}, [each.minutes * (slot == each.slot) for slot in range(SLOTS)]
        )
        for number, each in enumerate(found)
    ]
    assert minutes_short(needed, [*office, *extra]) == minutes_short(needed, office) - saved


def test_overtime_comes_as_late_as_it_still_helps() -> None:
    needed = needed_for([DueTask(1, CLAIMS, 0, 1, 100)])
    ana = PersonTime(1, {CLAIMS: 100}, [10, 10, 10])
    found = overtime(needed, [ana], [replace(ana, minutes=[60, 60, 60])])
    assert [(each.slot, each.minutes) for each in found] == [(0, 20), (1, 60)]


@any_office
@given(tasks, people)
def test_no_single_skill_saves_more_than_the_first(due: list[DueTask], office: list[PersonTime]) -> None:
    needed = needed_for(due)
    short = minutes_short(needed, office)
    saved = {
        Grant(person.id, skill): short
        - minutes_short(needed, [with_skill(each, skill) if each is person else each for each in office])
        for person, skill in product(office, SKILLS)
        if skill not in person.paces
    }
    found = best_grants(needed, office, SKILLS)
    assert all(saved[grant] == minutes for grant, minutes in found)
    assert [minutes for _, minutes in found] == sorted(filter(None, saved.values()), reverse=True)[:3]


def test_a_skill_of_somebody_with_nothing_to_do_saves_what_a_learner_gets_done() -> None:
    needed = needed_for([DueTask(1, DENIALS, 0, 0, 100)])
    busy, idle = PersonTime(1, {DENIALS: 100}, [40]), PersonTime(2, {CLAIMS: 100}, [60])
    assert best_grants(needed, [busy, idle], {DENIALS}) == [(Grant(2, DENIALS), 40)]


def test_a_skill_that_runs_out_is_given_to_both_halves_of_a_person() -> None:
    needed = needed_for([DueTask(1, DENIALS, 0, 1, 100)])
    before = PersonTime(1, {CLAIMS: 100, PAYMENTS: 100}, [60, 0])
    after = PersonTime(1, {CLAIMS: 100}, [0, 60])
    assert best_grants(needed, [before, after], {DENIALS}) == [(Grant(1, DENIALS), 80)]


def test_what_helps_nobody_is_not_named() -> None:
    needed = needed_for([DueTask(1, DENIALS, 0, 0, 100)])
    office = [PersonTime(1, {CLAIMS: 100}, [60, 60]), PersonTime(2, {DENIALS: 100}, [10, 0])]
    back_late = {"absence": [replace(office[1], minutes=[10, 60])]}
    assert best(needed, office, back_late) == []


@any_office
@given(tasks, people)
def test_what_must_be_done_in_a_slot_is_what_would_be_missed_without_it(
    due: list[DueTask], office: list[PersonTime]
) -> None:
    needed = needed_for(due)
    without = [replace(each, minutes=[0, *each.minutes[1:]]) for each in office]
    found = least_in(needed, office, [0])
    assert sum(found.values()) == minutes_short(needed, without) - minutes_short(needed, office)
    # Done in that slot, it leaves what the later ones can do.
    rest = {batch: minutes - found.get(batch, 0) for batch, minutes in needed.items()}
    assert minutes_short(rest, without) == minutes_short(needed, office)
    assert all(batch.release == 0 for batch in found)
