"""What a question is about stays readable: scores, doses, blood pressure, codes of diagnoses, names of modules.

These stretches are no findings; what another recogniser finds inside one is dropped, unless it is certain (a valid id,
what a label announces, a name with its title).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.people import FORMS
from bot.anonymise.recognisers.word_class import USUAL_NAME, given
from bot.anonymise.tokens import Passage
from bot.anonymise.vocabulary import readable_phrases, readable_words, word_set

_UNIT = (
    r"(?:mg|mcg|[µμu]g|ml|cl|dl|l|g|kg|mmol(?:/l)?|mmHg|bpm|Hz|IE|IU|%|kcal|cm|mm|tabl?\.?|tbl\.?|stk\.?|x daily|/min)"
)
_LETTER = r"[A-Za-zÅÄÖÆØÜåäöæøü]"
_TEST = rf"{_LETTER}{{2,9}}(?:-[A-Za-z]{{1,4}})?(?:[- ]?\d{{1,3}})?(?:-[A-Z]{{1,3}}|-\d[A-Z])?|K-?\d{{1,2}}"
_SAYS = (
    r"(?:total|sum|score|skår|skåre|værdi|poäng|poeng|punkte|punktzahl|totaal|somscore)[ :=]{1,3}"
    r"(?:is |er |var |was |war |van |på |of )?"
)
_THEN = r"(?: ?(?:->|→|>|–|-|/|to|til|till|bis|auf|naar|then|,|;|and|und|og|och|en) ?)"
_SCORE = re.compile(
    rf"(?<![\w./-])(?P<name>{_TEST})(?:[ :=(]{{1,3}}|[ :=(]{{0,2}}{_SAYS})"
    r"(?P<score>\d{1,3}(?:[.,]\d{1,2})?(?:/\d{1,3})?"
    rf"(?:{_THEN}\d{{1,3}}(?:[.,]\d)?(?:/\d{{1,3}})?(?![\w]|[-/.]\d)){{0,4}})"
    r"(?![\w]|[-/.,:]\d| \d{3}(?!\d))"
)
_DOSE = re.compile(
    rf"(?<![\w.,/-])\d{{1,4}}(?:[.,/]\d{{1,3}})?(?: ?[-–x] ?\d{{1,4}}(?:[.,]\d)?)? ?{_UNIT}(?![^\W\d_])", re.IGNORECASE
)
_PART = r"(?:\d{1,2}|½|1/2)"
_SCHEDULE = re.compile(rf"(?<![\w./-])(?!\d\d-\d\d-\d\d){_PART}-{_PART}-{_PART}(?:-{_PART})?(?![\w-]|[./]\d)")
_PRESSURE = re.compile(
    r"(?i:\b(?:bp|rr|blood pressure|blutdruck|blodtryk|blodtrykk|blodtryck|bloeddruk|bt|tensi)\b[ :=]{0,3}"
    r"(?:er |is |war |was |på |von |van |om )?)?"
    r"(?<![\w./-])(?P<value>[789]\d|1\d\d|2[0-4]\d)/(?:[3-9]\d|1[0-3]\d)(?P<unit> ?mmHg)?(?![\w]|[/.-]\d)"
)
_CODE = re.compile(r"(?<![\w./-])(?:[A-Z]\d{2}\.\d{1,2}[A-Z*!+]?|6[A-E]\d[0-9A-Z](?:\.\d)?)(?![\w]|[/-]\d)")
_LABELS = word_set("number_labels") | word_set("places_with_numbers")
_NO_TESTS = word_set("no_tests")


def protected(passage: Passage) -> list[tuple[int, int]]:
    """Stretches of the passage that stay readable, in order, apart from each other."""
    found = sorted(
        {
            *_scores(passage),
            *_figures(passage),
            *_modules(passage),
            *_eponyms(passage),
            *_unions(passage),
            *_medicines(passage),
        }
    )
    apart: list[tuple[int, int]] = []
    for start, end in found:
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def without_protected(passage: Passage, spans: Iterable[Span], kept: list[tuple[int, int]]) -> Iterator[Span]:
    """The spans without what is protected: dropped inside a stretch, cut at its edge; certain ones stay whole."""
    for span in spans:
        if not kept or span.hard or span.recogniser in FORMS or span.recogniser in _CERTAIN:
            yield span
            continue
        at = max(0, bisect_right(kept, (span.start, span.start)) - 1)
        start, end = span.start, span.end
        for first, last in kept[at : at + _MOST]:
            if first <= start < last:
                start = last
            elif first < end <= last:
                end = first
        if (start, end) == (span.start, span.end):
            yield span
        elif start < end and (span.cls not in _NUMBERS or sum(c.isdigit() for c in passage.text[start:end]) > 2):
            kept_words = passage.text[start:end].rstrip(" .,;:!?\n")
            if kept_words:
                yield replace(span, start=start, end=start + len(kept_words))


_CERTAIN = frozenset(
    {"given", "remembered", "pattern", "email", "url", "iban", "national_id", "phone", "age", "label", "postcode"}
)
_MOST = 8
_NUMBERS = frozenset({"ID", "USERNAME", "DATE", "PHONE", "POSTCODE", "ADDRESS"})


def _scores(passage: Passage) -> Iterator[tuple[int, int]]:
    """ "PHQ-9 17", "OQ-45: 71", "K10 = 31 → 24": the name of a test with its score; no label of a number."""
    tests = passage.shared.tests | readable_words("labs")
    for match in _SCORE.finditer(passage.text):
        if _DAY_AND_MONTH.fullmatch(match["score"]):
            continue
        name = match["name"].casefold()
        known = name in tests or name.partition("-")[0] in tests or name.rstrip("0123456789- ") in tests
        shown = sum(c.isupper() for c in match["name"]) > 1 or any(c.isdigit() for c in name) or passage.small
        sure = known and shown and name not in passage.vocabulary.function | _NO_TESTS
        if sure or (_looks_like_a_test(passage, match["name"], name) and _a_score(match["score"])):
            yield match.span()


_DAY_AND_MONTH = re.compile(r"\d{1,2}/(?:0?[1-9]|1[0-2])/\d{1,2}")
"""Three scores in a row or a date: as a date it must go."""


def _looks_like_a_test(passage: Passage, name: str, low: str) -> bool:
    """Capitals only, perhaps with a figure, no label, no small word and not shouted."""
    letters = [c for c in name if c.isalpha()]
    head = low.partition("-")[0].rstrip("0123456789 ")
    if len(letters) < 2 or not all(c.isupper() for c in letters) or len(letters) > _LONGEST_NAME:
        return False
    words = passage.vocabulary
    if (
        head
        in _LABELS | _NO_TESTS | words.ids | words.phones | words.plates | words.streets | words.function | words.months
    ):
        return False
    return any(c.isdigit() for c in name) or (len(letters) > 2 and not passage.usual(head))


def _a_score(text: str) -> bool:
    """ "71", "14/21": no leading zero, no day and month."""
    first, _, most = text.partition("/")
    return (
        not text.startswith("0") and first.isdigit() and (not most or (most.isdigit() and int(first) <= int(most) > 12))
    )


_LONGEST_NAME = 6


def _figures(passage: Passage) -> Iterator[tuple[int, int]]:
    for pattern in (_DOSE, _SCHEDULE, _CODE):
        for match in pattern.finditer(passage.text):
            yield match.span()
    for match in _PRESSURE.finditer(passage.text):
        if match["unit"] or match.start() < match.start("value") or match["value"] >= "32":
            yield match.span()


def _eponyms(passage: Passage) -> Iterator[tuple[int, int]]:
    """ "Lewy body", "Morbus Bechterew", "Creutzfeldt-Jakob": a name that stands for a disease or a test."""
    eponyms, diseases = readable_words("eponyms"), readable_words("disease_words")
    for word in passage.words:
        parts = word.low.split("-")
        if not all(part in eponyms or part in diseases for part in parts):
            continue
        before, after = passage.before(word), passage.after(word)
        led = before is not None and before.low in ("morbus", "mb", "m") and word.gap in (" ", ". ")
        said = after is not None and after.gap == " " and after.low in diseases
        if led or said or (len(parts) > 1 and parts[0] in eponyms):
            yield word.start, word.end


_TAKEN = re.compile(
    r"(?P<name>[^\W\d_][\w-]{3,24}) \d{1,4}(?:[.,]\d{1,3})? ?"
    r"(?:mg|mcg|[µμu]g|(?:vb|v/b|v\.b\.|pn|p\.n\.|prn|nocte|zn|z\.n\.)(?!\w)|zo nodig|bei bedarf|vid behov|ved behov"
    r"|efter behov|til natten|till natten|til natta|zur nacht|voor de nacht|at night)",
    re.IGNORECASE,
)


def _medicines(passage: Passage) -> Iterator[tuple[int, int]]:
    """ "Opamox 15 mg", "Imozop 7,5 pn": what stands before a dose is a medicine, unless many people bear the name."""
    for match in _TAKEN.finditer(passage.text):
        word = passage.right_of(match.start("name"))
        if word is not None and word.start == match.start("name") and given(word) < USUAL_NAME:
            yield match.span("name")


_UNIONS = frozenset(map(tuple, (pair.split("_") for pair in word_set("countries_of_two_words"))))


def _unions(passage: Passage) -> Iterator[tuple[int, int]]:
    """Countries of two words."""
    for first, second in zip(passage.words, passage.words[1:], strict=False):
        if (first.low, second.low) in _UNIONS and first.capital and second.capital and second.gap == " ":
            yield first.start, second.end


def _modules(passage: Passage) -> Iterator[tuple[int, int]]:
    """Names of modules, exercises and programmes of iCBT."""
    for match in _module_pattern(passage.langs).finditer(passage.text):
        yield match.span()


@cache
def _module_pattern(langs: tuple[str, ...]) -> re.Pattern[str]:
    said = "|".join(
        re.escape(phrase).replace("\\ ", "[ -]") for phrase in sorted(readable_phrases(langs), key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{said})(?:en|et|s|e|er|n|ne|an)?(?!\w)", re.IGNORECASE)
