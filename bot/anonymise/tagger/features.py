"""What the tagger sees of a word: its shape and letters, what the lists say, and the same of its neighbours.

A word itself is a feature only when it is frequent: the tagger must not learn its training texts by heart.
"""

from __future__ import annotations

from bot.anonymise import lexicon
from bot.anonymise.recognisers.word_class import PARTICLES, bare, family, given, place, readable
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import Vocabulary

_FREQUENT = 45
_LONGEST = 24
_CLASSES = (
    "function", "relations", "titles", "greetings", "verbs", "acts", "into", "at", "firm", "jobs", "org_heads",
    "streets", "flats", "months", "ids", "phones", "users", "plates",
)  # fmt: skip


def features(passage: Passage) -> list[list[str]]:
    """One list of names of features a word, in order."""
    own = [_own(passage, word) for word in passage.words]
    return [_with_neighbours(passage, own, at) for at in range(len(own))]


def _with_neighbours(passage: Passage, own: list[tuple[list[str], list[str]]], at: int) -> list[str]:
    full, _ = own[at]
    word = passage.words[at]
    found = [*full, f"lang={passage.lang}", f"gap={_gap(word.gap)}"]
    if at + 1 < len(own):
        found.append(f"next={_gap(passage.words[at + 1].gap)}")
    for step in (-2, -1, 1, 2):
        if 0 <= at + step < len(own):
            found += [f"{step}:{name}" for name in own[at + step][1]]
        else:
            found.append(f"{step}:edge")
    return found


def _own(passage: Passage, word: Word) -> tuple[list[str], list[str]]:
    """All features of a word, and the shorter list that its neighbours see."""
    low, text = word.low[:_LONGEST], word.text
    usual = passage.usual(word.low)
    known = given(word)
    size = place(word.low)
    seen = [
        f"shape={_shape(text)}",
        f"usual={usual // 6}",
        f"given={known}",
        f"classes={_classes(passage.vocabulary, word.low)}",
    ]
    if usual >= _FREQUENT:
        seen.append(f"word={low}")
    if family(word):
        seen.append("family")
    if size is not None:
        seen.append(f"place={size}")
    if readable(passage, word):
        seen.append("readable")
    if low in PARTICLES:
        seen.append("particle")
    whole = [
        *seen,
        f"family={family(word)},given={known > 2},usual={usual // 10}",
        f"length={min(len(text), 12)}",
        f"compound={usual == 0 and lexicon.compound(word.low, passage.langs)}",
        f"author={low in passage.shared.authors or bare(low) in passage.shared.authors}",
        *(f"end={low[-n:]}" for n in (1, 2, 3, 4) if len(low) > n),
        *(f"start={low[:n]}" for n in (2, 3, 4) if len(low) > n),
        *(f"part={low[i : i + 3]}" for i in range(min(len(low) - 2, 10))),
    ]
    for name, value in (("first", word.first), ("caps", word.caps_run), ("small", passage.small)):
        if value:
            whole.append(name)
            seen.append(name)
    if word.first or word.caps_run or passage.small:
        whole.append(f"set apart={word.first}{word.caps_run}{passage.small},{_shape(text)}")
    return whole, seen


def _shape(text: str) -> str:
    """ "Xx", "XX", "x", "Xx-Xx", "d", "Xd": upper, lower, figure, without repetition beyond two."""
    shape = ""
    for c in text[:_LONGEST]:
        sign = "X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c
        if not shape.endswith(sign * 2):
            shape += sign
    return shape


def _gap(gap: str) -> str:
    """The signs before a word: blank, line break, the first sign."""
    signs = gap.strip(" ")
    return ("n" if "\n" in gap else "") + (signs.strip()[:2] if signs.strip() else ("_" if gap else ""))


def _classes(words: Vocabulary, low: str) -> str:
    return ",".join(name for name in _CLASSES if low in getattr(words, name))
