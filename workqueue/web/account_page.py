"""What the account's page and the work screen both show, put in the order in which it is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from workqueue.rules.calendar import office_day
from workqueue.rules.disposition_facts import Effect
from workqueue.rules.dispositions import DISPOSITIONS
from workqueue.rules.holds import HOLDS, HoldKind, HoldReach
from workqueue.rules.kinds import Party
from workqueue.rules.languages import LANGUAGES
from workqueue.rules.roles import WORKERS
from workqueue.services.reading.account import AccountView, CallLine, OutcomeLine
from workqueue.services.reading.account_lines import LedgerLine
from workqueue.web.filters import money
from workqueue.web.guards import current_person, utc_now
from workqueue.web.navigation import OVERSEERS

AGES = ((30, "0 to 30 days"), (60, "31 to 60"), (90, "61 to 90"), (120, "91 to 120"), (None, "Over 120"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the account's history."""

    key: str
    at: datetime
    title: str
    who: str
    icon: str
    tone: str
    text: str = ""
    details: tuple[tuple[str, str], ...] = ()
    next_at: datetime | None = None


def account_context(account: AccountView) -> dict[str, Any]:
    """Return what the parts of an account's page need, here and on the work screen."""
    today = office_day(utc_now())
    return {
        "account": account,
        "history": history_of(account),
        "aging": aging_of(account, today),
        "today": today,
        "now": utc_now(),
        "may_work": current_person().role in WORKERS,
        "may_take_out": current_person().role in OVERSEERS,
    }


def history_of(account: AccountView) -> tuple[Entry, ...]:
    """Return what people did, newest first; a call stands with its outcome, and alone until there is one."""
    entries = [_outcome(each) for each in account.outcomes]
    entries += [
        Entry(f"note-{each.note_id}", each.at, "Note", each.author_name, "pencil", "", each.text)
        for each in account.notes
    ]
    entries += [_call(each) for each in account.calls if each.disposition_label == "Not logged yet"]
    return tuple(sorted(entries, key=lambda each: each.at, reverse=True))


def aging_of(account: AccountView, today: date) -> list[dict[str, Any]]:
    """Return what is owed by its age: what came in pays what is oldest."""
    owed = [*_left(account.ledger, "insurance_cents"), *_left(account.ledger, "patient_cents")]
    sums = dict.fromkeys(range(len(AGES)), 0)
    for since, cents in owed:
        days = (today - since).days
        bucket = next(i for i, (most, _) in enumerate(AGES) if most is None or days <= most)
        sums[bucket] += cents
    return [{"label": label, "cents": sums[i], "text": money(sums[i])} for i, (_, label) in enumerate(AGES)]


def language_words(code: str) -> str:
    return LANGUAGES.get(code, code)


def _left(ledger: Sequence[LedgerLine], bucket: str) -> Iterable[tuple[date, int]]:
    """Yield what is left of each amount that fell due, after all that was paid or taken off."""
    paid = -sum(min(getattr(each, bucket), 0) for each in ledger)
    due = [(each.effective_on or each.posted_at.date(), getattr(each, bucket)) for each in ledger]
    for since, cents in sorted(each for each in due if each[1] > 0):
        taken = min(paid, cents)
        paid -= taken
        if cents > taken:
            yield since, cents - taken


def _outcome(line: OutcomeLine) -> Entry:
    known = DISPOSITIONS.get(line.disposition)
    is_call = known is not None and known.needs_call
    tone = "good" if known is not None and known.effect in {Effect.PROMISE, Effect.PLAN} else ""
    return Entry(
        f"outcome-{line.outcome_id}",
        line.at,
        line.disposition_label,
        f"{line.rep_name} · {line.kind_label}",
        "phone" if is_call else "check",
        tone,
        line.note,
        line.details,
        line.next_at,
    )


def _call(line: CallLine) -> Entry:
    to = "Payer" if line.party is Party.PAYER else f"Patient, {line.place or 'their call'}"
    title = "Call from the patient" if line.is_inbound else f"Call: {to}"
    return Entry(
        f"call-{line.call_id}",
        line.placed_at,
        title,
        line.rep_name,
        "phone-call",
        "accent",
        "Not logged yet.",
    )


@dataclass(frozen=True, slots=True)
class HoldChoice:
    """One kind of hold as the form offers it."""

    value: str
    label: str
    sentence: str
    citation: str
    tag: str
    covers: str
    stops: str
    usual_until: date
    is_bankruptcy: bool


STOPPED = {
    frozenset({Party.PATIENT}): "Stops the patient's tasks; payers are still followed up.",
    frozenset({Party.PAYER}): "Stops the payer's tasks; the patient's go on.",
    frozenset({Party.PATIENT, Party.PAYER}): "Stops the patient's and the payer's tasks.",
}


def hold_choices(kinds: Iterable[HoldKind], now: datetime) -> tuple[HoldChoice, ...]:
    """Return what may be placed, each with the day until which such a hold usually lasts."""
    today = office_day(now)
    return tuple(
        HoldChoice(
            value=kind.value,
            label=(facts := HOLDS[kind]).label,
            sentence=facts.sentence,
            citation=facts.citation,
            tag=facts.tag,
            covers=_covers(kind),
            stops=STOPPED[facts.stops],
            usual_until=today + timedelta(days=facts.usual_days),
            is_bankruptcy=kind is HoldKind.BANKRUPTCY,
        )
        for kind in kinds
    )


def _covers(kind: HoldKind) -> str:
    if kind is HoldKind.BANKRUPTCY:
        return "Covers all accounts of the person with care up to the day of the petition."
    if HOLDS[kind].reach is HoldReach.PATIENT:
        return "Covers all bills for care of the patient, whoever answers for them, also later ones."
    if HOLDS[kind].reach is HoldReach.PERSON:
        return "Covers all accounts this person answers for, also later ones."
    return "Covers this account."
