"""What is left of a segment for eyes that may not see patients."""

import pytest

from workqueue.rules.masking import MASK, masked


@pytest.mark.parametrize(
    ("segment", "shown"),
    [
        ("NM1*QC*1*ROE*JO****MI*M123", f"NM1*QC*1*{MASK}*{MASK}****MI*{MASK}"),
        ("CLP*A1*1*500*300*50*12*ICN1", f"CLP*{MASK}*1*500*300*50*12*{MASK}"),
        ("CAS*CO*45*150", "CAS*CO*45*150"),
        ("N3*1 MAIN ST", f"N3*{MASK}"),
        ("DMG*D8*19700101*F", f"DMG*{MASK}*{MASK}*{MASK}"),
        ("REF|1K|ICN1", f"REF|1K|{MASK}"),
        ("JO ROE CALLED", MASK),
        ("", MASK),
    ],
)
def test_amounts_and_codes_stay_and_everybody_is_hidden(segment: str, shown: str) -> None:
    assert masked(segment) == shown


def test_of_a_table_only_the_number_of_columns_is_left() -> None:
    assert masked("4711,1970-01-01,,Jo\r\n", is_table=True) == f"{MASK},{MASK},,{MASK}"
