"""What one adjustment of a payer is, and which payer's turn it was."""

import pytest

from workqueue.rules.adjudication import CONTRACTUAL, INFORMATIONAL, effect_of, main_reason, sequence_of


@pytest.mark.parametrize(
    ("group", "reason", "what"),
    [
        ("PR", "1", "is_share"),
        ("PR", "45", "is_share"),
        ("CO", "45", "is_contractual"),
        ("PI", "253", "is_contractual"),
        ("CO", "50", "is_refusal"),
        ("OA", "18", "is_refusal"),
        ("OA", "23", ""),
    ],
)
def test_group_and_reason_alone_say_what_an_adjustment_is(group: str, reason: str, what: str) -> None:
    assert [name for name, holds in effect_of(group, reason)._asdict().items() if holds] == (
        [what] if what else []
    )


@pytest.mark.parametrize(
    ("status", "sequence"), [("1", 1), ("19", 1), ("20", 2), ("21", 3), ("3", 3), ("22", 1), ("4", 1)]
)
def test_the_turn_of_the_payer_is_read_from_the_status(status: str, sequence: int) -> None:
    assert sequence_of(status, []) == sequence


def test_where_the_status_does_not_say_an_earlier_payers_share_does() -> None:
    assert sequence_of("22", [("OA", "23", -100, 0)]) == 2
    assert sequence_of("1", [("OA", "23", 100, 0)]) == 1


def test_nothing_refused_on_balance_has_no_reason() -> None:
    assert main_reason({}) == main_reason({"CO-50": 0}) == main_reason({"CO-50": 100, "CO-97": -200}) == ""


def test_no_reason_is_both_a_price_and_only_a_remark() -> None:
    assert not CONTRACTUAL.keys() & INFORMATIONAL.keys()
