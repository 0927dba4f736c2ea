"""Rate limits: requests counted within a window, by address or by person, and a pause for whoever exceeds one.

Counts live in memory: each replica counts for itself, and a restart begins at 0. The table is
bounded, so that nobody fills the memory by coming from ever new addresses.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeVar

T = TypeVar("T")
MOST_KEYS = 20_000
"""Addresses or people remembered at once; the one not seen for longest is forgotten first."""


@dataclass
class Limit:
    """At most `most` within `seconds` for one key; whoever exceeds it waits until `rest` seconds have passed."""

    most: int
    seconds: float
    rest: float
    clock: Callable[[], float] = time.monotonic
    _seen: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict, init=False)
    _resting: OrderedDict[str, float] = field(default_factory=OrderedDict, init=False)

    def wait(self, key: str) -> int:
        """Seconds this key still has to wait; 0 when it is welcome."""
        until = self._resting.get(key)
        left = 0.0 if until is None else until - self.clock()
        if until is not None and left <= 0:
            del self._resting[key]
        return max(0, int(left + 0.999))

    def count(self, key: str) -> int:
        """Count one more; the seconds to wait from now on, 0 while there are not too many."""
        waiting = self.wait(key)
        if waiting:
            return waiting
        now = self.clock()
        began, number = self._seen.pop(key, (now, 0))
        if now - began >= self.seconds:
            began, number = now, 0
        if number + 1 > self.most:
            _put(self._resting, key, now + self.rest)
            return self.wait(key)
        _put(self._seen, key, (began, number + 1))
        return 0

    def forgive(self, key: str) -> None:
        """Take one count back: it turned out to be welcome."""
        began, number = self._seen.get(key, (0.0, 0))
        if number:
            self._seen[key] = (began, number - 1)


def address_of(peer: str | None, forwarded: Sequence[str], proxies: Iterable[IPv4Network | IPv6Network]) -> str:
    """Where a request comes from: the peer, or what trusted proxies say of it.

    `forwarded` are the values of every X-Forwarded-For line in their order; some proxies add to the line they were
    given, others add a line. Read from the end, each address that a named proxy wrote is believed, until one that is no
    such proxy: nobody can put one in front that counts. An IPv6 address counts with its whole /64, which one household
    or one attacker has to itself.
    """
    trusted = tuple(proxies)
    found = peer or ""
    for said in reversed([part.strip() for line in forwarded for part in line.split(",") if part.strip()]):
        if not any(known in network for network in trusted if (known := _address(found))):
            break
        found = said
    known = _address(found)
    if known is None:
        return found[:64]
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else str(known)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in a text, with or without a port; one of IPv4 written as IPv6 is the IPv4 one."""
    bare = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        known = ip_address(bare)
    except ValueError:
        return None
    return getattr(known, "ipv4_mapped", None) or known


def _put(table: OrderedDict[str, T], key: str, value: T) -> None:
    table[key] = value
    table.move_to_end(key)
    while len(table) > MOST_KEYS:
        table.popitem(last=False)
