"""Ages. From 90 an age is an identifier; below it is doubtful and becomes a decade."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.anonymise import numerals
from bot.anonymise.finding import Span
from bot.anonymise.recognisers.word_class import USUAL_NAME, given, related
from bot.anonymise.tokens import Passage
from bot.anonymise.vocabulary import word_set

_NO_LIFETIME = r"siden|sedan|geleden|lang|senere|senare|later|tidigare|tidligere|with|med|mit|met|an|i |på |of |ago"
_AFTER = re.compile(
    r"(?<![\w.,/])(1[01]\d|[1-9]\d)(?:"
    r"[ -]?(?:years?[ -]old|yrs?(?:[ -]old)?|y/o|yo|jahre?n? alt|jährige[rsn]?|jarige|jaar oud|år gammel|år gammal)\b"
    r"|[ -]?(?:årig[ea]?|åring(?:en|ar)?)\b"
    rf"|(?=[ ](?:år|jaar|jahre|års)\b(?!\s?(?:{_NO_LIFETIME})))"
    r"|(?=-(?:årig|jährig|jarig|årige|åring|year)))",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:aged?|turned|turns|fylder|fyldte|fyllde|fyller|fylte|wird|wurde|alter|alder|ålder|leeftijd|age|will be)"
    r"[ :]{1,2}(?:er |is |im |von )?(1[01]\d|[1-9]\d)\b(?! ?(?:%|mg|min|kg|points?|poeng|punkte|minutes))",
    re.IGNORECASE,
)
_BETWEEN_COMMAS = re.compile(
    r"(?<=[^\W\d_])(?:, | \(|,? [fmkwv] ?)(1[01]\d|[1-9]\d)(?=[,;)]|\.\s| og | and | und | en | och )"
)
_AS_PERSON = re.compile(
    r"\b(?:she is|he is|she's|he's|hun er|han er|hon är|han är|sie ist|er ist|ze is|hij is|hun|hon)"
    r"(?: now| nu| jetzt| nå)?"
    r" (1[01]\d|[1-9]\d)(?=[ ,.;](?!\s?(?:%|mg|min|kg|procent|prozent))|$)",
    re.IGNORECASE,
)
_OLD_PERSON = re.compile(
    r"\b(?P<who>[^\W\d_][\w'-]*) (?:(?:who|which|som|die|der) )?(?:is|was|er|var|är|ist|war|wordt|wird|blir|bliver)"
    r" (?:now |nu |nå |jetzt |already |allerede |redan |schon |al )?"
    r"(9\d|10\d|11[0-5])(?=[ ,.;!?)]|$)"
    r"(?![.,/]\d| ?(?:%|mg|min|kg|kilo|cm|poeng|poäng|point|punkt|procent|prozent|percent|bpm|slag))",
    re.IGNORECASE,
)
"""From 90 on a person need not be "she": "his gran Edie who is 93", "mormor er 94"."""
_WHO = frozenset({"who", "som", "die", "der", "wie"})
_NOT_AN_AGE = re.compile(
    r"(?:(?-i:[A-Z]{2,})[\w-]*|week|uke|uge|woche|vecka|module?|modul|item|skår|score)\W{0,3}$", re.IGNORECASE
)
_OLD = 90
_UNITS = word_set("units")
_YEARS = frozenset({"year", "years", "yr", "yrs", "jahre", "jahren", "jahr", "jaar", "år"})
_VERY_OLD = re.compile(
    r"(?<![\w.,/])(9\d|10\d|11[0-5])(?=[ -]?(?:years?|yrs?|jahren?|jaar|år|års)\b(?! ago| siden| sedan| geleden))",
    re.IGNORECASE,
)
_SO_OLD = re.compile(
    r"(?:mit|im alter von|i en alder af|i en alder av|vid|op) ([1-9]\d)(?=[ -]?(?:jahren|år|års|jarige)\b)",
    re.IGNORECASE,
)


_FRAMED = (
    r"[ -]?(?:years?|yrs?|jahren?|jährige[nrsm]?|jaar|jarige|år(?:ig[ea]?|ing(?:en|ar)?)?|åring(?:en|ar)?|åren)(?!\w)"
    r"(?! ago| siden| sedan| geleden)"
)
_BEFORE_AN_AGE = (
    r"\b(?:aged?|turned|turns|turning|fylder|fyldte|fyllde|fyller|fylte|wird|wurde|alter(?: von)?|alder|ålder|leeftijd"
    r"|(?:she|he|is|er|ist|är|sie|hun|han|hon|zij|ze|hij|wordt|werd|now|nearly|almost|næsten|nesten|nästan|fast|bijna))"
    r" (?:now |nu |nå |jetzt |almost |nearly )?$"
)
_AGE_COMES = re.compile(_BEFORE_AN_AGE, re.IGNORECASE)


def ages(passage: Passage) -> Iterator[Span]:
    """Numbers, in figures or from 90 on in words, that a word or their place says are an age."""
    yield from _in_words(passage)
    yield from _old_people(passage)
    for pattern in (_AFTER, _BEFORE, _BETWEEN_COMMAS, _AS_PERSON, _VERY_OLD, _SO_OLD):
        for match in pattern.finditer(passage.text):
            if pattern is _BETWEEN_COMMAS and not _after_a_person(passage, match.start()):
                continue
            age = int(match.group(1))
            yield Span(
                match.start(1),
                match.end(1),
                "AGE90" if age >= _OLD else "AGE",
                "auto" if age >= _OLD else "check",
                0.9,
                "age",
            )


def _old_people(passage: Passage) -> Iterator[Span]:
    """A number of 90 and more said of a relation, of a name, or of whoever "who" stands for."""
    for match in _OLD_PERSON.finditer(passage.text):
        who = passage.right_of(match.start("who"))
        if who is None or who.low in passage.shared.tests:
            continue
        if who.low in _WHO or related(passage, who) or given(who) >= USUAL_NAME:
            yield Span(match.start(2), match.end(2), "AGE90", "auto", 0.85, "age")


def _in_words(passage: Passage) -> Iterator[Span]:
    """ "ninety-four", "fireoghalvfems", "in her nineties"; ninety and a hundred only where an age is spoken of."""
    above, counted, nineties = _word_patterns()
    for match in above.finditer(passage.text):
        if not _measured(passage, match.end()):
            sure = match["frame"] is not None or _spoken_of(passage, match.start())
            end = match.end() if match["frame"] and match["frame"][0].isalpha() else match.end("age")
            yield Span(match.start(), end, "AGE90", "auto" if sure else "check", 0.8, "age")
    for match in counted.finditer(passage.text):
        framed = match["frame"] is not None or _spoken_of(passage, match.start())
        if framed and not _measured(passage, match.end()):
            yield Span(match.start(), match.end("age"), "AGE90", "auto", 0.8, "age")
    for match in nineties.finditer(passage.text):
        yield Span(match.start(), match.end(), "AGE90", "check", 0.7, "age")


@cache
def _word_patterns() -> tuple[re.Pattern[str], ...]:
    frame = rf"(?P<frame>{_FRAMED})?"
    return (
        re.compile(rf"(?<![\w-])(?P<age>{numerals.above_ninety()})(?:{frame}(?!\w))", re.IGNORECASE),
        re.compile(rf"(?<![\w-])(?P<age>{numerals.ninety_or_a_hundred()})(?:{frame}(?!\w))", re.IGNORECASE),
        re.compile(
            r"(?<!\w)(?:neunzigern|(?:(?<=early )|(?<=late )|(?<=mid )|(?<=her )|(?<=his )|(?<=their ))nineties"
            r"|halvfemserne|nittiåra|nittioårsåldern|90-årsåldern|90erne|90'erne)(?!\w)",
            re.IGNORECASE,
        ),
    )


def _spoken_of(passage: Passage, start: int) -> bool:
    return _AGE_COMES.search(passage.text[max(0, start - 24) : start]) is not None


def _measured(passage: Passage, end: int) -> bool:
    """ "ninety-five percent", "a hundred times": a unit follows; years are an age."""
    after = passage.right_of(end)
    if after is None or passage.text[end : after.start].strip():
        return False
    return after.low in _UNITS and after.low not in _YEARS


def _after_a_person(passage: Passage, at: int) -> bool:
    """ "Rose, 34," is a person with an age; "ISI, 21" and "week 4, 30" are not."""
    if _NOT_AN_AGE.search(passage.text[max(0, at - 20) : at]):
        return False
    last = next(iter(passage.left_of(at, 1)), None)
    if last is None or last.number or last.low in passage.shared.tests:
        return False
    return last.capital or last.low in passage.vocabulary.relations or passage.small or len(last.text) == 1
