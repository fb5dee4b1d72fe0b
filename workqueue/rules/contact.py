"""May this person be contacted at this moment? Every rule is looked at; the answer keeps all of them.

What stands in the way for good is in `contact_gates.py`, what runs out by the clock in `contact_limits.py`;
the rules themselves are rows (`contact_rules.py`). The office calls in its own name about its own accounts
and is no debt collector (15 USC 1692a(6)(A)); it keeps the limits of Regulation F as house policy, and each
result says so.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from workqueue.rules.clocks import NEVER, Moment, moment_in
from workqueue.rules.contact_bad_times import bad_time, bad_time_until
from workqueue.rules.contact_facts import ContactFacts
from workqueue.rules.contact_gate_facts import BAD_TIME, passed
from workqueue.rules.contact_gates import account_gates, channel_gates, colleague_gates, person_gates
from workqueue.rules.contact_limits import Case, forbids_until, says_something
from workqueue.rules.contact_rules import BY_CLOCK, FEDERAL, HOUSE, ContactRule, RuleBasis
from workqueue.rules.contact_verdict import RULE_SET_VERSION, RuleResult, Verdict, scope_words
from workqueue.rules.contact_words import saying, shown
from workqueue.rules.windows import MOST_STEPS

Until = Callable[[Moment], datetime]
"""A limit of one case: the moment itself when it allows, else a later one before which it cannot."""

Binding = tuple[ContactRule, RuleBasis]
"""A rule that reaches the person, and why it binds the office."""


def may_contact(facts: ContactFacts, rules: Sequence[ContactRule], at: datetime) -> Verdict:
    """Judge a contact, in the order of the office's reference (regulation and EDI, 1.7).

    `rules` are those in force; where some are given that begin on a day to come, `next_legal_at` takes heed
    of them. Which of them bind this office and reach this person is found here.
    """
    case = Case(facts)
    moment = moment_in(at, case.zones)
    binding = list(_binding(rules, case))
    by_clock = [each for each in binding if isinstance(each[0].parameters, BY_CLOCK)]
    by_count = [each for each in binding if not isinstance(each[0].parameters, BY_CLOCK)]
    results = (
        *account_gates(facts, at),
        *person_gates(facts, at),
        *channel_gates(facts),
        *_judged(by_clock, case, moment),
        _bad_time(case, moment),
        *_judged(by_count, case, moment),
        *colleague_gates(facts, at),
    )
    is_allowed = all(each.is_ok for each in results)
    next_legal_at = at if is_allowed else _next_legal_at(results, binding, case)
    return Verdict(is_allowed, results, next_legal_at, RULE_SET_VERSION, at, case.has_consent(at))


def first_legal_at(facts: ContactFacts, rules: Sequence[ContactRule], at: datetime) -> datetime | None:
    """Return the moment itself when `may_contact` would allow it, else the same next legal moment.

    The same gates and limits without a sentence for each: a list of fifty persons asks for no more.
    """
    case = Case(facts)
    opens_at = gates_open_at(facts, at)
    return opens_at and limits_allow_at(case, [rule for rule, _ in _binding(rules, case)], opens_at)


def gates_open_at(facts: ContactFacts, at: datetime) -> datetime | None:
    """Return the first moment from `at` on at which no gate forbids; None when waiting brings none."""
    gates = (
        *account_gates(facts, at),
        *person_gates(facts, at),
        *channel_gates(facts),
        *colleague_gates(facts, at),
    )
    ends = [each.next_at for each in gates if not each.is_ok]
    known = [each for each in ends if each is not None]
    return None if len(known) < len(ends) else max(known, default=at)


def limits_allow_at(case: Case, binding: Iterable[ContactRule], at: datetime) -> datetime | None:
    """Return the first moment from `at` on that rules which bind allow, and the bad times of the person."""
    limits = [
        _limit(rule, case)
        for rule in binding
        # What was not reached now is not later either: nobody calls in the meantime.
        if says_something(rule, case) and not case.cannot_have_reached(rule.parameters, at)
    ]
    if case.facts.bad_times:
        limits.append(lambda later: bad_time_until(case, later))
    return _earliest(limits, case, at) if limits else at


def _binding(rules: Iterable[ContactRule], case: Case) -> Iterator[Binding]:
    places = {FEDERAL, HOUSE, *case.facts.jurisdictions}
    for rule in rules:
        if rule.jurisdiction in places and says_something(rule, case):
            basis = rule.basis(case.facts.collects_as)
            if basis is not None:
                yield rule, basis


def _judged(binding: Iterable[Binding], case: Case, moment: Moment) -> Iterator[RuleResult]:
    clocks = shown(case, moment)
    for rule, basis in binding:
        if not any(map(rule.is_in_force, moment.days)):
            continue
        until = forbids_until(rule, case, moment)
        is_ok = until == moment.at
        sentence, inputs = saying(rule, case, moment, is_ok=is_ok)
        yield RuleResult(
            rule.code,
            rule.label,
            is_ok,
            sentence,
            rule.citation,
            basis,
            scope_words(basis, rule.jurisdiction, case.facts.collects_as),
            inputs or clocks,
            None if is_ok else _earliest([_limit(rule, case)], case, until),
            rule.tag,
            rule.id,
            rule.version,
            rule.jurisdiction,
        )


def _bad_time(case: Case, moment: Moment) -> RuleResult:
    until = bad_time_until(case, moment)
    if until == moment.at:
        return passed(BAD_TIME, case.facts.collects_as)
    return bad_time(case, moment, _earliest([lambda later: bad_time_until(case, later)], case, until))


def _next_legal_at(results: Iterable[RuleResult], binding: Iterable[Binding], case: Case) -> datetime | None:
    ends = [each.next_at for each in results if not each.is_ok]
    known = [each for each in ends if each is not None]
    if len(known) < len(ends):
        return None
    limits = [_limit(rule, case) for rule, _ in binding]
    return _earliest([*limits, lambda later: bad_time_until(case, later)], case, max(known))


def _limit(rule: ContactRule, case: Case) -> Until:
    return lambda moment: forbids_until(rule, case, moment)


def _earliest(limits: Sequence[Until], case: Case, at: datetime) -> datetime | None:
    """Return the first moment from `at` on that all the limits allow; None when weeks of openings bring none.

    No limit allows anything before the moment it names, so none of the moments in between is passed over.
    """
    for _ in range(MOST_STEPS):
        if at == NEVER:
            return None
        moment = moment_in(at, case.zones)
        later = next((until for limit in limits if (until := limit(moment)) > at), None)
        if later is None:
            return at
        at = later
    return None
