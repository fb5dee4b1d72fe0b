"""Who keeps whose shifts."""

import pytest

from workqueue.rules.roles import Role, keeps_time_of


@pytest.mark.parametrize(
    ("role", "team_id", "theirs", "keeps"),
    [
        (Role.ADMIN, None, 1, True),
        (Role.LEAD, 1, 1, True),
        (Role.LEAD, 2, 1, False),
        (Role.LEAD, None, None, False),
        (Role.REP, 1, 1, False),
        (Role.AUDITOR, 1, 1, False),
    ],
)
def test_an_admin_keeps_everybodys_time_and_a_lead_their_teams(
    role: Role, team_id: int | None, theirs: int | None, keeps: bool
) -> None:
    assert keeps_time_of(theirs, role=role, team_id=team_id) is keeps
