"""Small worlds made by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.queue_rules import DELIVERED
from workqueue.simulation.cases import PRESSED, Case
from workqueue.simulation.office import START_ON, Office
from workqueue.simulation.truths import CALLS, TOUCHES, Truth
from workqueue.simulation.world import Coming, World

CERTAIN = Truth(
    chance=1.0,
    kept=1.0,
    worth_cents=10_000,
    minutes=20.0,
    needs=1,
    luck=0.5,
    alone_after_days=None,
    reach=1.0,
    answers=(0.1,) * (CALLS + TOUCHES),
    manner=0.0,
    promise=0.0,
    broken=0.0,
    waits_days=7,
)
"""Whoever works it or calls gets the money at once."""


def case(number: str = "A1", kind: TaskKind = TaskKind.CLAIM_REJECTED, **changes: object) -> Case:
    made = Case(
        number=number,
        kind=kind,
        skill=KINDS[kind].skill,
        known_on=START_ON,
        since_on=START_ON - timedelta(days=10),
        available_on=START_ON,
        balance_cents=10_000,
        net_bp=10_000,
        state="NY" if kind is TaskKind.PATIENT_BALANCE else "",
        lead_days=7 if kind in PRESSED else 0,
    )
    return replace(made, **changes)


def coming(kind: TaskKind = TaskKind.CLAIM_REJECTED, *, at: int = 0, **truth: object) -> Coming:
    return Coming(case(kind=kind), replace(CERTAIN, **truth), at)


def world(office: Office, *cases: Coming) -> World:
    named = [replace(each, case=replace(each.case, number=f"A{n}")) for n, each in enumerate(cases)]
    return World(office, DELIVERED, office.working_days, tuple(named))


def due(on: date, minutes: float = 20.0, *, at: int = 0) -> Coming:
    """Return an appeal that has to be sent by a day."""
    return Coming(case(kind=TaskKind.DENIAL, deadline_on=on), replace(CERTAIN, minutes=minutes), at)


def money(world_: Sequence[Coming]) -> int:
    return sum(each.truth.worth_cents for each in world_)
