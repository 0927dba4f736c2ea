"""Dates of a day or of a month with its year, in figures and in words; feast days; birth dates as yymmdd.

One grammar in place of a list of forms: a day (figure, ordinal, word), a separator, a month (figure, Roman number, name
in six languages, also misspelt), a separator, a year of two or four figures; O and l are read as figures. What is left
of scores and counts is kept out by the words around. A bare month or day is doubtful, years alone and weekdays stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.anonymise import numerals
from bot.anonymise.finding import Span
from bot.anonymise.lexicon import nearly
from bot.anonymise.recognisers.feasts import feasts
from bot.anonymise.tokens import Passage
from bot.anonymise.vocabulary import all_months, readable_phrases, word_set

_D = r"[0-9OoIl]"
_DAY = rf"(?:[0Oo]?[1-9]|[12]{_D}|[Il]\d|3[01OoIl])"
_MONTH = r"(?:[0Oo]?[1-9]|1[0-2OoIl]|[Il][0-2])"
_ROMAN = r"(?:x(?:i{1,2})?|i[xv]|v?i{1,3}|v)"
_YEAR4 = rf"(?:19|20|2[Oo]|[Il]9){_D}{{2}}"
_YEAR = rf"(?:{_YEAR4}|'?\d{{2}})"
_TIME = r"(?:[T ,]{1,2}(?:kl\.? ?|um |at )?\d{1,2}:\d{2}(?::\d{2})?)?"
_SEP = r" ?[./-] ?"
_EDGE, _END = r"(?<![\w.,/'-])", r"(?![\w/-]|[.,:]\d)"
_ISO = re.compile(rf"(?<![\w-])(?:19|20)\d{{2}}([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?![\w-]){_TIME}")
_ISO_TIME = re.compile(r"(?<![\w-])(?:19|20)\d{2}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?")
_FULL = re.compile(
    rf"{_EDGE}{_DAY}(?P<sep>{_SEP})(?:{_DAY}|{_ROMAN})(?:[./ -]{{1,2}})"
    rf"(?:{_YEAR4}(?![\d/-]|[.,]\d)|{_YEAR}{_END}){_TIME}",
    re.IGNORECASE,
)
_SPACED = re.compile(
    rf"{_EDGE}{_DAY} {_ROMAN} {_YEAR4}{_END}|{_EDGE}{_DAY} {_MONTH} (?:19|20)\d\d{_END}", re.IGNORECASE
)
_RANGE = re.compile(rf"(?<![\w,/'])(?<!\d\.){_DAY}\.?(?:{_MONTH}\.?)? ?[-–] ?{_DAY}\.{_MONTH}\.(?:{_YEAR})?(?!\d)")
_BACKWARDS = re.compile(rf"{_EDGE}(?:[4-9]\d|'\d{{2}})([-./])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01]){_END}")
_MONTH_YEAR = re.compile(
    rf"(?<![\w.,/'])(?<!\d-)(?:{_MONTH}-)?{_MONTH}(?P<sep>[/.-])(?P<year>{_YEAR4}|'?\d{{2}}){_END}"
)
_YEAR_MONTH = re.compile(rf"(?<![\w-])(?:19|20)\d\d[-/](?:0[1-9]|1[0-2]){_END}")
_DOTTED = re.compile(r"(?<![\w.,/-])(?:0?[1-9]|[12]\d|3[01])\. ?(?:0?[1-9]|1[0-2])\.(?![\d])")
_SHORT = re.compile(r"(?<![\w.,/-])(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])(?![\w%/-])(?!\.\d)")
_BORN = re.compile(
    r"\b(?:dob|d\.o\.b|born|født|född|fødd|föd|f|geb|geboren|geboortedatum|geb\.datum|fødselsdato|fødselsdag|födelsedatum)"
    r"\.?:? {0,2}(?:den |am |op |on )?(\d{6}|\d{8}|\d{2}-\d{2}-\d{2}|\d{2} \d{2} \d{2})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(?:the |on |~|mon |tue |tues |wed |thu |thurs |fri |sat |sun )(?:the )?(\d{1,2}(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)
_BARE_DAY = re.compile(
    r"\b(?:d\.|den|am|op de|vom|zum|bis zum|till den|til den) (\d{1,2}(?:\.|:e|e|de|ste))(?= |,|$)", re.I
)
_OF_THE_MONTH = re.compile(
    r"(?<![\w.,/'-])(?:[12]\d|3[01]|[1-9])(?:\.|st|nd|rd|th|:?e)? ?"
    r"(?:ds|d\. ?m|dennes|denna månad|denne måneden?|dieses monats|d\. ?j|dezer|instant|inst|ult)(?:\.|\b)(?!\w)",
    re.IGNORECASE,
)
"""Letters say "the 5th of this month"."""
_LIKELY_YEARS = range(12, 70)
"""Two figures after a month that are a year more often than the most of a score."""
_MOSTS = frozenset({15, 20, 21, 24, 27, 28, 30, 36, 40, 42, 50, 52, 54, 56, 60, 63})
"""What scores of usual tests are counted out of: "9/27", "14/21"."""
_USUAL_TOTALS = frozenset({2, 3, 4, 5, 7, 8, 10, 12})
"""What things are counted out of: "3/7", "2/10"."""
_ALWAYS = "24/7"
DATE_LEADS = word_set("date_leads")
_COUNTED, _DONE, _UNITS = word_set("counted"), word_set("done"), word_set("units")
_NEAR = 4


def dates(passage: Passage) -> Iterator[Span]:
    """Every form of date, the surest first."""
    yield from _in_words(passage)
    for pattern in (_ISO, _ISO_TIME):
        for match in pattern.finditer(passage.text):
            yield _sure(match, hard=True)
    for pattern in (_FULL, _SPACED, _RANGE):
        for match in pattern.finditer(passage.text):
            if _figures(match.group()) and not _a_version(passage, match) and not _a_row(passage, match):
                yield _sure(match, hard=True)
    for match in _BORN.finditer(passage.text):
        yield Span(match.start(1), match.end(1), "DATE", "auto", 0.97, "date", hard=True)
    for match in _BACKWARDS.finditer(passage.text):
        yield Span(match.start(), match.end(), "DATE", "check", 0.7, "date")
    for match in _YEAR_MONTH.finditer(passage.text):
        yield Span(match.start(), match.end(), "DATE", "auto", 0.8, "date")
    yield from _month_and_year(passage)
    yield from _without_year(passage)
    for match in _OF_THE_MONTH.finditer(passage.text):
        yield Span(match.start(), match.end(), "DATE", "check", 0.6, "date")
    for pattern in (_ORDINAL, _BARE_DAY):
        for match in pattern.finditer(passage.text):
            yield Span(match.start(1), match.end(1), "DATE", "check", 0.5, "date")
    yield from feasts(passage)


def _sure(match: re.Match[str], *, hard: bool) -> Span:
    return Span(
        match.start(), match.start() + len(match.group().rstrip(" ,T")), "DATE", "auto", 0.95, "date", hard=hard
    )


def _figures(text: str) -> bool:
    """At least three figures: "O.I.l" is no date."""
    return sum(c.isdigit() for c in text) >= 3


def _a_version(passage: Passage, match: re.Match[str]) -> bool:
    """ "PHQ-9 3-2-12", "1 - 2 - 10": a row of scores or steps."""
    lead, _ = _left(passage, match.start())
    return (
        (_scored(passage, lead) or lead in _COUNTED) and match["sep"].strip() == "-"
        if "sep" in match.re.groupindex
        else False
    )


def _a_row(passage: Passage, match: re.Match[str]) -> bool:
    """ "PHQ-9 18/16/16": scores in a row beside their test, of which the second is no month."""
    numbers = [int(part) for part in re.findall(r"\d+", match.group())[:2]]
    lead, _ = _left(passage, match.start())
    return len(numbers) > 1 and min(numbers) > _MONTHS and _scored(passage, lead)


_MONTHS = 12


def _month_and_year(passage: Passage) -> Iterator[Span]:
    """ "03/2024", "10/63", "4-5/2021"; with two figures for the year only where nothing is scored or counted."""
    for match in _MONTH_YEAR.finditer(passage.text):
        year, sep = match["year"], match["sep"]
        lead, further = _left(passage, match.start())
        if lead in _COUNTED or not _figures(match.group()) or (sep == "." and len(year) < 4):
            continue
        if len(year.lstrip("'")) > 2 or "'" in year or match.group()[0] == "0":
            yield Span(match.start(), match.end(), "DATE", "auto", 0.8, "date")
            continue
        known = lead in DATE_LEADS or further in DATE_LEADS or lead in ("ed", "seit", "ab")
        likely = int(year) in _LIKELY_YEARS and int(year) not in _MOSTS
        plain = sep == "/" and not _scored_near(passage, match.start()) and not _counted_after(passage, match.end())
        if plain and (known or likely or passage.lang == "de"):
            yield Span(match.start(), match.end(), "DATE", "check", 0.6, "date")


def _in_words(passage: Passage) -> Iterator[Span]:
    """ "3 March 2026", "7-Nov-2024", "5. März2024", "14th Agust", "am dritten Mai", "May 9", "November 2025"."""
    day_month, month_day, month_year, two_ordinals = _word_patterns()
    for match in day_month.finditer(passage.text):
        month = match["month"]
        if _a_month(passage, month) and not _a_modal(passage, match):
            end = match.start() + len(match.group().rstrip("., "))
            yield Span(match.start(), end, "DATE", "auto", 0.93, "date", hard=_with_year(match))
    for match in month_day.finditer(passage.text):
        if _a_month(passage, match["month"]) and not _a_verb(match):
            yield Span(match.start(), match.end(), "DATE", "auto", 0.93, "date", hard=_with_year(match))
    for match in month_year.finditer(passage.text):
        if _a_month(passage, match["month"]):
            yield Span(match.start(), match.end(), "DATE", "auto", 0.93, "date")
    for match in two_ordinals.finditer(passage.text):
        yield Span(match.start(), match.end(), "DATE", "check", 0.6, "date")


def _with_year(match: re.Match[str]) -> bool:
    return re.search(r"\d{4}", match.group()) is not None


_WORD_YEAR = (
    r"(?:nineteen|twenty) ?(?:hundred|oh)?(?: and)?[ -]?\w{3,9}"
    r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine)\b)?"
    r"|two thousand(?: and)? \w{3,9}(?:[ -]\w{3,5})?"
    r"|(?:zweitausend|neunzehnhundert|tweeduizend|negentien ?honderd|negentien|totusind|nittenhundrede|nitten ?hundre"
    r"|totusen|tjugohundra|tjugo|nittonhundra|tvåtusen|to ?tusen|to ?tusind)[ -]?(?:og ?|en ?)?\w{2,24}"
)


@cache
def _word_patterns() -> tuple[re.Pattern[str], ...]:
    months = "|".join(sorted(all_months(), key=len, reverse=True))
    month = rf"(?P<month>(?:{months})(?![^\W\d_])|[^\W\d_]{{4,11}}(?![^\W\d_]))"
    known = rf"(?P<month>(?:{months})(?![^\W\d_]))"
    suffix = r"(?: ?(?:st|nd|rd|th|ten|te|ter|\.|:?[ea]|de|ste)(?![^\W\d_]))?"
    day = rf"{_DAY}{suffix}"
    words = numerals.ordinal_days()
    last = (
        r"last(?: day)?|siste(?: dag)?|sidste(?: dag)?|sista(?: dagen)?|letzte[nr]?(?: tag)?|laatste(?: dag)?"
        r"|primo|medio|ultimo"
    )
    year = (
        rf"(?:[., /-]{{0,3}}(?:{_YEAR4}|'\d{{2}})(?!\d)| -\d{{2}}(?![\d-])|[ -]-?\d{{2}}(?=[.,;)]|$)|-\d{{2}}(?![\d-])"
        rf"|,? (?:{_WORD_YEAR}|{numerals.twenties()})\b)?"
    )
    named = rf"(?P<named>(?:{months})(?![^\W\d_]))"
    joined = r" {0,2}(?:to|and|bis|und|til|till|og|och|tot|en|t/m|-|–|&|/) {0,2}"
    of = r"(?: of(?: the)?| i| in| den)?"
    return (
        re.compile(
            rf"(?<![\w.,/'-])(?:(?:{day}{joined})?{day}{of}[ ./-]{{0,2}}{month}|(?<!\w)(?:{words}|{last}){of} {named})"
            rf"(?:\.?{year})(?:[, ]{{1,2}}\d{{1,2}}:\d{{2}}:\d{{2}})?",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\b{known}\.?(?: the)? ?(?:{_DAY}(?:st|nd|rd|th)?(?![\w%.:]\d|\w| ?(?:mg|min|%|weeks|modul))"
            rf"|(?:{words})\b)"
            rf"(?:,? {{0,2}}(?:{_YEAR4}|'\d{{2}})\b)?",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\b{month}\.?,?[ -]{{0,2}}(?:of |in )?(?:{_YEAR4}|'\d{{2}})\b"
            rf"|\b(?P<short>(?:{months}))"
            rf"(?: \d{{2}}(?=[.,;)])|\.?-\d{{2}}(?![\w-])|,? (?:{numerals.twenties()})(?!\w))",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)|{_any_ordinal()}) of the (?:\d{{1,2}}(?:st|nd|rd|th)|{_any_ordinal()})\b"
            rf"|\b(?:{words}) (?:i|in|van de) (?:{words})\b|\b\d{{1,2}}(?:\.|:e|e) i \d{{1,2}}(?:\.|:e|e)(?!\w)",
            re.IGNORECASE,
        ),
    )


def _any_ordinal() -> str:
    return rf"(?:{numerals.ordinal_days()})"


def _a_month(passage: Passage, name: str | None) -> bool:
    """A month's name in any of the languages, also with a slip of the pen ("Agust"); None is one by its form."""
    if name is None or (low := name.casefold()) in all_months():
        return True
    return len(low) > 3 and not passage.usual(low) and nearly(low, _long_months())


@cache
def _long_months() -> dict[str, int]:
    return {name: 1 for name in all_months() if len(name) > 3}


def _a_modal(passage: Passage, match: re.Match[str]) -> bool:
    """ "step 4 may help": the English verb, and numbers that count something."""
    lead, _ = _left(passage, match.start())
    month = match["month"] or match["named"] or ""
    if lead in _COUNTED or _scored(passage, lead):
        return month.casefold() in ("may", "mar", "march", "sept", "mai", "mei", "maj") and not _with_year(match)
    return month == "may" and re.search(r"\d (?:may)$", match.group()) is not None and lead not in DATE_LEADS


def _a_verb(match: re.Match[str]) -> bool:
    """ "may 9", "mar 3" in small letters are no dates unless written like one."""
    return (
        re.match(r"(?:may|mar|des|dec|mai|maj) ", match.group()) is not None
        and match.group()[0].islower()
        and "may" in match.group()
    )


def _without_year(passage: Passage) -> Iterator[Span]:
    """ "1.4.", "28/1", "3-2": dates beside a word that leads to one; without it only where nothing is counted."""
    taken: set[int] = set()
    for match in _DOTTED.finditer(passage.text):
        lead, further = _left(passage, match.start())
        if lead not in _COUNTED and (lead in DATE_LEADS or not _scored(passage, lead)):
            taken.add(match.start())
            sure = lead in DATE_LEADS or further in DATE_LEADS
            yield Span(match.start(), match.end(), "DATE", "auto" if sure else "check", 0.85, "date")
    for match in _SHORT.finditer(passage.text):
        if match.start() in taken:
            continue
        lead, further = _left(passage, match.start())
        if lead in _COUNTED or _scored(passage, lead):
            continue
        day, month = (int(part) for part in re.split(r"[/.-]", match.group())[:2])
        if match.group(1) == "." and lead not in DATE_LEADS:
            if _a_day_with_a_point(passage, match, lead, further):
                yield Span(match.start(), match.end(), "DATE", "check", 0.5, "date")
        elif match.group(1) == "." and _after_a_score(passage, match.start(), further):
            continue  # "EDE-Q 4.1 before, 3.2 now", "3.8 fra 4.6"
        elif lead in DATE_LEADS:
            tier = "auto" if match.group(1) == "/" or lead in ("d", "den", "am", "op") else "check"
            yield Span(match.start(), match.end(), "DATE", tier, 0.8, "date")  # type: ignore[arg-type]  # a tier
        elif match.group(1) == "/" and match.group() != _ALWAYS and not _counted_after(passage, match.end()):
            likely = day > month or further in DATE_LEADS or month not in _USUAL_TOTALS
            if likely or not (_scored_near(passage, match.start()) or lead in _DONE or further in _DONE):
                yield Span(match.start(), match.end(), "DATE", "check", 0.6, "date")


def _after_a_score(passage: Passage, start: int, further: str) -> bool:
    scored = _scored_near(passage, start)
    return scored and (passage.lang == "en" or any(c.isdigit() for c in further))


def _a_day_with_a_point(passage: Passage, match: re.Match[str], lead: str, further: str) -> bool:
    """ "forelesning 3.3", "FPA-beslut 15.4": languages that write decimals with a comma write days with a point.

    Not an hour ("kl 7.10"), a version, a quantity, or a number beside a test.
    """
    if passage.lang not in _POINTED or lead in _HOURS or further in _HOURS:
        return False
    if _scored_near(passage, match.start()) or _counted_after(passage, match.end()):
        return False
    before = next(iter(passage.left_of(match.start(), 1)), None)
    shouted = before is not None and before.text.isupper() and further not in passage.vocabulary.into
    led = before is not None and not before.number and not shouted
    between = passage.text[before.end : match.start()] if before is not None else ""
    return led and between.strip() in ("", "(", ",", ":", ".") and passage.text[match.end() : match.end() + 1] != "%"


_POINTED = frozenset({"da", "de", "nb", "sv"})
_HOURS = frozenset(
    {"kl", "klokka", "klokken", "klockan", "uhr", "um", "mellom", "mellem", "mellan", "version", "v", "ca", "cirka"}
    | {"snitt", "gennemsnit", "gjennomsnitt", "schnitt", "mittelwert", "medel", "faktor", "bmi", "sd", "kapitel", "kap"}
)


def _left(passage: Passage, start: int) -> tuple[str, str]:
    """The two words before a place of the text, without case."""
    before = [w.low for w in passage.left_of(start, 2)]
    return (before[-1] if before else "", before[-2] if len(before) > 1 else "")


def _scored(passage: Passage, lead: str) -> bool:
    return lead not in DATE_LEADS and (lead in passage.shared.tests or lead.partition("-")[0] in passage.shared.tests)


def _scored_near(passage: Passage, start: int) -> bool:
    """A test or a word of scoring or counting stands shortly before."""
    near = [w.low for w in passage.left_of(start, _NEAR)]
    modules = readable_phrases(passage.langs)
    return any(_scored(passage, low) or low in _COUNTED or low in _DONE or low in modules for low in near)


def _counted_after(passage: Passage, end: int) -> bool:
    following = passage.right_of(end)
    return following is not None and (following.low in _COUNTED or following.low in _DONE or following.low in _UNITS)
