"""What stands around every page: the main navigation by role, and how the person likes to see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, request, url_for
from flask_login import current_user

from workqueue.rules.roles import EVERYONE, READERS, WORKERS, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

OVERSEERS = frozenset({Role.LEAD, Role.AUDITOR})


@dataclass(frozen=True)
class Destination:
    """A place of the main navigation, and who may go there."""

    label: str
    href: str
    icon: str
    roles: frozenset[Role]
    shortcut: str = ""
    group: str = ""
    """Under which menu it stands; where a person has one place of a group, it stands by itself."""
    label_in_group: str = ""
    """What it is called under its menu, whose name says the rest."""


@dataclass(frozen=True)
class NavItem:
    """A link of the main navigation as one person sees it on one page."""

    label: str
    href: str
    icon: str
    shortcut: str
    is_current: bool
    group: str
    label_in_group: str


@dataclass(frozen=True)
class NavGroup:
    """Places under one menu, or one place by itself."""

    label: str
    items: tuple[NavItem, ...]

    @property
    def is_current(self) -> bool:
        return any(item.is_current for item in self.items)


@dataclass(frozen=True)
class Display:
    """How a person likes the pages: colours, density, letter shortcuts."""

    theme: str = "system"
    density: str = "comfortable"
    has_shortcuts: bool = True


NOT_REPS = EVERYONE - {Role.REP}

DESTINATIONS = (
    Destination("My day", "/work", "list-checks", WORKERS, "g w"),
    Destination("Accounts", "/accounts", "receipt-text", READERS, "g a"),
    Destination("Callbacks", "/callbacks", "calendar", READERS, "g l"),
    Destination("Room", "/room", "eye", NOT_REPS, "g m", group="Team"),
    Destination("Team", "/team", "users", OVERSEERS, "g t", group="Team", label_in_group="Queue"),
    Destination("Rebalance", "/rebalance", "refresh-cw", OVERSEERS, "g b", group="Team"),
    Destination("Shifts", "/staffing", "calendar-clock", NOT_REPS, "g s", group="Team"),
    Destination("Deadlines", "/deadlines", "clock", NOT_REPS, "g e", group="Team"),
    Destination("Quality", "/quality", "shield-check", OVERSEERS, "g y", group="Team"),
    Destination("Messages", "/messages", "message-square", NOT_REPS, "g x", group="Team"),
    Destination("My reviews", "/quality/mine", "shield-check", frozenset({Role.REP}), "g v"),
    Destination("Scorecard", "/quality/cards", "shield-check", frozenset({Role.ADMIN}), "g k", group="Team"),
    Destination("Holds", "/holds", "flag", OVERSEERS, "g d", group="Intake"),
    Destination("Quarantine", "/quarantine", "triangle-alert", OVERSEERS, "g q", group="Intake"),
    Destination("Files", "/files", "file-text", OVERSEERS, "g f", group="Intake"),
    Destination("Reports", "/reports", "chart-column", EVERYONE, "g n", group="Insight"),
    Destination("Queue health", "/health-of-queue", "activity", NOT_REPS, "g h", group="Insight"),
    Destination("Chances", "/chances", "hourglass", NOT_REPS, "g c", group="Insight"),
    Destination("Simulations", "/simulations", "activity", NOT_REPS, "g i", group="Insight"),
    Destination("Rules", "/contact-rules", "scale", NOT_REPS, "g r", group="Rules", label_in_group="Calling"),
    Destination("Booking", "/booking-rules", "calendar-clock", NOT_REPS, "g z", group="Rules"),
    Destination("Queue rules", "/queue-rules", "list-checks", OVERSEERS, "g u", group="Rules"),
    Destination("Office", "/office", "landmark", frozenset({Role.ADMIN}), "g o", group="Office"),
    Destination("People", "/people", "user", frozenset({Role.ADMIN}), "g p", group="Office"),
)


def nav_for(role: Role, path: str) -> tuple[NavItem, ...]:
    """The destinations a role may open; the one that holds `path` is current."""
    return tuple(
        NavItem(
            label=place.label,
            href=place.href,
            icon=place.icon,
            shortcut=place.shortcut,
            is_current=path == place.href or path.startswith(f"{place.href}/"),
            group=place.group,
            label_in_group=place.label_in_group or place.label,
        )
        for place in DESTINATIONS
        if role in place.roles
    )


def grouped(items: Iterable[NavItem]) -> tuple[NavGroup, ...]:
    """Put places under their menus: a lead has more of them than a line holds."""
    groups: dict[str, list[NavItem]] = {}
    for item in items:
        groups.setdefault(item.group or item.label, []).append(item)
    return tuple(
        NavGroup(name if len(places) > 1 else places[0].label, tuple(places))
        for name, places in groups.items()
    )


def display_of(person: object) -> Display:
    """The person's choices; someone not signed in sees what the system prefers."""
    return Display(
        theme=str(getattr(person, "theme", "system")),
        density=str(getattr(person, "density", "comfortable")),
        has_shortcuts=bool(getattr(person, "has_shortcuts", True)),
    )


def _url_if_served(endpoint: str) -> str | None:
    return url_for(endpoint) if endpoint in current_app.view_functions else None


def page_frame() -> dict[str, Any]:
    """What the layout needs on every page."""
    is_signed_in = bool(getattr(current_user, "is_authenticated", False))
    items = nav_for(current_user.role, request.path) if is_signed_in else ()
    return {
        "nav_groups": grouped(items),
        "home_url": items[0].href if items else "/",
        "person_name": current_user.name if is_signed_in else "",
        "display": display_of(current_user),
        "settings_url": _url_if_served("settings.show"),
        "display_url": _url_if_served("settings.display"),
        "sign_out_url": _url_if_served("sign_in.sign_out") or "/sign-out",
        "help_url": _url_if_served("help.show"),
    }


def register(app: Flask) -> None:
    """Give every page its navigation and the person's display choices."""
    app.context_processor(page_frame)
