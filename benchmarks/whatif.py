"""What a trial of changed rules costs beside a rebuild that changes nothing, on the same million tasks."""

from dataclasses import replace
from statistics import median
from time import perf_counter

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks.findings import Finding, at_most
from benchmarks.ground import NOW, add_rep, seconds_of_rebuild, servers
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import DELIVERED, KindRule, QueueRules
from workqueue.services.trials.comparing import compare

TASKS = 1_000_000
REPS = 100
ROUNDS = 3


def run() -> list[Finding]:
    with servers() as ground:
        engine = ground.office("office", tasks=TASKS)
        with Session(engine) as session:
            for number in range(REPS):
                add_rep(session, f"rep{number}")
            session.commit()
        rebuilds, trials = [], []
        for _ in range(ROUNDS):
            rebuilds.append(seconds_of_rebuild(engine))
            trials.append(_seconds_of_trial(engine, CHANGED))
    return [
        at_most(
            "what-if of a changed weight, lead time and floor against a rebuild with nothing changed",
            "s",
            median(trials),
            median(rebuilds),
            2.0,
        )
    ]


def _changed(rule: KindRule) -> KindRule:
    if rule.kind is TaskKind.DENIAL:
        return replace(rule, weight_percent=200)
    return replace(rule, floor_cents=2_000) if rule.kind is TaskKind.PATIENT_BALANCE else rule


CHANGED = replace(DELIVERED, kinds=tuple(map(_changed, DELIVERED.kinds)), appeal_lead_days=60)


def _seconds_of_trial(engine: Engine, rules: QueueRules) -> float:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        started = perf_counter()
        compare(Session(connection), rules, now=NOW, report=lambda _done, _all, _step: None)
        return perf_counter() - started
