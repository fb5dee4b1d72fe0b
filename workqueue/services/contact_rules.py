"""The rules of contact as the office keeps them: which are in force, a new version, an end.

Rows are added and ended, never changed: a call keeps the number of the rule that allowed it, and years later
that row still says what it said.
"""

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from workqueue.models import ContactRuleVersion, OfficeProfile
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import CollectsAs
from workqueue.rules.contact_rules import (
    HOUSE,
    ContactRule,
    Cooldown,
    Frequency,
    RuleKind,
    parameters_of,
    raw_parameters,
)
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.windows import everywhere

CACHED_SECONDS = 5.0
"""Every call and every lease asks for the rules, which change a few times a year. A version added by another
process may wait so long; it cannot begin before the day on which it is added."""

ADDING_LOCK = 4_005
"""Advisory lock: two versions of one rule added at once would overlap."""

LOOK_BACK_DAYS = 7
"""A consent lasts so long (12 CFR 1006.14(b)(3)(i)); no count looks back less."""


@dataclass(frozen=True)
class NewRule:
    """What an admin says about one version of one rule."""

    code: str
    kind: RuleKind
    label: str
    jurisdiction: str
    parameters: Mapping[str, Any]
    citation: str
    tag: str
    binds: frozenset[CollectsAs]
    is_kept_anyway: bool
    effective_from: date
    effective_to: date | None = None
    reviewed_by: str = ""
    note: str = ""


class RulesOverlap(Refusal):
    """On some day two versions of one rule would hold."""

    code: ClassVar[str] = "contact_rules_overlap"


class RuleOver(Refusal):
    """A version that has an end already is not ended again."""

    code: ClassVar[str] = "contact_rule_over"
    sentence = "This version has ended already."


class _Kept:
    """All versions of all rules, and in whose name the office collects, read once a while."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._read_at = -math.inf
        self.rules: tuple[ContactRule, ...] = ()
        self.hours: tuple[ContactRule, ...] = ()
        self.collects_as = CollectsAs.FIRST_PARTY

    def read(self, session: Session) -> "_Kept":
        if time.monotonic() - self._read_at > CACHED_SECONDS:
            rows = session.scalars(select(ContactRuleVersion).order_by(ContactRuleVersion.id))
            self.rules = tuple(map(rule_of, rows))
            self.collects_as = session.scalar(select(OfficeProfile.collects_as)) or CollectsAs.FIRST_PARTY
            self.hours = everywhere(self.rules, self.collects_as)
            self._read_at = time.monotonic()
        return self


_kept = _Kept()


def in_force(session: Session, day: date) -> tuple[ContactRule, ...]:
    """Return the rules that hold on this day of the office, in the order in which they were added."""
    return tuple(rule for rule in _kept.read(session).rules if rule.is_in_force(day))


def hours(session: Session) -> tuple[ContactRule, ...]:
    """Return the hours and closed days that hold for every call of this office, each with its own dates.

    The lanes and the times of callbacks follow them; what only some states add is for the verdict to say.
    """
    return _kept.read(session).hours


def collects_as(session: Session) -> CollectsAs:
    """Return in whose name the office collects; its own until its profile says otherwise."""
    return _kept.read(session).collects_as


def to_judge_by(session: Session, now: datetime) -> tuple[ContactRule, ...]:
    """Return the rules that hold somewhere now or will hold on a day to come.

    Each is judged by the person's own day, which may be yesterday's or tomorrow's of the office; and of when
    a call is allowed next, a rule that only begins has a say.
    """
    first = office_day(now) - timedelta(days=1)
    return tuple(
        rule for rule in _kept.read(session).rules if rule.effective_to is None or rule.effective_to >= first
    )


def forget() -> None:
    """Read the rules anew at the next question."""
    _kept.forget()


def look_back(rules: Iterable[ContactRule]) -> timedelta:
    """Return how far back attempts matter to these rules, wherever on earth the person's days begin."""
    days = [each.parameters.days for each in rules if isinstance(each.parameters, Frequency | Cooldown)]
    return timedelta(days=max([LOOK_BACK_DAYS, *days]) + 2)


def rule_of(row: ContactRuleVersion) -> ContactRule:
    """Read a row as the rules know it."""
    return ContactRule(
        id=row.id,
        code=row.code,
        version=row.version,
        kind=row.kind,
        label=row.label,
        jurisdiction=row.jurisdiction,
        parameters=parameters_of(row.kind, row.parameters),
        citation=row.citation,
        tag=row.tag,
        binds=frozenset(map(CollectsAs, row.binds)),
        is_kept_anyway=row.is_kept_anyway,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        reviewed_by=row.reviewed_by,
        note=row.note,
    )


def add_version(session: Session, new: NewRule, *, actor_id: int | None, now: datetime) -> int:
    """Add a version; the one before it ends the day before. Return the new row's number.

    Raises BadRule for parameters that make no sense, Invalid for what else is wrong, RulesOverlap when a
    later version stands in the way.
    """
    parameters = parameters_of(new.kind, new.parameters)
    _check(new, today=office_day(now))
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADDING_LOCK})
    earlier = _newest(session, new.code)
    if earlier is not None:
        _take_the_place_of(earlier, new, actor_id=actor_id, now=now)
    added = ContactRuleVersion(
        code=new.code,
        version=_next_version(session, new.code),
        kind=new.kind,
        label=new.label,
        jurisdiction=new.jurisdiction,
        parameters=raw_parameters(parameters),
        citation=new.citation,
        tag=new.tag,
        binds=sorted(new.binds),
        is_kept_anyway=new.is_kept_anyway,
        effective_from=new.effective_from,
        effective_to=new.effective_to,
        reviewed_by=new.reviewed_by,
        note=new.note,
        added_by_id=actor_id,
        added_at=now,
    )
    session.add(added)
    session.flush()
    forget()
    return added.id


def end(session: Session, rule_id: int, *, on: date, actor_id: int, now: datetime) -> None:
    """Let a version hold until this day, and no longer; the day is today at the earliest."""
    row = session.get(ContactRuleVersion, rule_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    today = office_day(now)
    if row.effective_to is not None and row.effective_to < today:
        raise RuleOver
    if on < today:
        raise Invalid("A rule ends today at the earliest: calls before were judged by it.", field="on")
    if on < row.effective_from:
        raise Invalid("It ends on the day on which it begins at the earliest.", field="on")
    if row.effective_to is not None and on > row.effective_to:
        raise Invalid("It ends before that day already. Add a version to let it hold again.", field="on")
    row.effective_to, row.ended_by_id, row.ended_at = on, actor_id, now
    session.flush()
    forget()


MOST_DAYS_AHEAD = 5 * 366
"""A mistyped year would put every later version off until then."""


def _check(new: NewRule, *, today: date) -> None:
    if new.effective_from < today:
        raise Invalid(
            "A version begins today at the earliest: calls before were judged by the rules of their day.",
            field="effective_from",
        )
    latest = today + timedelta(days=MOST_DAYS_AHEAD)
    for field, day in (("effective_from", new.effective_from), ("effective_to", new.effective_to)):
        if day is not None and day > latest:
            raise Invalid("Choose a day within the next five years; look at the year.", field=field)
    if new.effective_to is not None and new.effective_to < new.effective_from:
        raise Invalid("A version ends on the day on which it begins at the earliest.", field="effective_to")
    if not new.binds and not new.is_kept_anyway and new.jurisdiction != HOUSE:
        raise Invalid(
            "Say whom it binds, or keep it as house policy: like this it would hold for nobody.",
            field="binds",
        )


def _newest(session: Session, code: str) -> ContactRuleVersion | None:
    return session.scalar(
        select(ContactRuleVersion)
        .where(ContactRuleVersion.code == code)
        .order_by(ContactRuleVersion.effective_from.desc())
        .limit(1)
    )


def _next_version(session: Session, code: str) -> int:
    newest = select(func.max(ContactRuleVersion.version)).where(ContactRuleVersion.code == code)
    return (session.scalar(newest) or 0) + 1


def _take_the_place_of(
    earlier: ContactRuleVersion, new: NewRule, *, actor_id: int | None, now: datetime
) -> None:
    """End the version before; refuse one that begins no earlier, for it would have to be undone."""
    if (earlier.kind, earlier.jurisdiction) != (new.kind, new.jurisdiction):
        raise Invalid(
            "Another rule has this code. All versions of a rule limit the same thing in the same place.",
            field="code",
        )
    if earlier.effective_from >= new.effective_from:
        raise RulesOverlap(
            f"Version {earlier.version} begins on {earlier.effective_from.isoformat()};"
            " a new version begins after that day."
        )
    last_day = new.effective_from - timedelta(days=1)
    if earlier.effective_to is None or earlier.effective_to > last_day:
        earlier.effective_to, earlier.ended_by_id, earlier.ended_at = last_day, actor_id, now
