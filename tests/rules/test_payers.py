"""What kind of payer one is, and the limits that follow."""

from datetime import date, timedelta

import pytest

from workqueue.rules.payers import DEFAULTS, payer_code, payer_kind
from workqueue.rules.states import PayerKind


@pytest.mark.parametrize(
    ("name", "indicator", "kind"),
    [
        ("ANY NAME", "MB", PayerKind.MEDICARE),
        ("ANY NAME", "MC", PayerKind.MEDICAID),
        ("ANY NAME", "16", PayerKind.ADVANTAGE),
        ("ANY NAME", "CH", PayerKind.TRICARE),
        ("ANY NAME", "12", PayerKind.COMMERCIAL),
        ("ANY NAME", "WC", PayerKind.OTHER),
        ("Medicare Advantage of Ohio", "", PayerKind.ADVANTAGE),
        ("MEDICARE PART B", "", PayerKind.MEDICARE),
        ("Ohio Medicaid", "ZZ", PayerKind.MEDICAID),
        ("Blue Cross Blue Shield", "", PayerKind.COMMERCIAL),
        ("UnitedHealthcare", "", PayerKind.COMMERCIAL),
        ("YOUR TAX DOLLARS AT WORK", "", PayerKind.OTHER),
    ],
)
def test_the_filing_indicator_tells_the_kind_and_else_the_name(
    name: str, indicator: str, kind: PayerKind
) -> None:
    assert payer_kind(name, indicator) is kind


def test_every_kind_has_limits() -> None:
    assert set(DEFAULTS) == set(PayerKind)


def test_a_medicare_remittance_of_march_2_can_be_appealed_until_july_5() -> None:
    assert date(2026, 3, 2) + timedelta(days=DEFAULTS[PayerKind.MEDICARE].appeal_days) == date(2026, 7, 5)


def test_an_advantage_denial_of_march_2_can_be_appealed_until_may_6() -> None:
    assert date(2026, 3, 2) + timedelta(days=DEFAULTS[PayerKind.ADVANTAGE].appeal_days) == date(2026, 5, 6)


def test_a_payer_without_identifier_is_kept_under_its_name_in_one_spelling() -> None:
    assert payer_code("", " Sample  mutual ") == payer_code("", "SAMPLE MUTUAL") == "SAMPLE MUTUAL"
    assert payer_code("sm01", "Sample Mutual") == "SM01"
