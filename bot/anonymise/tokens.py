"""One text cut into words, with what a reader sees at a glance: sentence starts, capitals, the writing style."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.anonymise import lexicon
from bot.anonymise.normalise import without_ending
from bot.anonymise.vocabulary import Phrases, Shared, Vocabulary, shared, vocabulary, word_set

WORD = re.compile(r"\w++(?:[-'’]\w++)*+")
_CAPS_WINDOW, _CAPS_SHARE = 3, 0.6
_LOWER_SHARE = 0.5
_FAR_LEFT = 4
_SHORT_TITLES = word_set("short_titles")
"""What a full stop shortens: "enke etter en prest. Hun" is a new sentence, "Dr. Patel" is not."""
_ENDINGS = ".!?:;>•*|"
_STRETCH = 2_000


@dataclass(frozen=True)
class Word:
    """A word or number of the text; `low` is without case and genitive, `gap` what stands before it."""

    index: int
    start: int
    end: int
    text: str
    low: str
    gap: str
    first: bool
    caps_run: bool

    @cached_property
    def capital(self) -> bool:
        """Written with a capital first letter."""
        return self.text[:1].isupper()

    @cached_property
    def number(self) -> bool:
        """Holds a digit."""
        return any(c.isdigit() for c in self.text)


class Passage:
    """A text for the recognisers. `langs` are the languages it is read in, its own first."""

    def __init__(self, text: str, lang: str, *, small: bool | None = None) -> None:
        self.text = text
        self.lang = lang
        self.tokens_read: set[int] = set()
        """What the Rampart model has read of this text, shared by its stretches."""
        if small is not None:
            self.small = small
        self.langs = (lang,) if lang == "en" else (lang, "en")
        self.vocabulary: Vocabulary = vocabulary(self.langs)
        self.shared: Shared = shared()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words in order."""
        found = list(WORD.finditer(self.text))
        upper = [_shouted(m.group()) for m in found]
        words: list[Word] = []
        end = 0
        for i, match in enumerate(found):
            gap = self.text[end : match.start()]
            before = words[-1] if words else None
            words.append(
                Word(
                    index=i,
                    start=match.start(),
                    end=match.end(),
                    text=match.group(),
                    low=without_ending(match.group().casefold()),
                    gap=gap,
                    first=before is None or self._new_sentence(gap, before, match.group()),
                    caps_run=upper[i] is True and _among_shouting(upper, i),
                )
            )
            end = match.end()
        return tuple(words)

    @cached_property
    def small(self) -> bool:
        """The author writes without capitals."""
        starts = [w for w in self.words if w.first and w.text[:1].isalpha() and not w.caps_run]
        lower = sum(w.text[:1].islower() for w in starts)
        return len(starts) > 0 and lower > _LOWER_SHARE * len(starts)

    def stretches(self) -> Iterator[tuple[Passage, int]]:
        """The passage in pieces of bounded length with where each begins; a usual note is one piece."""
        if len(self.text) <= _STRETCH:
            yield self, 0
            return
        start = 0
        while start < len(self.text):
            end = min(start + _STRETCH, len(self.text))
            if end < len(self.text):
                end = start + _cut(self.text[start:end])
            stretch = Passage(self.text[start:end], self.lang, small=self.small)
            stretch.tokens_read = self.tokens_read
            yield stretch, start
            start = end

    def before(self, word: Word, steps: int = 1) -> Word | None:
        """The word so many places to the left."""
        return self.words[word.index - steps] if word.index >= steps else None

    def after(self, word: Word, steps: int = 1) -> Word | None:
        """The word so many places to the right."""
        at = word.index + steps
        return self.words[at] if at < len(self.words) else None

    def left_of(self, position: int, count: int) -> tuple[Word, ...]:
        """Up to so many words that end at or before a place of the text, in order."""
        at = bisect_right(self._ends, position)
        return self.words[max(0, at - count) : at]

    def right_of(self, position: int) -> Word | None:
        """The first word that begins at a place of the text or after it."""
        at = bisect_right(self._ends, position)
        while at < len(self.words) and self.words[at].start < position:
            at += 1
        return self.words[at] if at < len(self.words) else None

    def between(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that touch a stretch of the text."""
        at = bisect_right(self._ends, start)
        found = []
        while at < len(self.words) and self.words[at].start < end:
            found.append(self.words[at])
            at += 1
        return tuple(found)

    @cached_property
    def _ends(self) -> list[int]:
        return [word.end for word in self.words]

    def usual(self, low: str) -> int:
        """How usual the word is in the languages of the text."""
        return lexicon.usual(low, self.langs)

    def follows(self, word: Word, phrases: Phrases, gap: int = 3) -> bool:
        """One of the phrases stands directly before the word, with at most `gap` signs between."""
        if len(word.gap.strip()) > gap or "\n" in word.gap:
            return False
        left: tuple[str, ...] = ()
        for steps in range(1, _FAR_LEFT + 1):
            other = self.before(word, steps)
            if other is None:
                return False
            left = (other.text.casefold(), *left)
            if left in phrases:
                return True
            if any(c in other.gap for c in ".!?\n"):
                return False
        return False

    def _new_sentence(self, gap: str, before: Word, word: str) -> bool:
        if "\n" in gap:
            return True
        signs = gap.strip()
        if not signs:
            return False
        if signs[0] == "." and (before.text.isdigit() or before.low in _SHORT_TITLES or len(before.text) == 1):
            # "Dr. Patel", "3. marts", "H. Jensen" go on.
            return False
        return any(c in _ENDINGS for c in signs) or (signs in ('"', "“", "„", "»", "'") and before.gap == "")


def _cut(text: str) -> int:
    """Where to cut: after the last line or sentence of the second half, else after the last word, else at the end."""
    half = len(text) // 2
    for pattern in (r"\n", r"[.!?]\s", r"\s", r"\W"):
        ends = [m.end() for m in re.finditer(pattern, text[half:])]
        if ends:
            return half + ends[-1]
    return len(text)


def _shouted(word: str) -> bool | None:
    letters = [c for c in word if c.isalpha()]
    return None if len(letters) < 2 else all(c.isupper() for c in letters)


def _among_shouting(upper: list[bool | None], at: int) -> bool:
    """Most words around are in capitals too, so capitals say nothing here."""
    around: Iterable[bool | None] = (*upper[max(0, at - _CAPS_WINDOW) : at], *upper[at + 1 : at + 1 + _CAPS_WINDOW])
    known = [u for u in around if u is not None]
    return len(known) > 1 and sum(known) >= _CAPS_SHARE * len(known)
