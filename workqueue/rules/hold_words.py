"""Which hold a conversation leads to, and the reason it is given in the office's words."""

from workqueue.rules.disposition_facts import HoldRule
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.holds import HoldKind

_DISPUTED = {
    "amount": (HoldKind.DISPUTE, "the patient disputes the amount"),
    "service": (HoldKind.DISPUTE, "the patient disputes a service"),
    "identity": (HoldKind.DISPUTE, "the patient says that the bill is not theirs"),
    # Within 120 days of the bill the patient may start a dispute resolution (45 CFR 149.620).
    "estimate": (HoldKind.ESTIMATE_DISPUTE, "the bill is above the good faith estimate"),
}


def kind_and_reason(rule: HoldRule, entry: OutcomeEntry) -> tuple[HoldKind, str]:
    """Return the kind of hold the entry leads to, and its reason."""
    if rule.kind is HoldKind.DISPUTE:
        return _DISPUTED.get(entry.disputed, (rule.kind, rule.reason))
    if rule.kind is HoldKind.BANKRUPTCY:
        filed = f"filed on {entry.happened_on.isoformat()}" if entry.happened_on else ""
        case = f"case {entry.case_number.strip()}" if entry.case_number.strip() else ""
        chapter = f"chapter {entry.chapter}" if entry.chapter else ""
        return rule.kind, ", ".join(filter(None, (rule.reason, chapter, case, filed)))
    return rule.kind, rule.reason
