"""What a rule about contacting people is made of. The rules themselves are dated rows that an admin versions.

Each kind of rule has parameters of its own, kept as JSON and read here; a row that cannot be read refuses
its way in, not its use.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar

from workqueue.rules.channels import CollectsAs, ContactChannel
from workqueue.rules.refusals import Invalid
from workqueue.rules.states import PhonePlace

FEDERAL = "US"
HOUSE = "HOUSE"
"""The jurisdiction of the office's own limits; they hold everywhere."""

SPOKEN_OR_TYPED = frozenset({ContactChannel.CALL, ContactChannel.TEXT, ContactChannel.EMAIL})
"""What reaches a person at the moment it is sent; a letter does not."""


class RuleKind(StrEnum):
    """What a rule limits; it names the shape of the parameters."""

    HOURS = "hours"
    CLOSED_DAYS = "closed_days"
    FREQUENCY = "frequency"
    COOLDOWN = "cooldown"
    WAITING = "waiting"
    """No contact for so many days after a notice (NRS 649.366)."""


class RuleBasis(StrEnum):
    """Why a rule binds this office."""

    LAW = "law"
    HOUSE = "house policy"


class CountedBy(StrEnum):
    """What a number of attempts is counted over."""

    PERSON = "person"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Hours:
    """Between these times, by the clock where the person is. `closes` itself is too late."""

    opens: time
    closes: time
    weekdays: frozenset[int] = frozenset(range(7))
    """0 is Monday. On other days the rule says nothing."""
    channels: frozenset[ContactChannel] = SPOKEN_OR_TYPED


@dataclass(frozen=True)
class ClosedDays:
    """Days without calls and texts, where the person is."""

    weekdays: frozenset[int] = frozenset()
    is_closed_on_federal_holidays: bool = False
    days: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Frequency:
    """At most so many attempts in so many days, today included, by the person's own calendar."""

    most: int
    days: int
    counted_by: CountedBy = CountedBy.PERSON
    places: frozenset[PhonePlace] = frozenset(PhonePlace)
    """Only attempts to numbers there count, and only they are refused."""
    channels: frozenset[ContactChannel] = frozenset({ContactChannel.CALL})
    counts_conversations_only: bool = False
    """Also those the person began."""
    spares_callbacks: bool = True
    """What the person asked for is neither counted nor refused (12 CFR 1006.14(b)(3)(i)), and no call to
    their attorney is refused (iii)."""

    @cached_property
    def what_is_counted(self) -> str:
        """In words: `calls to this person in 7 days`."""
        what = "calls to" if self.channels == {ContactChannel.CALL} else "contacts to"
        if self.counts_conversations_only:
            what = "conversations with"
        whom = "this person" if self.counted_by is CountedBy.PERSON else "this person about this account"
        return f"{what} {whom} {'today' if self.days == 1 else f'in {self.days} days'}"


@dataclass(frozen=True)
class Cooldown:
    """No call for so many days, the day of a conversation included."""

    days: int
    counted_by: CountedBy = CountedBy.PERSON
    channels: frozenset[ContactChannel] = frozenset({ContactChannel.CALL})
    spares_callbacks: bool = True


@dataclass(frozen=True)
class Waiting:
    """No contact for so many days after the notice was mailed."""

    days: int


Parameters = Hours | ClosedDays | Frequency | Cooldown | Waiting
BY_CLOCK = (Hours, ClosedDays)
"""Those that look at the hour and the day alone, whoever the person is."""


@dataclass(frozen=True)
class ContactRule:
    """One version of one rule."""

    id: int
    code: str
    """What a refusal is called: FREQ_7IN7. All versions of a rule share it."""
    version: int
    kind: RuleKind
    label: str
    jurisdiction: str
    """US, a state's two letters, NYC, or HOUSE."""
    parameters: Parameters
    citation: str
    tag: str
    """How sure the source is: V seen, V2 at second hand, K-high and K from knowledge, to be confirmed."""
    binds: frozenset[CollectsAs]
    """In which roles of the office it is law."""
    is_kept_anyway: bool
    """The office keeps it as house policy where it is not law."""
    effective_from: date
    effective_to: date | None
    """The last day on which it holds; None while nobody has ended it."""
    reviewed_by: str = ""
    note: str = ""

    def basis(self, collects_as: CollectsAs) -> RuleBasis | None:
        """Return why it binds the office in this role; None when it does not."""
        if collects_as in self.binds and self.jurisdiction != HOUSE:
            return RuleBasis.LAW
        return RuleBasis.HOUSE if self.is_kept_anyway or self.jurisdiction == HOUSE else None

    def is_in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


class BadRule(Invalid):
    """The parameters of a rule do not make sense; nothing was added."""

    code: ClassVar[str] = "bad_contact_rule"
    sentence = "This rule cannot be kept: its parameters do not make sense."


def parameters_of(kind: RuleKind, raw: Mapping[str, Any]) -> Parameters:
    """Read parameters as kept; raises BadRule with what is wrong and where."""
    try:
        read = _READERS[kind](raw)
    except KeyError as missing:
        raise BadRule(f"Fill in {missing.args[0]}.", field=str(missing.args[0])) from None
    except (TypeError, ValueError) as wrong:
        raise BadRule(f"This cannot be read: {wrong}.") from None
    _check(read)
    return read


def raw_parameters(parameters: Parameters) -> dict[str, Any]:
    """Return parameters as they are kept, in plain values."""
    return {each.name: _plain(getattr(parameters, each.name)) for each in fields(parameters)}


def _hours(raw: Mapping[str, Any]) -> Hours:
    return Hours(
        time.fromisoformat(raw["opens"]),
        time.fromisoformat(raw["closes"]),
        frozenset(map(int, raw.get("weekdays", range(7)))),
        frozenset(map(ContactChannel, raw.get("channels", SPOKEN_OR_TYPED))),
    )


def _closed_days(raw: Mapping[str, Any]) -> ClosedDays:
    return ClosedDays(
        frozenset(map(int, raw.get("weekdays", ()))),
        bool(raw.get("is_closed_on_federal_holidays", False)),
        frozenset(map(date.fromisoformat, raw.get("days", ()))),
    )


def _frequency(raw: Mapping[str, Any]) -> Frequency:
    return Frequency(
        int(raw["most"]),
        int(raw["days"]),
        CountedBy(raw.get("counted_by", CountedBy.PERSON)),
        frozenset(map(PhonePlace, raw.get("places", PhonePlace))),
        frozenset(map(ContactChannel, raw.get("channels", [ContactChannel.CALL]))),
        bool(raw.get("counts_conversations_only", False)),
        bool(raw.get("spares_callbacks", True)),
    )


def _cooldown(raw: Mapping[str, Any]) -> Cooldown:
    return Cooldown(
        int(raw["days"]),
        CountedBy(raw.get("counted_by", CountedBy.PERSON)),
        frozenset(map(ContactChannel, raw.get("channels", [ContactChannel.CALL]))),
        bool(raw.get("spares_callbacks", True)),
    )


def _waiting(raw: Mapping[str, Any]) -> Waiting:
    return Waiting(int(raw["days"]))


_READERS: dict[RuleKind, Callable[[Mapping[str, Any]], Parameters]] = {
    RuleKind.HOURS: _hours,
    RuleKind.CLOSED_DAYS: _closed_days,
    RuleKind.FREQUENCY: _frequency,
    RuleKind.COOLDOWN: _cooldown,
    RuleKind.WAITING: _waiting,
}

LONGEST_DAYS = 366


def _check(read: Parameters) -> None:
    if isinstance(read, Hours) and not (read.opens < read.closes and read.weekdays <= set(range(7))):
        raise BadRule("Opening comes before closing, on days from 0 (Monday) to 6.", field="opens")
    if isinstance(read, ClosedDays) and not read.weekdays < set(range(7)):
        raise BadRule("At least one day of the week stays open.", field="weekdays")
    if isinstance(read, Hours | Frequency | Cooldown) and not read.channels:
        raise BadRule("A rule is about one medium at least.", field="channels")
    if isinstance(read, Frequency) and not (read.most >= 1 and read.places):
        raise BadRule("A limit allows one attempt at least, to some place.", field="most")
    if isinstance(read, Frequency | Cooldown | Waiting) and not 1 <= read.days <= LONGEST_DAYS:
        raise BadRule(f"Days are from 1 to {LONGEST_DAYS}.", field="days")


def _plain(value: Any) -> Any:
    if (isinstance(value, Sequence) and not isinstance(value, str)) or isinstance(value, frozenset):
        return sorted(_plain(each) for each in value)
    return value.isoformat() if isinstance(value, date | time) else value
