"""Second step of the patients' page: the times there are, one confirmed, or a place on the waiting list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.slots import Slot
from workqueue.services.booking import promising, seats, times, waiting, wishing
from workqueue.services.booking.links import Link
from workqueue.services.booking.promising import BookedAlready
from workqueue.services.booking.seats import SlotGone
from workqueue.services.booking.times import Wish
from workqueue.services.booking.waiting import TimesAreFree
from workqueue.services.reading.booked import BookedCall, booked_call, zone_of
from workqueue.web.booking_visit import PATIENTS, count_change, link_of, page, patients_pages
from workqueue.web.booking_words import gettext
from workqueue.web.forms import Fields
from workqueue.web.guards import public, utc_now

bp = patients_pages("booking_times")

EVENING = time(21)
"""Who waits until a day waits until calls end on it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted: of somebody new, what they said; of a booked call, what was said then."""

    wish: Wish
    zone: str
    zones: tuple[str, ...]
    call: BookedCall | None


@bp.get("/callback/times")
@public(PATIENTS)
def show() -> ResponseReturnValue:
    with reading() as session:
        asked = _asked(session, link_of(session))
    if asked is None:
        return redirect(url_for("booking.show"), 303)
    return _times(asked)


@bp.post("/callback/zone")
@public(PATIENTS)
def choose_zone() -> ResponseReturnValue:
    """Show times by another clock."""
    count_change()
    with transaction() as session:
        link = link_of(session)
        asked = _asked(session, link)
        zone = request.form.get("zone", "")
        if asked is not None and zone in asked.zones:
            wishing.choose_zone(session, link, zone)
    return redirect(url_for("booking_times.show"), 303)


@bp.get("/callback/confirm")
@public(PATIENTS)
def confirm() -> ResponseReturnValue:
    """Say once more what will be promised, before it is."""
    at = _at(request.args)
    with reading() as session:
        link = link_of(session)
        asked = _asked(session, link)
        if asked is None or at is None:
            return redirect(url_for("booking_times.show" if asked else "booking.show"), 303)
        besides = asked.call.callback_id if asked.call else None
        slot = times.at_this_time(session, asked.wish, at, now=utc_now(), besides=besides)
    if slot is None:
        return _times(asked, wanted_at=at, status=409)
    return page("booking/confirm.html", asked=asked, at=at, ending=asked.wish.e164[-2:])


@bp.post("/callback/book")
@public(PATIENTS)
def book() -> ResponseReturnValue:
    """Promise the call. Pressed twice, or sent again, there is still one call."""
    count_change()
    at = _at(request.form)
    try:
        with transaction() as session:
            link = link_of(session)
            said = wishing.said(session, link)
            if said is None or at is None:
                return redirect(url_for("booking_times.show"), 303)
            promise = promising.book(session, link, said.wish, at=at, topic=said.topic, now=utc_now())
            waiting.leave(session, link, now=utc_now())
    except BookedAlready:
        return redirect(url_for("booking.show"), 303)
    except SlotGone as gone:
        return _gone(at, gone)
    log.info("callback_booked_by_patient", callback_id=promise.callback_id)
    return redirect(url_for("booking.show"), 303)


@bp.post("/callback/move")
@public(PATIENTS)
def move() -> ResponseReturnValue:
    """Promise it for another time; until that is sure the old one stands."""
    count_change()
    at = _at(request.form)
    try:
        with transaction() as session:
            link = link_of(session)
            if at is None:
                return redirect(url_for("booking_times.show"), 303)
            promise = promising.move(session, link, at=at, now=utc_now())
    except SlotGone as gone:
        return _gone(at, gone)
    log.info("callback_moved_by_patient", callback_id=promise.callback_id)
    return redirect(url_for("booking.show"), 303)


@bp.post("/callback/wait")
@public(PATIENTS)
def wait() -> ResponseReturnValue:
    """Take a place on the waiting list."""
    count_change()
    days = Fields(request.form).whole_number("days", least=0, most=waiting.LONGEST.days)
    with reading() as session:
        link = link_of(session)
        asked, said = _asked(session, link), wishing.said(session, link)
    if asked is None or said is None or asked.call is not None:
        return redirect(url_for("booking.show"), 303)
    if days is None:
        return _times(asked, errors={"days": gettext("Choose how long you can wait.")}, status=422)
    clock = ZoneInfo(asked.zone)
    until_on = utc_now().astimezone(clock).date() + timedelta(days=days)
    until_at = max(datetime.combine(until_on, EVENING, clock), utc_now() + timedelta(minutes=1))
    try:
        with transaction() as session:
            waiting.join(session, link_of(session), said, until_at=until_at, now=utc_now())
    except TimesAreFree as refusal:
        return _times(asked, errors={"days": gettext(refusal.sentence)}, status=409)
    return redirect(url_for("booking.show"), 303)


@bp.post("/callback/leave-list")
@public(PATIENTS)
def leave_list() -> ResponseReturnValue:
    count_change()
    with transaction() as session:
        waiting.leave(session, link_of(session), now=utc_now())
    return redirect(url_for("booking.show"), 303)


def _asked(session: Session, link: Link) -> Asked | None:
    """Return what is wanted; None of somebody who has not said anything yet."""
    callback = promising.booked(session, link.account_id, link.person_id)
    said = wishing.said(session, link)
    if callback is not None:
        wish = promising.wish_of_callback(session, callback)
    elif said is not None:
        wish = said.wish
    else:
        return None
    call = booked_call(session, link, now=utc_now())
    zones = wishing.zones(session, link, wish.e164)
    return Asked(wish, zone_of(session, link, wish.e164), zones, call)


def _gone(at: datetime | None, gone: SlotGone) -> Response:
    with reading() as session:
        asked = _asked(session, link_of(session))
    if asked is None:
        raise gone
    return _times(asked, wanted_at=at, nearest=gone.nearest, status=409)


def _times(
    asked: Asked,
    *,
    wanted_at: datetime | None = None,
    nearest: Iterable[datetime] = (),
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Render the days with a time in them, and the times of one."""
    now, clock = utc_now(), ZoneInfo(asked.zone)
    midnight = datetime.combine(now.astimezone(clock).date() + timedelta(days=1), time(), clock)
    with reading() as session:
        besides = asked.call.callback_id if asked.call else None
        offer = times.offer(session, asked.wish, now=now, besides=besides)
    free = _by_day(offer.soonest(day_ends_at=midnight), clock)
    if wanted_at is not None and not nearest:
        nearest = _nearest(free, wanted_at)
    day = _day(free, wanted_at.astimezone(clock).date() if wanted_at else None)
    return page(
        "booking/times.html",
        status,
        asked=asked,
        now=now,
        days=list(free),
        day=day,
        times=free.get(day, []) if day else [],
        soonest=next((each[0] for each in free.values()), None),
        is_gone=wanted_at is not None,
        nearest=list(nearest),
        has_waiting_list=offer.rules.has_waiting_list and asked.call is None,
        ahead_days=offer.rules.ahead_days,
        errors=errors or {},
        values=request.form,
    )


def _by_day(slots: Iterable[Slot], clock: ZoneInfo) -> dict[date, list[datetime]]:
    found: dict[date, list[datetime]] = {}
    for slot in slots:
        found.setdefault(slot.at.astimezone(clock).date(), []).append(slot.at)
    return found


def _nearest(free: dict[date, list[datetime]], wanted_at: datetime) -> list[datetime]:
    everything = [at for day in free.values() for at in day]
    return sorted(sorted(everything, key=lambda at: abs(at - wanted_at))[: seats.NEAREST])


def _day(free: dict[date, Any], otherwise: date | None) -> date | None:
    """Return the day whose times are shown: the one asked for, if there are any, else the first."""
    wanted = Fields(request.args).day("day", is_required=False) or otherwise
    return wanted if wanted in free else next(iter(free), None)


def _at(source: Any) -> datetime | None:
    return Fields(source).moment("at", is_required=False)
