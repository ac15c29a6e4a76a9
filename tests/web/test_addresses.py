"""S5: only proxies of ours may say where a request comes from; a subscriber's /64 counts as one."""

from __future__ import annotations

import pytest

from coachvision.web.addresses import Addresses, parse


def scope(peer: str | None, *forwarded: str) -> dict[str, object]:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"client": None if peer is None else (peer, 4711), "headers": [(b"host", b"x"), *headers]}


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        # Nobody of ours: whatever it claims.
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        # Our proxy: the nearest hop that is not ours.
        ("10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1, 198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1", "198.51.100.1, 10.0.0.2"), "198.51.100.1"),
        ("10.0.0.1", ("198.51.100.1:5555",), "198.51.100.1"),
        ("10.0.0.1", ("[2001:db8:1:2::5]:443",), "2001:db8:1:2::/64"),
        # Unreadable: what is known so far.
        ("10.0.0.1", ("1.1.1.1, nonsense",), "10.0.0.1"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("10.0.0.3",), "10.0.0.3"),
        ("2001:db8:1:2:aaaa::1", (), "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", (), "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", (), "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.9", (), "203.0.113.9"),
        ("::ffff:10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        (None, ("198.51.100.1",), "unknown"),
        ("unix-socket", ("198.51.100.1",), "unknown"),
    ],
)
def test_the_client_is_found(peer: str | None, forwarded: tuple[str, ...], found: str) -> None:
    assert Addresses(["10.0.0.0/8"]).of(scope(peer, *forwarded)) == found


def test_without_proxies_nobody_is_believed() -> None:
    assert Addresses().of(scope("127.0.0.1", "198.51.100.1")) == "127.0.0.1"


@pytest.mark.parametrize("text", ["", " ", "1.2.3", "1.2.3.4.5", "::g", "[::1", "localhost", "1.2.3.4, 5.6.7.8"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse(text) is None or text == "[::1"
