"""The rules of the queue on a page: versions, publications, and what a version's trials found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from workqueue.models import Account, QueueRulePublication, QueueRuleVersion, Trial, User
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.queue_rule_words import Change, changes
from workqueue.rules.queue_rules import QueueRules, rules_of
from workqueue.rules.refusals import NotFound
from workqueue.rules.trials import Movement, Outcome, Replay, Sample, TrialKind, outcome_of, replay_of
from workqueue.services import queue_rules

VERSIONS_SHOWN = 50
PUBLICATIONS_SHOWN = 20
NIGHTS_SHOWN = 14

MAKER = aliased(User, name="maker")


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in a list."""

    id: int
    label: str
    note: str
    made_at: datetime
    made_by: str
    is_shadow: bool
    is_in_force: bool
    was_in_force: bool


@dataclass(frozen=True, slots=True)
class PublicationLine:
    """One publication, with what its rebuild changed."""

    id: int
    version_id: int
    label: str
    number: int | None
    asked_by: str
    asked_at: datetime
    published_at: datetime | None
    failed_at: datetime | None
    changed: int


@dataclass(frozen=True, slots=True)
class Book:
    """All that is known of the office's rules of the queue."""

    in_force_id: int
    versions: tuple[VersionLine, ...]
    publications: tuple[PublicationLine, ...]

    @property
    def waiting(self) -> PublicationLine | None:
        """Return the one the queue is being rebuilt for."""
        return next((each for each in self.publications if each.number is None and not each.failed_at), None)

    @property
    def in_force(self) -> PublicationLine:
        return next(each for each in self.publications if each.number is not None)


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One task that moves, by the number its account is known under."""

    account_id: int
    account_number: str
    kind_label: str
    was_day: int | None
    now_day: int | None
    value_cents: int
    minutes: int
    deadline_on: date | None


@dataclass(frozen=True, slots=True)
class TrialPage:
    """One trial, running or done."""

    id: int
    version_id: int
    against_id: int | None
    kind: TrialKind
    days: int | None
    is_nightly: bool
    asked_at: datetime
    as_of: datetime | None
    finished_at: datetime | None
    failed_at: datetime | None
    done: int
    of: int
    step: str
    outcome: Outcome | None = None
    replay: Replay | None = None
    samples: tuple[tuple[Movement, tuple[SampleLine, ...]], ...] = ()

    @property
    def is_running(self) -> bool:
        return self.finished_at is None and self.failed_at is None

    @property
    def percent(self) -> int:
        return self.done * 100 // self.of

    @property
    def version(self) -> str:
        """What a browser that has seen this state compares."""
        state = self.finished_at or self.failed_at or f"{self.done}-{self.of}-{self.step}"
        return f"trial-{self.id}-{state}"


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version with its rules, what it says differently, and its trials."""

    line: VersionLine
    rules: QueueRules
    changes: tuple[Change, ...]
    trial: TrialPage | None
    replay: TrialPage | None
    nights: tuple[TrialPage, ...]
    """Newest first."""


def book(session: Session) -> Book:
    """Return the newest versions and publications."""
    in_force_id = queue_rules.in_force(session).version_id
    versions = session.execute(_versions().order_by(QueueRuleVersion.id.desc()).limit(VERSIONS_SHOWN))
    publications = session.execute(
        select(QueueRulePublication, QueueRuleVersion.label, User.name)
        .join(QueueRuleVersion, QueueRuleVersion.id == QueueRulePublication.version_id)
        .outerjoin(User, User.id == QueueRulePublication.asked_by_id)
        .order_by(QueueRulePublication.id.desc())
        .limit(PUBLICATIONS_SHOWN)
    )
    return Book(
        in_force_id,
        tuple(_version_line(each, in_force_id) for each in versions),
        tuple(
            PublicationLine(
                row.id,
                row.version_id,
                label,
                row.number,
                name or "The product",
                row.asked_at,
                row.published_at,
                row.failed_at,
                (row.opened or 0) + (row.changed or 0) + (row.closed or 0),
            )
            for row, label, name in publications
        ),
    )


def version_page(session: Session, version_id: int) -> VersionPage:
    """Return one version; raises NotFound."""
    in_force = queue_rules.in_force(session)
    row = session.execute(_versions().where(QueueRuleVersion.id == version_id)).one_or_none()
    if row is None:
        raise NotFound
    rules = rules_of(row[0].parameters)
    of_version = select(Trial).where(Trial.version_id == version_id).order_by(Trial.id.desc())
    nights = session.scalars(
        of_version.where(Trial.is_nightly, Trial.finished_at.is_not(None)).limit(NIGHTS_SHOWN)
    )
    return VersionPage(
        line=_version_line(row, in_force.version_id),
        rules=rules,
        changes=changes(in_force.rules, rules),
        trial=_newest(session, version_id, TrialKind.TODAY),
        replay=_newest(session, version_id, TrialKind.REPLAY),
        nights=tuple(_trial_page(session, each, with_samples=False) for each in nights),
    )


def trial_page(session: Session, trial_id: int) -> TrialPage:
    """Return one trial; raises NotFound."""
    trial = session.get(Trial, trial_id)
    if trial is None:
        raise NotFound
    return _trial_page(session, trial)


def _versions() -> Select[QueueRuleVersion, str, bool]:
    was_in_force = (
        select(QueueRulePublication.id)
        .where(
            QueueRulePublication.version_id == QueueRuleVersion.id, QueueRulePublication.number.is_not(None)
        )
        .exists()
    )
    return select(QueueRuleVersion, MAKER.name, was_in_force).outerjoin(
        MAKER, MAKER.id == QueueRuleVersion.made_by_id
    )


def _version_line(row: Row[QueueRuleVersion, str, bool], in_force_id: int) -> VersionLine:
    version, maker, was_in_force = row
    return VersionLine(
        version.id,
        version.label,
        version.note,
        version.made_at,
        maker or "The product",
        version.is_shadow,
        version.id == in_force_id,
        was_in_force,
    )


def _newest(session: Session, version_id: int, kind: TrialKind) -> TrialPage | None:
    trial = session.scalar(
        select(Trial)
        .where(Trial.version_id == version_id, Trial.kind == kind)
        .order_by(Trial.id.desc())
        .limit(1)
    )
    return _trial_page(session, trial) if trial else None


def _trial_page(session: Session, trial: Trial, *, with_samples: bool = True) -> TrialPage:
    is_today = trial.kind is TrialKind.TODAY
    outcome = outcome_of(trial.result) if trial.result and is_today else None
    return TrialPage(
        id=trial.id,
        version_id=trial.version_id,
        against_id=trial.against_id,
        kind=trial.kind,
        days=trial.days,
        is_nightly=trial.is_nightly,
        asked_at=trial.asked_at,
        as_of=trial.as_of,
        finished_at=trial.finished_at,
        failed_at=trial.failed_at,
        done=trial.done,
        of=trial.of,
        step=trial.step,
        outcome=outcome,
        replay=replay_of(trial.result) if trial.result and not is_today else None,
        samples=_samples(session, outcome) if outcome and with_samples else (),
    )


def _samples(session: Session, outcome: Outcome) -> tuple[tuple[Movement, tuple[SampleLine, ...]], ...]:
    found = {move: outcome.samples.get(move.value, ()) for move in Movement}
    numbers = _numbers(session, (each for samples in found.values() for each in samples))
    return tuple(
        (
            move,
            tuple(
                SampleLine(
                    each.account_id,
                    numbers.get(each.account_id, ""),
                    KINDS[TaskKind(each.kind)].label,
                    each.was_day,
                    each.now_day,
                    each.value_cents,
                    each.minutes,
                    date.fromisoformat(each.deadline_on) if each.deadline_on else None,
                )
                for each in samples
            ),
        )
        for move, samples in found.items()
        if samples
    )


def _numbers(session: Session, samples: Iterable[Sample]) -> dict[int, str]:
    ids = {each.account_id for each in samples}
    return {
        row.id: row.number
        for row in session.execute(select(Account.id, Account.number).where(Account.id.in_(ids)))
    }
