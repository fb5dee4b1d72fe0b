"""The pages about shifts and absences, for leads, admins and the people themselves."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import ada, ana, ben, make_skill, otto, sue, uma
from workqueue.models import Absence, ShiftRow, User
from workqueue.rules.calendar import office_day
from workqueue.rules.shifts import AbsenceKind, Mastery, Shift, SkillLevel, absence_span
from workqueue.services import staffing
from workqueue.web.shift_form import week_values

SignInAs = Callable[[User], FlaskClient]
TODAY = office_day(NOON)
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("at_noon")


def absences(session: Session) -> list[Absence]:
    return list(session.scalars(select(Absence).order_by(Absence.starts_at)))


def test_sick_now_is_one_click_and_here_again_another(session: Session, sign_in_as: SignInAs) -> None:
    person, client = ana(session), sign_in_as(sue(session))
    answer = client.post(f"/staffing/{person.id}/sick", follow_redirects=True)
    assert "Sick from now" in answer.text
    assert "Away now: sick" in answer.text
    assert [(each.kind, each.starts_at, each.recorded_by_id) for each in absences(session)] == [
        (AbsenceKind.SICK, NOON, sue(session).id)
    ]
    twice = client.post(f"/staffing/{person.id}/sick")
    assert twice.status_code == 409
    back = client.post(f"/staffing/{person.id}/back", follow_redirects=True)
    assert "Here again" in back.text
    assert staffing.away_until(session, [person.id], now=NOON) == {}


def test_a_lead_changes_nobodys_time_in_another_team(session: Session, sign_in_as: SignInAs) -> None:
    stranger, client = otto(session), sign_in_as(sue(session))
    assert "Sick now" not in client.get(f"/staffing/{stranger.id}").text
    absence_id = staffing.sick_now(session, stranger.id, actor_id=stranger.id, now=NOON)
    for path, sent in (
        (f"/staffing/{stranger.id}/sick", {}),
        (f"/staffing/{stranger.id}/back", {}),
        (f"/staffing/{stranger.id}/absences", {"kind": "planned", "first_on": "2026-04-01"}),
        (f"/staffing/{stranger.id}/week", {"from_on": TODAY.isoformat()}),
        (f"/staffing/absences/{absence_id}/end", {}),
    ):
        answer = client.post(path, data=sent)
        assert (answer.status_code, "another team" in answer.text) == (403, True), path
    assert len(absences(session)) == 1
    assert session.scalars(select(ShiftRow)).all() == []


def test_a_week_is_written_in_the_form_and_shown(session: Session, sign_in_as: SignInAs) -> None:
    person, client = ana(session), sign_in_as(sue(session))
    sent = {
        "from_on": TODAY.isoformat(),
        "begins_0_0": "08:00",
        "ends_0_0": "12:00",
        "begins_0_1": "13:00",
        "ends_0_1": "17:30",
        "break_0_1": "15",
    }
    answer = client.post(f"/staffing/{person.id}/week", data=sent, follow_redirects=True)
    assert "8:00 AM to 12:00 PM; 1:00 PM to 5:30 PM, 15 min break" in answer.text
    kept = staffing.weeks_of(session, [person.id])[person.id]
    assert {name: value for name, value in week_values(kept).items() if value != "0"} == {
        name: value for name, value in sent.items() if name != "from_on"
    }


@pytest.mark.parametrize(
    ("wrong", "sentence", "field"),
    [
        ({"begins_2_0": "08:00"}, "Enter both times of Wednesday, or none.", "weekday_2"),
        ({"begins_2_0": "half past"}, "Enter a time, for example 14:30.", "weekday_2"),
        ({"begins_2_0": "12:00", "ends_2_0": "08:00"}, "A shift ends after it begins", "weekday_2"),
        ({"from_on": "2026-03-01"}, "Choose Mar 10, 2026 or later.", "from_on"),
    ],
)
def test_a_week_that_cannot_be_comes_back_as_it_was_typed(
    session: Session, sign_in_as: SignInAs, wrong: dict[str, str], sentence: str, field: str
) -> None:
    person = ana(session)
    sent = {"from_on": TODAY.isoformat(), "begins_4_0": "07:11", "ends_4_0": "08:00"} | wrong
    answer = sign_in_as(sue(session)).post(f"/staffing/{person.id}/week", data=sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="{field}-error"' in answer.text
    assert 'value="07:11"' in answer.text
    assert session.scalars(select(ShiftRow)).all() == []


def test_an_absence_is_planned_by_days_and_its_end_moved(session: Session, sign_in_as: SignInAs) -> None:
    person, client = ana(session), sign_in_as(sue(session))
    sent = {"kind": "planned", "first_on": "2026-03-16", "last_on": "2026-03-18"}
    answer = client.post(f"/staffing/{person.id}/absences", data=sent, follow_redirects=True)
    assert "Mon, Mar 16, 12:00 AM to Thu, Mar 19, 12:00 AM Eastern" in answer.text
    absence = absences(session)[0]
    client.post(f"/staffing/absences/{absence.id}/end", data={"last_on": "2026-03-16"})
    span = absence_span(person.zone, TODAY + 6 * DAY, TODAY + 6 * DAY)
    assert (absence.starts_at, absence.ends_at) == (span.begins_at, span.ends_at)
    client.post(f"/staffing/absences/{absence.id}/end")
    assert absence.cancelled_at == NOON


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"first_on": ""}, "first_on"),
        ({"first_on": "2026-03-20", "last_on": "2026-03-19"}, "last_on"),
        ({"first_on": "2026-03-20", "last_on": "2028-03-19"}, "last_on"),
        ({"first_on": "2026-03-12"}, "first_on"),  # away then already
        ({"kind": "fishing"}, "kind"),
        ({"from_time": "soon"}, "from_time"),
    ],
)
def test_an_absence_that_cannot_be_comes_back_with_a_sentence(
    session: Session, sign_in_as: SignInAs, wrong: dict[str, str], field: str
) -> None:
    person = ana(session)
    span = absence_span(person.zone, TODAY + 2 * DAY, TODAY + 2 * DAY)
    staffing.add_absence(
        session, person.id, AbsenceKind.PLANNED, starts_at=span.begins_at, ends_at=span.ends_at,
        actor_id=person.id, now=NOON,
    )  # fmt: skip
    sent = {"kind": "training", "first_on": "2026-03-30", "last_on": "", **wrong}
    answer = sign_in_as(sue(session)).post(f"/staffing/{person.id}/absences", data=sent)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert len(absences(session)) == 1


def test_an_end_that_cannot_be_is_said_beside_its_absence(session: Session, sign_in_as: SignInAs) -> None:
    person = ana(session)
    absence_id = staffing.sick_now(session, person.id, actor_id=person.id, now=NOON)
    client = sign_in_as(sue(session))
    too_late = client.post(f"/staffing/absences/{absence_id}/end", data={"last_on": "2029-01-01"})
    assert (too_late.status_code, f'id="last_on_{absence_id}-error"' in too_late.text) == (422, True)
    no_day = client.post(f"/staffing/absences/{absence_id}/end", data={"last_on": "tomorrow"})
    assert no_day.status_code == 422


def test_the_teams_week_shows_minutes_absences_and_training(session: Session, sign_in_as: SignInAs) -> None:
    person, colleague = ana(session), ben(session)
    staffing.set_week(session, person.id, [Shift(1, time(8), time(10))], from_on=TODAY)
    soon = Mastery(SkillLevel.ABLE, TODAY + 9 * DAY)
    staffing.set_skills(session, person.id, {make_skill(session).id: soon})
    staffing.sick_now(session, colleague.id, actor_id=colleague.id, now=NOON)
    for reader in (sue(session), ada(session), uma(session)):
        page = sign_in_as(reader).get(f"/staffing?team_id={person.team_id}").text
        assert "Week of Mar 9, 2026" in page
        assert ">96<" in page  # 80 % of two hours
        assert "Away now" in page
        assert "Runs out in 9 days" in page
    client = sign_in_as(sue(session))
    assert "Week of Mar 16, 2026" in client.get("/staffing?week=2026-03-18").text
    assert client.get("/staffing?team_id=987654").status_code == 404
    assert client.get("/staffing?week=someday").status_code == 422


def test_only_the_admin_says_clock_and_pace(session: Session, sign_in_as: SignInAs) -> None:
    person, client = ana(session), sign_in_as(ada(session))
    assert "Clock and pace" not in sign_in_as(sue(session)).get(f"/staffing/{person.id}").text
    sent = {"zone": "America/Denver", "productive_percent": "70"}
    answer = client.post(f"/staffing/{person.id}/pace", data=sent, follow_redirects=True)
    assert "Works by Mountain time, 70% of it on tasks" in answer.text
    wrong = client.post(f"/staffing/{person.id}/pace", data={"zone": "Mars", "productive_percent": "70"})
    assert (wrong.status_code, 'id="zone-error"' in wrong.text) == (422, True)


def test_a_rep_reports_themselves_sick_and_back_and_sees_their_own_week(
    session: Session, sign_in_as: SignInAs
) -> None:
    person = ana(session)
    staffing.set_week(session, person.id, [Shift(1, time(9), time(17))], from_on=TODAY)
    client = sign_in_as(person)
    assert "On shift until 5:00 PM, 4 h 0 min of work left." in client.get("/work").text
    assert "9:00 AM to 5:00 PM" in client.get("/settings").text
    sick = client.post("/work/sick", follow_redirects=True)
    assert "You are reported away" in sick.text
    assert "Sick: " in client.get("/settings").text
    assert "You are reported away" not in client.post("/work/back", follow_redirects=True).text
    assert client.post("/work/back").status_code == 409
    assert [each.recorded_by_id for each in absences(session)] == [person.id]


def test_the_office_reads_times_by_the_clock_of_the_person(session: Session, sign_in_as: SignInAs) -> None:
    person = ana(session)
    staffing.set_pace(session, person.id, zone="Pacific/Honolulu", productive_percent=80)
    sign_in_as(sue(session)).post(
        f"/staffing/{person.id}/absences",
        data={"kind": "training", "first_on": "2026-03-20", "from_time": "09:00", "until_time": "10:30"},
    )
    absence = absences(session)[0]
    assert (absence.starts_at, absence.ends_at) == (
        datetime(2026, 3, 20, 19, tzinfo=UTC),
        datetime(2026, 3, 20, 20, 30, tzinfo=UTC),
    )
