"""The main navigation: to each role the places it may go to."""

from types import SimpleNamespace

import pytest

from workqueue.rules.roles import Role
from workqueue.web.navigation import DESTINATIONS, Display, display_of, nav_for


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.REP, ["My day", "Accounts", "Reports", "My reviews"]),
        (
            Role.LEAD,
            [
                "My day",
                "Accounts",
                "Room",
                "Team",
                "Rebalance",
                "Shifts",
                "Deadlines",
                "Holds",
                "Quarantine",
                "Files",
                "Reports",
                "Queue health",
                "Chances",
                "Rules",
                "Quality",
            ],
        ),
        (
            Role.ADMIN,
            [
                "Room",
                "Shifts",
                "Deadlines",
                "Reports",
                "Queue health",
                "Chances",
                "Rules",
                "Scorecard",
                "Office",
                "People",
            ],
        ),
        (
            Role.AUDITOR,
            [
                "Accounts",
                "Room",
                "Team",
                "Rebalance",
                "Shifts",
                "Deadlines",
                "Holds",
                "Quarantine",
                "Files",
                "Reports",
                "Queue health",
                "Chances",
                "Rules",
                "Quality",
            ],
        ),
    ],
)
def test_each_role_sees_only_where_it_may_go(role: Role, labels: list[str]) -> None:
    assert [item.label for item in nav_for(role, "/")] == labels


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
