"""The calendar of callbacks: a day or a week of them, what is owed, and who waits for a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.languages import LANGUAGES
from workqueue.rules.roles import WORKERS, Role
from workqueue.rules.states import CallbackState
from workqueue.services.people import workers
from workqueue.services.reading.callback_list import ListedCallback, callback_lines
from workqueue.services.reading.callback_page import waiting_list
from workqueue.services.reading.promised import TOPICS
from workqueue.services.reading.search import account_of_number
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, reads_accounts, rep_work, utc_now
from workqueue.web.render import done

bp = Blueprint("callback_calendar", __name__, url_prefix="/callbacks")

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
LONGEST_NUMBER = 50
MOST_LISTED = 1_000
"""More than a large team can be promised in a week."""
NOT_CANCELLED = frozenset(CallbackState) - {CallbackState.CANCELLED}


class View(StrEnum):
    """How much of the calendar is shown."""

    DAY = "day"
    WEEK = "week"


EVERYBODY = "all"
"""Instead of one rep."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the calendar."""

    view: View
    day: date
    who: str
    """A rep's number, or EVERYBODY."""

    @property
    def first(self) -> date:
        return self.day if self.view is View.DAY else self.day - timedelta(days=self.day.weekday())

    @property
    def until(self) -> date:
        return self.first + (A_DAY if self.view is View.DAY else A_WEEK)

    @property
    def rep_id(self) -> int | None:
        return None if self.who == EVERYBODY else int(self.who)

    def url(self, view: str = "", day: date | None = None) -> str:
        """Return the address of another part."""
        on = (day or self.day).isoformat()
        return url_for("callback_calendar.show", view=view or self.view.value, day=on, who=self.who)


@bp.get("")
@reads_accounts
def show() -> ResponseReturnValue:
    return _page()


@bp.post("/book")
@rep_work
def find_account() -> ResponseReturnValue:
    """Go where a call about an account is booked. A POST, so that no number stands in an address."""
    fields = Fields(request.form)
    number = fields.text("account_number", longest=LONGEST_NUMBER)
    with reading() as session:
        account_id = account_of_number(session, number) if number else None
    if account_id is None:
        fields.refuse("account_number", "There is no account with this number.")
        return _page(fields.errors, status=422)
    return done(url_for("accounts.show", account_id=account_id, book="on", _anchor="arrange"))


def _page(errors: Mapping[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    now, person = utc_now(), current_person()
    today = office_day(now)
    with reading() as session:
        reps = workers(session)
        asked = _asked({str(rep_id) for rep_id, _ in reps}, today)
        calls = callback_lines(
            session,
            from_at=office_midnight(asked.first),
            until_at=office_midnight(asked.until),
            rep_id=asked.rep_id,
            states=NOT_CANCELLED,
            limit=MOST_LISTED,
        )
        late = callback_lines(
            session,
            from_at=office_midnight(FIRST_DAY),
            until_at=office_midnight(today if asked.day == today else FIRST_DAY),
            states={CallbackState.BOOKED},
            limit=MOST_LISTED,
        )
        waiting = waiting_list(session)
    return render_template(
        "callbacks/calendar.html",
        asked=asked,
        days=_by_day(calls.rows, asked),
        late=late.rows,
        topics=TOPICS,
        languages=LANGUAGES,
        waiting=waiting,
        reps=[(EVERYBODY, "Everybody"), *reps],
        today=today,
        now=now,
        one_day=A_DAY,
        step=A_DAY if asked.view is View.DAY else A_WEEK,
        errors=errors or {},
        values=request.form,
        may_work=person.role in WORKERS,
    ), status


def _asked(rep_ids: set[str], today: date) -> Asked:
    """Read what is asked for; a rep sees their own calls unless they ask for others."""
    fields = Fields(request.args)
    view = fields.choice("view", View, is_required=False) or View.DAY
    day = fields.day("day", is_required=False) or today
    who = fields.text("who", longest=20, is_required=False)
    fields.check()
    own = str(current_person().id)
    usual = own if current_person().role is Role.REP and own in rep_ids else EVERYBODY
    return Asked(view, min(max(day, FIRST_DAY), LAST_DAY), who if who in {*rep_ids, EVERYBODY} else usual)


def _by_day(calls: tuple[ListedCallback, ...], asked: Asked) -> dict[date, list[ListedCallback]]:
    """Lay the calls out by day: every working day of the part, and others on which there is a call."""
    days = [asked.first + timedelta(days=each) for each in range((asked.until - asked.first).days)]
    found: dict[date, list[ListedCallback]] = {day: [] for day in days}
    for call in calls:
        found[office_day(call.at)].append(call)
    if asked.view is View.DAY:
        return found
    return {day: of_day for day, of_day in found.items() if of_day or day.weekday() < SATURDAY}


SATURDAY = 5
FIRST_DAY, LAST_DAY = date(2000, 1, 3), date(2100, 1, 3)
"""Nobody looks further; and the days around them are days too."""
