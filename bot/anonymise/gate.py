"""Temporary local gate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.anonymise.text import AnonText, Sensitive
from bot.errors import Refusal


class GateClosed(Refusal):
    """A recogniser failed."""


class HardIdentifierCannotBeKept(Refusal):
    """Hard."""


@dataclass(frozen=True)
class Known:
    names: tuple[str, ...] = ()
    clinics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    start: int
    end: int
    cls: str
    tier: Literal["auto", "check"]
    score: float
    recogniser: str
    tag: str
    hard: bool


@dataclass(frozen=True)
class Segment:
    text: str
    kind: str
    tag: str = ""


@dataclass(frozen=True)
class FieldResult:
    text: Sensitive
    findings: tuple[Finding, ...]


@dataclass
class TagBook:
    tags: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> Any:
        return self.tags

    @classmethod
    def from_json(cls, data: Any) -> TagBook:
        return cls(dict(data))


@dataclass(frozen=True)
class Examined:
    fields: Mapping[str, FieldResult]
    lang: str
    flags: tuple[Any, ...]
    tags: TagBook

    def redact(self, keep: frozenset[str] = frozenset()) -> dict[str, AnonText]:
        return {n: AnonText._passed("".join(s.text for s in self.segments(n, keep))) for n in self.fields}

    def segments(self, name: str, keep: frozenset[str] = frozenset()) -> tuple[Segment, ...]:
        raw, out, at = self.fields[name].text.reveal(), [], 0
        for f in self.fields[name].findings:
            out.append(Segment(raw[at : f.start], "plain"))
            if f.tag in keep:
                if f.hard:
                    raise HardIdentifierCannotBeKept
                out.append(Segment(raw[f.start : f.end], "kept", f.tag))
            else:
                out.append(Segment(f.tag, "masked" if f.tier == "auto" else "check", f.tag))
            at = f.end
        out.append(Segment(raw[at:], "plain"))
        return tuple(s for s in out if s.text)


@dataclass(frozen=True)
class GateSettings:
    pass


PATTERNS = [
    ("EMAIL", r"[\w.+-]+@[\w.-]+\w"),
    ("URL", r"(?:https?://|www\.)\S+\w"),
    ("PHONE", r"\b0\d{4} ?\d{6}\b"),
    ("DATE", r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b"),
]


class Gate:
    def __init__(self, settings: GateSettings) -> None:
        pass

    def examine(
        self,
        fields: Mapping[str, Sensitive],
        *,
        lang: str | None,
        known: Known = Known(),
        tags: TagBook | None = None,
        mask: Sequence[str] = (),
    ) -> Examined:
        tags = tags or TagBook()
        results = {}
        patterns = (
            PATTERNS + [("NAME", re.escape(n)) for n in known.names if n] + [("WORD", re.escape(m)) for m in mask]
        )
        for name, text in fields.items():
            found = []
            for cls, p in patterns:
                for m in re.finditer(p, text.reveal()):
                    tag = tags.tags.setdefault(m.group().casefold(), f"[{cls} {len(tags.tags) + 1}]")
                    found.append(Finding(m.start(), m.end(), cls, "auto", 1.0, cls, tag, cls != "NAME"))
            results[name] = FieldResult(text, tuple(sorted(found, key=lambda f: f.start)))
        return Examined(results, lang or "en", (), tags)
