"""Drawing samples of finished work: at random, so that it can be drawn again, and by risk, with reasons.

The set drawn from is all a rep logged on some days of the office that are over: outcomes are never changed or
deleted, so the set stays the same for ever.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from workqueue.models import Outcome, QualityItem, QualityPolicy, QualitySample, User
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.quality import MOST_A_REP, MOST_DAYS, SampleKind, week_before
from workqueue.rules.quality_draw import draw, fingerprint
from workqueue.rules.quality_risk import RISK_VERSION, risk
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.roles import Role
from workqueue.services import auditing
from workqueue.services.quality_risk import Assessed, assessed
from workqueue.services.quality_scope import reps_of

DRAWING_LOCK = 4_109
"""Advisory lock: of two draws by risk at once, each would take what the other takes."""

REPS_AT_ONCE = 20
"""The timetable draws of so many reps in one go: of two hundred with 500 outcomes each, drawing by risk takes
several seconds, and other chores wait meanwhile."""

# The same as rules/quality_draw.py, for all reps in one statement.
AT_RANDOM = text(
    """
    WITH work AS (
        SELECT reps.id AS rep_id, o.id AS outcome_id,
            sha256(convert_to(:seed || ':' || o.id, 'UTF8')) AS ticket
        FROM unnest(CAST(:rep_ids AS bigint[])) AS reps(id)
        LEFT JOIN outcomes o ON o.rep_id = reps.id AND o.at >= :begins AND o.at < :ends
    ), counted AS (
        SELECT rep_id, count(outcome_id) AS population,
            encode(sha256(convert_to(
                coalesce(string_agg(CAST(outcome_id AS text), ',' ORDER BY outcome_id), ''), 'UTF8'
            )), 'hex') AS digest
        FROM work GROUP BY rep_id
    ), drawn AS (
        INSERT INTO quality_samples
            (kind, rep_id, first_on, last_on, asked, population, population_digest, seed, drawn_by_id,
            drawn_at)
        SELECT 'random', rep_id, :first_on, :last_on, :asked, population, digest, :seed, :actor_id, :now
        FROM counted
        ON CONFLICT DO NOTHING
        RETURNING id, rep_id
    ), ranked AS (
        SELECT rep_id, outcome_id, row_number() OVER (PARTITION BY rep_id ORDER BY ticket) AS position
        FROM work WHERE outcome_id IS NOT NULL
    ), items AS (
        INSERT INTO quality_items (sample_id, outcome_id, position)
        SELECT drawn.id, ranked.outcome_id, ranked.position FROM ranked JOIN drawn USING (rep_id)
        WHERE ranked.position <= :asked
    )
    SELECT id FROM drawn ORDER BY id
    """
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the office, both included."""

    first_on: date
    last_on: date

    @property
    def begins(self) -> datetime:
        return office_midnight(self.first_on)

    @property
    def ends(self) -> datetime:
        return office_midnight(self.last_on + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class DrawnAgain:
    """What drawing a sample again gives."""

    is_same_set: bool
    is_same_draw: bool


def draw_by_hand(
    session: Session,
    *,
    rep_id: int | None,
    period: Period,
    random_count: int,
    risk_count: int,
    seed: str,
    lead_id: int,
    now: datetime,
) -> list[int]:
    """Draw from the work of one rep of the lead's team, or of each of them; return the new samples.

    The seed comes from the machine, never from the lead: nobody may know beforehand what will be drawn.
    """
    _check(period, random_count, risk_count, today=office_day(now))
    team_id = session.scalar(select(User.team_id).where(User.id == lead_id))
    team = set(session.scalars(reps_of(team_id or 0).where(User.is_active)))
    if rep_id is not None and rep_id not in team:
        raise Invalid("Choose somebody of your team.", field="rep_id")
    made = _draw(
        session,
        rep_ids=[rep_id] if rep_id is not None else sorted(team),
        period=period,
        counts={SampleKind.RANDOM: random_count, SampleKind.RISK: risk_count},
        seed=seed,
        actor_id=lead_id,
        now=now,
    )
    for sample_id in made:
        auditing.record(
            session,
            actor_id=lead_id,
            action="quality_sample_drawn",
            account_id=None,
            details={"sample_id": sample_id},
            now=now,
        )
    return made


def draw_weekly(session: Session, *, seed: str, now: datetime, most_reps: int = REPS_AT_ONCE) -> int:
    """Draw last week's work of reps whose team has a policy; return how many samples were made.

    Asked again it goes on with the reps that are left; when all are drawn it makes none until the next week.
    """
    period, made = Period(*week_before(office_day(now))), 0
    _one_at_a_time(session)
    for policy in session.scalars(select(QualityPolicy).order_by(QualityPolicy.team_id)):
        counts = {SampleKind.RANDOM: policy.random_per_rep, SampleKind.RISK: policy.risk_per_rep}
        wanted = {kind: count for kind, count in counts.items() if count}
        for kind, count in wanted.items():
            rep_ids = _not_yet_drawn(session, policy.team_id, kind, period)[: max(most_reps - made, 0)]
            if rep_ids:
                made += len(
                    _draw(
                        session,
                        rep_ids=rep_ids,
                        period=period,
                        counts={kind: count},
                        seed=seed,
                        actor_id=None,
                        now=now,
                    )
                )
    return made


def drawn_again(session: Session, sample_id: int) -> DrawnAgain:
    """Draw a random sample again from its seed, by the rule and not by the statement that drew it."""
    sample = session.get(QualitySample, sample_id)
    if sample is None or sample.kind is not SampleKind.RANDOM:
        raise NotFound
    period = Period(sample.first_on, sample.last_on)
    numbers = session.scalars(
        select(Outcome.id).where(
            Outcome.rep_id == sample.rep_id, Outcome.at >= period.begins, Outcome.at < period.ends
        )
    ).all()
    kept = session.scalars(
        select(QualityItem.outcome_id)
        .where(QualityItem.sample_id == sample_id)
        .order_by(QualityItem.position)
    )
    return DrawnAgain(
        fingerprint(numbers) == sample.population_digest,
        draw(numbers, sample.seed, sample.asked) == tuple(kept),
    )


def _check(period: Period, random_count: int, risk_count: int, *, today: date) -> None:
    if period.last_on >= today:
        raise Invalid("Choose days that are over: until then more work is added.", field="last_on")
    if period.last_on < period.first_on:
        raise Invalid("The last day comes before the first.", field="last_on")
    if (period.last_on - period.first_on).days >= MOST_DAYS:
        raise Invalid(f"Choose at most {MOST_DAYS} days.", field="first_on")
    for field, count in (("random_count", random_count), ("risk_count", risk_count)):
        if not 0 <= count <= MOST_A_REP:
            raise Invalid(f"Choose from 0 to {MOST_A_REP}.", field=field)
    if not random_count and not risk_count:
        raise Invalid("Draw one at least.", field="random_count")


def _one_at_a_time(session: Session) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": DRAWING_LOCK})


def _not_yet_drawn(session: Session, team_id: int, kind: SampleKind, period: Period) -> list[int]:
    drawn = select(QualitySample.rep_id).where(
        QualitySample.kind == kind,
        QualitySample.first_on == period.first_on,
        QualitySample.drawn_by_id.is_(None),
    )
    return list(
        session.scalars(
            select(User.id)
            .where(User.team_id == team_id, User.role == Role.REP, User.is_active, User.id.not_in(drawn))
            .order_by(User.id)
        )
    )


def _draw(
    session: Session,
    *,
    rep_ids: Sequence[int],
    period: Period,
    counts: dict[SampleKind, int],
    seed: str,
    actor_id: int | None,
    now: datetime,
) -> list[int]:
    _one_at_a_time(session)
    made: list[int] = []
    if counts.get(SampleKind.RANDOM):
        values = {
            "rep_ids": list(rep_ids),
            "begins": period.begins,
            "ends": period.ends,
            "first_on": period.first_on,
            "last_on": period.last_on,
            "asked": counts[SampleKind.RANDOM],
            "seed": seed,
            "actor_id": actor_id,
            "now": now,
        }
        made += session.scalars(AT_RANDOM, values)
    if counts.get(SampleKind.RISK):
        # After the random one, so that no piece of work is in both: a reviewer's time is short.
        made += _draw_by_risk(session, rep_ids, period, counts[SampleKind.RISK], actor_id, now)
    return made


def _draw_by_risk(
    session: Session,
    rep_ids: Collection[int],
    period: Period,
    asked: int,
    actor_id: int | None,
    now: datetime,
) -> list[int]:
    """Take of each rep what has most reasons and was never drawn before; of equals the newest."""
    by_rep: dict[int, list[Assessed]] = defaultdict(list)
    for each in assessed(session, rep_ids=rep_ids, begins=period.begins, ends=period.ends):
        by_rep[each.rep_id].append(each)
    samples = {
        rep_id: QualitySample(
            kind=SampleKind.RISK,
            rep_id=rep_id,
            first_on=period.first_on,
            last_on=period.last_on,
            asked=asked,
            population=len(by_rep[rep_id]),
            population_digest=fingerprint(each.outcome_id for each in by_rep[rep_id]),
            risk_version=RISK_VERSION,
            drawn_by_id=actor_id,
            drawn_at=now,
        )
        for rep_id in rep_ids
    }
    session.add_all(samples.values())
    session.flush()
    items = [
        {
            "sample_id": samples[rep_id].id,
            "outcome_id": each.outcome_id,
            "position": position,
            "reasons": [asdict(reason) for reason in each.reasons],
        }
        for rep_id in rep_ids
        for position, each in enumerate(_riskiest(by_rep[rep_id], asked), 1)
    ]
    if items:
        session.execute(insert(QualityItem), items)
    return [sample.id for sample in samples.values()]


def _riskiest(work: Sequence[Assessed], count: int) -> list[Assessed]:
    open_to_draw = [each for each in work if each.reasons and not each.is_drawn]
    return sorted(open_to_draw, key=lambda each: (-risk(each.reasons), -each.outcome_id))[:count]
