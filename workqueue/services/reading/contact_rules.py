"""The rules of contact as a page shows them: by place, each with its versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import ContactRuleVersion, User
from workqueue.rules.channels import CollectsAs
from workqueue.rules.contact_rule_words import jurisdiction_words, parameter_words
from workqueue.rules.contact_rules import FEDERAL, HOUSE, ContactRule, RuleBasis
from workqueue.rules.refusals import NotFound
from workqueue.services.contact_rules import rule_of


class Standing(StrEnum):
    """Where a version stands on a day."""

    IN_FORCE = "in force"
    AHEAD = "ahead"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a rule, in words."""

    rule: ContactRule
    words: str
    basis: RuleBasis | None
    """Why it binds this office; None when it does not, in the role in which it collects."""
    standing: Standing
    added_by: str
    """Empty for what the product brought."""
    added_at: datetime


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule: the version that holds, or the next, or the last; and all the others, newest first."""

    shown: VersionLine
    others: tuple[VersionLine, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """All rules of one place."""

    jurisdiction: str
    title: str
    entries: tuple[RuleEntry, ...]


def chapters(session: Session, *, collects_as: CollectsAs, day: date) -> tuple[Chapter, ...]:
    """Return every rule: the country's first, then the office's own, then those of states and cities."""
    by_code: dict[str, list[VersionLine]] = {}
    for line in _lines(session, collects_as, day):
        by_code.setdefault(line.rule.code, []).append(line)
    entries: dict[str, list[RuleEntry]] = {}
    for lines in by_code.values():
        entry = _entry(lines)
        entries.setdefault(entry.shown.rule.jurisdiction, []).append(entry)
    order = sorted(entries, key=lambda place: (place != FEDERAL, place != HOUSE, jurisdiction_words(place)))
    return tuple(Chapter(place, jurisdiction_words(place), tuple(entries[place])) for place in order)


def version(session: Session, rule_id: int) -> ContactRule:
    """Return one version; raises NotFound."""
    row = session.get(ContactRuleVersion, rule_id)
    if row is None:
        raise NotFound
    return rule_of(row)


def _lines(session: Session, collects_as: CollectsAs, day: date) -> list[VersionLine]:
    rows = session.execute(
        select(ContactRuleVersion, User.name)
        .outerjoin(User, User.id == ContactRuleVersion.added_by_id)
        .order_by(ContactRuleVersion.code, ContactRuleVersion.effective_from.desc())
    )
    return [_line(rule_of(row), name, row.added_at, collects_as, day) for row, name in rows]


def _line(
    rule: ContactRule, added_by: str | None, added_at: datetime, collects_as: CollectsAs, day: date
) -> VersionLine:
    if rule.is_in_force(day):
        standing = Standing.IN_FORCE
    else:
        standing = Standing.AHEAD if rule.effective_from > day else Standing.OVER
    return VersionLine(
        rule, parameter_words(rule.parameters), rule.basis(collects_as), standing, added_by or "", added_at
    )


def _entry(lines: Sequence[VersionLine]) -> RuleEntry:
    """Choose what is shown first, of versions in order from the newest."""
    in_force = [line for line in lines if line.standing is Standing.IN_FORCE]
    ahead = [line for line in lines if line.standing is Standing.AHEAD]
    shown = (in_force or ahead[-1:] or lines)[0]
    return RuleEntry(shown, tuple(line for line in lines if line is not shown))
