"""Which addresses a client's URL may lead to: public ones, whatever they are wrapped in."""

from __future__ import annotations

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
