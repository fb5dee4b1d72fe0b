"""A team that calls patients back, and somebody who was written to."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from tests.factories import NOON, make_patient, make_phone, make_user, make_window, otto
from tests.factories.people import PATIENT_SKILLS, PATIENT_TEAM, make_team
from tests.services.desk import owed_by_patient
from workqueue.models import Account, Patient, Phone, User
from workqueue.rules.channels import ContactChannel
from workqueue.rules.shifts import Shift
from workqueue.rules.slots import CallbackTopic, SlotRules
from workqueue.services import staffing
from workqueue.services.booking import links, promising, times
from workqueue.services.booking.links import Link
from workqueue.services.booking.promising import Promise
from workqueue.services.booking.times import Wish

CHICAGO_NUMBER = "+13122210142"
SECRET = "s" * 32
ALL_DAY = [Shift(day, time(8), time(18)) for day in range(5)]
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Asking:
    """Somebody with a link in hand."""

    link: Link
    wish: Wish
    token: str
    letter_code: str
    account: Account
    patient: Patient
    phone: Phone


def team_of(session: Session, count: int = 1, *, share_percent: int = 100) -> list[User]:
    """Have so many reps on duty every day, and give out all their time."""
    first = otto(session)
    team = make_team(session, PATIENT_TEAM)
    reps = [first, *(make_user(session, team=team, skills=PATIENT_SKILLS) for _ in range(count - 1))]
    for rep in reps:
        staffing.set_week(session, rep.id, ALL_DAY, from_on=NOON.date() - timedelta(days=7))
    rules = SlotRules(share_percent=share_percent)
    times.set_rules(session, team.id, rules, actor_id=first.id, now=NOON)
    return reps


def somebody(session: Session, *, zone: str = "America/Chicago", e164: str = CHICAGO_NUMBER) -> Asking:
    """Have a patient in Chicago who owes something and was sent a link."""
    patient = make_patient(session, window=make_window(session, zone))
    phone = make_phone(session, patient=patient, e164=e164)
    account = owed_by_patient(session, patient=patient)
    issued = links.issue(
        session,
        account_id=account.id,
        channel=ContactChannel.LETTER,
        secret=SECRET,
        made_by_id=None,
        now=NOON,
    )
    link = links.open_by_token(session, issued.token, now=NOON)
    wish = Wish(account.id, patient.id, e164, "en", needs_interpreter=False)
    return Asking(link, wish, issued.token, issued.letter_code, account, patient, phone)


def first_slots(session: Session, asking: Asking, count: int = 3, *, now: datetime = NOON) -> list[datetime]:
    return [slot.at for slot in islice(times.offered(session, asking.wish, now=now), count)]


def booked(session: Session, asking: Asking, at: datetime, *, now: datetime = NOON) -> Promise:
    return promising.book(session, asking.link, asking.wish, at=at, topic=CallbackTopic.BILL, now=now)
