"""The rules of contact the product brings: the rows of `contact_rules` as migration 0006 adds them.

From the office's reference (regulation and EDI, 1.1, 1.2, 1.5 and 1.6), with its citations and its doubts. An
office that reads the law otherwise adds a version; see docs/decisions/0012-rules-as-rows.md for what is in
force from the first day and why.
"""

from collections.abc import Iterator
from datetime import date, time

from workqueue.rules.channels import CollectsAs, ContactChannel
from workqueue.rules.contact_rules import (
    FEDERAL,
    HOUSE,
    ClosedDays,
    ContactRule,
    Cooldown,
    CountedBy,
    Frequency,
    Hours,
    Parameters,
    RuleKind,
    Waiting,
)
from workqueue.rules.states import PhonePlace
from workqueue.rules.windows import everywhere

COOLDOWN_DAYS = 7
"""No call in the seven days that begin with the day of a conversation (12 CFR 1006.14(b)(2)(i)(B))."""

FIRST_DAY = date(2021, 11, 30)
"""The day Regulation F took effect. What is older is in force from here on; no call is older."""

EVERYBODY = frozenset(CollectsAs)
COLLECTORS = frozenset({CollectsAs.THIRD_PARTY})
ALL_MEDIA = frozenset(ContactChannel)
A_DEBT = CountedBy.ACCOUNT
CALLS_AND_TEXTS = frozenset({ContactChannel.CALL, ContactChannel.TEXT})
MESSAGES = frozenset({ContactChannel.TEXT, ContactChannel.EMAIL})
WORK = frozenset({PhonePlace.WORK})
NOT_WORK = frozenset(PhonePlace) - WORK
WEEKDAYS, SATURDAY, SUNDAY = frozenset(range(5)), frozenset({5}), frozenset({6})

EIGHT_TO_NINE = Hours(time(8), time(21))
SEVEN_IN_SEVEN = Frequency(7, 7)
SEVEN_A_WEEK_FOR_A_DEBT = Frequency(7, 7, A_DEBT)

KINDS: dict[type[Parameters], RuleKind] = {
    Hours: RuleKind.HOURS,
    ClosedDays: RuleKind.CLOSED_DAYS,
    Frequency: RuleKind.FREQUENCY,
    Cooldown: RuleKind.COOLDOWN,
    Waiting: RuleKind.WAITING,
}

Row = tuple[str, str, str, Parameters, str, str, frozenset[CollectsAs]]

_FEDERAL: tuple[Row, ...] = (
    (FEDERAL, "OUTSIDE_HOURS", "Between 8 AM and 9 PM where the person is", EIGHT_TO_NINE,
     "12 CFR 1006.6(b)(1)(i); 15 USC 1692c(a)(1)", "V", COLLECTORS),
    (FEDERAL, "FREQ_7IN7", "At most 7 calls in 7 days", SEVEN_IN_SEVEN,
     "12 CFR 1006.14(b)(2)(i)(A)", "V", COLLECTORS),
    (FEDERAL, "COOLDOWN_7D", "7 days without calls after a conversation", Cooldown(COOLDOWN_DAYS),
     "12 CFR 1006.14(b)(2)(i)(B)", "V", COLLECTORS),
)  # fmt: skip

_HOUSE: tuple[Row, ...] = (
    (HOUSE, "HOUSE_WEEKDAYS", "Monday to Friday from 8 AM until 8 PM", Hours(time(8), time(20), WEEKDAYS),
     "Office policy on hours", "K", EVERYBODY),
    (HOUSE, "HOUSE_SATURDAY", "Saturday from 9 AM until 5 PM", Hours(time(9), time(17), SATURDAY),
     "Office policy on hours", "K", EVERYBODY),
    (HOUSE, "HOUSE_SUNDAYS", "No calls on Sundays", ClosedDays(SUNDAY),
     "Office policy on hours", "K", EVERYBODY),
    (HOUSE, "HOUSE_HOLIDAYS", "No calls on federal holidays", ClosedDays(is_closed_on_federal_holidays=True),
     "Office policy on hours; 5 USC 6103", "K", EVERYBODY),
    (HOUSE, "HOUSE_DAILY", "At most 2 calls a day", Frequency(2, 1),
     "Office policy; 12 CFR 1006.14(b)(2)(i), comment 2", "K", EVERYBODY),
)  # fmt: skip

# The window of 8 to 21 o'clock where a state's own law has it, or is read so, and reaches creditors.
_STATE_HOURS: tuple[tuple[str, str, str, str], ...] = (
    ("MA", "Massachusetts", "940 CMR 7.04(1)", "V"),
    ("NYC", "New York City", "6 RCNY 5-77", "K"),
    ("DC", "the District of Columbia", "D.C. Code 28-3814", "V2"),
    ("CA", "California", "Cal. Civ. Code 1788.17", "V2"),
    ("FL", "Florida", "Fla. Stat. 559.72(17)", "V2"),
    ("PA", "Pennsylvania", "73 P.S. 2270.4", "V2"),
    ("WV", "West Virginia", "W.Va. Code 46A-2-125(d)", "V"),
    ("OR", "Oregon", "ORS 646.639", "V"),
    ("CT", "Connecticut", "Conn. Gen. Stat. 36a-645 to 647", "K"),
    ("IA", "Iowa", "Iowa Code 537.7103", "V"),
    ("WI", "Wisconsin", "Wis. Stat. 427.104", "V"),
    ("SC", "South Carolina", "S.C. Code 37-5-108", "V2"),
    ("NH", "New Hampshire", "RSA 358-C:3", "V2"),
    ("MD", "Maryland", "Md. Com. Law 14-202", "K"),
    ("TX", "Texas", "Tex. Fin. Code 392.302", "K"),
    ("NC", "North Carolina", "N.C.G.S. 75-51", "K"),
    ("MI", "Michigan", "MCL 445.252", "K"),
    ("NY", "New York", "N.Y. Gen. Bus. Law 601", "K"),
    ("MN", "Minnesota", "Minn. Stat. 332C", "V2"),
)

_STATES: tuple[Row, ...] = (
    ("MA", "MA_2IN7", "Massachusetts: at most 2 contacts in 7 days for a debt, at home or on a mobile",
     Frequency(2, 7, A_DEBT, NOT_WORK, CALLS_AND_TEXTS, spares_callbacks=False),
     "940 CMR 7.04(1)(f); Armata v. Target, 480 Mass. 14 (2018)", "V", EVERYBODY),
    ("MA", "MA_WORK_2IN30", "Massachusetts: at most 2 contacts in 30 days for a debt, at work",
     Frequency(2, 30, A_DEBT, WORK, CALLS_AND_TEXTS, spares_callbacks=False),
     "940 CMR 7.04(1)(f)", "V", EVERYBODY),
    ("DC", "DC_4IN7", "District of Columbia: at most 4 calls in 7 days for an account",
     Frequency(4, 7, A_DEBT, spares_callbacks=False),
     "D.C. Code 28-3814", "V2", EVERYBODY),
    ("DC", "DC_MESSAGES_5IN7", "District of Columbia: at most 5 texts and e-mails in 7 days for an account",
     Frequency(5, 7, A_DEBT, channels=MESSAGES, spares_callbacks=False),
     "D.C. Code 28-3814", "V2", EVERYBODY),
    ("PA", "PA_FREQ", "Pennsylvania: at most 7 calls in 7 days for a debt", SEVEN_A_WEEK_FOR_A_DEBT,
     "73 P.S. 2270.4", "V2", EVERYBODY),
    ("PA", "PA_COOLDOWN", "Pennsylvania: one conversation in 7 days for a debt", Cooldown(7, A_DEBT),
     "73 P.S. 2270.4", "V2", EVERYBODY),
    ("MD", "MD_FREQ", "Maryland: at most 7 calls in 7 days for a debt", SEVEN_A_WEEK_FOR_A_DEBT,
     "Md. Com. Law 14-202(11)", "K", EVERYBODY),
    ("MD", "MD_COOLDOWN", "Maryland: 7 days without calls after a conversation", Cooldown(7, A_DEBT),
     "Md. Com. Law 14-202(11)", "K", EVERYBODY),
    ("NY", "NY_FREQ", "New York: at most 7 calls in 7 days for a debt", SEVEN_A_WEEK_FOR_A_DEBT,
     "N.Y. Gen. Bus. Law 601", "K", EVERYBODY),
    ("NY", "NY_COOLDOWN", "New York: 7 days without calls after a conversation", Cooldown(7, A_DEBT),
     "N.Y. Gen. Bus. Law 601", "K", EVERYBODY),
    ("WV", "WV_CALLS", "West Virginia: at most 30 calls a week", Frequency(30, 7, spares_callbacks=False),
     "W.Va. Code 46A-2-125(d)", "V", EVERYBODY),
    ("WV", "WV_CONVERSATIONS", "West Virginia: at most 10 conversations a week",
     Frequency(10, 7, counts_conversations_only=True, spares_callbacks=False),
     "W.Va. Code 46A-2-125(d)", "V", EVERYBODY),
    ("OR", "OR_WORK", "Oregon: at most 1 call a week at work",
     Frequency(1, 7, places=WORK, spares_callbacks=False),
     "ORS 646.639", "V", EVERYBODY),
    ("NH", "NH_WORK", "New Hampshire: at most 1 call in 30 days at work",
     Frequency(1, 30, places=WORK, spares_callbacks=False), "RSA 358-C:3", "K", EVERYBODY),
    ("WA", "WA_HOURS", "Washington: between 7:30 AM and 9 PM", Hours(time(7, 30), time(21)),
     "RCW 19.16.250", "V", COLLECTORS),
    ("WA", "WA_3IN7", "Washington: at most 3 contacts in 7 days",
     Frequency(3, 7, channels=ALL_MEDIA, spares_callbacks=False), "RCW 19.16.250", "V", COLLECTORS),
    ("WA", "WA_WORK_1IN7", "Washington: at most 1 contact in 7 days at work",
     Frequency(1, 7, places=WORK, channels=ALL_MEDIA, spares_callbacks=False),
     "RCW 19.16.250", "V", COLLECTORS),
    ("NV", "NV_WAITING", "Nevada: no contact within 60 days of the notice", Waiting(60),
     "NRS 649.366", "V", COLLECTORS),
)  # fmt: skip

_NOTES = {
    "MA_2IN7": "Unanswered calls count also where a message could have been left; only what could not be put"
    " through at all does not.",
    "DC_4IN7": "The temporary acts allowed 3: an office that wants to stay there adds a version.",
    "DC_MESSAGES_5IN7": "The District wants consent before any of them.",
    "NYC_FREQ": "Binds a creditor once it collects a debt by its collection procedures; the number is to be"
    " confirmed.",
    "WV_CALLS": "The law asks for intent besides; the number is kept as it stands.",
    "HOUSE_DAILY": "Regulation F counts no days, but several calls a day rebut what it presumes.",
    "NV_WAITING": "Binds agencies; the notice is mailed before anything else is done about a medical debt.",
}

_NYC_LABEL = "New York City: at most {} contacts in 7 days for an account"
_NYC_LATER = date(2026, 9, 1)
"""From this day the amended rules of the city hold."""


def _nyc(first_id: int) -> Iterator[ContactRule]:
    ends = _NYC_LATER.replace(month=8, day=31)
    for version, most, begins, until in ((1, 2, FIRST_DAY, ends), (2, 3, _NYC_LATER, None)):
        yield ContactRule(
            id=first_id + version - 1,
            code="NYC_FREQ",
            version=version,
            kind=RuleKind.FREQUENCY,
            label=_NYC_LABEL.format(most),
            jurisdiction="NYC",
            parameters=Frequency(most, 7, A_DEBT, channels=ALL_MEDIA, spares_callbacks=False),
            citation="6 RCNY 5-77",
            tag="K",
            binds=EVERYBODY,
            is_kept_anyway=False,
            effective_from=begins,
            effective_to=until,
            note=_NOTES["NYC_FREQ"],
        )


def _rows() -> Iterator[Row]:
    yield from _FEDERAL
    yield from _HOUSE
    for code, name, citation, tag in _STATE_HOURS:
        hours = EIGHT_TO_NINE
        if code == "FL":
            hours = Hours(time(8), time(21), channels=CALLS_AND_TEXTS)
        yield code, f"{code}_HOURS", f"Between 8 AM and 9 PM in {name}", hours, citation, tag, EVERYBODY
    yield from _STATES
    yield (
        "NYC",
        "NYC_COOLDOWN",
        "New York City: 7 days without calls after an exchange",
        Cooldown(7, A_DEBT),
        "6 RCNY 5-77",
        "K",
        EVERYBODY,
    )


def _rules() -> Iterator[ContactRule]:
    number = 0
    for number, (place, code, label, parameters, citation, tag, binds) in enumerate(_rows(), 1):
        yield ContactRule(
            id=number,
            code=code,
            version=1,
            kind=KINDS[type(parameters)],
            label=label,
            jurisdiction=place,
            parameters=parameters,
            citation=citation,
            tag=tag,
            binds=binds,
            is_kept_anyway=place in {FEDERAL, HOUSE},
            effective_from=FIRST_DAY,
            effective_to=None,
            note=_NOTES.get(code, ""),
        )
    yield from _nyc(number + 1)


FIRST_RULES: tuple[ContactRule, ...] = tuple(_rules())
FIRST_HOURS = everywhere(FIRST_RULES, CollectsAs.FIRST_PARTY)
"""Those of them that hold for every call."""
