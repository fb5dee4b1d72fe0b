"""Statements and notices: kept once, with days that can be right, for accounts that exist."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_account, sue
from workqueue.models import Notice
from workqueue.rules.collection_clock import NoticeGiven
from workqueue.rules.notices import NoticeKind
from workqueue.rules.refusals import Invalid
from workqueue.services.notices import NoticeEntry, given_for, record

DAY = timedelta(days=1)


def keep(session: Session, *entries: NoticeEntry) -> tuple[int, int, tuple[int, ...]]:
    done = record(session, entries, recorded_by_id=sue(session).id, now=NOON)
    return done.recorded, done.known, done.unknown


def statement(number: str, on: date = TODAY) -> NoticeEntry:
    return NoticeEntry(number, NoticeKind.STATEMENT, on, evidence="run 7")


def test_a_run_is_kept_once_however_often_it_is_reported(session: Session) -> None:
    first, second = make_account(session), make_account(session)
    run = [statement(first.number), statement(second.number), statement(first.number)]
    assert keep(session, *run) == (2, 1, ())
    assert keep(session, *run) == (0, 3, ())
    assert keep(session, statement(first.number, TODAY - DAY)) == (1, 0, ())
    assert given_for(session, [first.id, second.id]) == {
        first.id: (
            NoticeGiven(NoticeKind.STATEMENT, TODAY - DAY),
            NoticeGiven(NoticeKind.STATEMENT, TODAY),
        ),
        second.id: (NoticeGiven(NoticeKind.STATEMENT, TODAY),),
    }


def test_a_number_nobody_knows_is_named_by_its_place_and_the_others_are_kept(session: Session) -> None:
    account = make_account(session)
    assert keep(session, statement("NOBODY"), statement(account.number), statement("NONE")) == (1, 0, (0, 2))
    assert keep(session, statement("NOBODY")) == (0, 0, (0,))


@pytest.mark.parametrize("on", [TODAY + DAY, date(1999, 12, 31), date(9999, 12, 31)])
def test_what_was_sent_was_sent_by_today(session: Session, on: date) -> None:
    account = make_account(session)
    with pytest.raises(Invalid) as refusal:
        keep(session, statement(account.number), statement(account.number, on))
    assert refusal.value.field == "1.given_on"
    assert session.scalar(select(func.count()).select_from(Notice)) == 0


@pytest.mark.parametrize(
    ("days", "is_right"), [(None, False), (29, False), (30, True), (31, True), (900, False)]
)
def test_a_notice_of_collection_names_a_deadline_thirty_days_away(
    session: Session, days: int | None, is_right: bool
) -> None:
    deadline_on = None if days is None else TODAY + days * DAY
    entry = NoticeEntry(make_account(session).number, NoticeKind.COLLECTION_NOTICE, TODAY, deadline_on)
    if is_right:
        assert keep(session, entry) == (1, 0, ())
        return
    with pytest.raises(Invalid) as refusal:
        keep(session, entry)
    assert refusal.value.field == "0.deadline_on"


def test_nothing_else_names_a_deadline(session: Session) -> None:
    entry = NoticeEntry(make_account(session).number, NoticeKind.STATEMENT, TODAY, TODAY + 40 * DAY)
    with pytest.raises(Invalid, match="Only a written notice"):
        keep(session, entry)
