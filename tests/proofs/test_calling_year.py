"""A simulated year of calls against the gate, judged by a checker that shares no code with it.

The figure to show is 200,000 attempts, 100 s of processor time:

    WORKQUEUE_CALLING_ATTEMPTS=200000 pytest -n 0 -s tests/proofs/test_calling_year.py
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from time import perf_counter

import pytest

from tests.proofs.calling_checker import objections, was_asked_for
from tests.proofs.calling_year import REPS, Try, Year
from workqueue.rules import contact_gate_facts
from workqueue.rules.contact_gate_facts import HOLDS, Gate
from workqueue.rules.contact_rules import ContactRule
from workqueue.rules.first_contact_rules import FIRST_RULES

ATTEMPTS = int(os.environ.get("WORKQUEUE_CALLING_ATTEMPTS", "40000"))
SEED = 1006

GATES = {
    each.code for each in (*vars(contact_gate_facts).values(), *HOLDS.values()) if isinstance(each, Gate)
}
"""What each gate that is code is called."""

RARE = frozenset(
    {
        # Thirty calls or ten conversations a week are more than the other limits ever let through.
        "WV_CALLS",
        "WV_CONVERSATIONS",
        # Few send so many texts and e-mails about one account in a week.
        "DC_MESSAGES_5IN7",
        # Seven in seven for one debt are also seven for the person.
        "PA_FREQ",
        "MD_FREQ",
        "NY_FREQ",
        # Nobody of this year lives there; the hours are those of the other states.
        *(f"{state}_HOURS" for state in ("CT", "IA", "WI", "SC", "NC", "MI")),
    }
)


@dataclass
class Findings:
    """What the checker holds against the gate, and what there was to look at."""

    allowed: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    illegal: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)
    wrong_moments: list[str] = field(default_factory=list)
    moments: int = 0
    reps: set[int] = field(default_factory=set)

    def look_at(self, tried: Try, draw: Random) -> None:
        verdict, found = tried.verdict, objections(tried.question)
        failing = {each.code: each for each in verdict.rules if not each.is_ok}
        where = f"{tried.question.now.isoformat()} {tried.question.zones} {sorted(tried.question.laws)}"
        self.reps.add(tried.rep)
        if verdict.is_with_consent != was_asked_for(tried.question):
            self.untrue.append(f"{where}: asked for, it says: {verdict.is_with_consent}")
        if verdict.is_allowed:
            self.allowed += 1
            self.illegal += [f"{where}: {code}" for code in found]
            return
        self.refused += 1
        self.reasons.update(list(failing))
        self.untrue += [f"{where}: {code}" for code in failing if code not in found]
        self.unsaid += [f"{where}: {code}" for code in found if code not in failing]
        for code, number in found.items():
            if number is not None and code in failing and failing[code].inputs["calls"] != number:
                self.untrue.append(f"{where}: {code} counts {failing[code].inputs['calls']}, not {number}")
        if draw.random() < 0.05:
            self._look_at_next_moment(tried, draw, where)

    def _look_at_next_moment(self, tried: Try, draw: Random, where: str) -> None:
        self.moments += 1
        question, then = tried.question, tried.verdict.next_legal_at
        if then is not None and objections(replace(question, now=then)):
            self.wrong_moments.append(f"{where}: not yet at {then}")
        until = then or question.now + timedelta(days=30)
        waited = (until - question.now).total_seconds()
        earlier = [until - timedelta(seconds=1)] if then else []
        earlier += [question.now + timedelta(seconds=draw.random() * waited) for _ in range(3)]
        self.wrong_moments += [
            f"{where}: already at {moment}, not only at {then}"
            for moment in earlier
            if question.now <= moment < until and not objections(replace(question, now=moment))
        ]


def judged_year(attempts: int, rules: Sequence[ContactRule] = FIRST_RULES) -> Findings:
    findings, draw = Findings(), Random(SEED)
    for tried in Year(attempts, SEED, rules).tries():
        findings.look_at(tried, draw)
    return findings


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_in_a_year_of_calls_none_is_illegal_and_none_is_refused_without_a_true_reason() -> None:
    begun = perf_counter()
    found = judged_year(ATTEMPTS)
    print(  # noqa: T201  # the figure to show
        f"{ATTEMPTS} attempts in {perf_counter() - begun:.0f} s: {found.allowed} allowed,"
        f" {found.refused} refused, {found.moments} next moments looked at;"
        f" {dict(found.reasons.most_common())}"
    )
    assert found.illegal == []
    assert found.untrue == []
    assert found.unsaid == []
    assert found.wrong_moments == []
    assert found.allowed + found.refused == ATTEMPTS
    # A year in which nothing is allowed, or in which a rule never matters, would show less.
    assert found.allowed > ATTEMPTS // 20
    assert {rule.code for rule in FIRST_RULES} - RARE <= set(found.reasons)
    assert set(found.reasons) >= GATES
    assert len(found.reps) == REPS


@pytest.mark.parametrize("code", ["FREQ_7IN7", "COOLDOWN_7D", "HOUSE_DAILY", "HOUSE_WEEKDAYS", "MA_2IN7"])
def test_a_gate_without_one_rule_is_convicted(code: str) -> None:
    """The control: without it, agreement could mean that the checker sees nothing."""
    found = judged_year(6_000, [rule for rule in FIRST_RULES if rule.code != code])
    assert any(each.endswith(code) for each in found.illegal)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whichever_of_the_gates_is_left_open_is_convicted() -> None:
    """The control of what no row can change: a refusal by one gate alone is looked at as if it had passed."""
    draw, convicted = Random(SEED), set()
    for tried in Year(30_000, SEED, FIRST_RULES).tries():
        failing = [each.code for each in tried.verdict.rules if not each.is_ok]
        if len(failing) == 1 and failing[0] in GATES:
            found = Findings()
            found.look_at(tried._replace(verdict=replace(tried.verdict, is_allowed=True)), draw)
            convicted |= {
                code for code in failing if any(each.endswith(f": {code}") for each in found.illegal)
            }
    assert convicted == GATES


def test_a_gate_that_takes_every_call_for_asked_for_is_convicted() -> None:
    found, draw = Findings(), Random(SEED)
    for tried in Year(500, SEED, FIRST_RULES).tries():
        found.look_at(tried._replace(verdict=replace(tried.verdict, is_with_consent=True)), draw)
    assert any("asked for" in each for each in found.untrue)


def test_a_gate_that_makes_up_a_rule_is_convicted() -> None:
    everywhere = {"MA_2IN7": "US"}
    stricter = [
        replace(rule, jurisdiction=everywhere.get(rule.code, rule.jurisdiction)) for rule in FIRST_RULES
    ]
    assert judged_year(3_000, stricter).untrue
