"""Which addresses the bot may send to, and which are this very machine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

_PLAIN = re.compile(r"[a-z0-9.:-]+")


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine."""
    if not host or host == "localhost":
        return host == "localhost"
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def allowed_service(url: str, hosts: Iterable[str], *, loopback: bool) -> bool:
    """Whether a service URL is on one of the `hosts`, or in anonymous mode the Playground's on this machine.

    Only a host of this machine that is listed by name is reached without encryption.
    """
    try:
        where = urlsplit(url)
        host, _ = where.hostname or "", where.port
    except ValueError:
        return False
    # What is odd here might be read otherwise by whoever connects.
    if where.username is not None or not _PLAIN.fullmatch(host):
        return False
    if loopback:
        return where.scheme in {"http", "https"} and is_loopback(host)
    secure = where.scheme == "https" or (where.scheme == "http" and is_loopback(host))
    return secure and any(_matches(host, pattern.lower()) for pattern in hosts)


def _matches(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
