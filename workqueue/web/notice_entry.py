"""One statement or notice as a program or a file says it, made into values."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from workqueue.rules.notices import NoticeKind
from workqueue.rules.refusals import Invalid
from workqueue.services.notices import NoticeEntry
from workqueue.web.forms import Fields

FIELDS = ("account", "kind", "given_on", "deadline_on", "evidence")


def read_notice(raw: Mapping[str, Any], place: str) -> NoticeEntry:
    """Return the entry; raises Invalid with `place.field` for the first field that cannot be used."""
    fields = Fields(raw)
    account = fields.text("account", longest=200)
    kind = fields.choice("kind", NoticeKind)
    given_on = fields.day("given_on")
    deadline_on = fields.day("deadline_on", is_required=False)
    evidence = fields.text("evidence", longest=200, is_required=False)
    for name, sentence in fields.errors.items():
        raise Invalid(sentence, field=f"{place}.{name}")
    return NoticeEntry(account, cast("NoticeKind", kind), cast("date", given_on), deadline_on, evidence)
