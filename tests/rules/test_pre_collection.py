"""The gate in front of pre-collection: each condition, both edges of each day, what may never close it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.collection_clock import NoticeGiven
from workqueue.rules.holds import HOLDS, HoldKind
from workqueue.rules.kinds import Party
from workqueue.rules.notices import NoticeKind
from workqueue.rules.pre_collection import Episode, Gate, earliest_steps, gate
from workqueue.rules.state_timers import CollectionStep

DAY = timedelta(days=1)
DAY_0 = date(2026, 1, 15)
SENT = date(2026, 5, 20)
OPENS = date(2026, 6, 19)
NOWHERE: frozenset[str] = frozenset()

STATEMENT = NoticeGiven(NoticeKind.STATEMENT, DAY_0)
EVIDENCE = (
    NoticeGiven(NoticeKind.COLLECTION_NOTICE, SENT, OPENS),
    NoticeGiven(NoticeKind.PLAIN_SUMMARY, SENT),
    NoticeGiven(NoticeKind.ORAL_EFFORT, SENT),
)
READY = Episode(1, "AC-1", 45_000, 0, DAY_0 - 20 * DAY, (STATEMENT, *EVIDENCE))


def failing(found: Gate) -> list[str]:
    return [each.code for each in found.conditions if not each.is_met]


def look(*bundle: Episode, on: date = OPENS, states: frozenset[str] = NOWHERE) -> Gate:
    return gate(bundle, states=states, today=on)


def test_the_vector_of_the_reference_opens_on_the_nineteenth_of_june() -> None:
    assert look(READY).is_open
    before = look(READY, on=OPENS - DAY)
    assert failing(before) == ["WRITTEN_NOTICE", "PLAIN_SUMMARY", "ORAL_EFFORT"]
    assert before.earliest_on == OPENS
    assert (before.day_0, before.applications_until) == (DAY_0, date(2026, 9, 12))


@pytest.mark.parametrize(("on", "is_met"), [(date(2026, 5, 14), False), (date(2026, 5, 15), True)])
def test_nothing_before_day_120(on: date, is_met: bool) -> None:
    assert ("NO_ACTION_120" not in failing(look(READY, on=on))) is is_met


@pytest.mark.parametrize(
    "kind", [NoticeKind.COLLECTION_NOTICE, NoticeKind.PLAIN_SUMMARY, NoticeKind.ORAL_EFFORT]
)
def test_each_of_the_three_pieces_of_evidence_is_needed(kind: NoticeKind) -> None:
    lacking = replace(READY, notices=tuple(each for each in READY.notices if each.kind is not kind))
    found = look(lacking, on=date(2027, 1, 1))
    assert len(failing(found)) == 1
    assert not found.is_open
    # Time alone opens nothing: somebody has to do it.
    assert found.earliest_on is None


def test_an_account_that_joins_moves_day_0_to_its_own_first_statement() -> None:
    newer = replace(
        READY, account_id=2, number="AC-2", notices=(NoticeGiven(NoticeKind.STATEMENT, SENT), *EVIDENCE)
    )
    both = look(READY, newer, on=OPENS)
    assert failing(both) == ["NO_ACTION_120"]
    assert (both.day_0, both.earliest_on) == (SENT, date(2026, 9, 17))
    unbilled = replace(newer, notices=EVIDENCE)
    assert {"FIRST_STATEMENT", "NO_ACTION_120"} <= set(failing(look(READY, unbilled)))


@pytest.mark.parametrize("kind", [HoldKind.ASSISTANCE_PENDING, HoldKind.ASSISTANCE_INCOMPLETE])
def test_an_application_suspends_at_once_whenever_it_comes(kind: HoldKind) -> None:
    applied = replace(READY, holds=(kind,))
    found = look(applied, on=DAY_0 + 200 * DAY)
    assert failing(found) == ["NO_APPLICATION"]
    assert found.earliest_on is None


@pytest.mark.parametrize("kind", HoldKind)
def test_whatever_stops_the_patients_side_stops_the_referral(kind: HoldKind) -> None:
    assert look(replace(READY, holds=(kind,))).is_open is (Party.PATIENT not in HOLDS[kind].stops)


def test_a_payer_who_still_owes_and_a_patient_who_owes_nothing_close_it() -> None:
    assert failing(look(replace(READY, insurance_cents=1))) == ["NO_INSURANCE"]
    assert failing(look(replace(READY, patient_cents=0))) == ["OWED"]


@pytest.mark.parametrize(
    ("states", "opens"),
    [
        ({"CA"}, DAY_0 + 180 * DAY),
        ({"NY", "WA"}, DAY_0 + 180 * DAY),
        ({"WA"}, OPENS),
        ({"MD"}, OPENS),
        ({"TX"}, OPENS),
    ],
)
def test_the_strictest_state_that_covers_a_placement_counts(states: set[str], opens: date) -> None:
    here = frozenset(states)
    assert not look(READY, on=opens - DAY, states=here).is_open
    assert look(READY, on=opens, states=here).is_open
    assert look(READY, on=opens - DAY, states=here).earliest_on == opens


def test_later_steps_have_their_own_first_days_and_reporting_has_none() -> None:
    days = dict(earliest_steps([READY], states=frozenset({"MD"})))
    assert days[CollectionStep.SUIT] == date(2026, 9, 12)
    assert days[CollectionStep.SALE] == date(2026, 5, 15)
    assert CollectionStep.CREDIT_REPORTING not in days
    assert earliest_steps([replace(READY, notices=())], states=NOWHERE) == ()


def test_the_findings_are_kept_in_plain_values() -> None:
    kept = look(READY, states=frozenset({"CA"})).as_json()
    assert (kept["is_open"], kept["day_0"], kept["on"]) == (False, "2026-01-15", "2026-06-19")
    by_code = {each["code"]: each for each in kept["conditions"]}
    assert by_code["STATE_CA"]["met_on"] == "2026-07-14"
    assert by_code["WRITTEN_NOTICE"]["tag"] == "K-high"


days = st.integers(0, 300).map(lambda count: DAY_0 + count * DAY)
notices = st.builds(
    NoticeGiven,
    st.sampled_from(NoticeKind),
    days,
    st.none() | st.integers(0, 500).map(lambda n: DAY_0 + n * DAY),
)
episodes = st.builds(
    replace,
    st.just(READY),
    notices=st.lists(notices, max_size=8).map(tuple),
    holds=st.lists(st.sampled_from(HoldKind), max_size=2).map(tuple),
    insurance_cents=st.sampled_from([0, 0, 500]),
)
bundles = st.lists(episodes, min_size=1, max_size=3)
states = st.frozensets(st.sampled_from(["CA", "NY", "WA", "MD", "ND", "TX"]), max_size=2)


@given(bundles, states, days, notices)
def test_more_evidence_never_closes_the_gate(
    bundle: list[Episode], here: frozenset[str], on: date, more: NoticeGiven
) -> None:
    added = [replace(each, notices=(*each.notices, more)) for each in bundle]
    before, after = (gate(each, states=here, today=on) for each in (bundle, added))
    assert after.is_open or not before.is_open
    met = {each.code for each in before.conditions if each.is_met}
    assert met <= {each.code for each in after.conditions if each.is_met}


@given(bundles, states, days, st.integers(0, 200))
def test_time_never_closes_the_gate(
    bundle: list[Episode], here: frozenset[str], on: date, later: int
) -> None:
    if gate(bundle, states=here, today=on).is_open:
        assert gate(bundle, states=here, today=on + later * DAY).is_open


@given(bundles, states, days)
def test_the_announced_day_is_the_first_on_which_it_is_open(
    bundle: list[Episode], here: frozenset[str], on: date
) -> None:
    opens = gate(bundle, states=here, today=on).earliest_on
    if opens is not None:
        assert gate(bundle, states=here, today=opens).is_open
        assert opens == on or not gate(bundle, states=here, today=opens - DAY).is_open


@given(bundles, states, days, st.sampled_from(HoldKind))
def test_a_hold_more_never_opens_the_gate(
    bundle: list[Episode], here: frozenset[str], on: date, kind: HoldKind
) -> None:
    held = [replace(bundle[0], holds=(*bundle[0].holds, kind)), *bundle[1:]]
    assert gate(bundle, states=here, today=on).is_open or not gate(held, states=here, today=on).is_open
