"""What a recogniser finds, and what the gate answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.anonymise.tags import TagBook
from bot.anonymise.text import AnonText, Sensitive
from bot.errors import Refusal

BROADER = {"job": "[JOB]", "event": "[EVENT]", "home": "[HOME]", "family": "[FAMILY]", "country": "[COUNTRY]"}
"""What stands for a quasi-identifier when its author agrees, by kind."""
Tier = Literal["auto", "check"]
"""`auto` is masked; `check` is masked as well, but its author may keep it."""


CLASSES = (
    "NAME", "USERNAME", "DATE", "AGE", "AGE90", "PLACE", "ADDRESS", "POSTCODE", "ORG", "PHONE", "EMAIL", "URL", "ID",
    "PLATE", "WORD",
)  # fmt: skip


class GateClosed(Refusal):
    """A recogniser failed; nothing is shared. `recogniser` and `place` say which and where, the text is never named."""


class HardIdentifierCannotBeKept(Refusal):
    """Valid ids, phone numbers, e-mail addresses, links and full dates stay masked."""


@dataclass(frozen=True)
class Known:
    """Names and clinics of the group's own members: always masked, they would point at colleagues."""

    names: tuple[str, ...] = ()
    clinics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Span:
    """A place in a text, end exclusive; `hard` cannot be kept by the author."""

    start: int
    end: int
    cls: str
    tier: Tier
    score: float
    recogniser: str
    hard: bool = False

    def moved(self, offset: int) -> Span:
        """The same span further on in a longer text."""
        return replace(self, start=self.start + offset, end=self.end + offset) if offset else self


@dataclass(frozen=True)
class Finding:
    """A span with its tag."""

    start: int
    end: int
    cls: str
    tier: Tier
    score: float
    recogniser: str
    tag: str
    hard: bool


@dataclass(frozen=True)
class QuasiFlag:
    """Something that may point at a person without naming them; `suggestion_key` names the advice to show."""

    field: str
    start: int
    end: int
    kind: str
    suggestion_key: str

    @property
    def key(self) -> str:
        """What a form calls it; there is one of a kind in a field."""
        return f"{self.field}:{self.kind}"


@dataclass(frozen=True)
class Segment:
    """A run of the preview."""

    text: str
    kind: Literal["plain", "masked", "check", "kept"]
    tag: str = ""


@dataclass(frozen=True)
class FieldResult:
    """One field with what was found in it, in order, without overlaps."""

    text: Sensitive
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Examined:
    """The gate's answer for all fields of one form."""

    fields: Mapping[str, FieldResult]
    lang: str
    flags: tuple[QuasiFlag, ...]
    tags: TagBook

    def redact(self, keep: frozenset[str] = frozenset(), broaden: frozenset[str] = frozenset()) -> dict[str, AnonText]:
        """Every field with its findings replaced by tags, but for the doubtful ones the author keeps.

        `broaden` names the flags (by `QuasiFlag.key`) whose words a broader one replaces.
        Raises HardIdentifierCannotBeKept when a kept tag stands for a hard identifier.
        """
        texts = {}
        for name, result in self.fields.items():
            if any(f.tag in keep and (f.hard or f.tier == "auto") for f in result.findings):
                raise HardIdentifierCannotBeKept
            masked = [f for f in result.findings if f.tag not in keep]
            masked += self._broader(name, masked, broaden)
            raw = result.text.reveal()
            texts[name] = AnonText._passed(_tagged(raw, masked))
        return texts

    def broader(self, flag: QuasiFlag) -> str:
        """The broader word for a flag; empty where there is none or a mask covers it already."""
        tag = BROADER.get(flag.kind, "")
        findings = self.fields[flag.field].findings
        covered = any(f.start < flag.end and flag.start < f.end for f in findings)
        return "" if covered else tag

    def _broader(self, name: str, masked: list[Finding], broaden: frozenset[str]) -> list[Finding]:
        chosen = [flag for flag in self.flags if flag.field == name and flag.key in broaden]
        added: list[Finding] = []
        for flag in sorted(chosen, key=lambda f: (f.start, f.end)):
            tag = BROADER.get(flag.kind, "")
            if tag and not any(f.start < flag.end and flag.start < f.end for f in [*masked, *added]):
                added.append(Finding(flag.start, flag.end, "QUASI", "check", 0.5, "author", tag, hard=False))
        return added

    def segments(self, name: str, keep: frozenset[str] = frozenset()) -> tuple[Segment, ...]:
        """The runs of one field as the preview marks them."""
        raw, at = self.fields[name].text.reveal(), 0
        runs: list[Segment] = []
        for found in self.fields[name].findings:
            runs.append(Segment(raw[at : found.start], "plain"))
            if found.tag in keep:
                if found.hard or found.tier == "auto":
                    raise HardIdentifierCannotBeKept
                runs.append(Segment(raw[found.start : found.end], "kept", found.tag))
            else:
                runs.append(Segment(found.tag, "masked" if found.tier == "auto" else "check", found.tag))
            at = found.end
        runs.append(Segment(raw[at:], "plain"))
        return tuple(run for run in runs if run.text)


def _tagged(raw: str, masked: list[Finding]) -> str:
    """The text with every finding replaced by its tag; the findings do not overlap."""
    parts, at = [], 0
    for found in sorted(masked, key=lambda f: f.start):
        parts += [raw[at : found.start], found.tag]
        at = found.end
    return "".join([*parts, raw[at:]])
