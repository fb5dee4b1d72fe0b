"""The catalogue of holds: complete, in words, and of a kind with what each stops."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workqueue.rules.ages import is_minor
from workqueue.rules.channels import CollectsAs
from workqueue.rules.contact_facts import HoldInForce
from workqueue.rules.contact_gate_facts import held
from workqueue.rules.contact_rules import RuleBasis
from workqueue.rules.holds import (
    ABOUT_PATIENT,
    HOLDS,
    LONGEST_DAYS,
    OFFICE_POLICY,
    HoldKind,
    HoldReach,
    is_petition_debt,
    kinds_for,
    kinds_that_stop,
)
from workqueue.rules.kinds import Party
from workqueue.rules.roles import Role

PETITION = date(2026, 2, 10)
MOMENT = datetime(2026, 4, 1, 4, tzinfo=UTC)


def test_every_kind_is_described() -> None:
    assert set(HOLDS) == set(HoldKind)
    for facts in HOLDS.values():
        assert facts.sentence.endswith(".")
        assert facts.label[0].isupper()
        assert facts.citation
        assert facts.tag in {"V", "V2", "K-high", "K"}
        assert 1 <= facts.usual_days <= LONGEST_DAYS
        assert facts.stops
        assert facts.stops <= {Party.PATIENT, Party.PAYER}
    assert len({facts.label for facts in HOLDS.values()}) == len(HOLDS)


def test_a_restriction_to_the_plan_stops_the_payer_and_a_bankruptcy_does_not() -> None:
    assert HOLDS[HoldKind.PAID_IN_FULL_RESTRICTION].stops == {Party.PAYER}
    assert HOLDS[HoldKind.BANKRUPTCY].stops == {Party.PATIENT}
    assert set(kinds_that_stop(Party.PAYER)) == {
        HoldKind.LEGAL,
        HoldKind.RESTRICTED,
        HoldKind.PAID_IN_FULL_RESTRICTION,
    }
    assert HoldKind.PAID_IN_FULL_RESTRICTION not in kinds_that_stop(Party.PATIENT)


def test_what_is_true_of_the_person_covers_all_their_accounts() -> None:
    of_persons = {kind for kind, facts in HOLDS.items() if facts.reach is HoldReach.PERSON}
    assert of_persons == {
        HoldKind.ATTORNEY,
        HoldKind.CEASE,
        HoldKind.MILITARY,
        HoldKind.RESTRICTED,
    }
    assert set(ABOUT_PATIENT) == {HoldKind.DECEASED, HoldKind.QMB}


def test_a_rep_places_what_a_patient_tells_and_nobody_a_referral() -> None:
    assert set(kinds_for(Role.REP)) < set(kinds_for(Role.LEAD)) == set(HoldKind) - {HoldKind.PRE_COLLECTION}
    assert HoldKind.BANKRUPTCY in kinds_for(Role.REP)
    assert {HoldKind.LEGAL, HoldKind.RESTRICTED, HoldKind.OFFICE}.isdisjoint(kinds_for(Role.REP))
    assert kinds_for(Role.ADMIN) == kinds_for(Role.AUDITOR) == ()


@pytest.mark.parametrize(("days", "is_under_it"), [(-1, True), (0, True), (1, False)])
def test_care_after_the_petition_stays_collectible(days: int, is_under_it: bool) -> None:
    assert is_petition_debt(PETITION + timedelta(days=days), PETITION) is is_under_it


@pytest.mark.parametrize(
    ("birth_on", "is_under_age"),
    [
        (date(2008, 3, 11), True),
        (date(2008, 3, 10), False),
        (date(2008, 3, 9), False),
        (date(2026, 3, 10), True),
        (None, False),
    ],
)
def test_a_person_is_of_age_on_the_eighteenth_birthday(birth_on: date | None, is_under_age: bool) -> None:
    assert is_minor(birth_on, date(2026, 3, 10)) is is_under_age


def test_born_on_a_leap_day_one_is_of_age_on_the_first_of_march() -> None:
    assert is_minor(date(2008, 2, 29), date(2026, 2, 28))
    assert not is_minor(date(2008, 2, 29), date(2026, 3, 1))


@pytest.mark.parametrize("kind", HoldKind)
def test_the_gate_says_of_a_hold_what_the_catalogue_says(kind: HoldKind) -> None:
    facts = HOLDS[kind]
    said = held(HoldInForce(kind, "as told", MOMENT), CollectsAs.THIRD_PARTY)
    assert (said.is_ok, said.next_at) == (False, MOMENT)
    assert said.sentence.endswith(": as told.")
    if facts.citation == OFFICE_POLICY:
        assert said.code == "HOLD"
        return
    assert (said.code, said.citation, said.tag) == (kind.name, facts.citation, facts.tag)
    assert said.basis is (RuleBasis.LAW if CollectsAs.THIRD_PARTY in facts.binds else RuleBasis.HOUSE)
