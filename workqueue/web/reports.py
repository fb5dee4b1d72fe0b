"""Reports: the list of them, one with its numbers and plots, and the accounts behind a number."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.report_facts import Dimension, Figure, Quotient, Report, Span, said
from workqueue.rules.reports import CLASSES, DIMENSIONS, REPORTS, may_see
from workqueue.rules.reports_money import MONEY
from workqueue.rules.roles import READERS, Role
from workqueue.services import exporting, teams
from workqueue.services.reporting.behind import accounts_behind
from workqueue.services.reporting.drawing import Drawn, draw
from workqueue.web.documents import reports as documents
from workqueue.web.documents.tables import FORMS
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_or_auditor, reads_accounts, signed_in, utc_now
from workqueue.web.report_asked import Number, Page, number_of, page_of

bp = Blueprint("reports", __name__, url_prefix="/reports")

LONGEST_REASON = 200


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    role = current_person().role
    seen = [each for each in REPORTS.values() if any(may_see(role, each, by) for by in each.by)]
    families = (
        ("Money", [each for each in seen if each in MONEY]),
        ("Work", [each for each in seen if each not in MONEY]),
    )
    return render_template("reports/index.html", families=families, role=role)


@bp.get("/<code>")
@signed_in
def show(code: str) -> ResponseReturnValue:
    page = page_of(code)
    now = utc_now()
    with reading() as session:
        drawn = draw(session, page.asked, now=now) if not page.errors else None
        trend = _trend(session, page) if drawn is not None else None
        choices = _choices(session, page.asked.report)
    return render_template(
        "reports/show.html",
        page=page,
        asked=page.asked,
        report=page.asked.report,
        drawn=drawn,
        plots=_plots(page, drawn, trend) if drawn is not None else (),
        period=page.asked.period,
        dimension=DIMENSIONS[page.asked.by],
        dimensions=_dimensions(page.asked.report),
        choices=choices,
        may_list=current_person().role in READERS,
        values=request.args,
    ), 422 if page.errors else 200


@bp.get("/<code>/file")
@signed_in
def take_out(code: str) -> ResponseReturnValue:
    """Give the totals, which are about no single person, as a file."""
    page, form = page_of(code), request.args.get("form", "")
    if form not in FORMS:
        raise NotFound
    _check(page)
    with reading() as session:
        drawn = draw(session, page.asked, now=utc_now())
    return _file(page, documents.totals(drawn), form)


@bp.get("/<code>/accounts")
@reads_accounts
def accounts(code: str) -> ResponseReturnValue:
    page = page_of(code)
    _check(page)
    return _accounts(page, number_of(page.asked.report), {})


@bp.post("/<code>/accounts")
@lead_or_auditor
def take_accounts_out(code: str) -> ResponseReturnValue:
    """Give the accounts as a file; who did it, and why, goes into the audit chain."""
    page = page_of(code)
    _check(page)
    number, fields = number_of(page.asked.report), Fields(request.form)
    reason = fields.text("reason", longest=LONGEST_REASON)
    form = fields.text("form", longest=10)
    if form not in FORMS:
        fields.refuse("form", "Choose CSV or XLSX.")
    if fields.errors:
        return _accounts(page, number, fields.errors, 422)
    person, now = current_person(), utc_now()
    try:
        with transaction() as session:
            found = exporting.export_accounts_behind(
                session,
                page.asked,
                number.figure,
                key=number.key,
                reason=reason,
                form=form,
                actor_id=person.id,
                now=now,
            )
    except Invalid as refusal:
        return _accounts(page, number, {refusal.field or "form": refusal.sentence}, 422)
    log.info("report_accounts_exported", kind=code, count=found.accounts, actor_id=person.id)
    sheets = documents.accounts(page.asked, number.figure, found.rows, by=person.name, at=now, reason=reason)
    return _file(page, sheets, form)


def _check(page: Page) -> None:
    for field, sentence in page.errors.items():
        raise Invalid(sentence, field=field)


def _accounts(page: Page, number: Number, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    now, report = utc_now(), page.asked.report
    with reading() as session:
        found = accounts_behind(
            session, page.asked, number.figure, key=number.key, now=now, after=number.after
        )
        drawn = draw(session, page.asked, now=now)
    line = next((each.label for each in drawn.lines if each.key == number.key), drawn.total.label)
    more: dict[str, Any] = {"figure": number.figure.code, "key": number.key}
    return render_template(
        "reports/accounts.html",
        page=page,
        report=report,
        figure=number.figure,
        line=line,
        unit=report.unit_behind(number.figure),
        is_divided=isinstance(number.figure.formula, Quotient),
        found=found,
        period=page.asked.period,
        action=page.url("take_accounts_out", **more),
        first_url=page.url("accounts", **more) if number.after else None,
        next_url=page.url("accounts", **more, after="~".join(map(str, found.next))) if found.next else None,
        may_take_out=current_person().role in {Role.LEAD, Role.AUDITOR},
        values=request.form,
        errors=errors,
    ), status


def _file(page: Page, sheets: Any, form: str) -> Response:
    kind, write = FORMS[form]
    asked = page.asked
    name = documents.file_name(asked.report.code.value, asked.first_on, asked.last_on, form)
    response = make_response(write(sheets))
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _dimensions(report: Report) -> list[tuple[str, str]]:
    role = current_person().role
    return [(each.value, DIMENSIONS[each]) for each in report.by if may_see(role, report, each)]


def _choices(session: Session, report: Report) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the filters the page offers: name, label and options."""
    found: list[tuple[str, str, list[tuple[str, str]]]] = []
    if Dimension.PAYER_CLASS in report.by:
        found.append(("payer_class", "Payer class", list(CLASSES.items())))
    if Dimension.TEAM in report.by and current_person().role is not Role.REP:
        found.append(("team", "Team", [(str(each.id), each.name) for each in teams.listed(session)]))
    return found


def _trend(session: Session, page: Page) -> Drawn | None:
    """Draw the report by month as well, where it has months."""
    asked, report = page.asked, page.asked.report
    if report.span is not Span.PERIOD or Dimension.MONTH not in report.by or asked.by is Dimension.MONTH:
        return None
    by_month = type(asked)(report, asked.first_on, asked.last_on, Dimension.MONTH, asked.only)
    return draw(session, by_month, now=utc_now())


def _plots(page: Page, drawn: Drawn, trend: Drawn | None) -> list[dict[str, Any]]:
    """Return the charts of a report: its figures by line, the first also by month, and a row of parts."""
    report = page.asked.report
    charted = [each for code in report.charts if (each := report.figure(code)) is not None]
    plots = [_by_line(drawn, figure) for figure in charted]
    if trend is not None:
        plots.append(_by_line(trend, charted[0]))
    if report.parts:
        parts = [each for each in report.figures if each.code in report.parts]
        rows = [_bar(each.label, drawn.total.values[each.code], each) for each in parts]
        plots.append({"title": report.parts_title, "rows": rows, "label": "All"})
    return plots


def _by_line(drawn: Drawn, figure: Figure) -> dict[str, Any]:
    rows = [_bar(line.label, line.values[figure.code], figure) for line in drawn.lines]
    by = DIMENSIONS[drawn.asked.by].lower()
    return {"title": f"{figure.label} by {by}", "rows": rows, "label": figure.label}


def _bar(label: str, value: int | None, figure: Figure) -> dict[str, Any]:
    # A bar has no length below zero; the text beside it says the amount.
    return {"label": label, "value": max(value or 0, 0), "text": said(value, figure.unit)}
