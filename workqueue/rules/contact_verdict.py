"""The answer to whether somebody may be contacted: every rule that was looked at, with its source."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from workqueue.rules.channels import CollectsAs
from workqueue.rules.contact_rules import FEDERAL, HOUSE, RuleBasis

RULE_SET_VERSION = "2026-11-26"
"""Changes with the code of the judge. The rules that are rows carry a version each."""

UNCONFIRMED = "K"
"""Tags that begin so come from knowledge alone: policy until somebody has confirmed them."""

FIRST_PARTY = (
    "Binds debt collectors; this office collects its own accounts in its own name (15 USC 1692a(6)(A)) and"
    " keeps it as house policy."
)
EARLY_OUT = (
    "Binds debt collectors; this office works accounts that were not in default when it got them"
    " (15 USC 1692a(6)(F)(iii)) and keeps it as house policy."
)
BINDS = "Binds this office in the role in which it collects."
OWN_LIMIT = "The office's own limit."


@dataclass(frozen=True)
class RuleResult:
    """What one rule says, with what it looked at."""

    code: str
    label: str
    is_ok: bool
    sentence: str
    citation: str
    basis: RuleBasis
    scope: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    next_at: datetime | None = None
    """When this rule alone would allow it; empty when it does now, or never will by itself."""
    tag: str = ""
    """How sure the citation is: V seen, V2 at second hand, K-high and K from knowledge, to be confirmed."""
    rule_id: int | None = None
    """The row of contact_rules; empty for what no row can change."""
    rule_version: int | None = None
    jurisdiction: str = FEDERAL

    @property
    def source(self) -> str:
        """Return citation and basis in words, and whether they wait to be confirmed."""
        doubt = ", to be confirmed" if self.tag.startswith(UNCONFIRMED) else ""
        return f"{self.citation} ({self.basis}{doubt})"


@dataclass(frozen=True)
class Verdict:
    """The answer, every rule behind it, and the next moment at which all allow it."""

    is_allowed: bool
    rules: tuple[RuleResult, ...]
    """In the order in which they are looked at."""
    next_legal_at: datetime | None
    """The earliest moment from now on at which nothing speaks against it; None while waiting brings none."""
    version: str
    at: datetime
    is_with_consent: bool = False
    """The person asked for this call and was not spoken to since: it is kept with the call, because such a
    call does not count against the limits of Regulation F (12 CFR 1006.14(b)(3)(i))."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks against it, in sentences; what speaks for it when nothing does."""
        failing = tuple(each.sentence for each in self.rules if not each.is_ok)
        return failing or tuple(each.sentence for each in self.rules)

    def as_json(self) -> dict[str, Any]:
        """Return it as kept with the call."""
        return {
            "is_allowed": self.is_allowed,
            "version": self.version,
            "at": self.at.isoformat(),
            "next_legal_at": self.next_legal_at.isoformat() if self.next_legal_at else None,
            "is_with_consent": self.is_with_consent,
            "rules": [
                asdict(each) | {"next_at": each.next_at.isoformat() if each.next_at else None}
                for each in self.rules
            ],
        }


def payer_call(at: datetime, held: Sequence[RuleResult] = ()) -> Verdict:
    """Judge a call to a payer: allowed at any time, but not under a hold that stops the payer's tasks.

    `held`: what those holds say. A patient who has paid in full may keep the plan out of it (45 CFR
    164.522(a)(1)(vi)).
    """
    result = RuleResult(
        code="BUSINESS_CALL",
        label="Call to a payer",
        is_ok=True,
        sentence="Payers may be called at any time: the rules about calling people protect consumers.",
        citation="15 USC 1692a(3); 12 CFR 1006.2(e)",
        basis=RuleBasis.LAW,
        scope="Business to business.",
        tag="V2",
    )
    rules = (*held, result)
    ends = [each.next_at for each in held if each.next_at is not None]
    return Verdict(not held, rules, max(ends, default=at), RULE_SET_VERSION, at)


def inbound_call(at: datetime) -> Verdict:
    """Record why a call that the person made needed no permission."""
    result = RuleResult(
        code="INBOUND",
        label="The person called us",
        is_ok=True,
        sentence="The person called the office; only calls the office places are limited.",
        citation="12 CFR 1006.14(b)(2)(i)",
        basis=RuleBasis.LAW,
        scope="A conversation all the same: the days without calls begin with it.",
        tag="V2",
    )
    return Verdict(True, (result,), at, RULE_SET_VERSION, at)


def scope_words(basis: RuleBasis, jurisdiction: str, collects_as: CollectsAs) -> str:
    """Say whom a rule binds, and why this office keeps it."""
    if basis is RuleBasis.LAW:
        return BINDS
    if jurisdiction == HOUSE:
        return OWN_LIMIT
    return EARLY_OUT if collects_as is CollectsAs.EARLY_OUT else FIRST_PARTY
