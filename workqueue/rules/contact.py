"""May this person be contacted at this moment? Every rule is looked at; the answer keeps all of them.

What stands in the way for good is in `contact_gates.py`, what runs out by the clock in `contact_limits.py`;
the rules themselves are rows (`contact_rules.py`). The office calls in its own name about its own accounts and
is no debt collector (15 USC 1692a(6)(A)); it keeps the limits of Regulation F as house policy, and each result
says so.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from workqueue.rules.clocks import NEVER, Moment, moment_in
from workqueue.rules.contact_facts import ContactFacts
from workqueue.rules.contact_gates import (
    BAD_TIME,
    account_gates,
    bad_time,
    bad_time_until,
    channel_gates,
    line_gate,
    passed,
    person_gates,
)
from workqueue.rules.contact_limits import Case, forbids_until, says_something
from workqueue.rules.contact_rules import FEDERAL, HOUSE, ClosedDays, ContactRule, Hours
from workqueue.rules.contact_verdict import RULE_SET_VERSION, RuleResult, Verdict, scope_words
from workqueue.rules.contact_words import saying
from workqueue.rules.windows import MOST_STEPS

Until = Callable[[Moment], datetime]
"""A limit of one case: the moment itself when it allows, else a later one before which it cannot."""


def may_contact(facts: ContactFacts, rules: Sequence[ContactRule], at: datetime) -> Verdict:
    """Judge a contact, in the order of the office's reference (regulation and EDI, 1.7).

    `rules` are those in force; of those that begin or end on a day to come, `next_legal_at` takes heed. Which
    of them bind this office and reach this person is found here.
    """
    case = Case(facts)
    moment = moment_in(at, case.zones)
    binding = [rule for rule in rules if _reaches(rule, facts) and says_something(rule, case)]
    by_clock = [rule for rule in binding if isinstance(rule.parameters, Hours | ClosedDays)]
    by_count = [rule for rule in binding if not isinstance(rule.parameters, Hours | ClosedDays)]
    results = (
        *account_gates(case, at),
        *person_gates(case, at),
        *channel_gates(case),
        *_judged(by_clock, case, moment),
        _bad_time(case, moment),
        *_judged(by_count, case, moment),
        line_gate(case),
    )
    failing = [each for each in results if not each.is_ok]
    is_with_consent = case.has_consent(at)
    if not failing:
        return Verdict(True, results, at, RULE_SET_VERSION, at, is_with_consent)
    next_legal_at = None
    if all(each.next_at is not None for each in failing):
        limits = [_limit(rule, case) for rule in binding]
        earliest = max(each.next_at for each in failing if each.next_at is not None)
        next_legal_at = _earliest([*limits, lambda later: bad_time_until(case, later)], case, earliest)
    return Verdict(False, results, next_legal_at, RULE_SET_VERSION, at, is_with_consent)


def _reaches(rule: ContactRule, facts: ContactFacts) -> bool:
    is_here = rule.jurisdiction in {FEDERAL, HOUSE} or rule.jurisdiction in facts.jurisdictions
    return is_here and rule.basis(facts.collects_as) is not None


def _judged(rules: Sequence[ContactRule], case: Case, moment: Moment) -> Iterator[RuleResult]:
    for rule in rules:
        if not any(rule.is_in_force(local.date()) for local in moment.locals):
            continue
        is_ok = forbids_until(rule, case, moment) == moment.at
        sentence, inputs = saying(rule, case, moment, is_ok=is_ok)
        basis = rule.basis(case.facts.collects_as)
        assert basis is not None
        yield RuleResult(
            code=rule.code,
            label=rule.label,
            is_ok=is_ok,
            sentence=sentence,
            citation=rule.citation,
            basis=basis,
            scope=scope_words(basis, rule.jurisdiction, case.facts.collects_as),
            inputs=inputs,
            next_at=None if is_ok else _earliest([_limit(rule, case)], case, moment.at),
            tag=rule.tag,
            rule_id=rule.id,
            rule_version=rule.version,
            jurisdiction=rule.jurisdiction,
        )


def _bad_time(case: Case, moment: Moment) -> RuleResult:
    if bad_time_until(case, moment) == moment.at:
        return passed(BAD_TIME, case.facts.collects_as)
    return bad_time(case, moment, _earliest([lambda later: bad_time_until(case, later)], case, moment.at))


def _limit(rule: ContactRule, case: Case) -> Until:
    return lambda moment: forbids_until(rule, case, moment)


def _earliest(limits: Sequence[Until], case: Case, at: datetime) -> datetime | None:
    """Return the first moment from `at` on that all the limits allow; None when weeks of openings bring none.

    No limit allows anything before the moment it names, so none of the moments in between is passed over.
    """
    moment = moment_in(at, case.zones)
    for _ in range(MOST_STEPS):
        later = max(limit(moment) for limit in limits)
        if later == moment.at:
            return later
        if later == NEVER:
            return None
        moment = moment_in(later, case.zones)
    return None
