"""What stands around every page: the main navigation by role, and how the person likes to see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, request, url_for
from flask_login import current_user

from workqueue.rules.roles import EVERYONE, READERS, WORKERS, Role

if TYPE_CHECKING:
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


@dataclass(frozen=True)
class NavItem:
    """A link of the main navigation as one person sees it on one page."""

    label: str
    href: str
    icon: str
    shortcut: str
    is_current: bool


@dataclass(frozen=True)
class Display:
    """How a person likes the pages: colours, density, letter shortcuts."""

    theme: str = "system"
    density: str = "comfortable"
    has_shortcuts: bool = True


DESTINATIONS = (
    Destination("My day", "/work", "list-checks", WORKERS, "g w"),
    Destination("Accounts", "/accounts", "receipt-text", READERS, "g a"),
    Destination("Room", "/room", "eye", EVERYONE - {Role.REP}, "g m"),
    Destination("Team", "/team", "users", OVERSEERS, "g t"),
    Destination("Rebalance", "/rebalance", "refresh-cw", OVERSEERS, "g b"),
    Destination("Shifts", "/staffing", "calendar-clock", EVERYONE - {Role.REP}, "g s"),
    Destination("Deadlines", "/deadlines", "clock", EVERYONE - {Role.REP}, "g e"),
    Destination("Holds", "/holds", "flag", OVERSEERS, "g d"),
    Destination("Quarantine", "/quarantine", "triangle-alert", OVERSEERS, "g q"),
    Destination("Files", "/files", "file-text", OVERSEERS, "g f"),
    Destination("Reports", "/reports", "chart-column", EVERYONE, "g n"),
    Destination("Queue health", "/health-of-queue", "activity", EVERYONE - {Role.REP}, "g h"),
    Destination("Chances", "/chances", "hourglass", EVERYONE - {Role.REP}, "g c"),
    Destination("Rules", "/contact-rules", "scale", EVERYONE - {Role.REP}, "g r"),
    Destination("Quality", "/quality", "shield-check", OVERSEERS, "g y"),
    Destination("My reviews", "/quality/mine", "shield-check", frozenset({Role.REP}), "g v"),
    Destination("Scorecard", "/quality/cards", "shield-check", frozenset({Role.ADMIN}), "g k"),
    Destination("Office", "/office", "landmark", frozenset({Role.ADMIN}), "g o"),
    Destination("People", "/people", "user", frozenset({Role.ADMIN}), "g p"),
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
        )
        for place in DESTINATIONS
        if role in place.roles
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
        "nav_items": items,
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
