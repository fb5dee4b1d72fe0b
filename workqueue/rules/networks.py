"""Which addresses count as one place when wrong passwords are counted."""

from ipaddress import IPv6Address, ip_address, ip_network

IPV4_BITS = 24
IPV6_BITS = 48
UNKNOWN = "unknown"


def network_of(address: str | None) -> str:
    """Return the /24 or /48 an address is in: a household or office changes addresses inside of it."""
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        # All of them together: an address we cannot read is no way around the count.
        return UNKNOWN
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    bits = IPV4_BITS if parsed.version == 4 else IPV6_BITS
    return str(ip_network(f"{parsed}/{bits}", strict=False))
