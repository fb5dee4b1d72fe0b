"""The four roles and what each is for."""

from enum import StrEnum


class Role(StrEnum):
    """One role a person: what they came to do."""

    REP = "rep"
    """Works the queue."""
    LEAD = "lead"
    """Works the queue, and keeps a team's load balanced."""
    ADMIN = "admin"
    """Keeps people, teams and settings; sees no patient (minimum necessary, 45 CFR 164.502(b))."""
    AUDITOR = "auditor"
    """Reads everything, changes nothing."""


WORKERS = frozenset({Role.REP, Role.LEAD})
READERS = frozenset({Role.REP, Role.LEAD, Role.AUDITOR})
"""Who may see patients' data at all."""
EVERYONE = frozenset(Role)


def keeps_time_of(their_team_id: int | None, *, role: Role, team_id: int | None) -> bool:
    """Return whether somebody of this role and team keeps the shifts of people of that team."""
    return role is Role.ADMIN or (role is Role.LEAD and team_id is not None and team_id == their_team_id)
