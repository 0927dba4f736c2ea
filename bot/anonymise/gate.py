"""The gate: recognisers find, overlaps are resolved, everything found once is found everywhere, tags are given.

Synchronous and safe for threads. A recogniser that fails closes the gate: nothing is shared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.anonymise.finding import Examined, FieldResult, Finding, GateClosed, Known, Span
from bot.anonymise.fixed_forms import FIXED_FORMS
from bot.anonymise.tags import TagBook
from bot.anonymise.text import Sensitive

_ROLE_WORDS = frozenset({"therapist", "supervisor", "service", "manager", "data-protection", "officer", "group"})
_SHORTEST_NAME = 3
LONGEST_REMEMBERED = 4


@dataclass(frozen=True)
class GateSettings:
    """An organisation's own additions: `deny` is always masked, `allow` never (but for hard identifiers)."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


class Gate:
    """Examines the texts of one form at a time."""

    def __init__(self, settings: GateSettings) -> None:
        self._allow = frozenset(word.casefold() for word in settings.allow)
        self._deny = settings.deny

    def examine(
        self,
        fields: Mapping[str, Sensitive],
        *,
        lang: str | None,
        known: Known | None = None,
        tags: TagBook | None = None,
        mask: Sequence[str] = (),
    ) -> Examined:
        """Find identifiers in every field. `tags` are those of earlier texts of the same case; raises GateClosed."""
        tags = tags or TagBook()
        known = known or Known()
        raw = {name: text.reveal() for name, text in fields.items()}
        given = [*_given(known.names, "NAME"), *_given(known.clinics, "ORG"), *_words(mask), *_words(self._deny)]
        found = {name: [*self._find(text, given), *_remembered(text, tags)] for name, text in raw.items()}
        repeated = [(raw[name][s.start : s.end], s.cls, s.hard) for name, spans in found.items() for s in spans]
        results = {}
        for name, text in raw.items():
            again = [
                Span(m.start(), m.end(), cls, "auto", 0.9, "repeated", hard)
                for words, cls, hard in dict.fromkeys(repeated)
                for m in _whole(words).finditer(text)
            ]
            spans = _without_overlaps([*found[name], *again])
            results[name] = FieldResult(
                fields[name],
                tuple(
                    Finding(
                        s.start,
                        s.end,
                        s.cls,
                        s.tier,
                        s.score,
                        s.recogniser,
                        tags.tag(s.cls, text[s.start : s.end]),
                        s.hard,
                    )
                    for s in spans
                ),
            )
        return Examined(results, lang or "en", (), tags)

    def _find(self, text: str, given: Iterable[tuple[re.Pattern[str], str]]) -> list[Span]:
        spans: list[Span] = []
        for name, recognise in FIXED_FORMS.items():
            try:
                spans += recognise(text)
            except Exception:  # whatever broke it, its text must not reach the error
                raise GateClosed(recogniser=name) from None
        for pattern, cls in given:
            spans += [Span(m.start(), m.end(), cls, "auto", 1.0, "given") for m in pattern.finditer(text)]
        return [s for s in spans if s.hard or text[s.start : s.end].casefold() not in self._allow]


def _given(names: Iterable[str], cls: str) -> list[tuple[re.Pattern[str], str]]:
    """A name as a whole and, for people, each of its parts that is long enough to be told from a word."""
    patterns = []
    for name in names:
        parts = re.findall(r"[^\W\d_][\w'’-]*", name)
        longer = [p for p in parts if len(p) >= _SHORTEST_NAME and p.casefold() not in _ROLE_WORDS]
        patterns += [(_whole(name), cls)] if name.strip() else []
        patterns += [(_whole(part), cls) for part in longer]
    return patterns


def _words(words: Iterable[str]) -> list[tuple[re.Pattern[str], str]]:
    return [(_whole(word), "WORD") for word in words if word.strip()]


def _remembered(text: str, tags: TagBook) -> list[Span]:
    """Runs of up to four words that earlier texts of the case had masked."""
    if not tags.tags:
        return []
    words = list(re.finditer(r"\S+", text))
    spans = []
    for i, first in enumerate(words):
        for last in words[i : i + LONGEST_REMEMBERED]:
            start, end = _trimmed(text, first.start(), last.end())
            if start < end and tags.known(text[start:end]):
                spans.append(Span(start, end, "WORD", "auto", 0.9, "remembered"))
    return spans


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not (text[start].isalnum() or text[start] == "+"):
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return start, end


def _whole(words: str) -> re.Pattern[str]:
    """These words, not as part of a longer one, in any case and spacing."""
    inner = r"\s+".join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The longest span wins, then the surer one; whatever overlaps a winner is dropped."""
    chosen: list[Span] = []
    for span in sorted(spans, key=lambda s: (-(s.end - s.start), -s.score, s.start)):
        if all(span.end <= other.start or span.start >= other.end for other in chosen):
            chosen.append(span)
    return sorted(chosen, key=lambda s: s.start)
