"""A year of sixty reps: whom they try to reach, when, and what comes of it. Repeatable by its seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import NamedTuple

from tests.proofs.calling_checker import Booking, Contact, Question, was_asked_for
from workqueue.rules.channels import CollectsAs, ConsentScope, ContactChannel, Technology
from workqueue.rules.contact import may_contact
from workqueue.rules.contact_facts import (
    Attempt,
    BadTime,
    ConfidentialWay,
    ContactFacts,
    HoldInForce,
    NumberFacts,
    Stop,
)
from workqueue.rules.contact_rules import ContactRule
from workqueue.rules.contact_verdict import Verdict
from workqueue.rules.holds import HoldKind
from workqueue.rules.states import PhonePlace

BEGINS, ENDS = datetime(2026, 1, 1, 5, tzinfo=UTC), datetime(2027, 1, 1, 5, tzinfo=UTC)
REPS = 60
ATTEMPTS_A_PERSON = 130
LOOK_BACK = timedelta(days=35)

HOMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("America/New_York",), ("MA",)),
    (("America/New_York",), ("NY", "NYC")),
    (("America/New_York",), ("DC",)),
    (("America/New_York",), ("PA",)),
    (("America/New_York",), ("WV",)),
    (("America/New_York",), ("NH",)),
    (("America/Chicago", "America/New_York"), ("FL",)),
    (("America/Chicago", "America/New_York"), ("TN",)),
    (("America/Chicago",), ("IL",)),
    (("America/Chicago",), ("MN",)),
    (("America/Chicago", "America/Denver"), ("TX",)),
    (("America/Denver", "America/Phoenix"), ("AZ",)),
    (("America/Phoenix",), ("AZ",)),
    (("America/Los_Angeles",), ("CA",)),
    (("America/Los_Angeles",), ("WA",)),
    (("America/Denver", "America/Los_Angeles"), ("OR",)),
    (("America/Denver", "America/Los_Angeles"), ("NV",)),
    (("America/Adak", "America/Anchorage"), ("AK",)),
    (("Pacific/Honolulu",), ("HI",)),
    (("America/Puerto_Rico",), ("PR",)),
    (("Pacific/Guam",), ("GU",)),
    # Somebody who moved and kept the number.
    (("America/Los_Angeles", "America/New_York"), ("MA", "CA")),
    (("America/New_York", "Pacific/Guam"), ("NY", "GU")),
    (("America/New_York", "Europe/London"), ("MD",)),
    ((), ()),
)
AGENCY_LAWS = (("WA",), ("NV",))
HOLDS = tuple(HoldKind)
PLACES = tuple(PhonePlace)


class Try(NamedTuple):
    """One rep wants to reach one person: what the gate said, and what was known."""

    rep: int
    verdict: Verdict
    question: Question


@dataclass
class Person:
    number: int
    debtor: int
    """Who answers for the accounts: themselves, or somebody for whom they may speak."""
    zones: tuple[str, ...]
    laws: frozenset[str]
    role: CollectsAs
    numbers: list[NumberFacts]
    accounts: tuple[int, ...]
    owes: bool = True
    is_identified: bool = True
    is_attorney: bool = False
    is_minor: bool = False
    agreed_to_machines: bool = False
    only_way: tuple[ContactChannel, int | None] | None = None
    bad_times: list[BadTime] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    holds: list[HoldInForce] = field(default_factory=list)
    history: list[Attempt] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    """Calls about their accounts or with them, and some of others that have nothing to do with them."""
    asked_at: datetime | None = None
    notice_on: date | None = None
    engaged_until: datetime = BEGINS


class Year:
    """The office and its people; `tries` lets the reps work through the year."""

    def __init__(self, attempts: int, seed: int, rules: Sequence[ContactRule]) -> None:
        self.attempts, self.rules = attempts, rules
        self.draw = Random(seed)
        self._ids = count(1)
        many = max(attempts // ATTEMPTS_A_PERSON, len(HOMES))
        self.people = [self._person(*HOMES[number % len(HOMES)]) for number in range(many)]

    def tries(self) -> Iterator[Try]:
        again: Person | None = None
        for now in self._moments():
            # Now and then two reps want the same person within a minute.
            person = again if again and self.draw.random() < 0.1 else self.draw.choice(self._busy(now))
            again = person
            self._live(person, now)
            account = self.draw.choice(person.accounts)
            channel, technology, number = self._way(person)
            is_booking = bool(person.bookings) and self.draw.random() < 0.2
            facts = facts_of(person, account, channel, technology, number, now)
            if is_booking:
                facts = replace(facts, booked_call_at=None)
            verdict = may_contact(facts, self.rules, now)
            question = question_of(person, facts, now, is_booking=is_booking)
            yield Try(self.draw.randrange(REPS), verdict, question)
            if verdict.is_allowed:
                # Not what the gate says of it: what it takes for asked for, it would then never count.
                asked_for = was_asked_for(question)
                self._contact(person, account, channel, number, now, is_asked_for=asked_for)

    def _moments(self) -> list[datetime]:
        """Half by day in the middle of the country, half at any instant; some within a minute of another."""
        whole = (ENDS - BEGINS).total_seconds()
        found = []
        while len(found) < self.attempts:
            at = BEGINS + timedelta(seconds=self.draw.randrange(int(whole)))
            if self.draw.random() < 0.6:
                at = at.replace(hour=self.draw.choice((13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 0, 1, 2)))
            elif self.draw.random() < 0.1:
                # At the very edge of an hour.
                at = at.replace(minute=0, second=0) - timedelta(seconds=self.draw.choice((0, 0, 1)))
            found.append(at)
            if self.draw.random() < 0.1:
                found.append(at + timedelta(seconds=self.draw.randrange(60)))
        return sorted(found[: self.attempts])

    def _busy(self, now: datetime) -> list[Person]:
        """Return whom the week is about: everybody tries to reach a few, which is what limits are for."""
        if self.draw.random() < 0.3:
            return self.people
        size = max(len(self.people) // 40, 2)
        start = (now - BEGINS).days // 7 * size % len(self.people)
        return self.people[start : start + size]

    def _person(self, zones: tuple[str, ...], laws: tuple[str, ...]) -> Person:
        draw = self.draw
        # Where the law is about agencies, half of the time this is one.
        shares = (1, 1, 2) if laws in AGENCY_LAWS else (8, 1, 1)
        numbers = [
            NumberFacts(
                phone_id=next(self._ids),
                place=draw.choice(PLACES),
                is_dialable=draw.random() < 0.98,
                is_valid=draw.random() < 0.95,
                is_stopped=draw.random() < 0.03,
                is_mobile=draw.random() < 0.6,
                is_from_patient=draw.random() < 0.5,
            )
            for _ in range(draw.choice((1, 2, 3)))
        ]
        number = next(self._ids)
        person = Person(
            number=number,
            debtor=number if draw.random() < 0.9 else next(self._ids),
            zones=zones,
            laws=frozenset(laws),
            role=draw.choices(tuple(CollectsAs), shares)[0],
            numbers=numbers,
            accounts=tuple(next(self._ids) for _ in range(draw.choice((1, 1, 2, 3)))),
            owes=draw.random() < 0.98,
            is_identified=draw.random() < 0.97,
            is_attorney=draw.random() < 0.03,
            is_minor=draw.random() < 0.02,
            agreed_to_machines=draw.random() < 0.5,
            notice_on=date(2026, draw.randrange(1, 13), 5) if draw.random() < 0.5 else None,
        )
        if draw.random() < 0.05:
            channel = draw.choice((ContactChannel.CALL, ContactChannel.LETTER))
            person.only_way = (channel, numbers[0].phone_id if channel is ContactChannel.CALL else None)
        if draw.random() < 0.2:
            person.bad_times.append(self._bad_time())
        return person

    def _bad_time(self) -> BadTime:
        begins = self.draw.randrange(6, 20)
        return BadTime(
            frozenset(self.draw.sample(range(7), self.draw.randrange(1, 6))),
            time(begins, self.draw.choice((0, 30))),
            time(begins + self.draw.randrange(1, 4), self.draw.choice((0, 45))),
            self.draw.choice((None, None, PhonePlace.WORK, PhonePlace.MOBILE)),
        )

    def _live(self, person: Person, now: datetime) -> None:
        """Let happen what happened since: holds come and end, the person calls, or changes their mind."""
        draw = self.draw
        person.history = [each for each in person.history if each.at > now - LOOK_BACK]
        person.holds = [each for each in person.holds if each.until_at > now]
        if draw.random() < 0.01:
            until = now + timedelta(days=draw.randrange(1, 20), seconds=draw.randrange(86_400))
            person.holds.append(HoldInForce(draw.choice(HOLDS), "", until))
        if draw.random() < 0.02:
            before = now - timedelta(minutes=draw.randrange(5, 3_000))
            spoken = draw.random() < 0.8
            account = draw.choice(person.accounts)
            person.history.append(Attempt(before, account, None, is_inbound=True, is_conversation=spoken))
        if draw.random() < 0.001:
            scope = draw.choice(tuple(ConsentScope))
            phone_id = draw.choice((None, person.numbers[0].phone_id))
            channel = draw.choice((ContactChannel.CALL, ContactChannel.TEXT, ContactChannel.EMAIL))
            person.stops.append(Stop(channel, scope, phone_id, now))
        elif draw.random() < 0.02:
            person.stops.clear()

        self._book(person, now)

    def _book(self, person: Person, now: datetime) -> None:
        """Let calls be booked, made and cancelled; one that nobody makes in time stays booked."""
        draw = self.draw
        if draw.random() < 0.1:
            person.bookings.clear()
        if draw.random() < 0.04:
            at = now + timedelta(seconds=draw.randrange(-86_400, 4 * 86_400))
            account = draw.choice((draw.choice(person.accounts), next(self._ids)))
            with_whom = draw.choice((person.number, person.debtor, next(self._ids), None))
            person.bookings.append(Booking(at, account, with_whom))

    def _way(self, person: Person) -> tuple[ContactChannel, Technology, NumberFacts | None]:
        channel = self.draw.choices(
            (ContactChannel.CALL, ContactChannel.TEXT, ContactChannel.EMAIL, ContactChannel.LETTER),
            (86, 9, 4, 1),
        )[0]
        by_machine = self.draw.random() < (0.6 if channel is ContactChannel.TEXT else 0.03)
        has_number = channel in {ContactChannel.CALL, ContactChannel.TEXT}
        number = self.draw.choice(person.numbers) if has_number else None
        return channel, Technology.AUTOMATED if by_machine else Technology.MANUAL, number

    def _contact(
        self,
        person: Person,
        account: int,
        channel: ContactChannel,
        number: NumberFacts | None,
        now: datetime,
        *,
        is_asked_for: bool,
    ) -> None:
        draw, is_call = self.draw, channel is ContactChannel.CALL
        spoken = is_call and draw.random() < 0.12
        person.history.append(
            Attempt(
                now,
                account,
                number.place if number else None,
                channel,
                is_connected=spoken or draw.random() < 0.9,
                is_conversation=spoken,
                is_with_consent=is_asked_for,
            )
        )
        if not spoken:
            return
        person.engaged_until = now + timedelta(seconds=draw.randrange(60, 600))
        if draw.random() < 0.4:
            person.asked_at = now + timedelta(seconds=draw.randrange(30, 60))
        if draw.random() < 0.05:
            person.bad_times = [self._bad_time()]


def facts_of(
    person: Person,
    account: int,
    channel: ContactChannel,
    technology: Technology,
    number: NumberFacts | None,
    now: datetime,
) -> ContactFacts:
    return ContactFacts(
        collects_as=person.role,
        channel=channel,
        technology=technology,
        account_id=account,
        zones=person.zones,
        jurisdictions=person.laws,
        number=number,
        is_identified=person.is_identified,
        is_minor=person.is_minor,
        owes=person.owes,
        holds=person.holds,
        stops=person.stops,
        has_consent_to_automation=person.agreed_to_machines,
        confidential=ConfidentialWay(*person.only_way) if person.only_way else None,
        bad_times=person.bad_times,
        attempts=tuple(person.history),
        booked_call_at=max(
            (
                each.at
                for each in person.bookings
                if each.account == account or each.person in {person.number, person.debtor}
            ),
            default=None,
        ),
        callback_asked_at=person.asked_at,
        notice_mailed_on=person.notice_on,
        is_spoken_to=now < person.engaged_until,
        is_attorney=person.is_attorney,
    )


def question_of(person: Person, facts: ContactFacts, now: datetime, *, is_booking: bool) -> Question:
    """Say in the checker's words what is known."""
    number = facts.number
    return Question(
        now=now,
        person=person.number,
        debtor=person.debtor,
        role=person.role.value,
        medium=facts.channel.value,
        by_machine=facts.technology is Technology.AUTOMATED,
        zones=person.zones,
        laws=person.laws,
        account=facts.account_id or 0,
        phone=number.phone_id if number else None,
        phone_place=number.place.value if number else None,
        is_dialable=number is None or number.is_dialable,
        is_valid=number is None or number.is_valid,
        is_stopped=number is not None and number.is_stopped,
        is_given_by_person=number is not None and number.is_from_patient,
        is_identified=person.is_identified,
        is_minor=person.is_minor,
        owes=person.owes,
        holds=tuple((each.kind.value, each.until_at) for each in person.holds),
        stops=tuple((each.channel.value, each.scope.value, each.phone_id) for each in person.stops),
        agreed_to_machines=person.agreed_to_machines,
        only_way=(person.only_way[0].value, person.only_way[1]) if person.only_way else None,
        bad_times=tuple(
            (
                each.weekdays,
                minutes(each.from_time),
                minutes(each.until_time),
                each.place and each.place.value,
            )
            for each in person.bad_times
        ),
        history=tuple(_contact_of(each) for each in person.history),
        bookings=tuple(person.bookings),
        is_booking=is_booking,
        asked_at=person.asked_at,
        notice_on=person.notice_on,
        is_engaged=facts.is_spoken_to,
        is_their_attorney=person.is_attorney,
    )


def _contact_of(each: Attempt) -> Contact:
    return Contact(
        each.at,
        each.account_id or 0,
        each.place.value if each.place else None,
        each.channel.value,
        each.is_inbound,
        each.is_connected,
        each.is_conversation,
        each.is_with_consent,
    )


def minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
