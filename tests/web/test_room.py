"""The room's page: every number leads to a list of that length; what has not changed is not sent again."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    ada,
    ana,
    ben,
    make_callback,
    make_hold,
    make_lane,
    make_lease,
    make_outcome,
    make_quarantined_item,
    make_task,
    otto,
    sue,
    uma,
)
from tests.services.desk import billed_to_payer, task_of
from workqueue.models import User
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.states import TaskState
from workqueue.services import leasing, staffing
from workqueue.services.reading import tallies
from workqueue.services.reading.tallies import Kept

SignInAs = Callable[[User], FlaskClient]
TODAY = office_day(NOON)
IN_A_CELL = re.compile(r'<a href="(/[^"]+)" aria-label="[^"]*">([\d,]+)</a>')
IN_A_CHART = re.compile(r'<th scope="row"><a href="(/[^"]+)">.*?<td class="number">([\d,]+)</td>', re.DOTALL)
IN_A_FINDING = re.compile(r'is-wrong">.*?<a href="(/[^"]+)">([\d,]+) ')
A_ROW = re.compile(r'<tr role="row"[^>]*>\s*<th scope="row"')
NEXT = re.compile(r'rel="next" href="([^"]+)"')

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count anew in each test."""
    monkeypatch.setattr(tallies, "_kept", Kept())


def fill(session: Session) -> None:
    """Leave something in every place of the room."""
    rep, colleague, caller = ana(session), ben(session), otto(session)
    sue(session)
    for number in range(60):
        make_task(
            session,
            (TaskKind.CLAIM_NO_RESPONSE, TaskKind.DENIAL)[number % 2],
            priority=1_000 + number,
            tier=number % 3,
            deadline_on=(None, TODAY, TODAY - timedelta(days=3), TODAY + timedelta(days=4))[number % 4],
            available_at=NOON - timedelta(days=number),
        )
    for number in range(3):
        make_task(session, state=TaskState.WAITING, rescore_at=NOON + timedelta(days=number))
    for owner in (rep, colleague, colleague):
        make_task(session, owner=owner)
    make_lease(session, rep=rep, granted_at=datetime.now(UTC), seconds=3_600)
    for _ in range(2):
        make_outcome(session, rep=rep, at=NOON - timedelta(hours=1))
    for zones in ("America/Chicago", "Pacific/Guam"):
        lane = make_lane(session, skill=Skill.PATIENTS, zones=zones)
        make_task(session, TaskKind.PATIENT_BALANCE, lane=lane, deadline_on=TODAY)
    for hours in (-2, -0.1, 0.5, 3):
        make_callback(session, at=NOON + timedelta(hours=hours), booked_by=caller)
    for _ in range(2):
        make_task(session, TaskKind.PAYMENT_UNMATCHED)
        make_quarantined_item(session)
        make_hold(session, placed_at=NOON - timedelta(days=9), until_at=NOON - timedelta(days=1))
    staffing.sick_now(session, colleague.id, actor_id=rep.id, now=NOON)


def numbers(page: str) -> set[tuple[str, int]]:
    found = [*IN_A_CELL.findall(page), *IN_A_CHART.findall(page), *IN_A_FINDING.findall(page)]
    found += re.findall(r'stat-value"><a href="(/[^"]+)" aria-label="[^"]+">([\d,]+)<', page)
    return {(unescape(href), int(number.replace(",", ""))) for href, number in found}


def rows(client: FlaskClient, href: str) -> int:
    """Count what a list holds, over all its pages; of the page of a team only its queue."""
    count, url = 0, href
    while url:
        page = client.get(url).text
        # The page of a team has other tables before its queue.
        queue = page.partition('<div id="queue">')[2] or page
        count += len(A_ROW.findall(queue))
        following = NEXT.search(queue)
        url = unescape(following[1]) if following else ""
    return count


def parts_of(person: User, client: FlaskClient, teams: tuple[int | None, ...]) -> Iterator[str]:
    for team_id in teams:
        yield client.get(f"/room?team_id={team_id}").text


def test_every_number_leads_to_a_list_of_that_length(session: Session, sign_in_as: SignInAs) -> None:
    fill(session)
    client = sign_in_as(sue(session))
    teams = (sue(session).team_id, otto(session).team_id)
    found = set().union(*(numbers(page) for page in parts_of(sue(session), client, teams)))
    lists = {href: number for href, number in found if "health-of-queue" not in href}
    asked = " ".join(lists)
    for what in ("skill=", "window=open", "window=closed", "state=leased", "state=waiting", "lane_id="):
        assert what in asked
    for what in (
        "deadline=overdue",
        "age=older",
        "tier=0",
        "kind=",
        "owner=away",
        "owner_id=",
        "/room/people/",
    ):
        assert what in asked
    for what in ("/quarantine", "/holds?state=ended", "kind=payment_unmatched", "/room/callbacks?asked=owed"):
        assert what in asked
    assert {href: rows(client, href) for href in lists} == lists


def test_what_has_not_changed_is_not_sent_again(session: Session, sign_in_as: SignInAs) -> None:
    fill(session)
    client = sign_in_as(sue(session))
    page = client.get("/room")
    version = re.search(r'data-changes-etag="([^"]+)"', page.text)
    assert version is not None
    same = client.get("/room/now", headers={"If-None-Match": unescape(version[1])})
    assert (same.status_code, same.data) == (304, b"")
    make_outcome(session, rep=ben(session), at=NOON)
    other = client.get("/room/now", headers={"If-None-Match": unescape(version[1])})
    assert other.status_code == 200
    assert "done today by Ben" in other.text
    assert "<html" not in other.text
    assert other.headers["ETag"] != unescape(version[1])


def test_an_admin_sees_the_room_without_patients(session: Session, sign_in_as: SignInAs) -> None:
    fill(session)
    page = sign_in_as(ada(session)).get(f"/room?team_id={ana(session).team_id}").text
    assert "No response from payer" in page
    assert not [href for href, _ in numbers(page) if not href.startswith(("/quarantine", "/health-of-queue"))]
    assert 'href="/tasks/' not in page
    assert "Account " not in page


def test_a_lead_says_who_is_sick_from_the_room_and_stays_there(
    session: Session, sign_in_as: SignInAs
) -> None:
    rep, lead = ana(session), sue(session)
    client = sign_in_as(lead)
    task = task_of(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE)
    leasing.reassign(session, task.id, to_user_id=rep.id, reason="r", lead_id=lead.id, now=NOON)
    back_to = f"/room?team_id={rep.team_id}"
    assert f'action="/staffing/{rep.id}/sick"' in client.get(back_to).text
    answer = client.post(f"/staffing/{rep.id}/sick", headers={"Referer": f"http://localhost{back_to}"})
    assert answer.headers["Location"] == back_to
    page = client.get(back_to).text
    session.refresh(task)
    assert task.owner_id != rep.id
    assert "owner=away" not in page
    assert f'action="/staffing/{rep.id}/back"' in page
    assert "Away" in page
    others = client.get(f"/room?team_id={otto(session).team_id}").text
    assert "/sick" not in others
    assert "/sick" not in sign_in_as(uma(session)).get(back_to).text


def test_a_room_with_nobody_and_nothing_says_so(session: Session, sign_in_as: SignInAs) -> None:
    client = sign_in_as(uma(session))
    page = client.get("/room").text
    assert "Nobody works for this team" in page
    assert "The queue is empty." in page
    assert client.get("/room?team_id=987654").status_code == 404
    assert client.get("/room/callbacks?asked=someday").status_code == 422
    assert "No callback is like this" in client.get("/room/callbacks").text
    assert "Nothing logged yet today" in client.get(f"/room/people/{ana(session).id}").text
