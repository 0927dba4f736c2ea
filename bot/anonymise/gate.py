"""The gate: recognisers find, overlaps are resolved, everything found once is found everywhere, tags are given.

Synchronous and safe for threads. A recogniser that fails closes the gate: nothing is shared.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.anonymise.expand_spans import grown
from bot.anonymise.finding import Examined, FieldResult, Finding, GateClosed, Known, QuasiFlag, Span
from bot.anonymise.kinds import decided
from bot.anonymise.normalise import Clean, clean
from bot.anonymise.notes import Calendar, names_in, role
from bot.anonymise.programme_names import FIELDS, checked
from bot.anonymise.propagate import again, remembered, repeated
from bot.anonymise.quasi import quasi_flags
from bot.anonymise.recognisers import RECOGNISERS
from bot.anonymise.recognisers.dwellings import blocks
from bot.anonymise.recognisers.learned import by_rampart, by_tagger
from bot.anonymise.recognisers.patterns import by_patterns
from bot.anonymise.recognisers.protect import protected, without_protected
from bot.anonymise.recognition import Recogniser, find
from bot.anonymise.settings import GateSettings
from bot.anonymise.tags import TagBook
from bot.anonymise.text import Sensitive
from bot.anonymise.tokens import Passage
from bot.anonymise.trim_spans import trimmed, within_sentences
from bot.anonymise.vocabulary import LANGUAGES, language_of
from bot.log import place_of

_ROLE_WORDS = frozenset({"therapist", "supervisor", "service", "manager", "data-protection", "officer", "group"})
_SHORTEST_NAME = 3


class Gate:
    """Examines the texts of one form at a time."""

    def __init__(self, settings: GateSettings) -> None:
        self._allow = frozenset(clean(word).text.casefold() for word in settings.allow)
        self._deny = _words(settings.deny)
        recognisers = dict[str, Recogniser](RECOGNISERS)
        if settings.name_model:
            recognisers["rampart"] = by_rampart(settings.name_model)
        if settings.tagger:
            recognisers["tagger"] = by_tagger()
        if settings.patterns:
            recognisers["pattern"] = by_patterns(settings.patterns)
        self._recognisers = recognisers

    def examine(
        self,
        fields: Mapping[str, Sensitive],
        *,
        lang: str | None,
        known: Known | None = None,
        tags: TagBook | None = None,
        mask: Sequence[str] = (),
    ) -> Examined:
        """Find identifiers in every field. `tags` are those of earlier texts of the same case; raises GateClosed.

        `lang` is one of the six languages; without it the texts are read in the one most of their small words are of.
        """
        closed: GateClosed | None
        try:
            return self._examine(fields, lang, known or Known(), tags or TagBook(), mask)
        except GateClosed as named:
            closed = named
        except Exception as error:  # its message may quote the text, so it is not chained
            closed = GateClosed(recogniser="gate", place=place_of(error))
        closed.__context__ = None
        raise closed

    def _examine(
        self,
        fields: Mapping[str, Sensitive],
        lang: str | None,
        known: Known,
        tags: TagBook,
        mask: Sequence[str],
    ) -> Examined:
        lang = lang if lang in LANGUAGES else language_of(" ".join(text.reveal() for text in fields.values()))
        cleaned = {name: clean(text.reveal()) for name, text in fields.items()}
        for each in cleaned.values():
            tags.heed(each.text)
        passages = {name: Passage(text.text, lang) for name, text in cleaned.items()}
        given = [*_given(known.names, "NAME"), *_given(known.clinics, "ORG"), *_words(mask), *self._deny]
        more = {"given": partial(_given_words, given), "remembered": partial(remembered, tags=tags)}
        found = {name: list(blocks(passage, self._decided(passage, more))) for name, passage in passages.items()}
        for name in FIELDS & found.keys():
            found[name] = checked(passages[name].text, found[name], self._allow)
        wanted = repeated((passages[name], spans) for name, spans in found.items())
        results, flags, calendar = {}, [], Calendar(tags.start)
        named = names_in((passages[name], spans) for name, spans in found.items())
        for name, passage in passages.items():
            repeats = (
                span
                for span in again(passage, wanted)
                if not self._allowed(passage.text, span) and not _within(span, found[name])
            )
            spans = _without_overlaps([*found[name], *repeats])
            findings = _findings(cleaned[name], passage, spans, tags, calendar, named)
            results[name] = FieldResult(fields[name], tuple(findings))
            flags += [_as_typed(cleaned[name], flag) for flag in quasi_flags(name, passage)]
        return Examined(results, lang, tuple(flags), tags)

    def _decided(self, passage: Passage, more: Mapping[str, Recogniser]) -> list[Span]:
        """What was found in the passage: grown, trimmed, without overlaps, each with the class its whole speaks for."""
        whole = grown(passage, _without_overlaps(self._found(passage, more)))
        return [decided(passage, span) for span in _without_overlaps(trimmed(passage, span) for span in whole)]

    def _found(self, passage: Passage, more: Mapping[str, Recogniser]) -> Iterator[Span]:
        found = (span for span in find(passage, {**self._recognisers, **more}) if not self._allowed(passage.text, span))
        whole = (part for span in found for part in within_sentences(passage, span))
        return without_protected(passage, (trimmed(passage, span) for span in whole), protected(passage))

    def _allowed(self, text: str, span: Span) -> bool:
        return not span.hard and text[span.start : span.end].casefold() in self._allow


def _findings(
    cleaned: Clean,
    passage: Passage,
    spans: Iterable[Span],
    tags: TagBook,
    calendar: Calendar,
    named: Mapping[str, int],
) -> Iterator[Finding]:
    """Spans in the text as typed, each with its tag; `named` counts the names of all fields."""
    for span in spans:
        start, end = cleaned.span(span.start, span.end)
        note = role(passage, span, named) or calendar.distance(passage, span)
        tag = tags.tag(span.cls, cleaned.text[span.start : span.end], note)
        yield Finding(start, end, span.cls, span.tier, span.score, span.recogniser, tag, span.hard)


def _as_typed(cleaned: Clean, flag: QuasiFlag) -> QuasiFlag:
    start, end = cleaned.span(flag.start, flag.end)
    return replace(flag, start=start, end=end)


def _within(span: Span, found: Sequence[Span]) -> bool:
    """Already found there; `found` is in order and without overlaps."""
    at = bisect_right(found, span.start, key=lambda other: other.start)
    return at > 0 and found[at - 1].end >= span.end and found[at - 1].tier in ("auto", span.tier)


def _given_words(given: Iterable[tuple[re.Pattern[str], str]], passage: Passage) -> Iterator[Span]:
    for pattern, cls in given:
        for match in pattern.finditer(passage.text):
            yield Span(match.start(), match.end(), cls, "auto", 1.0, "given")


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


def _whole(words: str) -> re.Pattern[str]:
    """These words, not as part of a longer one, in any case and spacing."""
    inner = r"\s+".join(re.escape(word) for word in clean(words).text.split())
    return re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)


_NAMED = frozenset({"NAME", "ORG", "PLACE"})


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Overlapping spans become one that covers them all, with the kind and recogniser of the surest.

    The whole is as sure as its surest part and cannot be kept when a part cannot: cutting would leave half a name.
    A date's form says where it begins: a name that runs into one ends there ("TINGRETT 24" before "24. MARS").
    """
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not merged or span.start >= merged[-1].end:
            merged.append(span)
            continue
        other = merged[-1]
        if span.cls == "DATE" and other.cls in _NAMED and other.start < span.start and other.end < span.end:
            merged[-1] = replace(other, end=span.start)
            merged.append(span)
            continue
        best = max(other, span, key=lambda s: (s.hard, s.tier == "auto", s.score, s.end - s.start))
        merged[-1] = replace(best, start=other.start, end=max(other.end, span.end), hard=other.hard or span.hard)
    return merged
