"""Whether a word begins a person's name: by the lists, its capital, its place in the sentence and the words around.

Four kinds of surroundings say "a person follows": a relation ("my husband"), a title ("Frau"), a naming phrase
("is called", "heter") and a greeting or closing. There even an ordinary word ("will", "Hope", "lo") is a name.
Elsewhere an ordinary word needs a capital inside the sentence, in German also a second name beside it.
"""

from __future__ import annotations

import re

from bot.anonymise.finding import Tier
from bot.anonymise.recognisers.sentence_patterns import told_by_its_frame
from bot.anonymise.recognisers.word_class import (
    COMMON,
    EVERYDAY,
    PARTICLES,
    USUAL_NAME,
    announces_a_number,
    bare,
    family,
    given,
    imperative,
    of_a_thing,
    ordinary,
    readable,
    related,
    used_as_a_verb,
)
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

AUTHOR_LEADS, METHOD_WORDS = word_set("author_leads"), word_set("method_words")
TITLE_PARTS, SALUTED = word_set("title_parts"), word_set("saluted")
_ROMAN = re.compile(r"X{0,2}(?:IX|IV|V?I{1,3}|V|X)")
_ABBREVIATION = 3
_SHORTEST = 2
_DUTCH_PARTICLES = frozenset({"van", "de", "der", "den", "ter", "ten"})
_VERY_USUAL_NAME = 5


def person_follows(passage: Passage, word: Word) -> str | None:
    """Why a person is expected here: "title", "relation", "named", "greeting", or None."""
    before = passage.before(word)
    if before is None or "\n\n" in word.gap or len(word.gap.strip()) > 3:
        return None
    words = passage.vocabulary
    if before.low in PARTICLES and not before.capital and before.gap == word.gap == " ":
        told = person_follows(passage, before)
        small = passage.small and passage.lang == "nl" and told == "relation" and before.low in _DUTCH_PARTICLES
        return "title" if told == "title" or small else None
    if not word.gap.strip() and passage.follows(word, words.beside):
        return "relation"
    signs = word.gap.strip()
    if before.low in words.titles and signs in ("", "."):
        return "title"
    if related(passage, before) and "\n" not in word.gap and not signs.startswith((".", "!", "?", ";", "-", "–")):
        return "relation"
    if signs == "," and _set_off(passage, word):
        return "relation"
    owner = passage.before(word, 2)
    if not signs and before.low in _OWNERS and owner is not None and before.gap == " " and related(passage, owner):
        return "relation"
    if passage.follows(word, words.named) and signs in ("", ":", '"', "„", "“", "«", "'", ": "):
        return "named"
    if (signs in ("", ",", ":", "!") and passage.follows(word, words.closers)) or (
        before.low in words.greetings and signs in ("", ",") and before.first
    ):
        return "greeting"
    if "\n" in word.gap and passage.text[before.end : word.start].lstrip(" ,.!").startswith("\n"):
        return "greeting" if before.low in words.greetings and word.capital else None
    return None


def _set_off(passage: Passage, word: Word) -> bool:
    """ "Legen hans, Aas, har", "The boss, Mr Cole,": a word between commas, a relation shortly before it."""
    after = passage.after(word)
    if after is None or not after.gap.startswith(",") or not (word.capital or passage.small):
        return False
    return any(other is not None and related(passage, other) for other in (passage.before(word, n) for n in (1, 2, 3)))


def decide(passage: Passage, word: Word) -> tuple[Tier, float] | None:
    """Whether the word begins a name, and how sure that is."""
    if word.number or len(word.text) < _SHORTEST or not word.text[0].isalpha():
        return None
    if (
        imperative(passage, word)
        or _part_of_a_title(passage, word)
        or _a_sign(passage, word)
        or announces_a_number(passage, word)
        or of_a_thing(passage, word)
    ):
        return None
    expected = person_follows(passage, word)
    usual = ordinary(passage, word)
    if usual and (word.low in passage.vocabulary.relations or word.low in passage.vocabulary.titles):
        return ("check", 0.5) if expected == "title" and _named_like_a_relation(passage, word) else None
    author = word.low in passage.shared.authors or bare(word.low) in passage.shared.authors
    if author and expected is None and not _beside_a_given_name(passage, word) and (word.caps_run or not word.capital):
        return None
    if not word.capital:
        decided = _in_small_letters(passage, word, expected, usual)
    elif word.caps_run:
        decided = _in_capitals(passage, word, expected, usual)
    else:
        decided = _with_a_capital(passage, word, expected, usual)
    return decided or told_by_its_frame(passage, word, expected)


def _part_of_a_title(passage: Passage, word: Word) -> bool:
    """The "med." of "Dr. med." and the "OA" of "OA Dr.": a title like the one beside it."""
    if word.low not in TITLE_PARTS:
        return False
    before, after = passage.before(word), passage.after(word)
    return any(other is not None and other.low in passage.vocabulary.titles | TITLE_PARTS for other in (before, after))


def _a_sign(passage: Passage, word: Word) -> bool:
    """A Roman number, or two or three capitals among other letters ("RA", "KOF"): an abbreviation on any list."""
    if not word.text.isupper() or word.caps_run or not word.text.isascii():
        return False
    if _ROMAN.fullmatch(word.text):
        return True
    return len(word.text) <= _ABBREVIATION and person_follows(passage, word) not in ("title", "relation", "named")


def _named_like_a_relation(passage: Passage, word: Word) -> bool:
    """ "dokter Mom": a capital right after the title, no second title."""
    plain = word.low in passage.vocabulary.titles or word.low in SALUTED
    return word.capital and not word.first and not word.caps_run and not plain


def _in_small_letters(passage: Passage, word: Word, expected: str | None, usual: bool) -> tuple[Tier, float] | None:
    known = given(word)
    if word.low in passage.vocabulary.function and word.low not in _FUNCTION_NAMES:
        return None
    if used_as_a_verb(passage, word):
        return None
    if (
        expected in ("relation", "title")
        and known >= USUAL_NAME
        and word.low in passage.vocabulary.seasons | passage.vocabulary.months
    ):
        after = passage.after(word)
        return ("check", 0.5) if after is not None and not after.number else None
    if passage.small and known >= USUAL_NAME and word.low in passage.vocabulary.months and _month_acts(passage, word):
        return "check", 0.5
    if expected in ("title", "relation", "named"):
        return _expected_in_small_letters(passage, word, expected, usual)
    if expected == "greeting" and known >= USUAL_NAME and not usual:
        return "auto", 0.8
    if not passage.small or len(word.text) <= _SHORTEST:
        return None
    if known >= USUAL_NAME and _aged(passage, word) and not readable(passage, word):
        return "check", 0.6
    if usual:
        rare = known >= USUAL_NAME and passage.usual(word.low) < COMMON and not readable(passage, word)
        unlisted = word.first and not passage.usual(word.low) and not readable(passage, word)
        return ("check", 0.5) if (rare or unlisted) and _acts(passage, word) else None
    if known >= USUAL_NAME:
        return "auto", 0.75
    return ("check", 0.5) if known else None


def _expected_in_small_letters(passage: Passage, word: Word, expected: str, usual: bool) -> tuple[Tier, float] | None:
    known = given(word)
    if known >= USUAL_NAME and not (usual and _part_of_speech(passage, word)):
        return "auto", 0.85
    if not usual and (known or family(word) or expected != "relation"):
        return ("auto", 0.8) if known or family(word) else ("check", 0.6)
    if expected == "title" and passage.usual(word.low) < EVERYDAY and word.gap != "":
        return "check", 0.5
    unlisted = not passage.usual(word.low) and not passage.usual(bare(word.low))
    if unlisted and passage.small and word.gap in (" ", ", ") and len(word.text) > _SHORTEST:
        return "check", 0.5
    return None


def _aged(passage: Passage, word: Word) -> bool:
    """ "live 18 går på", "tindra, 17": a number that can be an age follows at once."""
    after = passage.after(word)
    if after is None or after.gap not in (" ", ", ", " (", " - ") or not after.text.isdigit():
        return False
    return len(after.text) == 2 and after.text >= "12" and word.low not in passage.shared.tests


def _month_acts(passage: Passage, word: Word) -> bool:
    """ "april slept", "april is 6 weeks in" at the start: what a month does not do."""
    after = passage.after(word)
    if after is None or after.gap != " ":
        return False
    return after.low in passage.vocabulary.acts or (word.first and after.low in passage.vocabulary.verbs)


def _acts(passage: Passage, word: Word) -> bool:
    """A verb stands directly after the word, in a text without capitals: "at trine var flyttet"."""
    after = passage.after(word)
    return after is not None and after.gap == " " and after.low in passage.vocabulary.verbs and not word.capital


_GERMAN_LEADS = frozenset({"mit", "von", "und", "für", "bei", "ohne", "dass", "ob", "wenn", "weil"})
_OWNERS = frozenset({"min", "mitt", "hans", "hennes", "hendes", "deres", "vår", "vores", "sin"})
_SMALL_NAMES = frozenset({"will", "my", "may", "per", "lo", "bo"})
_FUNCTION_NAMES = frozenset({"will", "may", "kan", "lo", "per", "mark", "sen", "bo", "ida", "siv", "man", "ann"})


def _part_of_speech(passage: Passage, word: Word) -> bool:
    """ "my client will stop", "min man per mail": an everyday word that an ordinary one follows directly is no name."""
    if passage.usual(word.low) < EVERYDAY:
        return False
    after = passage.after(word)
    if after is None or after.gap != " ":
        return False
    surname = family(after) and passage.usual(after.low) < COMMON + 2 and not readable(passage, after)
    return after.low not in passage.vocabulary.verbs and not surname


def _in_capitals(passage: Passage, word: Word, expected: str | None, usual: bool) -> tuple[Tier, float] | None:
    known = given(word)
    if readable(passage, word):
        return None
    if expected == "relation" and usual and not known and passage.usual(word.low) < COMMON:
        return "check", 0.5
    if expected in ("title", "relation", "named") and (known >= USUAL_NAME or not usual):
        return "auto", 0.85
    if usual:
        after = passage.after(word)
        full_name = (
            known >= USUAL_NAME
            and after is not None
            and after.gap == " "
            and after.caps_run
            and not ordinary(passage, after)
            and family(after)
        )
        if full_name:
            return "auto", 0.75
        acts = after is not None and after.gap == " " and after.low in passage.vocabulary.verbs
        return ("check", 0.5) if known > USUAL_NAME and acts and passage.usual(word.low) < EVERYDAY else None
    if known >= USUAL_NAME:
        return "auto", 0.8
    return ("check", 0.6) if known or family(word) else None


def _with_a_capital(passage: Passage, word: Word, expected: str | None, usual: bool) -> tuple[Tier, float] | None:
    known, surname = given(word), family(word)
    if word.low in _SMALL_NAMES and _done_by(passage, word):
        return "check", 0.5
    if (
        expected in ("title", "named", "greeting")
        and not (usual and readable(passage, word))
        and (not usual or known or surname or expected == "title")
    ):
        everyday = usual and not known and passage.usual(word.low) >= EVERYDAY
        return None if everyday and expected != "title" else ("auto", 0.9)
    if expected == "title" and surname and word.low in passage.shared.terms and not word.first:
        return "check", 0.6  # "Dr King", "Mr Nice": chains and bodies have the names of people
    told = _told_by_its_place(passage, word, expected, usual)
    if told is not None:
        return told
    if readable(passage, word) and not _stands_as_a_name(passage, word, known):
        return None
    author = word.low in passage.shared.authors or bare(word.low) in passage.shared.authors
    if author and not _beside_a_given_name(passage, word):
        return ("check", 0.5) if known >= _VERY_USUAL_NAME and not _as_an_author(passage, word) else None
    if not usual:
        if known >= USUAL_NAME:
            return "auto", 0.9
        if known or surname:
            return ("auto", 0.75) if not word.first else ("check", 0.6)
        return None
    return _ordinary_with_a_capital(passage, word, known, surname)


def _done_by(passage: Passage, word: Word) -> bool:
    """ "Will left", "My flyttade": after a small word an inflected verb of a person says that it is a name."""
    after = passage.after(word)
    return after is not None and after.gap == " " and after.low in passage.vocabulary.acts


def _told_by_its_place(passage: Passage, word: Word, expected: str | None, usual: bool) -> tuple[Tier, float] | None:
    """After a relation, before a surname, alone at a letter's end: there readable words are names as well."""
    known, surname = given(word), family(word)
    plain = not readable(passage, word)
    if expected in ("relation", "title", "named") and known >= USUAL_NAME and not word.first:
        after = passage.after(word)
        if _as_a_name(passage, word) and not (after is not None and after.number and after.gap == " "):
            return "auto", 0.85
    if expected == "relation" and (known or surname) and plain:
        return ("auto", 0.9) if not usual or known >= USUAL_NAME else ("check", 0.6)
    if known > USUAL_NAME and _signed(passage, word):
        return "check", 0.6
    if known >= USUAL_NAME and not plain and _before_a_surname(passage, word):
        return "auto", 0.8
    if expected == "relation" and word.gap.startswith(",") and passage.lang != "de" and plain:
        return "check", 0.5
    return None


def _ordinary_with_a_capital(passage: Passage, word: Word, known: int, surname: bool) -> tuple[Tier, float] | None:
    """ "Hope", "Rose", "Stein": a capital inside the sentence, a name beside it, or a verb after it at its start."""
    after = passage.after(word)
    before_a_surname = (
        after is not None
        and after.gap in (" ", ' "')
        and after.capital
        and not after.caps_run
        and (family(after) or given(after) or not ordinary(passage, after))
        and not readable(passage, after)
        and after.low not in passage.shared.authors
    )
    if known >= USUAL_NAME and before_a_surname:
        return "auto", 0.85
    if word.first:
        acts = after is not None and after.low in passage.vocabulary.verbs and after.gap in (" ", ", ")
        apart = after is not None and after.gap.strip() in ("(", ",") and not passage.small
        if known >= USUAL_NAME and (acts or apart) and passage.usual(word.low) < EVERYDAY + 8:
            return "check", 0.6
        return None
    if passage.lang == "de":
        before = passage.before(word)
        led = before is not None and (before.low in _GERMAN_LEADS or imperative(passage, before))
        alone = led and word.gap == " "
        return ("check", 0.5) if known >= _VERY_USUAL_NAME and alone and not readable(passage, word) else None
    if known >= USUAL_NAME:
        return ("auto", 0.75) if known > USUAL_NAME else ("check", 0.55)
    return ("check", 0.4) if surname and passage.usual(word.low) < COMMON else None


def _signed(passage: Passage, word: Word) -> bool:
    """A name that stands alone as a sentence: the end of a letter."""
    after = passage.after(word)
    alone = after is None or "\n" in after.gap or '"' in after.gap or "”" in after.gap
    return word.first and alone and passage.before(word) is not None and word.low not in passage.vocabulary.function


def _as_a_name(passage: Passage, word: Word) -> bool:
    """ "dottern My", "syster Maj": the capital of a small word or a month says that it is a name here."""
    low = word.low
    words, shared = passage.vocabulary, passage.shared
    if passage.lang == "de" or low in shared.tests | shared.terms | shared.countries:
        return False
    return low in words.function or low in words.months or low in words.keep


def _stands_as_a_name(passage: Passage, word: Word, known: int) -> bool:
    """A month that is a name: "April slept", with a verb directly after it."""
    if word.low not in passage.vocabulary.months or known < USUAL_NAME or len(word.low) <= 3:
        return False
    after = passage.after(word)
    return after is not None and after.low in passage.vocabulary.verbs and after.gap == " "


def _before_a_surname(passage: Passage, word: Word) -> bool:
    """ "Christian Pope": a readable word that is a name too, with a surname after it."""
    after, shared = passage.after(word), passage.shared
    if after is None or after.gap != " " or not after.capital or after.number or readable(passage, after):
        return False
    if word.low in shared.tests | shared.terms | shared.countries:
        return False
    return family(after) or not ordinary(passage, after)


def _as_an_author(passage: Passage, word: Word) -> bool:
    """ "of Ellis", "Clark and Wells", "Frank's model": led to like a source, or beside another author."""
    before, after = passage.before(word), passage.after(word)
    for neighbour in (before, after, passage.before(word, 2), passage.after(word, 2)):
        if neighbour is not None and neighbour.low in passage.shared.authors and neighbour is not word:
            return True
    if before is not None and before.low in AUTHOR_LEADS:
        return True
    return after is not None and after.low in METHOD_WORDS


def _beside_a_given_name(passage: Passage, word: Word) -> bool:
    before = passage.before(word)
    return (
        before is not None and word.gap == " " and before.capital and given(before) >= USUAL_NAME and not before.number
    )
