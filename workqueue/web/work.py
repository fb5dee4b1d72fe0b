"""My day: what a rep holds, what comes next, what is ahead and what is done."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.services import covering, staffing, taking
from workqueue.services.reading.coaching import news_of_rep
from workqueue.services.reading.messages import unread_texts
from workqueue.services.reading.my_day import MyDay, my_day
from workqueue.services.reading.staffing import shifts_left
from workqueue.web.filters import clock, plural
from workqueue.web.guards import current_person, rep_work, utc_now
from workqueue.web.quality_form import news_words
from workqueue.web.render import done
from workqueue.web.tasks import lease_seconds
from workqueue.web.words import office_time

bp = Blueprint("work", __name__, url_prefix="/work")

TEXTS_AT_ONCE = 5
"""Of what patients wrote, the oldest: whoever comes by reads it; all of it is on the page of messages."""


@bp.get("")
@rep_work
def show() -> ResponseReturnValue:
    now = utc_now()
    with reading() as session:
        day = my_day(session, rep_id=current_person().id, now=now)
        away = staffing.away_until(session, [current_person().id], now=now)
        left = shifts_left(session, [current_person().id], now=now)[current_person().id]
        news = news_of_rep(session, current_person().id)
        texts = unread_texts(session)[:TEXTS_AT_ONCE]
    return render_template(
        "work/show.html",
        day=day,
        now=now,
        clear_words=clear_words(day),
        away_until=away.get(current_person().id),
        left=left,
        texts=texts,
        may_read_texts=True,
        review_words=news_words(news.reviews, news.notes),
    )


@bp.post("/next")
@rep_work
def next_task() -> ResponseReturnValue:
    """Lease the task most worth doing; a rep who holds one gets that one."""
    with transaction() as session:
        leased = taking.take_next(
            session, rep_id=current_person().id, now=utc_now(), lease_seconds=lease_seconds()
        )
    if leased is None:
        flash("There is nothing for you to do at this moment.")
        return done(url_for("work.show"))
    log.info("task_leased", task_id=leased.task_id, actor_id=current_person().id)
    return done(url_for("tasks.show", task_id=leased.task_id))


@bp.post("/sick")
@rep_work
def sick() -> ResponseReturnValue:
    """Report oneself sick as of now, to the end of the day."""
    person_id = current_person().id
    with transaction() as session:
        covering.report_sick(session, person_id, actor_id=person_id, now=utc_now())
    log.info("absence_recorded", user_id=person_id, actor_id=person_id)
    flash("You are reported sick for the rest of today. Get well soon.", "success")
    return done(url_for("work.show"))


@bp.post("/back")
@rep_work
def back() -> ResponseReturnValue:
    """Report oneself back, from whatever absence."""
    person_id = current_person().id
    with transaction() as session:
        covering.report_back(session, person_id, actor_id=person_id, now=utc_now())
    log.info("absence_ended", user_id=person_id, actor_id=person_id)
    flash("Welcome back.", "success")
    return done(url_for("work.show"))


def clear_words(day: MyDay) -> str:
    """Say what comes next for somebody whose queue is empty."""
    ahead = [each for each in day.callbacks if each.at > utc_now()]
    if not ahead:
        return "New work comes up when files arrive and when dates are reached."
    first = office_time(ahead[0].at)
    together = [each for each in ahead if office_time(each.at) == first]
    return f"{plural(len(together), 'callback')} at {clock(first)}."
