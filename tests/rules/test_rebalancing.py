"""Sharing work out: what is never broken, the least disruption, and proof of it by another solver."""

from collections import Counter
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.rebalance import network_of, office, second_opinion
from workqueue.rules.moves import MoveWhy
from workqueue.rules.rebalance_classes import (
    COARSER,
    Item,
    Person,
    grouped_into_classes,
    ordinary_minutes,
)
from workqueue.rules.rebalance_network import MOVES, OPEN, OVER, RATE, solved
from workqueue.rules.rebalancing import Proposal, propose
from workqueue.rules.shifts import SkillLevel

CLAIMS, PATIENTS = 1, 4
ABLE = {CLAIMS: SkillLevel.ABLE}
ANA, BEN, CARA = 1, 2, 3


def tasks(
    count: int, owner_id: int | None = ANA, minutes: int = 10, first: int = 0, **more: object
) -> list[Item]:
    return [Item(first + number, CLAIMS, minutes, owner_id, **more) for number in range(count)]  # type: ignore[arg-type]


def to(proposal: Proposal) -> Counter[int | None]:
    return Counter(each.to_id for each in proposal.changes)


def test_nothing_moves_while_everybody_has_time() -> None:
    found = propose(tasks(5), [Person(ANA, 60, ABLE), Person(BEN, 60, ABLE)])
    assert (found.changes, found.least_moves) == ((), 0)


def test_as_many_move_as_do_not_fit_and_the_first_stay() -> None:
    found = propose(tasks(10), [Person(ANA, 60, ABLE), Person(BEN, 60, ABLE)])
    assert [(each.task_id, each.to_id, each.why) for each in found.changes] == [
        (number, BEN, MoveWhy.OVER) for number in (6, 7, 8, 9)
    ]
    assert (found.moves, found.least_moves) == (4, 4)
    assert [(each.before, each.after) for each in found.loads] == [(100, 60), (0, 40)]


def test_few_long_tasks_move_rather_than_many_short_ones() -> None:
    found = propose(
        [*tasks(6, minutes=5), *tasks(3, minutes=30, first=10)],
        [Person(ANA, 60, ABLE), Person(BEN, 90, ABLE)],
    )
    assert {each.task_id for each in found.changes} <= {10, 11, 12}
    assert found.moves == found.least_moves == 2


def test_what_is_pinned_stays_though_it_is_too_much() -> None:
    pinned, free = tasks(8, is_pinned=True), tasks(2, first=20)
    found = propose([*pinned, *free], [Person(ANA, 60, ABLE), Person(BEN, 60, ABLE)])
    assert {each.task_id for each in found.changes} == {20, 21}
    assert found.loads[0].after == found.loads[0].pinned == 80


def test_nobody_gets_what_they_have_not_learned() -> None:
    found = propose(tasks(10), [Person(ANA, 60, ABLE), Person(BEN, 600, {PATIENTS: SkillLevel.EXPERT})])
    assert to(found) == {None: 4}
    assert found.open_minutes == 40


def test_what_its_owner_can_no_longer_do_moves() -> None:
    found = propose(tasks(2), [Person(ANA, 600, {}), Person(BEN, 600, ABLE)])
    assert [(each.to_id, each.why) for each in found.changes] == [(BEN, MoveWhy.SKILL)] * 2


def test_what_is_with_somebody_who_is_not_here_moves() -> None:
    found = propose(tasks(2, owner_id=CARA), [Person(BEN, 600, ABLE)])
    assert [(each.to_id, each.why) for each in found.changes] == [(BEN, MoveWhy.ABSENT)] * 2


def test_a_lead_keeps_what_they_have_and_gets_nothing() -> None:
    team = [Person(ANA, 60, ABLE), Person(BEN, 600, ABLE, takes_more=False)]
    found = propose([*tasks(7), *tasks(1, owner_id=BEN, first=10)], team)
    assert to(found) == {None: 1}


def test_what_is_nobodys_is_given_out_and_disturbs_nobody() -> None:
    found = propose(tasks(3, owner_id=None), [Person(ANA, 25, ABLE)])
    assert [(each.to_id, each.why) for each in found.changes] == [(ANA, MoveWhy.OPEN)] * len(found.changes)
    assert (found.moves, found.least_moves) == (0, 0)
    assert len(found.changes) in {2, 3}


def test_one_makes_room_for_what_only_they_can_do() -> None:
    both = ABLE | {PATIENTS: SkillLevel.ABLE}
    calls = [Item(100 + number, PATIENTS, 10, CARA) for number in range(3)]
    team = [Person(ANA, 30, both), Person(BEN, 30, ABLE), Person(CARA, 0, {PATIENTS: SkillLevel.ABLE})]
    found = propose([*tasks(3), *calls], team)
    assert Counter((each.from_id, each.to_id, each.why) for each in found.changes) == {
        (ANA, BEN, MoveWhy.ROOM): 3,
        (CARA, ANA, MoveWhy.OVER): 3,
    }


def test_who_speaks_the_language_goes_before_who_is_quicker() -> None:
    speaks = Person(BEN, 60, {CLAIMS: SkillLevel.LEARNING}, {"es"})
    team = [Person(ANA, 0, ABLE), speaks, Person(CARA, 60, {CLAIMS: SkillLevel.EXPERT})]
    assert to(propose(tasks(3, language="es"), team)) == {BEN: 3}
    assert to(propose(tasks(3), team)) == {CARA: 3}


def test_who_knows_the_patient_goes_first_and_leaves_last() -> None:
    known = tasks(2, known_by_id=CARA, first=50)
    team = [Person(ANA, 40, ABLE), Person(BEN, 90, ABLE), Person(CARA, 90, ABLE)]
    assert to(propose([*tasks(4), *known], team))[CARA] == 2
    own = tasks(4, known_by_id=ANA, first=50)
    assert {each.task_id for each in propose([*own, *tasks(2)], team).changes} == {0, 1}


def test_days_are_filled_alike() -> None:
    team = [Person(ANA, 0, ABLE), Person(BEN, 100, ABLE), Person(CARA, 200, ABLE)]
    assert to(propose(tasks(15), team)) == {BEN: 5, CARA: 10}


def test_time_is_that_of_an_ordinary_pace() -> None:
    assert ordinary_minutes(300, [SkillLevel.LEARNING]) == 200
    assert ordinary_minutes(300, [SkillLevel.ABLE, SkillLevel.LEARNING]) == 240
    assert ordinary_minutes(300, []) == 0


def test_too_many_classes_are_made_coarser_and_no_task_is_lost() -> None:
    items = [Item(number, CLAIMS, 1 + number % 60, ANA, known_by_id=number % 7) for number in range(900)]
    grouped, step = grouped_into_classes(items, range(7), most=30)
    assert len(grouped) <= 30
    assert step in {each for each, _ in COARSER}
    assert sorted(item.task_id for group in grouped.values() for item in group) == list(range(900))
    assert all(each.minutes >= item.minutes for each, group in grouped.items() for item in group)


def test_another_solver_finds_the_same_least_at_every_level() -> None:
    for seed in range(3):
        net = network_of(*office(3_000, 25, seed=seed))
        assert net.totals(solved(net)) == second_opinion(net), seed


TINY_TEAM = st.lists(
    st.tuples(st.integers(0, 30), st.sets(st.sampled_from([CLAIMS, PATIENTS]), max_size=2)),
    min_size=1,
    max_size=3,
)
TINY_WORK = st.lists(
    st.tuples(
        st.sampled_from([CLAIMS, PATIENTS]),
        st.integers(1, 17),
        st.one_of(st.none(), st.integers(1, 4)),
        st.booleans(),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(TINY_TEAM, TINY_WORK)
def test_no_whole_sharing_out_does_as_well_with_fewer_moves(
    people: list[tuple[int, set[int]]], work: list[tuple[int, int, int | None, bool, int | None]]
) -> None:
    team = [
        Person(at, minutes, dict.fromkeys(sorted(skills), SkillLevel.ABLE))
        for at, (minutes, skills) in enumerate(people, 1)
    ]
    items = [
        Item(at, skill, minutes, owner, known_by_id=known, is_pinned=pinned)
        for at, (skill, minutes, owner, pinned, known) in enumerate(work)
    ]
    found = propose(items, team)
    assert found.moves <= found.least_moves
    kept = after(items, found)
    check_hard(items, team, kept)
    time = {person.id: max(person.minutes, pinned_minutes(items, person.id)) for person in team}
    for person_id, load in loads(items, kept).items():
        longest = max((item.minutes for item in items if kept[item.task_id] == person_id), default=0)
        assert person_id is None or load < time[person_id] + max(longest, 1)
    least_open = network_of_all(items, team)[OPEN]
    for other in every_sharing_out(items, team):
        had = loads(items, other)
        if all(had[person.id] <= time[person.id] for person in team) and had[None] <= least_open:
            assert moves(items, other) >= found.least_moves


def after(items: list[Item], proposal: Proposal) -> dict[int, int | None]:
    return {item.task_id: item.owner_id for item in items} | {
        each.task_id: each.to_id for each in proposal.changes
    }


def check_hard(items: list[Item], team: list[Person], kept: dict[int, int | None]) -> None:
    able = {person.id: set(person.levels) for person in team}
    for item in items:
        holder = kept[item.task_id]
        if item.is_pinned and item.owner_id in able:
            assert holder == item.owner_id
        else:
            assert holder is None or item.skill_id in able[holder]


def pinned_minutes(items: list[Item], person_id: int) -> int:
    return sum(item.minutes for item in items if item.is_pinned and item.owner_id == person_id)


def loads(items: list[Item], kept: dict[int, int | None]) -> Counter[int | None]:
    found = Counter[int | None]()
    for item in items:
        found[kept[item.task_id]] += item.minutes
    return found


def moves(items: list[Item], kept: dict[int, int | None]) -> int:
    return sum(item.owner_id is not None and kept[item.task_id] != item.owner_id for item in items)


def network_of_all(items: list[Item], team: list[Person]) -> tuple[int, ...]:
    movable = [item for item in items if not (item.is_pinned and item.owner_id in {each.id for each in team})]
    if not movable:
        return (0, 0, 0, 0, 0)
    net = network_of(items, team)
    totals = net.totals(solved(net))
    assert totals[OVER] == 0
    assert -(-totals[MOVES] // RATE) == propose(items, team).least_moves
    return totals


def every_sharing_out(items: list[Item], team: list[Person]) -> list[dict[int, int | None]]:
    choices: list[list[int | None]] = []
    for item in items:
        if item.is_pinned and item.owner_id in {person.id for person in team}:
            choices.append([item.owner_id])
        else:
            choices.append([None, *(person.id for person in team if item.skill_id in person.levels)])
    return [dict(zip((item.task_id for item in items), each, strict=True)) for each in product(*choices)]
