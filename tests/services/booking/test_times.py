"""Which times are offered to a person."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from tests.factories import NOON, make_hold
from tests.services.booking.desk import QUARTER, booked, first_slots, somebody, team_of
from workqueue.rules.holds import HoldKind
from workqueue.rules.shifts import AbsenceKind, SkillLevel
from workqueue.services import staffing
from workqueue.services.booking import times

CHICAGO, HONOLULU = ZoneInfo("America/Chicago"), ZoneInfo("Pacific/Honolulu")


def test_the_next_times_are_offered_from_half_an_hour_on(session: Session) -> None:
    team_of(session)
    assert first_slots(session, somebody(session)) == [NOON + (2 + n) * QUARTER for n in range(3)]


def test_a_time_is_offered_only_where_calls_are_legal_for_the_person(session: Session) -> None:
    team_of(session)
    far = somebody(session, zone="Pacific/Honolulu", e164="+18085213142")
    for at in first_slots(session, far, 40):
        assert 8 <= at.astimezone(HONOLULU).hour < 20


def test_where_a_person_may_be_in_two_zones_both_must_allow_it(session: Session) -> None:
    team_of(session)
    torn = somebody(session, zone="America/New_York|Pacific/Honolulu")
    hours = {at.astimezone(HONOLULU).hour for at in first_slots(session, torn, 60)}
    assert hours
    assert min(hours) >= 8


def test_nobody_is_offered_while_the_team_is_away(session: Session) -> None:
    rep = team_of(session)[0]
    asking = somebody(session)
    staffing.add_absence(
        session,
        rep.id,
        AbsenceKind.PLANNED,
        starts_at=NOON,
        ends_at=NOON + timedelta(days=2),
        actor_id=rep.id,
        now=NOON,
    )
    assert first_slots(session, asking)[0] >= NOON + timedelta(days=2)


def test_only_who_speaks_the_language_is_offered_unless_somebody_interprets(session: Session) -> None:
    first, second = team_of(session, 2)
    staffing.set_languages(session, second.id, {"es": (SkillLevel.ABLE, None)})
    asking = somebody(session)
    spanish = times.Wish(
        asking.account.id, asking.patient.id, asking.wish.e164, "es", needs_interpreter=False
    )
    found = next(times.offered(session, spanish, now=NOON))
    assert found.rep_ids == (second.id,)
    interpreted = times.Wish(
        asking.account.id, asking.patient.id, asking.wish.e164, "vi", needs_interpreter=True
    )
    assert set(next(times.offered(session, interpreted, now=NOON)).rep_ids) == {first.id, second.id}
    assert times.is_spoken(session, "es", today=NOON.date())
    assert not times.is_spoken(session, "vi", today=NOON.date())


def test_a_language_that_is_still_learned_is_not_spoken(session: Session) -> None:
    rep = team_of(session)[0]
    staffing.set_languages(session, rep.id, {"es": (SkillLevel.LEARNING, None)})
    assert not times.is_spoken(session, "es", today=NOON.date())


def test_where_the_person_may_not_be_called_at_all_no_time_is_offered(session: Session) -> None:
    team_of(session)
    asking = somebody(session)
    make_hold(session, account=asking.account, kind=HoldKind.BANKRUPTCY, until_at=NOON + timedelta(days=90))
    assert first_slots(session, asking) == []


def test_what_somebody_has_booked_is_not_offered_to_the_next(session: Session) -> None:
    team_of(session)
    first, second = somebody(session), somebody(session, e164="+13122210143")
    at = first_slots(session, first)[0]
    booked(session, first, at)
    assert at not in first_slots(session, second)


def test_a_part_of_the_team_stays_free(session: Session) -> None:
    team_of(session, 2, share_percent=50)
    first, second = somebody(session), somebody(session, e164="+13122210143")
    at = first_slots(session, first)[0]
    booked(session, first, at)
    assert at not in first_slots(session, second)
