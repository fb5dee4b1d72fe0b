"""The ways in: nobody guesses one, and whoever tries learns nothing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import NOON, make_account
from tests.services.booking.desk import SECRET, somebody
from workqueue.models import CallbackLink
from workqueue.rules.channels import ContactChannel
from workqueue.rules.refusals import NotFound
from workqueue.services.booking import links
from workqueue.services.booking.links import MOST_WRONG_CHECKS, NoSuchLink

BORN_ON = date(1980, 2, 29)


def test_a_link_opens_what_it_was_made_for(session: Session) -> None:
    asking = somebody(session)
    found = links.open_by_token(session, asking.token, now=NOON)
    assert (found.account_id, found.person_id) == (asking.account.id, asking.patient.id)
    assert links.open_again(session, found.id, now=NOON) == found


def test_neither_token_nor_code_is_kept(session: Session) -> None:
    asking = somebody(session)
    kept = session.scalars(text("SELECT row_to_json(callback_links)::text FROM callback_links")).one()  # type: ignore[call-overload]
    assert asking.token not in kept
    assert asking.letter_code.replace("-", "") not in kept


@pytest.mark.parametrize("what", ["wrong", "expired", "ended", "spoilt"])
def test_whatever_opens_nothing_is_answered_alike(session: Session, what: str) -> None:
    asking = somebody(session)
    token, now = asking.token, NOON
    if what == "wrong":
        token = "x" * 32
    if what == "expired":
        now += timedelta(days=links.VALID_DAYS)
    if what == "ended":
        links.end(session, asking.link.id, now=NOON)
    if what == "spoilt":
        session.scalars(select(CallbackLink)).one().wrong_checks = MOST_WRONG_CHECKS
        session.flush()
    with pytest.raises(NoSuchLink) as refused:
        links.open_by_token(session, token, now=now)
    assert str(refused.value) == NoSuchLink.sentence


def test_a_letters_code_opens_with_the_birth_date_however_it_is_typed(session: Session) -> None:
    asking = somebody(session)
    asking.patient.birth_on = BORN_ON
    session.flush()
    for typed in (asking.letter_code, asking.letter_code.lower().replace("-", " ")):
        found = links.open_by_code(session, typed, BORN_ON, secret=SECRET, now=NOON)
        assert found == asking.link


def test_after_a_few_wrong_checks_the_code_opens_nothing_any_more(session: Session) -> None:
    asking = somebody(session)
    asking.patient.birth_on = BORN_ON
    session.flush()
    for _ in range(MOST_WRONG_CHECKS):
        wrong = BORN_ON + timedelta(days=1)
        assert links.open_by_code(session, asking.letter_code, wrong, secret=SECRET, now=NOON) is None
    assert links.open_by_code(session, asking.letter_code, BORN_ON, secret=SECRET, now=NOON) is None


def test_who_has_no_birth_date_on_file_cannot_be_checked(session: Session) -> None:
    asking = somebody(session)
    asking.patient.birth_on = None
    session.flush()
    assert links.open_by_code(session, asking.letter_code, None, secret=SECRET, now=NOON) is None
    assert links.open_by_code(session, asking.letter_code, BORN_ON, secret=SECRET, now=NOON) is None


def test_an_account_nobody_answers_for_has_no_link(session: Session) -> None:
    account = make_account(session)
    account.patient_id = account.guarantor_id = None
    session.flush()
    with pytest.raises(NotFound):
        links.issue(
            session,
            account_id=account.id,
            channel=ContactChannel.EMAIL,
            secret=SECRET,
            made_by_id=None,
            now=NOON,
        )
