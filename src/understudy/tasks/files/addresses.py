"""Which addresses a client's URL may lead to: public ones, whatever they are wrapped in."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
# RFC 6052: an IPv4 address in the last 32 bits of an IPv6 one that a NAT64 gateway translates.
_NAT64 = IPv6Network("64:ff9b::/96")
# RFC 3056: the IPv4 address of the gateway in bits 16 to 48.
_SIX_TO_FOUR = IPv6Network("2002::/16")
# Teredo, ORCHID, benchmarks, documentation: parts of 2000::/3 that are no one's public address.
_SPECIAL = tuple(IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "3fff::/20"))

# Not all Python versions count these: protocol assignments (Oracle's metadata among them), the
# former 6to4 relays; and Azure's host, a public address that answers only from inside.
_SPECIAL_V4 = tuple(
    IPv4Network(network) for network in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")
)


MAX_NAME_CHARACTERS = 253
# Clients take these for the dots of a name (RFC 3490, 3.1).
_FULL_STOPS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))
_LABEL = re.compile(r"[^.\s]{1,63}")
# A name whose last part is one of these is an address, or nothing (WHATWG URL, 3.5).
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


def host_problem(host: str, *, allow_private: bool) -> str | None:
    """What is wrong with a URL's host, as far as that is seen without asking a name server.

    host: without brackets or port. Returns a few words, None when nothing is.
    """
    name = host.translate(_FULL_STOPS).rstrip(".").lower()
    if ":" in host:
        return _address_problem(host, allow_private=allow_private)
    labels = name.split(".")
    if len(name) > MAX_NAME_CHARACTERS or not all(map(_LABEL.fullmatch, labels)):
        return "a host name is expected"
    if _NUMBER.fullmatch(labels[-1]):
        try:
            # As the system reads it: also `127.1`, and numbers to the bases 8 and 16.
            address = socket.inet_ntoa(socket.inet_aton(name))
        except OSError:
            return "a valid address is expected"
        return _address_problem(address, allow_private=allow_private)
    if not allow_private and labels[-1] == "localhost":
        return PUBLIC_EXPECTED
    return None


PUBLIC_EXPECTED = "a public address is expected"


def _address_problem(address: str, *, allow_private: bool) -> str | None:
    try:
        ip_address(address)
    except ValueError:
        return "a valid address is expected"
    return None if allow_private or is_public(address) else PUBLIC_EXPECTED


def is_public(text: str) -> bool:
    """Whether an IP address (a scope after `%` is no public one) is reachable for everybody.

    Loopback, private, link-local (cloud metadata among them), shared, multicast and reserved
    addresses are not, nor is an IPv6 address that only wraps such an IPv4 one.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_public_v4(address)
    if address.scope_id is not None:
        return False
    inner = _unwrap(address)
    if inner is not None:
        return _is_public_v4(inner)
    return address in _GLOBAL_UNICAST and not any(address in network for network in _SPECIAL)


def _is_public_v4(address: IPv4Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _SPECIAL_V4)
    )


def _unwrap(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return None
