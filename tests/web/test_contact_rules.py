"""The rules of contact and the office's profile: read by those who oversee, changed by an admin."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests.factories import TODAY
from tests.factories.people import ada, sue, uma
from workqueue.models import ContactRuleVersion, OfficeProfile, User
from workqueue.rules.contact_rules import RuleKind
from workqueue.services import contact_rules

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]
WEEK = timedelta(days=7)
DAILY = {
    "kind": "frequency",
    "code": "ours_daily",
    "label": "At most 3 calls a day",
    "jurisdiction": "HOUSE",
    "most": "3",
    "days": "1",
    "counted_by": "person",
    "places": ["home", "mobile", "work", "other"],
    "channels": ["call"],
    "spares_callbacks": "on",
    "citation": "Office policy 12",
    "tag": "K",
    "is_kept_anyway": "on",
    "effective_from": TODAY.isoformat(),
    "reviewed_by": "Counsel",
    "note": "Decided in March.",
}


def rule(session: Session, code: str) -> ContactRuleVersion:
    statement = select(ContactRuleVersion).filter_by(code=code).order_by(ContactRuleVersion.version.desc())
    return session.scalars(statement).first()  # type: ignore[return-value]


def test_the_rules_are_read_in_words_with_their_sources(session: Session, sign_in_as: SignIn) -> None:
    page = sign_in_as(uma(session)).get("/contact-rules").text
    assert "At most 7 calls in 7 days, counted for the person." in page
    assert "12 CFR 1006.14(b)(2)(i)(A)" in page
    assert "House policy" in page
    assert "To be confirmed" in page
    assert 'id="place-MA"' in page
    assert "Add a rule" not in page
    assert "/version" not in page


def test_an_office_without_rules_is_told_what_to_do(session: Session, sign_in_as: SignIn) -> None:
    session.execute(delete(ContactRuleVersion))
    assert "No rule is kept" in sign_in_as(ada(session)).get("/contact-rules").text


def test_an_admin_adds_a_rule_that_holds_at_once(session: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(ada(session))
    assert "What does the rule limit?" in client.get("/contact-rules/add").text
    assert 'name="most"' in client.get("/contact-rules/add?kind=frequency").text
    answer = client.post("/contact-rules/add", data=DAILY, follow_redirects=True)
    assert "Added. It holds from its day on" in answer.text
    assert "Reviewed by Counsel" in answer.text
    kept = rule(session, "OURS_DAILY")
    assert (kept.version, kept.added_by_id, kept.parameters["most"]) == (1, ada(session).id, 3)
    assert kept.code in {each.code for each in contact_rules.in_force(session, TODAY)}


@pytest.mark.parametrize("kind", list(RuleKind))
def test_every_kind_has_a_form_and_its_own_rules_fill_it(
    session: Session, sign_in_as: SignIn, kind: RuleKind
) -> None:
    client = sign_in_as(ada(session))
    assert client.get(f"/contact-rules/add?kind={kind}").status_code == 200
    there = session.scalars(select(ContactRuleVersion).filter_by(kind=kind)).first()
    assert there is not None
    page = client.get(f"/contact-rules/{there.id}/version").text
    assert f'value="{there.label}"' in page


def test_a_new_version_keeps_the_code_and_the_old_one_stays_in_the_list(
    session: Session, sign_in_as: SignIn
) -> None:
    client, old = sign_in_as(ada(session)), rule(session, "HOUSE_DAILY")
    begins = TODAY + WEEK
    sent = DAILY | {"code": "ANOTHER", "label": "At most 1 call a day", "most": "1"}
    answer = client.post(
        f"/contact-rules/{old.id}/version",
        data=sent | {"effective_from": begins.isoformat()},
        follow_redirects=True,
    )
    assert "At most 1 call a day" in answer.text
    new = rule(session, "HOUSE_DAILY")
    assert (new.version, new.effective_from, new.parameters["most"]) == (2, begins, 1)
    assert session.get_one(ContactRuleVersion, old.id).effective_to == begins - timedelta(days=1)
    assert "1 other version" in answer.text
    assert "Added by Ada" in answer.text


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"most": "0"}, "most", "1"),
        ({"most": "seven"}, "most", ""),
        ({"days": "900"}, "days", ""),
        ({"code": "a rule!"}, "code", "capital letters"),
        ({"label": " "}, "label", ""),
        ({"places": []}, "most", "some place"),
        ({"channels": ["pigeon"]}, "channels", "from the list"),
        ({"jurisdiction": "ZZ"}, "jurisdiction", "from the list"),
        ({"tag": "sure"}, "tag", "how sure"),
        ({"effective_from": (TODAY - WEEK).isoformat()}, "effective_from", "today at the earliest"),
        ({"effective_from": "2026-02-30"}, "effective_from", "date"),
        ({"effective_from": ""}, "effective_from", "Enter the first day"),
        ({"effective_to": (TODAY - WEEK).isoformat()}, "effective_to", ""),
        ({"citation": "x" * 400}, "citation", ""),
        ({"jurisdiction": "MA", "is_kept_anyway": ""}, "binds", "whom it binds"),
    ],
)
def test_what_cannot_be_kept_comes_back_with_a_sentence_and_all_that_was_typed(
    session: Session, sign_in_as: SignIn, changes: dict[str, Any], field: str, sentence: str
) -> None:
    answer = sign_in_as(ada(session)).post("/contact-rules/add", data=DAILY | changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert sentence in answer.text
    assert "Decided in March." in answer.text
    assert rule(session, "OURS_DAILY") is None


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "hours", "opens": "21:00", "closes": "08:00", "weekdays": ["0"]}, "opens"),
        ({"kind": "hours", "opens": "8 o'clock", "closes": "21:00", "weekdays": ["0"]}, "opens"),
        ({"kind": "hours", "opens": "08:00", "closes": "21:00", "weekdays": []}, "weekdays"),
        ({"kind": "closed_days"}, "weekdays"),
        ({"kind": "closed_days", "weekdays": [str(day) for day in range(7)]}, "weekdays"),
        ({"kind": "closed_days", "closed_days": "2026-12-24\nChristmas"}, "closed_days"),
        ({"kind": "cooldown", "days": ""}, "days"),
        ({"kind": "waiting", "days": "-1"}, "days"),
    ],
)
def test_each_kind_says_what_is_wrong_beside_its_field(
    session: Session, sign_in_as: SignIn, sent: dict[str, Any], field: str
) -> None:
    form = {name: value for name, value in DAILY.items() if name not in {"most", "days"}}
    answer = sign_in_as(ada(session)).post("/contact-rules/add", data=form | sent)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_closed_days_and_hours_are_kept_as_typed(session: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(ada(session))
    closed = DAILY | {
        "kind": "closed_days",
        "code": "OURS_CLOSED",
        "closed_days": "2026-12-24\n2026-12-31",
        "is_closed_on_federal_holidays": "on",
    }
    assert client.post("/contact-rules/add", data=closed).status_code == 303
    assert rule(session, "OURS_CLOSED").parameters["days"] == ["2026-12-24", "2026-12-31"]
    hours = DAILY | {
        "kind": "hours",
        "code": "OURS_HOURS",
        "opens": "09:30",
        "closes": "17:00",
        "weekdays": ["5"],
    }
    assert client.post("/contact-rules/add", data=hours).status_code == 303
    page = client.get("/contact-rules").text
    assert "Calls from 9:30 AM until 5 PM where the person is, on Saturdays." in page
    assert "No calls on federal holidays and on December 24, 2026 and December 31, 2026." in page


def test_two_versions_on_one_day_are_refused_in_words(session: Session, sign_in_as: SignIn) -> None:
    client, old = sign_in_as(ada(session)), rule(session, "HOUSE_DAILY")
    later = DAILY | {"effective_from": (TODAY + 2 * WEEK).isoformat()}
    client.post(f"/contact-rules/{old.id}/version", data=later)
    answer = client.post(
        f"/contact-rules/{old.id}/version", data=DAILY | {"effective_from": (TODAY + WEEK).isoformat()}
    )
    assert answer.status_code == 409
    assert "Version 2 begins on 2026-03-24" in answer.text
    assert "Decided in March." in answer.text


def test_a_rule_is_given_an_end(session: Session, sign_in_as: SignIn) -> None:
    client, kept = sign_in_as(ada(session)), rule(session, "HOUSE_DAILY")
    assert "Last day" in client.get(f"/contact-rules/{kept.id}/end").text
    last = TODAY + WEEK
    answer = client.post(
        f"/contact-rules/{kept.id}/end", data={"on": last.isoformat()}, follow_redirects=True
    )
    assert "It has an end." in answer.text
    assert session.get_one(ContactRuleVersion, kept.id).effective_to == last
    for typed, status in (("", 422), ("soon", 422), ((TODAY - WEEK).isoformat(), 422)):
        assert client.post(f"/contact-rules/{kept.id}/end", data={"on": typed}).status_code == status


def test_what_has_ended_is_not_ended_again(session: Session, sign_in_as: SignIn) -> None:
    kept = rule(session, "HOUSE_DAILY")
    kept.effective_to = TODAY - WEEK
    client = sign_in_as(ada(session))
    answer = client.post(f"/contact-rules/{kept.id}/end", data={"on": TODAY.isoformat()})
    assert answer.status_code == 409
    assert "This version has ended already." in answer.text
    assert "Over" in client.get("/contact-rules").text


def test_a_rule_that_is_not_there_is_not_found(session: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(ada(session))
    for path in ("/contact-rules/999999/version", "/contact-rules/999999/end"):
        assert client.get(path).status_code == 404
        assert client.post(path, data={"on": TODAY.isoformat()}).status_code == 404


OFFICE = {
    "name": "Lakeside Hospital, Patient Accounts",
    "neutral_name": "Lakeside Hospital",
    "callback_number": "(217) 555-0142",
    "hours": "weekdays from 8 to 5",
    "collects_as": "first_party",
}


def test_the_office_introduces_itself(session: Session, sign_in_as: SignIn) -> None:
    session.execute(delete(OfficeProfile))
    client = sign_in_as(ada(session))
    assert "Not filled in yet" in client.get("/office").text
    answer = client.post("/office", data=OFFICE, follow_redirects=True)
    assert "(217) 555-0142" in answer.text
    kept = session.scalars(select(OfficeProfile)).one()
    assert (kept.callback_e164, kept.neutral_name, kept.records_calls) == (
        "+12175550142",
        "Lakeside Hospital",
        False,
    )
    client.post("/office", data=OFFICE | {"records_calls": "on"})
    session.expire_all()
    assert session.scalars(select(OfficeProfile)).one().records_calls is True
    read = sign_in_as(sue(session)).get("/office").text
    assert "Lakeside Hospital, Patient Accounts" in read
    assert "<form" not in read.partition('id="main"')[2].partition("</main>")[0]


def test_the_office_says_its_hours_in_spanish_or_leaves_them_out(
    session: Session, sign_in_as: SignIn
) -> None:
    client = sign_in_as(ada(session))
    spanish = "de lunes a viernes, de 8 a 5"
    assert spanish in client.post("/office", data=OFFICE | {"hours_es": spanish}, follow_redirects=True).text
    assert spanish in sign_in_as(sue(session)).get("/office").text
    sign_in_as(ada(session)).post("/office", data=OFFICE | {"hours_es": ""})
    read = sign_in_as(sue(session)).get("/office").text
    assert spanish not in read
    assert "Not written yet" in read


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"callback_number": "12"}, "callback_number"),
        ({"callback_number": "900-234-5678"}, "callback_number"),
        ({"neutral_name": "Lakeside Billing Office"}, "neutral_name"),
        ({"name": ""}, "name"),
        ({"hours": ""}, "hours"),
        ({"hours_es": "d" * 201}, "hours_es"),
        ({"collects_as": "nobody"}, "collects_as"),
    ],
)
def test_a_profile_that_cannot_be_used_comes_back(
    session: Session, sign_in_as: SignIn, changes: dict[str, str], field: str
) -> None:
    answer = sign_in_as(ada(session)).post("/office", data=OFFICE | changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_who_collects_decides_what_is_law(session: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(ada(session))
    before = client.get("/contact-rules").text
    client.post("/office", data=OFFICE | {"collects_as": "third_party"})
    after = client.get("/contact-rules").text
    assert after.count(">Law<") > before.count(">Law<")
