"""Which addresses count as one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.networks import UNKNOWN, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", UNKNOWN),
        (None, UNKNOWN),
        ("192.0.2", UNKNOWN),
    ],
)
def test_an_address_belongs_to_its_network(address: str | None, network: str) -> None:
    assert network_of(address) == network


@given(st.text() | st.ip_addresses().map(str))
def test_any_text_has_a_network(address: str) -> None:
    assert network_of(address)
