"""Street addresses: number first in English, street first elsewhere, with flat and floor."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.word_class import place, readable
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_FLOOR = (
    r",? ?(?:st|kl|\d{1,2})\.?,? ?(?:th|tv|mf|sal|og|etage)\b\.?(?: ?(?:th|tv|mf)\b\.?)?"
    r"|,? ?(?:lgh|leil\.?|whg\.?) ?[A-Z]?\d{1,4}|,? [HU]\d{4}\b|,? \d{1,2} tr\b|,? \d{1,2}\. ?(?:sal|og|etage|stock)\b"
)
_NUMBER_AFTER = re.compile(
    r"\.?[ ]{1,2}(?:nr\.? ?)?\d{1,4}(?: ?[A-Za-z](?![\w]))?(?:[-/](?:\d{1,4}|[IVX]{1,4}|[a-z]{1,3})\b)?"
    rf"(?:{_FLOOR})?",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(
    r"(?:(?:flat|apartment|apt|unit|room) ?\w{1,4},? )?\d{1,4}(?:-\d{1,4})?[a-z]?,?[ ]{1,2}$", re.IGNORECASE
)
_UNITS = word_set("counted") | {
    "years",
    "year",
    "hours",
    "minutes",
    "days",
    "times",
    "mg",
    "km",
    "kg",
    "uhr",
    "jahre",
    "stunden",
    "minuten",
    "år",
    "timer",
    "dage",
    "dager",
    "dagar",
    "jaar",
    "uur",
    "dagen",
}
_EVERYDAY = 45
_LONGEST_NAME = 3
_SHORTEST_STEM = 3
_NOT_STREETS, _ARTICLES = word_set("not_streets"), word_set("articles")


def addresses(passage: Passage) -> Iterator[Span]:
    """A street word with a house number; a street without one is doubtful."""
    yield from _without_street_word(passage)
    for word in passage.words:
        if not a_street(passage, word):
            continue
        start = _name_start(passage, word)
        after = _NUMBER_AFTER.match(passage.text, word.end)
        before = _NUMBER_BEFORE.search(passage.text[max(0, start - 30) : start])
        if before and start < word.start:
            first = start - len(before.group())
            yield Span(first, word.end, "ADDRESS", "auto", 0.9, "address", hard=True)
        elif after:
            yield Span(start, after.end(), "ADDRESS", "auto", 0.9, "address", hard=True)
        elif (
            word.capital
            and not word.caps_run
            and (start < word.start or not (passage.usual(word.low) or word.low in passage.vocabulary.titles))
            and (_lives(passage, start) or _surely_a_street(passage, word))
        ):
            yield Span(start, word.end, "ADDRESS", "check", 0.6, "address")


_GERMAN = re.compile(
    r"\b(?:Am|An de[rnm]|Auf de[rm]|Im|In de[rn]|Zu[mr]|Unter den|Hinter de[rm]|Vor de[rm]"
    r"|Alte[rn]?|Neue[rn]?|Hohe[rn]?|Gro(?:ß|ss)e[rn]?|Kleine[rn]?|Obere|Untere)"
    r" (?:[A-ZÄÖÜ][\wäöüß-]{2,24} ?){1,2} ?\d{1,3} ?[a-z]?\b(?![.,]?\d)(?! ?(?:%|mg|min|uhr|jahre|punkte))",
)
_DUTCH = re.compile(
    r"\b(?:'t|Het|De|Aan de|Op de|Achter de|Oude|Nieuwe) (?:[A-Z][\w-]{2,24} ?){1,2} ?\d{1,4} ?[a-zA-Z]?\b(?![.,]?\d)"
)
_AFTER_LEAD = re.compile(
    r"\b(?:lives? at|living at|home(?: is)?|house(?: is)?|at|of|wohnhaft|wohnt|bor(?: på| i)?|bosatt"
    r"|woont (?:op|aan)|(?:woont|wohnt|wohnort|wonend|bostad|bopæl|adr\.?)(?=:)):? \"?",
    re.IGNORECASE,
)
_AFTER_ADDRESS = re.compile(
    r"\b(?:address|adresse|adressen|adress|adres|anschrift)(?: is| er| ist| är| lautet)?:? ", re.IGNORECASE
)
_BEFORE_POSTCODE = re.compile(
    r"(?:[^\W\d_][\w.'’-]{1,30} ){1,3}\d{1,4} ?[a-z]?, ?"
    r"(?=(?:(?:dk|d|nl|s|n|no|se|de)-)?(?:\d{4,5}|\d{3} \d{2}|\d{4} ?[a-z]{2})\b)",
    re.IGNORECASE,
)
_NUMBER_BEFORE_BRITISH = re.compile(
    r"(?<![\w.,/-])\d{1,4}[a-z]?,? (?:[^\W\d_][\w'’-]{1,24} ?){1,4}(?=,? [A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b)",
    re.IGNORECASE,
)
_NUMBER_AND_NAME = re.compile(r"\d{1,4}[a-z]?,? [^\W\d_][\w'’-]{2,24}(?: [^\W\d_][\w'’-]{1,24}){0,2}", re.IGNORECASE)
_NAME_AND_NUMBER = re.compile(
    r"[^\W\d_][\w'’-]{1,30}(?: [^\W\d_][\w'’-]{1,24}){0,2} \d{1,4} ?[a-z]?\b(?![.,]\d)", re.IGNORECASE
)


def _without_street_word(passage: Passage) -> Iterator[Span]:
    """ "Am Hain 3", "31 Roman Bank": no street word, but the form of an address or a word that leads to one."""
    following = _NUMBER_AND_NAME if passage.lang == "en" else _NAME_AND_NUMBER
    if passage.lang in ("de", "nl"):
        for match in (_GERMAN if passage.lang == "de" else _DUTCH).finditer(passage.text):
            words = passage.between(*match.span())
            if any("-" in w.low and w.low.partition("-")[0] in passage.shared.tests for w in words):
                continue  # "De PCL-5"
            yield Span(match.start(), match.end(), "ADDRESS", "check", 0.6, "address")
    for lead in _AFTER_ADDRESS.finditer(passage.text):
        after = following.match(passage.text, lead.end())
        if after is not None:
            yield Span(after.start(), after.end(), "ADDRESS", "auto", 0.8, "address", hard=True)
    for lead in _AFTER_LEAD.finditer(passage.text):
        after = following.match(passage.text, lead.end())
        if after is not None and _named(passage, after.start(), after.end()):
            yield Span(after.start(), after.end(), "ADDRESS", "check", 0.6, "address")
    yield from _quoted(passage)
    yield from _before_postcodes(passage)
    yield from _before_british_postcodes(passage)
    yield from _after_towns(passage)


_QUOTED = re.compile(r"[\"“„»]((?:[A-ZÆØÅÄÖÜ][\w'-]{2,24} ){1,2}\d{1,4} ?[a-z]?)[\"”“«]")


def _quoted(passage: Passage) -> Iterator[Span]:
    """'"Norrbäck 12"' after a word of dwelling: a house known by its village and a number."""
    for match in _QUOTED.finditer(passage.text):
        near = {w.low for w in passage.left_of(match.start(), _QUOTE_NEAR)}
        if near & _DWELLING and _named(passage, match.start(1), match.end(1)):
            yield Span(match.start(1), match.end(1), "ADDRESS", "check", 0.6, "address")


_QUOTE_NEAR = 4
_DWELLING = word_set("dwelling_words")


def _before_postcodes(passage: Passage) -> Iterator[Span]:
    for match in _BEFORE_POSTCODE.finditer(passage.text):
        parts = passage.between(match.start(), match.end())
        if any(part.low in passage.vocabulary.months for part in parts):
            continue  # "on Sept. 4, 2023"
        begun = max((at for at, part in enumerate(parts) if part.first and not part.number), default=0)
        parts = parts[begun:]
        while len(parts) > 2 and _no_street(passage, parts[0]):
            parts = parts[1:]
        if len(parts) > 1 and not _no_street(passage, parts[0]):
            yield Span(parts[0].start, parts[-1].end, "ADDRESS", "auto", 0.8, "address", hard=True)


def _before_british_postcodes(passage: Passage) -> Iterator[Span]:
    """ "31 Roman Bank, PE25 2SL": the number first and no street word."""
    for match in _NUMBER_BEFORE_BRITISH.finditer(passage.text):
        yield Span(match.start(), match.end(), "ADDRESS", "auto", 0.8, "address", hard=True)


def _after_towns(passage: Passage) -> Iterator[Span]:
    """ "SKEGNESS, 31 ROMAN BANK"."""
    for before, after in zip(passage.words, passage.words[1:], strict=False):
        if _town(passage, before) and after.gap in (", ", "\n") and after.text.isdigit() and len(after.text) <= 3:
            match = _NUMBER_AND_NAME.match(passage.text, after.start)
            if match is not None and _named(passage, match.start(), match.end()):
                yield Span(match.start(), match.end(), "ADDRESS", "check", 0.55, "address")


def _no_street(passage: Passage, word: Word) -> bool:
    words = passage.vocabulary
    small = (
        words.function | words.into | words.verbs | words.at | {"er", "ist", "is", "är", "adresse", "adressen", "bor"}
    )
    return word.low in small or (not word.capital and not passage.small) or readable(passage, word)


def _town(passage: Passage, word: Word) -> bool:
    return word.capital and place(word.low) is not None and not readable(passage, word)


def _named(passage: Passage, start: int, end: int) -> bool:
    """Capitals throughout (or capitals nowhere in the text), and no test, unit or counted thing among the words."""
    words = [w for w in passage.between(start, end) if not w.number and w.low not in _ARTICLES]
    if not words or any(readable(passage, w) or w.low in _UNITS for w in words):
        return False
    if any(w.low in passage.vocabulary.relations | passage.vocabulary.verbs for w in words):
        return False
    return all(w.capital for w in words) or (passage.small and any(passage.usual(w.low) < _EVERYDAY for w in words))


def a_street(passage: Passage, word: Word) -> bool:
    """The word is a street word, or ends in one."""
    streets = passage.vocabulary.streets
    if word.low in streets:
        return passage.before(word) is not None and not word.gap.strip()
    if word.low in _NOT_STREETS or not word.text[0].isalpha():
        return False
    return any(
        word.low.endswith(s) and len(word.low) - len(s) >= _SHORTEST_STEM for s in streets if len(s) >= _SHORTEST_STEM
    ) and (word.capital or not passage.usual(word.low))


def _name_start(passage: Passage, word: Word) -> int:
    """Where the street's name begins: up to three words before a bare street word."""
    start = word.start
    bare = word.low in passage.vocabulary.streets
    current = word
    for _ in range(_LONGEST_NAME):
        other = passage.before(current)
        if other is None or current.gap != " " or other.number or current.first:
            break
        named = other.capital and not (other.first and passage.usual(other.low) > 50)
        if not (named or (bare and start == word.start and other.low not in passage.vocabulary.function)):
            break
        if not bare and not other.capital:
            break
        words = passage.vocabulary
        if other.low in words.into | words.relations or (other.caps_run and other.low in words.function | words.verbs):
            break
        start, current = other.start, other
    return start


_SURE_ENDINGS = ("straat", "laan", "straße", "strasse", "gatan", "gata", "vägen", "veien", "gade", "vejen", "allee")


def _surely_a_street(passage: Passage, word: Word) -> bool:
    """ "Slotlaan": no word of the language, with the ending of streets alone."""
    return not passage.usual(word.low) and word.low.endswith(_SURE_ENDINGS) and len(word.low) > _SURE_LENGTH


_SURE_LENGTH = 7


def _lives(passage: Passage, start: int) -> bool:
    word = passage.right_of(start)
    if word is None:
        return False
    before = passage.before(word)
    return (
        before is not None
        and not word.first
        and before.low in passage.vocabulary.into | {"on", "på", "an", "aan", "ad"}
    )
