"""What a caller's address means: which network it is counted by, and what of it is stored.

An IPv6 customer has a network of 2^64 addresses at least, and often 2^16 of those, so a single address says nothing
about who calls. Counting is by /64, and once more by /48.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """The address that a text is, without a scope; an IPv4 address that is written as IPv6 is IPv4. None for others."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return found
    return found.ipv4_mapped or IPv6Address(int(found))


def truncated(address: str | None) -> str | None:
    """What of an address is stored: the first 24 bits of IPv4, 48 of IPv6."""
    return _network(address, v4=24, v6=48)


def counted_as(address: str | None) -> str | None:
    """The address that stands for all that count as one: an IPv4 address itself, the first of an IPv6 /64."""
    return _network(address, v4=32, v6=64)


def wider_network(address: str | None) -> str | None:
    """The /48 of an IPv6 address, such as `2001:db8::/48`; None for IPv4."""
    found = parsed(address) if address is not None else None
    return f"{truncated(address)}/48" if isinstance(found, IPv6Address) else None


def _network(address: str | None, *, v4: int, v6: int) -> str | None:
    found = parsed(address) if address is not None else None
    if found is None:
        return None
    bits = v4 if isinstance(found, IPv4Address) else v6
    return str(ip_network(f"{found}/{bits}", strict=False).network_address)
