"""The words of one language, read from `words/<language>.toml`: each phrase with what it may stand for.

A token stands for a word of the tables as it is written, else as it is written without its marks (o for ø, ue for ü),
else with one letter wrong, missing or extra. Words that people really use are never taken for a slip of the tables'
words: those that lie so near stand in `words/ordinary.<language>.txt`, and given names ("Frank" is not "krank") in
`words/names.<language>.txt`.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from bot.calendars.spoken.tokens import Token, clean, tokens_of

LANGUAGES = ("en", "da", "de", "nb", "nl", "sv")
NAMED = {
    "leave",
    "mode",
    "back",
    "from",
    "until",
    "through",
    "weekday",
    "months",
    "away",
    "week_away",
    "unit",
    "change",
}
"""Roles whose words are offered where a word could not be read."""
AS_WRITTEN = {
    "kin",
    "child_kin",
    "topic",
    "because",
    "before_day",
    "holiday",
    "company",
    "escort",
    "request",
    "lasting_after",
    "ill_child",
    "also",
    "ends",
    "begins",
    "copula",
    "mode_spell",
    "bound_prefix",
    "no_cases",
    "you",
    "before",
    "more",
    "more_before",
    "or_not",
    "since_today",
    "well",
}
"""Roles whose words are read only as they are written: they stand beside what matters, and names lie near them."""
SAID_BESIDE = {
    "months",
    "weekday",
    "away",
    "week_away",
    "month_away",
    "leave",
    "mode",
    "from",
    "begins",
    "until",
    "through",
    "back",
}
"""Roles whose words a person may type in another language than the rest: "Urlaub Mon–Wed", "ferie until Friday"."""
SHORTEST_MENDED = 4
"""Letters of a word of the tables in which any slip is read over."""
SHORTEST_JOINED = 6
"""Letters of two words that were typed without the space between them."""
_DAYS = {"weekday", "away"}
JOINED = (
    ({"leave", "back", "mode"}, {"from", "begins", "until", "through", "weekword", "next", "this", "coming"} | _DAYS),
    ({"from", "until", "through"}, {"months"} | _DAYS),
    ({"next", "this", "coming"}, {"weekday", "unit"}),
    (_DAYS, {"leave", "until", "through"}),
    ({"count"}, {"unit"}),
)
"""Which words people type without the space between them, by what they stand for: "untilfriday", "twoweeks"."""

_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "ß": "ss"})
_NEIGHBOURS = str.maketrans({"ø": "ö", "æ": "ä", "ö": "ø", "ä": "æ"})
_STRIPPED = str.maketrans({"ø": "o", "æ": "a", "ß": "s", "đ": "d"})


@dataclass(frozen=True)
class Entry:
    """What a phrase may stand for: a role of the grammar, with its value where it has one."""

    role: str
    value: int | str = 0


class Lexicon:
    """One language's tables, ready to be looked up."""

    def __init__(self, language: str, beside: Lexicon | None = None) -> None:
        tables = tomllib.loads(_text(f"{language}.toml"))
        self.language = language
        self.ordinals = frozenset(tables.pop("ordinal_letters", "").split())
        self.ordinary = frozenset(
            clean(_text(f"ordinary.{language}.txt") + " " + _text(f"names.{language}.txt")).split()
        )
        self._heads = tuple(tables.pop("leave_heads").split())
        self._day_heads = tuple(tables.pop("day_heads", "").split())
        no_more = [each.strip() for each in tables.pop("no_more", "").split("|") if each.strip()]
        owner = tables.pop("owner_letters")
        for relatives in ("kin", "child_kin"):  # my sister's wedding
            named = [each.strip() for each in tables[relatives].split("|")]
            tables[relatives] = " | ".join([*named, *(each + owner for each in named)])
        tables["ill_child"] = _together(tables["ill_child"], tables["child_kin"])  # my poorly son
        self._places = [*_text("towns.txt").splitlines(), *tables.pop("countries").split(" | ")]
        tables |= _put_together(tables)
        away_from_work = _not_at(tables["not"], tables.pop("workplace"), reversed_too=language != "en")
        tables["absent"] = {
            "": _no_more(tables["absent"], tables["not"], no_more),
            "place": _no_more(away_from_work, tables["not"], no_more),
        }
        self._phrases: dict[tuple[str, ...], set[Entry]] = defaultdict(set)
        for role, table in tables.items():
            groups = table.items() if isinstance(table, dict) else [("", table)]
            for value, phrases in groups:
                entry = Entry(role, int(value) if value.isdecimal() else value)
                for phrase in filter(str.strip, phrases.split("|")):
                    self._phrases[self._words(phrase)].add(entry)
        self._days_off = {
            phrase[0]
            for phrase, entries in self._phrases.items()
            if len(phrase) == 1 and any(e.role == "leave" and e.value not in {"sick", "child"} for e in entries)
        }
        self.named = sorted(
            {"".join(phrase) for phrase, entries in self._phrases.items() if any(e.role in NAMED for e in entries)}
        )
        """Words that say what is to happen or when, as they are written."""
        self._begun = {phrase[:length] for phrase in self._phrases for length in range(1, len(phrase) + 1)}
        """Every beginning of a phrase: where none goes on, no longer one is looked for."""
        self._known = {word for phrase in self._phrases for word in phrase}
        self._folded: dict[str, set[str]] = defaultdict(set)
        for word in self._known:
            for folded in _folds(word):
                self._folded[folded].add(word)
        self._slips: dict[str, set[str]] = defaultdict(set)
        mended = {word for phrase, entries in self._phrases.items() for word in phrase if _mended(entries)}
        for word in mended:
            if len(word) >= SHORTEST_MENDED - 1 and word.isalpha():
                for slip in _gaps(_strip(word)):
                    self._slips[slip].add(word)

        self._add_places()
        if beside is not None:
            self._add_beside(beside)

    def _add_beside(self, other: Lexicon) -> None:
        """Words of another language for days and leave, as they are written; what this language knows stays its own."""
        for words, entries in other._phrases.items():
            own = words in self._phrases or (len(words) == 1 and words[0] in self._known)
            if own or not self.ordinary.isdisjoint(words):
                continue
            read = {entry for entry in entries if entry.role in SAID_BESIDE and entry.value != "illness"}
            if read and all(entry.role != "refused" for entry in entries):
                self._phrases[words] = read
                self._begun |= {words[:length] for length in range(1, len(words) + 1)}
        self._known |= {word for phrase in self._phrases for word in phrase}

    def _add_places(self) -> None:
        """Towns and countries stand as they are written, and for nothing else: no slip is read as one."""
        for place in self._places:
            words = self._words(place)
            self._phrases[words].add(Entry("place"))
            self._begun |= {words[:length] for length in range(1, len(words) + 1)}
            self._known |= set(words)

    def _words(self, phrase: str) -> tuple[str, ...]:
        return tuple(token.text for token in tokens_of(clean(phrase), self.ordinals) if token.kind != "dash")

    def spellings(self, token: Token) -> tuple[str, ...]:
        """The words of the tables that a typed word may be; itself alone if it is one, none if it cannot be any."""
        word = token.text
        if word in self._known:
            return (word,)
        if word in self.ordinary:
            return ()
        if word in self._folded:
            return tuple(sorted(self._folded[word]))
        bare = word.replace("/", "").replace(".", "")
        if bare != word and bare in self._known:  # a/l, t.m
            return (bare,)
        if len(word) < SHORTEST_MENDED - 1:
            return ()
        head = next((each for each in self._heads if word.endswith(each) and len(word) >= len(each) + 3), None)
        if head:  # a kind of leave written as one word: julferie, Weihnachtsurlaub
            return (head,)
        day = self._day_off(word)
        if day:
            return (day,)
        stripped = _strip(word)
        near = {known for gap in _gaps(stripped) for known in self._slips.get(gap, ())}
        return tuple(sorted(known for known in near if _slip(stripped, _strip(known))))

    def parted(self, word: str) -> list[tuple[str, str]]:
        """The two words that a word is when its space is put in: "leavenext", "tilfredag"; no slip is read in them."""
        if len(word) < SHORTEST_JOINED or not word.isalpha() or word in self.ordinary:
            return []
        cuts = ((word[:at], word[at:]) for at in range(2, len(word)))
        return [(left, right) for left, right in cuts if self._joins(left, right)]

    def _joins(self, left: str, right: str) -> bool:
        before, behind = self._alone.get(left), self._alone.get(right)
        if not before or not behind:
            return False
        if len(right) == 1:  # ledigv44
            behind &= {"weekword"}
        return any(not before.isdisjoint(one) and not behind.isdisjoint(other) for one, other in JOINED)

    @cached_property
    def _alone(self) -> dict[str, frozenset[str]]:
        """What each word may stand for by itself; without those that also refuse a phrase."""
        roles = {
            phrase[0]: frozenset(entry.role for entry in entries)
            for phrase, entries in self._phrases.items()
            if len(phrase) == 1
        }
        return {word: its for word, its in roles.items() if "refused" not in its}

    def _day_off(self, word: str) -> str:
        """The word of leave in a day named after it (Fortbildungstag, kursdag), "" if there is none."""
        for head in self._day_heads:
            named = word.removesuffix(head)
            if named != word:
                for each in (named, named.removesuffix("s")):
                    if each in self._days_off:
                        return each
        return ""

    def as_written(self, token: Token) -> tuple[str, ...]:
        """The word itself if the tables know it, in English also with marks in it ("a/l"); no slip is read over."""
        bare = token.text.replace("/", "") if self.language == "en" else token.text
        return tuple(word for word in (token.text, bare) if word in self._known)[:1]

    def only_unmarked(self, word: str) -> bool:
        """Whether a word is one of the tables' words written without its marks."""
        return word in self._folded

    def phrases_at(self, tokens: list[Token], at: int) -> list[tuple[Entry, int]]:
        """Every phrase of the tables that begins at a token, with the token after it; dashes inside do not count."""
        found: list[tuple[Entry, int]] = []
        words: list[str] = []
        position = at
        while position < len(tokens):
            token = tokens[position]
            if token.kind == "dash" and words:
                position += 1
                continue
            if token.kind not in {"word", "number"} or (token.kind == "number" and token.ordinal and not words):
                break
            words.append(token.text)
            if tuple(words) not in self._begun:
                break
            position += 1
            found += [(entry, position) for entry in self._phrases.get(tuple(words), ())]
        return found


def _mended(entries: set[Entry]) -> bool:
    """Whether a slip is read over in a phrase."""
    return any(entry.role not in AS_WRITTEN for entry in entries)


def _no_more(absent: str, negations: str, no_more: list[str]) -> str:
    """The phrases of absence, each also with "not any more" for its "not"."""
    nots = {each.strip() for each in negations.split("|")}
    said = [each.strip() for each in absent.split("|")]
    parted = [each.partition(" ") for each in said]
    return " | ".join([*said, *(f"{more} {rest}" for first, _, rest in parted if first in nots for more in no_more)])


def _not_at(negations: str, workplace: str, *, reversed_too: bool) -> str:
    """Not at work, not in the office; with `reversed_too` also "here not", as the order is in a subordinate clause."""
    nots = [each.strip() for each in negations.split("|")]
    places = [each.strip() for each in workplace.split("|")]
    said = [f"{no} {place}" for no in nots for place in places]
    return " | ".join(said + ([f"{place} {no}" for no in nots for place in places] if reversed_too else []))


def _put_together(tables: dict[str, Any]) -> dict[str, Any]:
    """The tables whose phrases are made of others: can you put me down, can you move, Präsenzzeit, is my last day."""
    verbs, copula = tables["change"], tables["copula"]
    return {
        "mode": _with_spells(tables["mode"], tables["mode_spell"]),
        "request": " | ".join([_together(tables["you"], tables.pop("you_do")), tables.pop("asked")]),
        "change": {how: " | ".join([said, _together(tables["you"], said)]) for how, said in verbs.items()},
        **{each: tables[each] | {"day": _with_is(tables[each]["day"], copula)} for each in ("ends", "begins")},
    }


def _with_spells(modes: dict[str, str], spells: str) -> dict[str, str]:
    """The words of each mode, also with a word such as "time" written to them: Präsenzzeit, nettperioden."""
    ends = [each.strip() for each in spells.split("|")]
    split = {mode: [each.strip() for each in phrases.split("|")] for mode, phrases in modes.items()}
    return {
        mode: " | ".join([*words, *(word + end for word in words if " " not in word for end in ends)])
        for mode, words in split.items()
    }


def _with_is(days: str, copulas: str) -> str:
    """The phrases, also with "is" behind or before: the last day of my leave is · is my last day of leave."""
    return " | ".join([days, _together(days, copulas), _together(copulas, days)])


def _together(before: str, behind: str) -> str:
    """Every phrase of one list before every phrase of the other."""
    return " | ".join(f"{one.strip()} {other.strip()}" for one in before.split("|") for other in behind.split("|"))


def _text(name: str) -> str:
    return files(__package__).joinpath("words", name).read_text("utf-8")


@cache
def lexicon(language: str) -> Lexicon:
    """The tables of a language, read once."""
    return Lexicon(language)


@cache
def with_english(language: str) -> Lexicon:
    """The tables of a language with the English words for days and leave beside them."""
    return Lexicon(language, beside=lexicon("en"))


@cache
def _strip(word: str) -> str:
    """The word without its marks: o for ö and ø, a for å."""
    bare = unicodedata.normalize("NFD", word.translate(_STRIPPED))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _folds(word: str) -> set[str]:
    """How a word is written on a keyboard without its letters: lordag, loerdag, or lördag for lørdag."""
    return {_strip(word), word.translate(_DIGRAPHS), _strip(word.replace("æ", "ae")), word.translate(_NEIGHBOURS)}


def _gaps(word: str) -> set[str]:
    """The word and the word without any one of its letters: two words one letter apart share one of these."""
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}


def _slip(typed: str, known: str) -> bool:
    """One letter wrong, missing or extra, or two neighbours changed over; in a short word a letter twice."""
    if len(known) < SHORTEST_MENDED:
        return any(typed == known[:at] + known[at] + known[at:] for at in range(len(known)))
    if len(typed) == len(known):
        apart = [at for at, (a, b) in enumerate(zip(typed, known, strict=True)) if a != b]
        swapped = len(apart) == 2 and apart[1] == apart[0] + 1
        return len(apart) <= 1 or (
            swapped and typed[apart[0]] == known[apart[1]] and typed[apart[1]] == known[apart[0]]
        )
    short, long = sorted((typed, known), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
