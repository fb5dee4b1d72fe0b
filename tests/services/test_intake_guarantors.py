"""A minor's claim names who answers for the bill; an adult's does not, and the office's word stays."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, make_phone, make_skill
from tests.services.bringing import bring, envelope
from workqueue.models import Account, Patient, Phone, Window
from workqueue.rules.kinds import Skill
from workqueue.services import contact_points, deriving, relations

CLAIM = """
    HL*1**20*1
    NM1*85*2*CLINIC*****XX*1811901945
    REF*EI*351234567
    HL*2*1*22*1
    SBR*P********CI
    {subscriber}
    N3*2 ELM ST
    N4*{city}
    NM1*PR*2*SAMPLE MUTUAL*****PI*SM01
    HL*3*2*23*0
    PAT*19
    NM1*QC*1*ROE*TED
    N3*2 ELM ST
    N4*CHICAGO*IL*60601
    DMG*D8*{born}*M
    CLM*{number}*500***11:B:{frequency}*Y*A*Y*Y
    HI*ABK:J020
    LX*1
    SV1*HC:99213*500*UN*1***1
    DTP*472*D8*20260210
"""
PARENT = "NM1*IL*1*ROE*JO****MI*M1"


def submission(
    number: str = "A1",
    *,
    born: str = "20150301",
    subscriber: str = PARENT,
    city: str = "CHICAGO*IL*60601",
    sent: str = "20260212",
    frequency: str = "1",
) -> str:
    """Return an 837P file with one claim for a dependent."""
    body = f"BHT*0019*00*B{sent}*{sent}*1200*CH\nNM1*41*2*CLINIC*****46*S1\nNM1*40*2*HOUSE*****46*R1\n"
    body += CLAIM.format(number=number, born=born, subscriber=subscriber, city=city, frequency=frequency)
    inner = [line.strip() for line in body.strip().splitlines() if line.strip()]
    segments = ["ST*837*0001*005010X222A1", *inner, f"SE*{len(inner) + 2}*0001"]
    return envelope("".join(f"{segment}~\n" for segment in segments), kind="HC", version="005010X222A1")


def account_of(session: Session, number: str = "A1") -> Account:
    session.expire_all()
    return session.scalars(select(Account).where(Account.number == number)).one()


def guarantor_name(session: Session, number: str = "A1") -> str:
    person_id = account_of(session, number).guarantor_id
    person = session.get(Patient, person_id) if person_id else None
    return f"{person.first_name} {person.last_name}" if person else ""


@pytest.fixture(autouse=True)
def skilled(session: Session) -> None:
    for code in Skill:
        make_skill(session, code)


def test_the_subscriber_answers_for_a_childs_bill(session: Session) -> None:
    bring(session, submission())
    assert guarantor_name(session) == "JO ROE"
    assert deriving.check(session, now=NOON) == []


def test_the_bills_of_two_children_are_one_bundle(session: Session) -> None:
    bring(session, submission("A1"))
    bring(session, submission("A2", born="20170301", sent="20260213"))
    assert account_of(session, "A1").guarantor_id == account_of(session, "A2").guarantor_id
    assert account_of(session, "A1").patient_id != account_of(session, "A2").patient_id


@pytest.mark.parametrize(
    ("born", "subscriber"),
    [
        ("20080210", PARENT),  # eighteen on the day of the visit
        ("19700101", PARENT),  # a husband
        ("20150301", "NM1*IL*2*ROE TRUCKING****MI*M1"),  # a firm's policy for injuries
        ("20150301", "NM1*IL*1*ROE*****MI*M1"),  # half a name
        ("20150301", "NM1*IL*1*ROE*JO****MI*M1\nDMG*D8*20120101*F"),  # a minor too
    ],
)
def test_nobody_but_the_patient_answers_where_it_is_not_sure(
    session: Session, born: str, subscriber: str
) -> None:
    bring(session, submission(born=born, subscriber=subscriber))
    account = account_of(session)
    assert account.guarantor_id is None
    assert account.person_id == account.patient_id


def test_the_day_before_the_birthday_is_a_minors(session: Session) -> None:
    bring(session, submission(born="20080211"))
    assert guarantor_name(session) == "JO ROE"


@pytest.mark.parametrize("is_reversed", [False, True])
def test_of_two_claims_that_name_others_the_newer_counts_in_either_order(
    session: Session, is_reversed: bool
) -> None:
    files = [
        submission(sent="20260212"),
        submission(sent="20260220", frequency="7", subscriber="NM1*IL*1*ROE*ALMA****MI*M2"),
    ]
    for file in files[::-1] if is_reversed else files:
        bring(session, file)
    assert guarantor_name(session) == "ALMA ROE"


def test_the_word_of_the_office_stays_whatever_claims_say_later(session: Session) -> None:
    bring(session, submission())
    account = account_of(session)
    relations.set_guarantor(
        session, account_ids=[account.id], guarantor_id=None, actor_id=ana(session).id, now=NOON
    )
    bring(session, submission(sent="20260220", frequency="7"))
    assert guarantor_name(session) == ""


def test_a_parent_who_moves_moves_the_hours_of_the_childs_bill(session: Session) -> None:
    bring(session, submission())
    bring(session, submission("A2", city="HONOLULU*HI*96813", sent="20260220"))
    parent_id = account_of(session).guarantor_id
    zones = session.scalar(
        select(Window.zones).join(Patient, Patient.window_id == Window.id).where(Patient.id == parent_id)
    )
    assert zones == "Pacific/Honolulu"
    assert deriving.check(session, now=NOON) == []


def test_a_file_brings_back_no_number_that_was_wrong_and_moves_no_window_that_others_decide(
    session: Session,
) -> None:
    bring(session, submission())
    patient_id = account_of(session).guarantor_id
    assert patient_id is not None
    person = session.get_one(Patient, patient_id)
    wrong = make_phone(session, patient=person, e164="+12122210142", is_valid=False)
    make_phone(session, patient=person, e164="+13032210142")
    contact_points.refresh_window(session, patient_id, NOON)
    before = session.get_one(Patient, patient_id).window_id
    bring(session, submission("A2", sent="20260220"))
    session.expire_all()
    assert session.get_one(Patient, patient_id).window_id == before
    assert not session.get_one(Phone, wrong.id).is_valid
