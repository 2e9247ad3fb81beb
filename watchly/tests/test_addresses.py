"""Addresses: what counts as one caller, and what of it is stored."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from watchly.api.middleware import client_address
from watchly.common.addresses import counted_as, truncated, wider_network


@pytest.mark.parametrize(
    ("address", "counted", "wider", "stored"),
    [
        ("192.0.2.77", "192.0.2.77", None, "192.0.2.0"),
        ("::ffff:192.0.2.77", "192.0.2.77", None, "192.0.2.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", "2001:db8:1::/48", "2001:db8:1::"),
        ("fe80::1%eth0", "fe80::", "fe80::/48", "fe80::"),
        ("::1", "::", "::/48", "::"),
        (None, None, None, None),
        ("no address", None, None, None),
    ],
)
def test_an_address_is_counted_by_network_and_stored_in_part(
    address: str | None, counted: str | None, wider: str | None, stored: str | None
) -> None:
    assert (counted_as(address), wider_network(address), truncated(address)) == (counted, wider, stored)


@pytest.mark.parametrize(
    ("given", "found"), [("::ffff:192.0.2.77", "192.0.2.77"), ("fe80::1%eth0", "fe80::1"), ("", None), ("x", None)]
)
def test_the_callers_address_is_plain(given: str, found: str | None) -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=given)) == found
