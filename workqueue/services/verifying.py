"""The certificate: the office's books compared with themselves.

Each check is one statement over whole tables, so that it sees one moment of a running office. It counts what
is off; 0 is right. The statements are in verifying_sql.py.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime

from workqueue.services import auditing
from workqueue.services import verifying_sql as sql
from workqueue.services.coordination import COORDINATION_OFF


@dataclass(frozen=True)
class Check:
    """One thing compared."""

    name: str
    is_ok: bool
    count: int
    """How many are off; for a plain count, how many there are."""
    sentence: str


@dataclass(frozen=True)
class Certificate:
    """All checks, with the two tables of numbers that people ask for first."""

    at: datetime
    checks: tuple[Check, ...]
    facts: dict[str, int]
    """Facts by what became of them."""
    open_balances: dict[str, int]
    """Open balances by where they stand; `none` has to be 0."""

    @property
    def is_ok(self) -> bool:
        return all(each.is_ok for each in self.checks)


@dataclass(frozen=True)
class _Comparison:
    """A statement that counts what is off, and how to say so."""

    name: str
    statement: str
    right: str
    wrong: str


COMPARISONS = (
    _Comparison(
        "facts_applied",
        sql.FACTS_WITHOUT_EFFECT,
        "Every applied fact names its account and its hour.",
        "{count} applied facts name no account of theirs.",
    ),
    _Comparison(
        "facts_duplicate",
        sql.DUPLICATES_OF_NOTHING,
        "Every duplicate is one: its first says the same.",
        "{count} facts are called duplicates of what does not exist or says something else.",
    ),
    _Comparison(
        "facts_refused",
        sql.REFUSED_UNSEEN,
        "Every fact that could not be posted is shown to a lead.",
        "{count} facts could not be posted and are shown to nobody: look at their errors in the inbox.",
    ),
    _Comparison(
        "files",
        sql.FILES_OFF,
        "Every file's facts are in the inbox, as many as its report says.",
        "{count} files have more or fewer facts in the inbox than their report says.",
    ),
    _Comparison(
        "entries",
        sql.ENTRIES_OFF,
        "Every fact has posted its entries to the ledger, once and to the cent.",
        "{count} facts have posted more, less or something else than they say.",
    ),
    _Comparison(
        "balances",
        sql.BALANCES_OFF,
        "Every account's balances are the sums of its ledger.",
        "{count} accounts have balances that are not the sums of their ledger.",
    ),
    _Comparison(
        "charges",
        sql.CHARGES_OFF,
        "Every account's charge is what its ledger charged.",
        "{count} accounts have a charge that their ledger does not have.",
    ),
    _Comparison(
        "claims",
        sql.CLAIMS_OFF,
        "Every claim's amounts are the sums of its remittances.",
        "{count} claims have amounts that are not the sums of their remittances.",
    ),
    _Comparison(
        "coordination",
        COORDINATION_OFF,
        "Every account with several payers shares as their decisions say together.",
        "{count} accounts with several payers share otherwise than their decisions say together.",
    ),
    _Comparison(
        "remittances",
        sql.REMITTANCES_OFF,
        "Every payment is the sum of its claims less what the payer took for itself.",
        "{count} payments differ from the sum of their claims less provider adjustments.",
    ),
    _Comparison(
        "orphans",
        sql.ORPHANS,
        "Every fact, task, lease and history row belongs to something that exists.",
        "{count} facts, tasks, leases or history rows belong to nothing.",
    ),
    _Comparison(
        "leases",
        sql.LEASES_OFF,
        "Every open lease is one task in one rep's hands.",
        "{count} leases and tasks disagree about who holds what.",
    ),
    _Comparison(
        "absent",
        sql.WAITING_ON_ABSENT,
        "Nothing waits on somebody who is away.",
        "{count} tasks in the queue wait on somebody who is away.",
    ),
    _Comparison(
        "outcomes",
        sql.OUTCOMES_OFF,
        "Every outcome was written under one lease of its task and its rep, and is the only one.",
        "{count} outcomes were not written under a lease of their own.",
    ),
    _Comparison(
        "calls",
        sql.CALLS_WITHOUT_VERDICT,
        "Every call was placed under a verdict that allows it.",
        "{count} calls have no verdict that allows them.",
    ),
    _Comparison(
        "holds",
        sql.HOLDS_OFF,
        "Every task on hold waits for a hold that says why, whose it is, and until when.",
        "{count} tasks are on hold for no hold that is in force.",
    ),
    _Comparison(
        "history",
        sql.HISTORY_OFF,
        "Every change begins where the one before it ended.",
        "{count} changes do not begin where the one before them ended.",
    ),
    _Comparison(
        "causes",
        sql.CAUSES_OFF,
        "Every change names a cause that exists.",
        "{count} changes name a fact, act, lease, rebalance, estimation or publication that does not exist.",
    ),
)


def certify(session: Session, *, now: datetime) -> Certificate:
    """Run every check; nothing is changed."""
    session.flush()
    # A check of a large office takes longer than a page may.
    session.execute(text("SET LOCAL statement_timeout = 0"))
    facts: dict[str, int] = {row[0]: row[1] for row in session.execute(text(sql.FACTS_BY_STATE))}
    balances = _open_balances(session, now)
    return Certificate(
        at=now,
        checks=(
            _facts(facts),
            *(_compare(session, each, now) for each in COMPARISONS),
            _audit(session),
            _balances(balances),
        ),
        facts=facts,
        open_balances=balances,
    )


def _compare(session: Session, comparison: _Comparison, now: datetime) -> Check:
    count: int = session.execute(text(comparison.statement), {"now": now}).scalar_one()
    sentence = comparison.wrong.format(count=count) if count else comparison.right
    return Check(comparison.name, count == 0, count, sentence)


def _audit(session: Session) -> Check:
    count = sum(1 for _ in auditing.breaks(session))
    right = "Every entry of the audit chain follows from the one before it."
    return Check(
        "audit", count == 0, count, f"The audit chain breaks at {count} entries." if count else right
    )


def _facts(facts: dict[str, int]) -> Check:
    received = sum(facts.values())
    sentence = (
        f"{received} facts received = {facts['applied']} applied + {facts['duplicate']} duplicate"
        f" + {facts['quarantined']} quarantined"
    )
    if facts["received"]:
        sentence += f" + {facts['received']} waiting to be posted"
    return Check("facts", True, received, f"{sentence}.")


def _open_balances(session: Session, now: datetime) -> dict[str, int]:
    rows = session.execute(
        text(sql.OPEN_BALANCES).bindparams(bindparam("now", type_=DateTime(timezone=True))), {"now": now}
    )
    return {row[0]: row[1] for row in rows}


def _balances(balances: dict[str, int]) -> Check:
    lost = balances["none"]
    total = sum(balances.values())
    if lost:
        return Check(
            "open_balances",
            False,
            lost,
            f"{lost} of {total} open balances are in no state: nobody sees them.",
        )
    stand = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in balances.items() if count)
    return Check("open_balances", True, 0, f"Each of {total} open balances has its place: {stand or 'none'}.")
