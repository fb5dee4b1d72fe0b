"""The rules of contact for programs: a dialler or a report may want to know what a verdict rests on."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask import Response, request

from workqueue.api import bp
from workqueue.api.answers import answer
from workqueue.api.auth import api_roles
from workqueue.extensions import db
from workqueue.rules.calendar import office_day
from workqueue.rules.contact_rule_words import is_to_be_confirmed, parameter_words
from workqueue.rules.contact_rules import ContactRule, RuleBasis, RuleKind, raw_parameters
from workqueue.rules.roles import EVERYONE
from workqueue.services import contact_rules
from workqueue.web.forms import Fields
from workqueue.web.guards import utc_now


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """One rule on one day, as it binds this office."""

    id: int
    code: str
    version: int
    kind: RuleKind
    label: str
    words: str
    jurisdiction: str
    parameters: dict[str, Any]
    basis: RuleBasis | None
    citation: str
    tag: str
    is_to_be_confirmed: bool
    effective_from: date
    effective_to: date | None
    reviewed_by: str


@bp.get("/contact-rules")
@api_roles(*EVERYONE)
def list_contact_rules() -> Response:
    """List the rules that hold on a day of the office, today when none is named."""
    fields = Fields(request.args)
    day = fields.day("on", is_required=False) or office_day(utc_now())
    fields.check()
    session = db.session()
    role = contact_rules.collects_as(session)
    return answer(
        {"items": [asdict(_shown(rule, rule.basis(role))) for rule in contact_rules.in_force(session, day)]}
    )


def _shown(rule: ContactRule, basis: RuleBasis | None) -> RuleInForce:
    return RuleInForce(
        id=rule.id,
        code=rule.code,
        version=rule.version,
        kind=rule.kind,
        label=rule.label,
        words=parameter_words(rule.parameters),
        jurisdiction=rule.jurisdiction,
        parameters=raw_parameters(rule.parameters),
        basis=basis,
        citation=rule.citation,
        tag=rule.tag,
        is_to_be_confirmed=is_to_be_confirmed(rule.tag),
        effective_from=rule.effective_from,
        effective_to=rule.effective_to,
        reviewed_by=rule.reviewed_by,
    )
