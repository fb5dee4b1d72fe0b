"""What the law and the office's own limits forbid, read from the citations and from nothing else.

Written to contradict the gate: it knows none of its code, does its own arithmetic of seconds and day numbers,
and looks at the whole history each time. It answers with everything that speaks against a contact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

HOUR, DAY = 3_600, 86_400
EPOCH = date(1970, 1, 1).toordinal()
ALWAYS, NEVER_ENDS = -1_000_000, 1_000_000

# 49 CFR 71: when nothing is known, the zones of the fifty states.
ANYWHERE = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)

THE_OFFICE = "America/New_York"

CALL, TEXT, EMAIL, LETTER = "call", "text", "email", "letter"
TYPED = frozenset({CALL, TEXT, EMAIL})
ALL = frozenset({CALL, TEXT, EMAIL, LETTER})


@dataclass(frozen=True)
class Contact:
    """Something that happened between the office and the person."""

    at: datetime
    account: int
    place: str | None
    medium: str = CALL
    came_in: bool = False
    put_through: bool = True
    spoken: bool = False
    asked_for: bool = False


@dataclass(frozen=True)
class Booking:
    """A call that is booked and was neither made nor cancelled."""

    at: datetime
    account: int
    person: int | None


@dataclass(frozen=True)
class Question:
    """A contact somebody is about to make, with all that is known."""

    now: datetime
    person: int
    debtor: int
    """Who answers for the account: mostly the person themselves."""
    role: str
    medium: str
    by_machine: bool
    zones: tuple[str, ...]
    laws: frozenset[str]
    account: int
    phone: int | None
    phone_place: str | None
    is_dialable: bool
    is_valid: bool
    is_stopped: bool
    is_given_by_person: bool
    is_identified: bool
    is_minor: bool
    owes: bool
    holds: tuple[tuple[str, datetime], ...]
    stops: tuple[tuple[str, str, int | None], ...]
    agreed_to_machines: bool
    only_way: tuple[str, int | None] | None
    bad_times: tuple[tuple[frozenset[int], int, int, str | None], ...]
    """Weekdays, from and until in minutes of the day, place."""
    history: tuple[Contact, ...]
    bookings: tuple[Booking, ...]
    """All there are in the office."""
    is_booking: bool
    """This call is one of them."""
    asked_at: datetime | None
    notice_on: date | None
    is_engaged: bool
    is_their_attorney: bool


EVERY_DAY = frozenset(range(7))
WORK, ELSEWHERE, ANY = "work", "elsewhere", "any"
SEPTEMBER = date(2026, 9, 1).toordinal() - EPOCH
CREDITORS = ("MA", "NYC", "DC", "CA", "PA", "WV", "OR", "CT", "IA", "WI", "SC", "NH", "MD", "TX", "NC", "MI")


class Clock(NamedTuple):
    """Only between these seconds of the day."""

    name: str
    where: str = ""
    opens: int = 8 * HOUR
    closes: int = 21 * HOUR
    weekdays: frozenset[int] = EVERY_DAY
    media: frozenset[str] = TYPED
    for_agencies: bool = False


class Count(NamedTuple):
    """At most so many contacts in so many dates in a row."""

    name: str
    where: str
    most: int
    days: int
    by_debt: bool = True
    spot: str = ANY
    media: frozenset[str] = frozenset({CALL})
    talks: bool = False
    spares: bool = False
    """What the person asked for is left out."""
    for_agencies: bool = False
    first: int = ALWAYS
    last: int = NEVER_ENDS


class Rest(NamedTuple):
    """No call for so many dates, the one of a conversation included."""

    name: str
    where: str
    days: int = 7
    by_debt: bool = True
    for_agencies: bool = False


Norm = Clock | Count | Rest

CLOCKS = (
    Clock("OUTSIDE_HOURS"),  # 12 CFR 1006.6(b)(1)(i)
    Clock("HOUSE_WEEKDAYS", closes=20 * HOUR, weekdays=frozenset({0, 1, 2, 3, 4})),
    Clock("HOUSE_SATURDAY", opens=9 * HOUR, closes=17 * HOUR, weekdays=frozenset({5})),
    Clock("FL_HOURS", "FL", media=frozenset({CALL, TEXT})),  # Fla. Stat. 559.72(17)
    Clock("WA_HOURS", "WA", opens=7 * HOUR + HOUR // 2, for_agencies=True),  # RCW 19.16.250
    *(Clock(f"{state}_HOURS", state) for state in (*CREDITORS, "NY", "MN")),
)
CALLS_AND_TEXTS = frozenset({CALL, TEXT})
COUNTS = (
    Count("FREQ_7IN7", "", 7, 7, by_debt=False, spares=True),  # 12 CFR 1006.14(b)(2)(i)(A)
    Count("HOUSE_DAILY", "", 2, 1, by_debt=False, spares=True),
    Count("MA_2IN7", "MA", 2, 7, spot=ELSEWHERE, media=CALLS_AND_TEXTS),  # 940 CMR 7.04(1)(f)
    Count("MA_WORK_2IN30", "MA", 2, 30, spot=WORK, media=CALLS_AND_TEXTS),
    Count("DC_4IN7", "DC", 4, 7),  # D.C. Code 28-3814
    Count("DC_MESSAGES_5IN7", "DC", 5, 7, media=frozenset({TEXT, EMAIL})),
    Count("NYC_FREQ", "NYC", 2, 7, media=ALL, last=SEPTEMBER - 1),  # 6 RCNY 5-77
    Count("NYC_FREQ", "NYC", 3, 7, media=ALL, first=SEPTEMBER),
    Count("PA_FREQ", "PA", 7, 7, spares=True),  # 73 P.S. 2270.4
    Count("MD_FREQ", "MD", 7, 7, spares=True),  # Md. Com. Law 14-202(11)
    Count("NY_FREQ", "NY", 7, 7, spares=True),  # N.Y. Gen. Bus. Law 601
    Count("WV_CALLS", "WV", 30, 7, by_debt=False),  # W.Va. Code 46A-2-125(d)
    Count("WV_CONVERSATIONS", "WV", 10, 7, by_debt=False, talks=True),
    Count("OR_WORK", "OR", 1, 7, by_debt=False, spot=WORK),  # ORS 646.639
    Count("NH_WORK", "NH", 1, 30, by_debt=False, spot=WORK),  # RSA 358-C:3
    Count("WA_3IN7", "WA", 3, 7, by_debt=False, media=ALL, for_agencies=True),  # RCW 19.16.250
    Count("WA_WORK_1IN7", "WA", 1, 7, by_debt=False, spot=WORK, media=ALL, for_agencies=True),
)
RESTS = (
    Rest("COOLDOWN_7D", "", by_debt=False),  # 12 CFR 1006.14(b)(2)(i)(B)
    *(Rest(f"{state}_COOLDOWN", state) for state in ("PA", "MD", "NY", "NYC")),
)

# Holds that go by no law of their own.
PLAIN_HOLDS = frozenset({"office", "legal", "restricted", "other_insurance"})


def objections(question: Question) -> dict[str, int | None]:
    """Return everything that forbids this contact, with the number of contacts where it is a count."""
    found: dict[str, int | None] = {}
    parts = (
        _about_the_person,
        _of_the_bookings,
        _of_the_way,
        _of_the_number,
        _of_the_clock,
        _of_the_days,
        _of_rest,
    )
    for part in parts:
        found |= dict.fromkeys(part(question))
    return found | dict(_of_counts(question))


def _about_the_person(q: Question) -> Iterator[str]:
    for kind, until in q.holds:
        if q.now < until:
            yield "HOLD" if kind in PLAIN_HOLDS else kind.upper()
    if not q.owes:
        yield "OWES"
    if q.is_minor:
        yield "MINOR"
    if not q.is_identified:  # 45 CFR 164.514(h)
        yield "IDENTIFIED"
    if q.is_engaged:
        yield "ON_THE_LINE"


def _of_the_bookings(q: Question) -> Iterator[str]:
    """The office's own: who booked a call is called by nobody else up to the end of that day."""
    if q.medium != CALL or q.is_booking:
        return
    today = wall(THE_OFFICE, q.now)[0]
    for each in q.bookings:
        is_theirs = each.person is not None and each.person in {q.person, q.debtor}
        if (is_theirs or each.account == q.account) and today <= wall(THE_OFFICE, each.at)[0]:
            yield "CALL_BOOKED"


def _of_the_way(q: Question) -> Iterator[str]:
    for medium, scope, phone in q.stops:  # 12 CFR 1006.14(h)
        if medium == q.medium and phone in {None, q.phone} and (q.by_machine or scope != "automated_billing"):
            yield "CHANNEL_STOP"
    if q.only_way is not None:  # 45 CFR 164.522(b)
        medium, phone = q.only_way
        if medium != q.medium or (phone is not None and phone != q.phone):
            yield "CONFIDENTIAL_WAY"


def _of_the_number(q: Question) -> Iterator[str]:
    if q.medium not in CALLS_AND_TEXTS:
        return
    is_the_only_way = q.only_way is not None and q.only_way[1] == q.phone
    wrong = {
        "PHONE_DIALABLE": not q.is_dialable,
        "PHONE_VALID": not q.is_valid,
        "PHONE_STOPPED": q.is_stopped,
        # 12 CFR 1006.6(b)(3)
        "WORK_NUMBER": q.phone_place == WORK and not q.is_given_by_person and not is_the_only_way,
        # 47 USC 227(b)(1)(A)(iii); Minn. Stat. 332C
        "AUTOMATION_CONSENT": q.by_machine and not q.agreed_to_machines,
        "AUTOMATION_MN": q.by_machine and "MN" in q.laws,
    }
    yield from (name for name, is_wrong in wrong.items() if is_wrong)


def _of_the_clock(q: Question) -> Iterator[str]:
    """Look at the hour in every place the person may be: one that does not suit is enough."""
    for zone in q.zones or ANYWHERE:
        day, second = wall(zone, q.now)
        weekday = (day + 3) % 7
        for norm in CLOCKS:
            speaks = _binds(q, norm) and q.medium in norm.media and weekday in norm.weekdays
            if speaks and not norm.opens <= second < norm.closes:
                yield norm.name
        for weekdays, begins, ends, place in q.bad_times:  # 12 CFR 1006.6(b)(1)
            is_here = q.medium != LETTER and (place is None or q.phone_place in {None, place})
            if is_here and weekday in weekdays and begins * 60 <= second < ends * 60:
                yield "BAD_TIME"


def _of_the_days(q: Question) -> Iterator[str]:
    for zone in q.zones or ANYWHERE:
        day = wall(zone, q.now)[0]
        if q.medium in CALLS_AND_TEXTS and (day + 3) % 7 == 6:
            yield "HOUSE_SUNDAYS"
        if q.medium in CALLS_AND_TEXTS and day in federal_holidays(date.fromordinal(day + EPOCH).year):
            yield "HOUSE_HOLIDAYS"
        is_waited_for = "NV" in q.laws and q.role == "third_party" and q.medium != LETTER  # NRS 649.366
        if is_waited_for and (q.notice_on is None or day - (q.notice_on.toordinal() - EPOCH) < 60):
            yield "NV_WAITING"


def _of_counts(q: Question) -> Iterator[tuple[str, int]]:
    for norm in COUNTS:
        speaks = _binds(q, norm) and q.medium in norm.media and _is_there(q.phone_place, norm.spot)
        # 12 CFR 1006.14(b)(3)(iii): calls to the person's attorney.
        if not speaks or (norm.spares and (was_asked_for(q) or q.is_their_attorney)):
            continue
        counted = [each for each in q.history if _counts(q, each, norm)]
        used = _most_in_a_window(q, counted, norm.days, norm.first, norm.last)
        if used >= norm.most:
            yield norm.name, used


def _counts(q: Question, each: Contact, norm: Count) -> bool:
    if each.medium not in norm.media or not _is_there(each.place, norm.spot):
        return False
    if norm.by_debt and each.account != q.account:
        return False
    if norm.talks:
        return each.spoken
    return each.put_through and not each.came_in and not (norm.spares and each.asked_for)


def _of_rest(q: Question) -> Iterator[str]:
    if q.medium != CALL or was_asked_for(q) or q.is_their_attorney:
        return
    for norm in RESTS:
        same = (each for each in q.history if each.account == q.account or not norm.by_debt)
        spoken = [each for each in same if each.spoken]
        if _binds(q, norm) and _most_in_a_window(q, spoken, norm.days, ALWAYS, NEVER_ENDS):
            yield norm.name


def _most_in_a_window(q: Question, contacts: list[Contact], days: int, first: int, last: int) -> int:
    """Count over so many dates up to today's, by the calendar of each place; return the highest."""
    most = 0
    for zone in q.zones or ANYWHERE:
        today = wall(zone, q.now)[0]
        if first <= today <= last:
            ages = [today - wall(zone, each.at)[0] for each in contacts]
            most = max(most, sum(1 for age in ages if 0 <= age < days))
    return most


def was_asked_for(q: Question) -> bool:
    """12 CFR 1006.14(b)(3)(i): seven days, the day of asking included, until the first conversation."""
    if q.asked_at is None or any(each.spoken and each.at > q.asked_at for each in q.history):
        return False
    return all(wall(zone, q.now)[0] - wall(zone, q.asked_at)[0] < 7 for zone in q.zones or ANYWHERE)


def _binds(q: Question, norm: Norm) -> bool:
    return (not norm.where or norm.where in q.laws) and (not norm.for_agencies or q.role == "third_party")


def _is_there(place: str | None, spot: str) -> bool:
    return place is None or spot == ANY or (place == WORK) == (spot == WORK)


def wall(zone: str, moment: datetime) -> tuple[int, int]:
    """Return the number of the day since 1970 and the second of the day, as a clock there shows them."""
    offset = moment.astimezone(_zone(zone)).utcoffset()
    assert offset is not None
    return divmod(int(moment.timestamp()) + int(offset.total_seconds()), DAY)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@cache
def federal_holidays(year: int) -> frozenset[int]:
    """5 USC 6103(a) and (b), and the weekday on which those on a weekend are observed."""
    fixed = [
        date(each, month, day)
        for each in (year, year + 1)
        for month, day in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
    ]
    movable = [
        _nth(year, 1, 0, 3),  # King
        _nth(year, 2, 0, 3),  # Washington
        _nth(year, 6, 0, 1, before=True),  # Memorial Day, the last Monday of May
        _nth(year, 9, 0, 1),  # Labor Day
        _nth(year, 10, 0, 2),  # Columbus Day
        _nth(year, 11, 3, 4),  # Thanksgiving
    ]
    observed = {5: -1, 6: 1}
    days = {each.toordinal() - EPOCH for each in [*fixed, *movable]}
    days |= {each.toordinal() - EPOCH + observed.get(each.weekday(), 0) for each in fixed}
    return frozenset(days)


def _nth(year: int, month: int, weekday: int, count: int, *, before: bool = False) -> date:
    """Return the so-manieth such weekday of a month, or the last one before the month."""
    first = date(year, month, 1)
    ahead = (weekday - first.weekday()) % 7
    ordinal = first.toordinal() + ahead + 7 * (count - 1)
    return date.fromordinal(ordinal - 7 if before else ordinal)
