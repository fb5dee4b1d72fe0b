"""The main navigation: to each role the places it may go to."""

from types import SimpleNamespace

import pytest

from workqueue.rules.roles import Role
from workqueue.web.navigation import DESTINATIONS, Display, display_of, grouped, nav_for

TEAM = ("Team", ["Room", "Queue", "Rebalance", "Shifts", "Deadlines", "Quality", "Messages"])
INTAKE = ("Intake", ["Holds", "Quarantine", "Files"])
INSIGHT = ("Insight", ["Reports", "Queue health", "Chances", "Simulations"])
RULES = ("Rules", ["Calling", "Booking", "Queue rules"])


@pytest.mark.parametrize(
    ("role", "places"),
    [
        (Role.REP, ["My day", "Accounts", "Callbacks", "My reviews", "Reports"]),
        (Role.LEAD, ["My day", "Accounts", "Callbacks", TEAM, INTAKE, INSIGHT, RULES]),
        (
            Role.ADMIN,
            [
                ("Team", ["Room", "Shifts", "Deadlines", "Messages", "Scorecard"]),
                INSIGHT,
                ("Rules", ["Calling", "Booking"]),
                ("Office", ["Office", "People"]),
            ],
        ),
        (Role.AUDITOR, ["Accounts", "Callbacks", TEAM, INTAKE, INSIGHT, RULES]),
    ],
)
def test_each_role_sees_only_where_it_may_go_and_many_places_under_menus(
    role: Role, places: list[str | tuple[str, list[str]]]
) -> None:
    shown = [
        group.label if len(group.items) == 1 else (group.label, [item.label_in_group for item in group.items])
        for group in grouped(nav_for(role, "/"))
    ]
    assert shown == places


def test_the_menu_one_is_in_is_marked() -> None:
    groups = grouped(nav_for(Role.LEAD, "/deadlines/tasks"))
    assert [group.label for group in groups if group.is_current] == ["Team"]


@pytest.mark.parametrize(
    ("path", "current"), [("/accounts", ["Accounts"]), ("/accounts/7", ["Accounts"]), ("/accounting", [])]
)
def test_the_place_one_is_in_is_marked(path: str, current: list[str]) -> None:
    assert [item.label for item in nav_for(Role.REP, path) if item.is_current] == current


def test_each_place_has_a_shortcut_of_its_own() -> None:
    shortcuts = [each.shortcut for each in DESTINATIONS if each.shortcut]
    assert sorted(shortcuts) == sorted(set(shortcuts))


def test_the_page_looks_as_the_person_chose() -> None:
    person = SimpleNamespace(theme="dark", density="compact", has_shortcuts=False)
    assert display_of(person) == Display("dark", "compact", has_shortcuts=False)


def test_someone_not_signed_in_sees_what_the_system_prefers() -> None:
    assert display_of(SimpleNamespace()) == Display("system", "comfortable", has_shortcuts=True)
