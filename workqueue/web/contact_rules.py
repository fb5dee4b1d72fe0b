"""The rules of contact: what limits a call here and why, and an admin's new version or end of one."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.calendar import office_day
from workqueue.rules.contact_rule_words import KIND_WORDS, parameter_words
from workqueue.rules.contact_rules import ContactRule, RuleKind
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import READERS, Role
from workqueue.services import contact_rules
from workqueue.services.contact_rules import RuleOver, RulesOverlap
from workqueue.services.reading.contact_rules import chapters, version
from workqueue.web import contact_rule_form
from workqueue.web.forms import Fields
from workqueue.web.guards import admin_only, current_person, roles, utc_now
from workqueue.web.render import done

bp = Blueprint("contact_rules", __name__, url_prefix="/contact-rules")

overseers = roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)


@bp.get("")
@overseers
def show() -> ResponseReturnValue:
    today = office_day(utc_now())
    with reading() as session:
        collects_as = contact_rules.collects_as(session)
        book = chapters(session, collects_as=collects_as, day=today)
    return render_template(
        "contact_rules/show.html",
        chapters=book,
        role_words=contact_rule_form.ROLE_WORDS,
        collects_as=collects_as,
        today=today,
        may_change=current_person().role is Role.ADMIN,
        sees_queue_rules=current_person().role in READERS,
    )


@bp.get("/add")
@admin_only
def add_form() -> ResponseReturnValue:
    """Ask for the kind of rule first: it decides what the form holds."""
    kind = _kind(request.args)
    if kind is None:
        return render_template("contact_rules/kinds.html", kinds=KIND_WORDS)
    return _form(kind, contact_rule_form.blank(kind), {})


@bp.post("/add")
@admin_only
def add() -> ResponseReturnValue:
    kind = _kind(request.form)
    if kind is None:
        raise Invalid("Choose what the rule limits.", field="kind")
    return _add(kind, None)


@bp.get("/<int:rule_id>/version")
@admin_only
def version_form(rule_id: int) -> ResponseReturnValue:
    rule = _rule(rule_id)
    return _form(rule.kind, contact_rule_form.filled(rule), {}, rule)


@bp.post("/<int:rule_id>/version")
@admin_only
def add_version(rule_id: int) -> ResponseReturnValue:
    rule = _rule(rule_id)
    return _add(rule.kind, rule)


@bp.get("/<int:rule_id>/end")
@admin_only
def end_form(rule_id: int) -> ResponseReturnValue:
    return _end_form(_rule(rule_id), {})


@bp.post("/<int:rule_id>/end")
@admin_only
def end(rule_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    if not request.form.get("on"):
        fields.refuse("on", "Enter the last day on which it holds.")
    on = fields.day("on")
    if on is None:
        return _end_form(_rule(rule_id), fields.errors, 422)
    try:
        with transaction() as session:
            contact_rules.end(session, rule_id, on=on, actor_id=current_person().id, now=utc_now())
    except Invalid as refusal:
        return _end_form(_rule(rule_id), {refusal.field or "on": refusal.sentence}, 422)
    except RuleOver as refusal:
        return _end_form(_rule(rule_id), {"on": refusal.sentence}, 409)
    log.info("contact_rule_ended", rule_id=rule_id, actor_id=current_person().id)
    flash("It has an end. Calls made until then keep it.", "success")
    return done(url_for("contact_rules.show"))


def _add(kind: RuleKind, rule: ContactRule | None) -> ResponseReturnValue:
    new, fields = contact_rule_form.read(request.form, kind, of=rule)
    typed = contact_rule_form.typed(request.form)
    if fields.errors:
        return _form(kind, typed, fields.errors, rule, 422)
    try:
        with transaction() as session:
            rule_id = contact_rules.add_version(session, new, actor_id=current_person().id, now=utc_now())
    except Invalid as refusal:
        return _form(kind, typed, {_input(refusal.field): refusal.sentence}, rule, 422)
    except RulesOverlap as refusal:
        return _form(kind, typed, {"effective_from": refusal.sentence}, rule, 409)
    log.info("contact_rule_added", rule_id=rule_id, actor_id=current_person().id)
    flash("Added. It holds from its day on, without a restart; earlier calls keep the old one.", "success")
    return done(url_for("contact_rules.show"))


def _input(field: str | None) -> str:
    """Name the input to look at; what is wrong with the whole stands beside the first of them."""
    return field or "label"


def _kind(source: Any) -> RuleKind | None:
    return Fields(source).choice("kind", RuleKind, is_required=False)


def _rule(rule_id: int) -> ContactRule:
    with reading() as session:
        return version(session, rule_id)


def _form(
    kind: RuleKind,
    values: dict[str, Any],
    errors: dict[str, str],
    rule: ContactRule | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "contact_rules/form.html",
        kind=kind,
        kind_words=KIND_WORDS[kind],
        rule=rule,
        values=values,
        errors=errors,
        choices=contact_rule_form.CHOICES,
        counted_by=contact_rule_form.COUNTED_BY,
        jurisdictions=contact_rule_form.jurisdiction_options(),
        today=office_day(utc_now()),
    )
    return page, status


def _end_form(rule: ContactRule, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "contact_rules/end.html",
        rule=rule,
        words=parameter_words(rule.parameters),
        values=request.form,
        errors=errors,
        today=office_day(utc_now()),
    )
    return page, status
