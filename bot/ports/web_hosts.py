"""Which hosts of an address may be called: names as they are written, and addresses of the open internet.

A client turns a host into ASCII before it calls it (NFKC, IDNA), and some systems read `127.1`, `0x7f000001` or
`2130706433` as addresses: what would become another host by that is refused. Networks: RFC 6890 and the registries of
IANA, RFC 6052 and 8215 (NAT64), RFC 3056 and 7526 (6to4), RFC 4380 (Teredo), RFC 4291 (IPv4 inside IPv6), RFC 3879.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

LONGEST_HOST = 253
_NAT64 = IPv6Network("64:ff9b::/96")
_INNER_4 = tuple(IPv4Network(each) for each in ("192.0.0.0/24", "192.88.99.0/24"))
_INNER_6 = tuple(IPv6Network(each) for each in ("64:ff9b:1::/48", "fec0::/10", "::/96", "::ffff:0:0:0/96", "5f00::/16"))
"""What `is_global` of some versions of Python lets pass."""
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, in itself and in what it carries."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_open(each) for each in (found, *_carried(found)))


def may_be_called(address: str, allowed: Callable[[str], bool]) -> bool:
    """Whether an address is https, without a user's name, on a host that is called as it is written.

    An IP address must be `allowed`; what a name means is looked at by whoever resolves it.
    """
    where = urlsplit(address)
    try:
        host = host_called(address)
    except ValueError:
        return False
    if where.scheme != "https" or where.username is not None:
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return allowed(host)


def host_called(address: str) -> str:
    """The host of an address, "" if it has none. Raises ValueError for one that could be called as another."""
    host = urlsplit(address).hostname or ""
    try:
        literal = ip_address(host)
    except ValueError:
        _must_be_a_name(host)
        return host
    if "%" in host or (isinstance(literal, IPv4Address) and str(literal) != host):
        raise ValueError(host)
    return host


def _must_be_a_name(host: str) -> None:
    labels = host.removesuffix(".").split(".")
    if len(host) > LONGEST_HOST or not all(labels) or _NUMBER.fullmatch(labels[-1]):
        raise ValueError(host)
    if unicodedata.normalize("NFKC", host) != host or not all(map(_may_stand, host)):
        raise ValueError(host)


def _may_stand(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in "-_."
    return unicodedata.category(character)[0] in "LM"


def _open(address: IPv4Address | IPv6Address) -> bool:
    inner = any(address in each for each in (_INNER_4 if isinstance(address, IPv4Address) else _INNER_6))
    return address.is_global and not address.is_multicast and not inner


def _carried(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses inside an IPv6 one."""
    if isinstance(address, IPv4Address):
        return []
    inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        inside.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in inside if each is not None]
