"""The style guide: every component of the pages in every state, for those who build and check them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template

from workqueue.web.guards import admin_only

bp = Blueprint("styleguide", __name__)


@dataclass(frozen=True)
class SampleTask:
    """An invented row for the table of the style guide."""

    id: int
    patient: str
    kind: str
    state: str
    holder: str
    due_on: date | None
    cents: int


SAMPLE_TASKS = (
    SampleTask(1, "Rivera, Ana", "Denial", "leased", "Ana Flores", date(2026, 12, 12), 421055),
    SampleTask(2, "Okafor, James", "Callback due", "queued", "Ben Ortiz", date(2026, 11, 23), 18250),
    SampleTask(3, "Haddad, Samir", "No response", "waiting", "nobody", None, 77310),
    SampleTask(4, "Chen, Mei", "Credit balance", "held", "Sue Lindqvist", date(2026, 12, 1), -4120),
)


@bp.get("/styleguide")
@admin_only
def show() -> str:
    return render_template("styleguide.html", sample_tasks=SAMPLE_TASKS)
