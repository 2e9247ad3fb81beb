"""What is kept of the address that somebody called from."""

from __future__ import annotations

from ipaddress import ip_address, ip_network


def truncated(address: str | None) -> str | None:
    """What of an address is kept: the first 24 bits of IPv4, 48 of IPv6."""
    if address is None:
        return None
    bits = 24 if ip_address(address).version == 4 else 48
    return str(ip_network(f"{address}/{bits}", strict=False).network_address)
