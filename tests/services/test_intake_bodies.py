"""The fast way to write a claim says exactly what the rules decide."""

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.x12.writing import only, parse, remittance
from workqueue.rules.adjudication import adjudicate
from workqueue.services.intake.bodies import Bodies
from workqueue.x12.records import Adjustment, RemittanceClaim

DAY = date(2026, 3, 2)
CLAIM = only(
    parse(remittance("CLP*A1*1*300*300*0*12*ICN1\nSVC*HC:99213:25*300*300**1\nDTM*472*20260201")),
    RemittanceClaim,
)

texts = st.one_of(st.sampled_from(["45", "50", "23", "B7", "1"]), st.text(max_size=4))
adjustments = st.lists(
    st.builds(
        Adjustment, st.sampled_from(["CO", "PR", "OA", "XX"]), texts, st.integers(-9, 9), st.integers(0, 2)
    ),
    max_size=6,
)


def columns(body: str) -> list[str]:
    """Return the columns as PostgreSQL would read them from COPY."""
    cut = body.split("\t")
    unescaped = [each.replace("\\\\", "\0").replace("\\t", "\t").replace("\\n", "\n") for each in cut]
    return [each.replace("\\r", "\r").replace("\0", "\\") for each in unescaped]


def payload(body: str) -> dict[str, Any]:
    return json.loads(columns(body)[-1])  # type: ignore[no-any-return]


@given(
    status=st.sampled_from(["1", "2", "3", "4", "19", "22", "23", "25"]),
    paid=st.integers(-500, 500),
    told=adjustments,
    is_notice=st.booleans(),
)
def test_columns_and_entries_are_those_of_the_rule(
    status: str, paid: int, told: list[Adjustment], is_notice: bool
) -> None:
    record = CLAIM._replace(status_code=status, paid_cents=paid, adjustments=tuple(told))
    body = Bodies(7, DAY, is_notice=is_notice).body(record, "A1")
    decided = adjudicate(status, paid, told, is_notice=is_notice)
    cut = columns(body)
    assert cut[:5] == ["remittance_claim", "A1", str(decided.sequence), "7", "ICN1"]
    assert [int(each) for each in cut[7:11]] == [
        decided.paid_cents,
        decided.patient_cents,
        decided.contractual_cents,
        decided.denied_cents,
    ]
    assert cut[12] == decided.reason.replace("\0", "")
    expected = [[entry[0].value, *entry[1:]] for entry in decided.entries]
    assert json.dumps(payload(body)["entries"]).replace("\\u0000", "") == json.dumps(expected).replace(
        "\\u0000", ""
    )


def test_lines_and_remarks_are_kept_for_the_accounts_page() -> None:
    said = payload(Bodies(None, DAY, is_notice=False).body(CLAIM, "A1"))
    assert said["lines"] == [["99213", "25", 30_000, 30_000, "2026-02-01", ""]]
    assert said["filing"] == "12"


@given(number=st.text(min_size=1, max_size=12), control=st.text(max_size=12))
def test_no_text_of_a_file_breaks_a_row(number: str, control: str) -> None:
    body = Bodies(7, DAY, is_notice=False).body(CLAIM._replace(payer_control_number=control), number)
    cut = columns(body)
    assert len(cut) == 14
    assert "\n" not in body
    assert (cut[1], cut[4]) == (number.replace("\0", ""), control.replace("\0", ""))
