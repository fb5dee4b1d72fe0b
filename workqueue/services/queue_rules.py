"""The rules of the queue as the office keeps them: the version in force, and new ones to try.

A version is added and never changed: a trial, a replay or a change of a task that names it says years later
what it said then.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from workqueue.models import QueueRulePublication, QueueRuleVersion
from workqueue.rules.queue_rules import QueueRules, check, raw_rules, rules_of
from workqueue.rules.refusals import NotFound


@dataclass(frozen=True)
class InForce:
    """The rules that hold, by which version and since which publication of it."""

    version_id: int
    publication_id: int
    rules: QueueRules


_IN_FORCE = (
    select(QueueRuleVersion.id, QueueRulePublication.id, cast(QueueRuleVersion.parameters, Text))
    .join(QueueRulePublication, QueueRulePublication.version_id == QueueRuleVersion.id)
    .where(QueueRulePublication.number.is_not(None))
    .order_by(QueueRulePublication.number.desc())
    .limit(1)
)


def in_force(session: Session) -> InForce:
    """Return the rules that hold. Whoever derives asks under the lock that keeps publications away."""
    version_id, publication_id, parameters = session.execute(_IN_FORCE).one()
    return InForce(version_id, publication_id, _read(parameters))


# Every event asks; the same text gives the same value, whose statements are kept (deriving/scoring.py).
@lru_cache(32)
def _read(parameters: str) -> QueueRules:
    return rules_of(json.loads(parameters))


def rules_of_version(session: Session, version_id: int) -> QueueRules:
    """Return the rules of one version; raises NotFound."""
    row = session.get(QueueRuleVersion, version_id)
    if row is None:
        raise NotFound
    return rules_of(row.parameters)


def add_version(
    session: Session,
    rules: QueueRules,
    *,
    label: str,
    note: str,
    made_from_id: int,
    actor_id: int,
    now: datetime,
) -> int:
    """Keep a set of rules as a version that is not in force; return its number. Raises Invalid."""
    check(rules)
    row = QueueRuleVersion(
        label=label,
        note=note,
        parameters=raw_rules(rules),
        made_from_id=made_from_id,
        made_by_id=actor_id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row.id
