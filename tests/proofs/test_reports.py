"""Each report against a second count from the exported books, in three offices."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.proofs import second_count as money
from tests.proofs import second_count_work as work
from tests.proofs.second_count import Books, Figures, Item, Question, Value
from workqueue.database import reading, transaction
from workqueue.demonstration.loading import load
from workqueue.demonstration.people import CAST, SignIn
from workqueue.extensions import db
from workqueue.models import Account, Call, Callback, CollectionCost, Fact, Lease, Outcome, Task, User
from workqueue.rules.costs import CostCategory
from workqueue.rules.kinds import TaskKind
from workqueue.rules.report_facts import Dimension, Figure, Middle, ReportCode, Span, Sum
from workqueue.rules.reports import REPORTS
from workqueue.rules.states import CallbackState, FactKind
from workqueue.services import posting
from workqueue.services.books import rows_of
from workqueue.services.reporting.behind import AccountBehind, accounts_behind
from workqueue.services.reporting.drawing import draw
from workqueue.services.reporting.items import Asked

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
SIGN_INS = [SignIn(each.name, each.role.value, each.username, f"{each.role} river stone 7") for each in CAST]
ACCOUNTS = 60
PERIODS = ((TODAY - timedelta(days=45), TODAY), (date(2026, 2, 3), date(2026, 2, 24)))

Count = Callable[[Books, Question], Iterable[Item]]
AddUp = Callable[[list[Item]], Figures]

COUNTS: dict[ReportCode, tuple[Count, AddUp]] = {
    ReportCode.AR_DAYS: (money.ar_days, money.ar_days_figures),
    ReportCode.AGING: (money.aging, money.aging_figures),
    ReportCode.DENIALS: (money.denials, money.denials_figures),
    ReportCode.COLLECTIONS: (money.collections, money.collections_figures),
    ReportCode.COST_TO_COLLECT: (money.cost_to_collect, money.cost_figures),
    ReportCode.CONTACT: (work.contact, work.contact_figures),
    ReportCode.PROMISES: (work.promises, work.promises_figures),
    ReportCode.CALLBACKS: (work.callbacks, work.callbacks_figures),
    ReportCode.HANDLE_TIME: (work.handle_time, work.handle_time_figures),
    ReportCode.WORK_DONE: (work.work_done, work.work_done_figures),
    ReportCode.QUEUE_AGE: (work.queue_age, partial(work.queue_age_figures, today=TODAY)),
    ReportCode.ACCOUNT_STATUS: (work.account_status, work.account_status_figures),
}


@pytest.fixture(scope="module", params=[3, 7, 11], ids="seed {}".format)
def office(
    request: pytest.FixtureRequest, clone: Callable[[], str], make_app: Callable[..., Flask]
) -> Iterator[Flask]:
    """An office as the demonstration makes it, with calls and leases that took time and a few surprises."""
    app = make_app(clone())
    seed: int = request.param
    with app.app_context(), transaction() as session:
        load(session, accounts=ACCOUNTS, seed=seed, today=TODAY, now=NOW, sign_ins=SIGN_INS)
        live(session, random.Random(seed))
    yield app
    with app.app_context():
        db.engine.dispose()


def live(session: Session, draw_of: random.Random) -> None:
    """Let work take time, callbacks be met late, denials be overturned, and costs be entered twice."""
    for outcome in session.scalars(select(Outcome).order_by(Outcome.id)).all():
        seconds = draw_of.choice((4, 35, 260, 900, 2_400)) + draw_of.random()
        session.execute(
            update(Lease)
            .where(Lease.id == outcome.lease_token)
            .values(granted_at=outcome.at - timedelta(seconds=seconds), ended_at=outcome.at)
        )
        if outcome.call_id is not None and draw_of.random() < 0.7:
            call = session.get_one(Call, outcome.call_id)
            call.placed_at = outcome.at - timedelta(seconds=seconds)
            call.answered_at = call.placed_at + timedelta(seconds=draw_of.uniform(1, 20))
            call.ended_at = call.answered_at + timedelta(seconds=draw_of.uniform(1, 500))
            call.is_inbound = draw_of.random() < 0.2
    _meet_callbacks(session, draw_of)
    _win_denials(session, draw_of)
    _write_off_and_refund(session, draw_of)
    admin_id = session.scalars(select(User.id).where(User.role == "admin")).one()
    for month in (1, 2, 3):
        for category in (*CostCategory, CostCategory.BILLING):
            session.add(
                CollectionCost(
                    month_on=date(2026, month, 1),
                    category=category,
                    amount_cents=draw_of.randrange(500_000),
                    entered_by_id=admin_id,
                    entered_at=NOW,
                )
            )
            session.flush()


def _meet_callbacks(session: Session, draw_of: random.Random) -> None:
    """Book callbacks on days before, and have two of three of them met, some late and some early."""
    calls = session.scalars(select(Call).where(Call.disposition != "").order_by(Call.id)).all()
    tasks = {each.id: each for each in session.scalars(select(Task))}
    for number, call in enumerate(calls):
        outcome = session.scalar(select(Outcome).where(Outcome.call_id == call.id))
        if outcome is None or number % 3 == 0 or tasks[outcome.task_id].kind is not TaskKind.PATIENT_BALANCE:
            continue
        at = call.placed_at - timedelta(minutes=draw_of.uniform(-5, 40))
        callback = Callback(
            account_id=call.account_id,
            at=at,
            ends_at=at + timedelta(minutes=15),
            booked_at=call.placed_at - timedelta(days=2),
            booked_by_id=call.rep_id,
            asked_at=draw_of.choice((None, at - timedelta(days=2))),
            state=draw_of.choice(
                (CallbackState.MET, CallbackState.MET, CallbackState.BOOKED, CallbackState.MISSED)
            ),
        )
        session.add(callback)
        session.flush()
        if callback.state is CallbackState.MET:
            given = {each.name: getattr(tasks[outcome.task_id], each.name) for each in Task.__table__.columns}
            del given["id"]
            task = Task(**given | {"kind": TaskKind.CALLBACK_DUE, "subject": callback.id, "state": "closed"})
            session.add(task)
            session.flush()
            outcome.task_id, outcome.task_kind = task.id, "callback_due"
            session.execute(update(Lease).where(Lease.id == outcome.lease_token).values(task_id=task.id))


def _write_off_and_refund(session: Session, draw_of: random.Random) -> None:
    """Let the office take off what nobody pays, and give back what was paid too much."""
    numbers = session.scalars(select(Account.number).order_by(Account.id)).all()
    posted = []
    for kind, of_payers, of_patient in (("write_off", -500, 0), ("refund", 300, 0), ("refund", 0, 200)) * 4:
        number = len(posted)
        fact = Fact(
            source_key=f"00000000-0000-4000-a000-{number:012d}",
            content_hash=f"00000000-0000-4000-a000-{number:012d}",
            kind=FactKind.OFFICE_ENTRY,
            state="received",
            account_number=draw_of.choice(numbers),
            effective_on=TODAY,
            code=kind,
            payload={"entries": [[kind, "", "", of_payers, of_patient]]},
            received_at=NOW,
        )
        session.add(fact)
        session.flush()
        posted.append(fact.id)
    posting.post_facts(session, posted, now=NOW)


def _win_denials(session: Session, draw_of: random.Random) -> None:
    denials = session.scalars(
        select(Fact)
        .where(Fact.kind == FactKind.REMITTANCE_CLAIM, Fact.denied_cents > 0, Fact.state == "applied")
        .order_by(Fact.id)
    ).all()
    won = []
    for number, denial in enumerate(denials):
        if draw_of.random() < 0.4:
            cents = draw_of.choice(
                (denial.denied_cents, denial.denied_cents // 2 or 1, denial.denied_cents * 2)
            )
            fact = Fact(
                source_key=f"00000000-0000-4000-8000-{number:012d}",
                content_hash=f"00000000-0000-4000-8000-{number:012d}",
                kind=FactKind.REMITTANCE_CLAIM,
                state="received",
                account_number=denial.account_number,
                sequence=denial.sequence,
                payer_id=denial.payer_id,
                effective_on=TODAY,
                paid_cents=cents,
                code="1",
                payload={"entries": [["payer_payment", "", "", -cents, 0]]},
                received_at=NOW,
            )
            session.add(fact)
            session.flush()
            won.append(fact.id)
    posting.post_facts(session, won, now=NOW)


@pytest.fixture
def look(office: Flask) -> Iterator[Session]:
    with office.app_context(), reading() as session:
        yield session


@pytest.fixture(scope="module")
def books(office: Flask) -> Books:
    def export(book: str) -> bytes:
        with office.app_context(), reading() as session:
            return b"".join(rows_of(session, book))

    return Books(export)


def differing(
    ours: dict[str | None, Figures], again: dict[str | None, Figures]
) -> dict[tuple[str | None, str], tuple[Value, Value]]:
    """Return the figures that are not the same, by line and code, as counted first and again."""
    empty: Figures = {}
    names = {(key, code) for each in (ours, again) for key, figures in each.items() for code in figures}
    pairs = {at: (ours.get(at[0], empty).get(at[1]), again.get(at[0], empty).get(at[1])) for at in names}
    return {at: pair for at, pair in pairs.items() if pair[0] != pair[1]}


def test_each_figure_of_each_report_is_what_a_second_count_of_the_books_gives(
    look: Session, books: Books
) -> None:
    off: dict[str, dict[tuple[str | None, str], tuple[Value, Value]]] = {}
    for code, (count, add_up) in COUNTS.items():
        report, seen = REPORTS[code], 0
        for first_on, last_on in PERIODS if report.span is not Span.NOW else PERIODS[:1]:
            items = list(count(books, Question(first_on, last_on, NOW)))
            for by in report.by:
                drawn = draw(look, Asked(report, first_on, last_on, by), now=NOW)
                by_key: dict[str, list[Item]] = defaultdict(list)
                for item in items:
                    by_key[item[by.value]].append(item)
                ours = {each.key: each.values for each in (*drawn.lines, drawn.total)}
                again = {key: add_up(of_key) for key, of_key in by_key.items()} | {None: add_up(items)}
                found = differing(ours, again)
                if found:
                    off[f"{code} by {by}, {first_on} to {last_on}"] = found
                seen += len(drawn.lines)
        assert seen > 2, f"{code}: an office in which nothing happens proves nothing"
    assert off == {}


@pytest.mark.parametrize("code", list(ReportCode))
def test_each_number_is_the_sum_of_its_accounts(look: Session, code: ReportCode) -> None:
    report = REPORTS[code]
    asked = Asked(report, *PERIODS[0], report.by[0])
    drawn = draw(look, asked, now=NOW)
    for figure in (each for each in report.figures if each.lists_accounts):
        whole = accounts_behind(look, asked, figure, key=None, now=NOW)
        if isinstance(figure.formula, Sum):
            parts = [accounts_behind(look, asked, figure, key=line.key, now=NOW) for line in drawn.lines]
            assert [each.value for each in parts] == [line.values[figure.code] for line in drawn.lines]
            assert whole.value == drawn.total.values[figure.code]
        found = list(pages(look, asked, figure))
        assert len({each.account_id for each in found}) == len(found) == whole.accounts
        if not isinstance(figure.formula, Middle):
            assert sum(each.value for each in found) == whole.value


def pages(session: Session, asked: Asked, figure: Figure) -> Iterator[AccountBehind]:
    """Yield the accounts page by page, as the links lead on."""
    after = None
    while True:
        page = accounts_behind(session, asked, figure, key=None, now=NOW, after=after, limit=17)
        yield from page.rows
        after = page.next
        if after is None:
            return


def test_today_the_ledger_and_the_balances_kept_with_the_accounts_agree(look: Session, books: Books) -> None:
    drawn = draw(look, Asked(REPORTS[ReportCode.AR_DAYS], TODAY, TODAY, Dimension.PAYER_CLASS), now=NOW)
    kept = sum(each["insurance_cents"] + each["patient_cents"] for each in books["accounts"])
    assert drawn.total.values["ar"] == kept


def test_a_day_that_is_over_reads_the_same_whatever_is_posted_later(office: Flask) -> None:
    """Post a payment with an earlier day of its own: the month it is posted in has it, no other."""
    report = REPORTS[ReportCode.COLLECTIONS]
    february = Asked(report, date(2026, 2, 1), date(2026, 2, 28), Dimension.MONTH)
    with office.app_context():
        session = db.session()
        march = Asked(report, date(2026, 3, 1), TODAY, Dimension.MONTH)
        before = [draw(session, asked, now=NOW).total.values for asked in (february, march)]
        fact = Fact(
            source_key="00000000-0000-4000-9000-000000000001",
            content_hash="00000000-0000-4000-9000-000000000001",
            kind=FactKind.PAYMENT,
            state="received",
            account_number=session.scalars(select(Account.number).limit(1)).one(),
            effective_on=date(2026, 2, 10),
            paid_cents=777,
            code="lockbox",
            payload={"entries": [["patient_payment", "", "", 0, -777]]},
            received_at=NOW,
        )
        session.add(fact)
        session.flush()
        posting.post_facts(session, [fact.id], now=NOW)
        after = [draw(session, asked, now=NOW).total.values for asked in (february, march)]
        session.rollback()
        db.session.remove()
    assert after[0] == before[0]
    assert after[1]["patients"] == (before[1]["patients"] or 0) + 777
