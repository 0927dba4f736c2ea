"""Numbers that belong to one person: national and health ids, bank accounts, cards, records and references.

Checks come from python-stdnum. A Danish CPR number is never dropped for a failed modulus 11, which many valid ones
fail since 2007: a plausible birth date is enough. Beside an id's own word ("BSN", "journalnr") digits are masked
even when every check fails: the number may be mistyped, the person is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b")
_DIGITS = re.compile(r"(?<![\w.,])\d(?:[ .+/-]?\d|\b - \d){5,18}(?![\w])")
_RECORD = re.compile(
    r"\b[A-ZÆØÅÄÖ]{1,6}[-/ ]?\d{1,4}(?:[-/. ]\d{2,6}){1,3}(?: ?[A-Z])?\b|\b[A-ZÆØÅÄÖ]{2,6}[-/]\d{4,9}\b"
)
_MIXED = re.compile(
    r"(?<![\w@./-])(?=[\w./-]{0,24}[A-ZÆØÅÄÖÜ])(?=(?:[^\d\s]{0,8}\d){4})[A-ZÆØÅÄÖÜ0-9]{1,10}(?:[-/.][A-ZÆØÅÄÖÜ0-9]{1,10}){1,4}(?![\w@-])"
)
_LETTER_NUMBER = re.compile(r"\b(?:[A-Z]\d{8,9}|[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]|\d{8}[A-Z]\d{3})\b")
_YEAR_RECORD = re.compile(r"\b(?:19|20)\d{2}[-/.]\d{1,4}[-/.]?\d{2,6}\b")
_BESIDE = re.compile(
    r"(?=[\w./-]{0,20}\d)[A-Z]{0,5}[-/ ]?\d[\w]{0,12}"
    r"(?:[-/. ](?:\d[\w]{0,12}|[A-Z]{1,3}(?=[-/. ]\d)|(?<=\d[-/])[A-Z](?!\w))){0,6}"
)
_BESIDE_SMALL = re.compile(
    r"(?=[\w./-]{0,20}\d|[a-z]{1,4}[- ]\d)(?:[a-z]{1,4}[-/ ])?[a-z]{0,3}\d[\w]{0,12}"
    r"(?:[-/. ](?:\d[\w]{0,12}|[a-z](?![\w]))){0,5}",
    re.IGNORECASE,
)
_NEAR = 4
_COUNTED = word_set("counted")
_NUMBER_LABELS, _PLACES_WITH_NUMBERS, _UNITS = (
    word_set("number_labels"),
    word_set("places_with_numbers"),
    word_set("units"),
)
_NUMBER_WORDS = ("nr", "nummer", "number", "kennzahl", "zeichen", "numret", "nummeret", "nummret")
_COURT_WORDS = frozenset(
    {
        "court",
        "gericht",
        "amtsgericht",
        "landgericht",
        "retten",
        "byret",
        "tingrett",
        "tingrätten",
        "rechtbank",
        "az",
        "mål",
        "sag",
        "sak",
        "zaak",
    }
)
_MIN_BESIDE, _MIN_ALWAYS = 4, 7


def ibans(passage: Passage) -> Iterator[Span]:
    """Bank accounts with a valid checksum."""
    from stdnum import iban

    for match in _IBAN.finditer(passage.text):
        if iban.is_valid(match.group()):
            yield Span(match.start(), match.end(), "ID", "auto", 1.0, "iban", hard=True)


def national_ids(passage: Passage) -> Iterator[Span]:
    """Personal and health numbers of the six countries with a valid check."""
    for match in _DIGITS.finditer(passage.text):
        if _is_national_id(match.group()):
            yield Span(match.start(), match.end(), "ID", "auto", 0.95, "national_id", hard=True)
    for match in _LETTER_NUMBER.finditer(passage.text):
        yield Span(match.start(), match.end(), "ID", "auto", 0.9, "national_id", hard=True)


def records(passage: Passage) -> Iterator[Span]:
    """Record, case and reference numbers: by their form, or digits beside the word that announces them."""
    for pattern in (_RECORD, _YEAR_RECORD, _MIXED):
        for match in pattern.finditer(passage.text):
            if sum(c.isdigit() for c in match.group()) >= _MIN_BESIDE and not _a_score(passage, match.group()):
                yield Span(match.start(), match.end(), "ID", "auto", 0.8, "record")
    for word in passage.words:
        if word.number and (announced := _announced(passage, word)) is not None:
            pattern = _BESIDE_SMALL if passage.small else _BESIDE
            beside = pattern.match(passage.text, announced)
            if (
                beside is not None
                and sum(c.isdigit() for c in beside.group()) >= _MIN_BESIDE
                and not _year(beside.group())
            ):
                end = beside.start() + len(beside.group().rstrip("-/. "))
                yield Span(beside.start(), end, "ID", "auto", 0.85, "record", hard=True)


_COURT = re.compile(
    r"(?<![\w/-])(?:\d{1,4} )?[A-Z][A-Za-z]{0,4}s? \d{1,6}[/.]\d{2,4}(?![\w/-])"
    r"|(?<![\w/-])[A-ZÆØÅÄÖ]{1,3} \d{2,6}-\d{2}(?![\w-])"
)
_TOKEN = re.compile(r"(?<![\w@./'+-])(?=[\w/-]{0,24}[^\W\d_])(?=(?:[^\d\s]{0,20}\d){3})[\w/-]{6,24}(?![\w@]|[./-]\w)")
_GPS = re.compile(r"(?<![\w.])-?\d{1,3}\.\d{3,8}°?[NS]?, {0,2}-?\d{1,3}\.\d{3,8}°?[EWOVØ]?(?![\w]|\.\d)")
_MACHINE = re.compile(
    r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]\w)"
)
_HOURS = re.compile(r"(?:[01]?\d|2[0-4])[.: ]?[0-5]\d ?[-–] ?(?:[01]?\d|2[0-4])[.: ]?[0-5]\d")
"""A sleep window: "0100-0630"."""
_LABELLED = re.compile(
    r"[:.#]{0,2} ?(?:nr\.? ?|no\.? ?|#)?([A-ZÆØÅÄÖÜ]{0,5}[-/ ]?\d[\w]{0,12}(?:[-/.](?=\w{0,8}\d)\w{1,8}){0,4})(?![\w])"
)
_UNITED = re.compile(
    r"\d{1,6}(?:[.,]\d+)?(?:mg|mcg|ug|ml|kg|km|mmol|min|hz|kcal|cm|mm|bpm|kr|eur|gbp|pm|am|st|nd|rd|th|er|år|x)\w{0,6}",
    re.IGNORECASE,
)


def labelled(passage: Passage) -> Iterator[Span]:
    """What a label announces (ward, room, court, membership), a court's own form, and tokens of letters and figures."""
    for word in passage.words:
        if word.low not in _PLACES_WITH_NUMBERS and not word.low.endswith(_NUMBER_WORDS):
            continue
        token = _LABELLED.match(passage.text, word.end)
        counted = (
            before := passage.before(word)
        ) is not None and before.low in _UNITS | _COUNTED | passage.shared.tests
        if token is not None and not counted and not _a_year_or_score(passage, word, token[1]):
            yield Span(token.start(1), token.end(1), "ID", "check", 0.6, "label")
    for match in _COURT.finditer(passage.text):
        head = re.sub(r"[^A-Za-zÆØÅÄÖ]", " ", match.group()).split()[0].casefold()
        never = passage.vocabulary.months | _UNITS | passage.shared.tests
        if _court_near(passage, match.start()) or (match.group()[0].isdigit() and head not in never):
            yield Span(match.start(), match.end(), "ID", "check", 0.7, "label")
    for pattern, cls in ((_GPS, "ADDRESS"), (_MACHINE, "ID")):
        for match in pattern.finditer(passage.text):
            yield Span(match.start(), match.end(), cls, "auto", 0.9, "label")
    for match in _TOKEN.finditer(passage.text):
        token_text = match.group()
        head = re.split(r"[\d/-]", token_text)[0].casefold()
        plain = head in passage.shared.tests or token_text.partition("-")[0].casefold() in passage.shared.tests
        if not plain and not _UNITED.fullmatch(token_text) and not _a_word_with_a_number(passage, token_text):
            yield Span(match.start(), match.end(), "ID", "check", 0.5, "record")


def _a_year_or_score(passage: Passage, label: Word, text: str) -> bool:
    """ "office 2024", "room 1" of a game is left; one figure says nothing of where."""
    single = len(text) == 1 and label.low not in ("station", "ward", "zimmer", "zi")
    return single or _year(text) or not any(c.isdigit() for c in text)


def _court_near(passage: Passage, start: int) -> bool:
    near = [w.low for w in passage.left_of(start, _NEAR)]
    return any(low in _NUMBER_LABELS or low.endswith(_NUMBER_WORDS) or low in _COURT_WORDS for low in near)


def _a_word_with_a_number(passage: Passage, text: str) -> bool:
    """ "2024-plan", "90-årsdag", "24-timers": an ordinary word after figures."""
    parts = [part for part in re.split(r"[-/]", text) if part]
    letters = [part for part in parts if not part.isdigit()]
    return len(parts) > 1 and all(part.isalpha() and passage.usual(part.casefold()) for part in letters)


def long_numbers(passage: Passage) -> Iterator[Span]:
    """Any run of seven digits or more, whatever stands between them: no score or dose has so many."""
    for match in _DIGITS.finditer(passage.text):
        digits = sum(c.isdigit() for c in match.group())
        if _HOURS.fullmatch(match.group()):
            continue
        if digits >= _MIN_ALWAYS and not _row_of_scores(passage, match):
            yield Span(match.start(), match.end(), "ID", "auto", 0.7, "digits")
        elif digits == 6 and re.fullmatch(r"\d{6}", match.group()):
            yield Span(match.start(), match.end(), "ID", "check", 0.6, "digits")


def _announced(passage: Passage, word: Word) -> int | None:
    """Where the number begins that an id word announces, up to a few words to the left."""
    start = word.start
    for steps in range(1, _NEAR + 1):
        other = passage.before(word, steps)
        if other is None or "\n" in passage.text[other.end : word.start]:
            return None
        if other.low in passage.vocabulary.ids:
            between = passage.text[other.end : word.start]
            letters = re.search(r"\b[A-Za-z]{1,3}[-/ ]?$" if passage.small else r"\b[A-Z]{1,5}[-/ ]?$", between)
            return other.end + letters.start() if letters else start
        if any(c in ".!?;" for c in passage.text[other.end : word.start]) and not other.low.endswith("nr"):
            return None
    return None


def _a_score(passage: Passage, text: str) -> bool:
    """ "PHQ-9 17-15" and "ED 10/63" look like record numbers."""
    if re.fullmatch(r"[A-ZÆØÅÄÖ]{1,4} (?:\d{1,2}[/.]\d{2,4}|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,3}(?:[./]\d{1,3})?)", text):
        return True
    head = re.match(r"[A-ZÆØÅÄÖ]+", text)
    return head is not None and head.group().casefold() in passage.shared.tests


def _row_of_scores(passage: Passage, match: re.Match[str]) -> bool:
    """Two-figure numbers in a row after a test's name."""
    parts = re.split(r"[ /-]", match.group())
    if not all(len(part) <= 2 for part in parts) or all(len(part) == 1 for part in parts):
        return False
    before = passage.left_of(match.start(), 4)
    return any(w.low in passage.shared.tests or w.low.split("-")[0] in passage.shared.tests for w in before)


def _year(text: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", text.strip()) is not None


def _is_national_id(digits: str) -> bool:
    from stdnum.de import idnr
    from stdnum.dk import cpr
    from stdnum.gb import nhs
    from stdnum.nl import bsn
    from stdnum.no import fodselsnummer
    from stdnum.se import personnummer

    compact = re.sub(r"\D", "", digits)
    if len(compact) < 9:
        return False
    if any(check.is_valid(compact) for check in (bsn, idnr, nhs, fodselsnummer)):
        return True
    if personnummer.is_valid(re.sub(r"[ ./]", "", digits)):
        return True
    return len(compact) == 10 and _cpr_date(cpr, compact)


def _cpr_date(cpr: object, compact: str) -> bool:
    try:
        cpr.get_birth_date(compact)  # type: ignore[attr-defined]  # stdnum is untyped
    except Exception:  # stdnum's own error for an impossible birth date
        return False
    return True
