"""Whole names of people by their form: a title, given names, initials on either side, particles, a surname.

After a title or beside a given name every capitalised word is a surname, whatever list it is on: "Mr Alzheimer",
"Anna L. Frost", "J.P. de Vries", "Dr. Ll. Price", "Young, M.". An initial never ends a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise import lexicon
from bot.anonymise.finding import Span
from bot.anonymise.recognisers.word_class import (
    COMMON,
    EVERYDAY,
    PARTICLES,
    USUAL_NAME,
    adjective_as_a_name,
    family,
    given,
    ordinary,
    place,
    readable,
    related,
)
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import readable_words, word_set

FORMS = frozenset({"title", "full_name"})
"""Recognisers of this file: what they find is a name wherever else it stands."""
_TITLE_PARTS, _SALUTED = word_set("title_parts"), word_set("saluted")
_POSTS = word_set("posts")
_EPONYMS = readable_words("eponyms")
_SHORTENED = word_set("shortened_names")
_NUMBERED, _NO_INITIALS = word_set("numbered"), word_set("one_letter_words")
_SUFFIXES = frozenset({"jr", "jnr", "snr", "junior", "jun"})
_SCANNED = re.compile(r"(?=.{4,20}$)(?=(?:[^\W\d_]{0,20}\d){1,3}[^\W\d_]{0,20}$)[A-ZÆØÅÄÖÜ][^\W_]{1,20}")
_SPACED = re.compile(r"(?<![\w'])[^\W\d_](?: [^\W\d_]){2,10}(?![\w'])")
_SHORT_PARTICLES = re.compile(
    r"(?<![\w.])[A-ZÆØÅÄÖÜ](?:[\w'-]{1,20}(?= )|(?:\. ?[A-Z]){0,3}\.) ?(?<![^\W\d_])"
    r"(?:v\. ?d\. ?|v/d |vd |v\.d |v\. |van d\. )[A-ZÆØÅÄÖÜ][\w'-]{2,24}"
)
_TWO_INITIALS = re.compile(
    r"(?<![\w.])[A-ZÆØÅÄÖÜ]-[A-ZÆØÅÄÖÜ]\.? [A-ZÆØÅÄÖÜ][a-zæøåäöüéß]{2,24}(?:-[A-ZÆØÅÄÖÜ][a-zæøåäöüéß]{2,24})?"
)
"""Shortened particles: "P. v.d. Wijngaard", "Anke v/d Berg", "G. v. Arnim"."""
_LETTERS = str.maketrans("01345", "oleas")
_WITHIN = frozenset({" ", " '", ".", ". ", ".-", "-", "  ", ".  "})
_LONGEST = 4
_PARTICLES = PARTICLES | {"t"}
_ROMAN = frozenset("ivx")
_VERY_USUAL = 5
_POLITE = word_set("polite_forms")
_NOUN = 47
"""German nouns above this are no surnames after a given name: "dass Anna Angst hat"."""


def full_names(passage: Passage) -> Iterator[Span]:
    """Names with a title, an initial, a particle or a given name that say where they begin and end."""
    for match in _SPACED.finditer(passage.text):
        if lexicon.given_names().get(match.group().replace(" ", "").casefold(), 0) >= USUAL_NAME:
            yield Span(match.start(), match.end(), "NAME", "check", 0.5, "full_name")
    for match in (*_SHORT_PARTICLES.finditer(passage.text), *_TWO_INITIALS.finditer(passage.text)):
        yield Span(match.start(), match.end(), "NAME", "auto", 0.9, "full_name")
    for word in passage.words:
        if _misread(word):
            yield _span(passage, word, _further(passage, word), "full_name")
        if word.number or not word.text[0].isalpha():
            continue
        if _title(passage, word):
            yield from _after_title(passage, word)
        if given(word) >= USUAL_NAME and len(word.text) > 1:
            yield from _after_given(passage, word)
        if _initial(passage, word):
            yield from _after_initial(passage, word)
        elif word.capital and (family(word) or not ordinary(passage, word)):
            yield from _before_initial(passage, word)


def _registered(passage: Passage, surname: Word, initial: Word) -> bool:
    """ "Müller K rief an", "Berg A kom": as registers write it, with a verb or the end of the phrase after it."""
    if not family(surname) or len(initial.text) != 1 or not initial.capital or initial.low in ("i", "x"):
        return False
    numbered = surname.low in _NUMBERED or surname.low in passage.vocabulary.org_heads
    if numbered or readable(passage, surname) or related(passage, surname) or surname.low in passage.vocabulary.titles:
        return False
    after, words = passage.after(initial), passage.vocabulary
    if ordinary(passage, surname):
        acts = words.acts | (words.verbs - words.function)
        return after is not None and after.gap == " " and after.low in acts
    follows = after is None or bool(after.gap.strip()) or after.low in words.acts | words.verbs
    return follows and not _dotted(passage, initial)


def _misread(word: Word) -> bool:
    """ "Tho1as", "H4rtley", "Z03": a name in which a scanner read figures for letters."""
    if not word.number or not _SCANNED.fullmatch(word.text):
        return False
    read = word.low.translate(_LETTERS)
    return lexicon.given_names().get(read, 0) >= USUAL_NAME or read in lexicon.family_names()


def _title(passage: Passage, word: Word) -> bool:
    return word.low in passage.vocabulary.titles or (word.capital and word.low in _POSTS)


def _after_title(passage: Passage, title: Word) -> Iterator[Span]:
    """ "Mr Alzheimer", "Dr. med. V. Jäger", "Frau Dr. Leber", "MR P. BROWN"."""
    word = passage.after(title)
    if word is not None and word.gap.startswith(".") and word.first:
        return
    while word is not None and word.gap in _WITHIN and (word.low in _TITLE_PARTS or _title(passage, word)):
        word = passage.after(word)
    if word is None or word.gap not in _WITHIN:
        return
    first, surname = word, _past_initials(passage, word, small=False)
    if surname is None:
        if _initial(passage, first) and first.capital and not _ends_a_list(passage, first):
            yield _span(passage, first, _last_initial(passage, first), "title")
        return
    surname = _past_particles(passage, surname)
    if surname is None or not _a_surname_after_a_title(passage, surname, initials=surname is not first):
        return
    after = passage.after(surname)
    full = (
        given(surname) >= USUAL_NAME
        and after is not None
        and after.gap == " "
        and after.capital
        and not _initial(passage, after)
        and _a_surname_after_a_title(passage, after, initials=False)
        and (passage.lang != "de" or not ordinary(passage, after) or passage.usual(after.low) < EVERYDAY)
    )
    yield _span(passage, first, _further(passage, after if full and after else surname), "title")


def _a_surname_after_a_title(passage: Passage, word: Word, *, initials: bool) -> bool:
    words = passage.vocabulary
    if not word.capital or word.number or len(word.text) == 1 or word.low in _SALUTED:
        return False
    if word.caps_run and word.low in words.function | words.verbs | words.acts | words.into:
        return False
    if related(passage, word) or word.low in words.titles:
        return initials and family(word)
    if word.first and not initials and (ordinary(passage, word) and not given(word)):
        return False  # "Hilsen far. Det er", "Sr. The rest": a new sentence
    return not (word.low in words.function and not word.caps_run and (given(word) < USUAL_NAME and not family(word)))


def _after_given(passage: Passage, name: Word) -> Iterator[Span]:
    """ "Anna L. Frost", "Jan K", "kate w", "Willemine ten Pas", "Antonia Anderer", "Prof. Anna Alzheimer"."""
    after = passage.after(name)
    if after is None or after.gap not in (" ", "  "):
        return
    plain = ordinary(passage, name) and not _named_before_a_capital(passage, name, after)
    single = len(after.text) == 1 and after.text.isalpha()
    alone = after.low not in _NO_INITIALS or (after.low == "a" and passage.lang == "en" and not name.capital)
    if _initial(passage, after) or (single and alone):
        yield from _with_initials(passage, name, after, plain=plain)
        return
    if plain or not name.capital:
        return
    surname = _past_particles(passage, after)
    if surname is None or not surname.capital or (_small_word(passage, surname) and not family(surname)):
        return
    if surname is not after or _a_surname_whatever_its_list(passage, name, surname):
        yield _span(passage, name, _further(passage, surname), "full_name")


def _small_word(passage: Passage, word: Word) -> bool:
    """A small word of the language; one with a capital inside the sentence is a surname: "Anderer", "Stor"."""
    if word.low not in passage.vocabulary.function:
        return False
    if word.first or word.caps_run or len(word.text) <= 2 or word.low in _POLITE or "'" in word.low:
        return True
    after = passage.after(word)
    return after is not None and after.capital and not after.first


def _named_before_a_capital(passage: Passage, name: Word, after: Word) -> bool:
    """ "Anna Stor kom": a given name of nearly everybody is one, whatever it means elsewhere, before a capital."""
    if passage.lang == "de" or name.caps_run or after.caps_run or len(after.text) == 1:
        return False
    return (
        name.capital
        and given(name) > _VERY_USUAL
        and passage.usual(name.low) < EVERYDAY
        and after.capital
        and not after.first
    )


def _with_initials(passage: Passage, name: Word, initial: Word, *, plain: bool) -> Iterator[Span]:
    """An ordinary word ("Mark", "Jan") is a name before a dotted initial, or with a capital inside a sentence."""
    dotted, alone = _dotted(passage, initial), initial.low not in _NO_INITIALS
    if plain and not (dotted or (name.capital and initial.capital and alone and not name.first)):
        return
    everyday = passage.usual(name.low) >= EVERYDAY and not (dotted and alone and given(name) >= _VERY_USUAL)
    if plain and (everyday or not name.capital):
        return
    surname = _past_initials(passage, initial)
    surname = _past_particles(passage, surname) if surname is not None else None
    if surname is not None and (surname.capital or not name.capital) and _a_surname(passage, surname, name.capital):
        yield _span(passage, name, _further(passage, surname), "full_name")
    elif dotted or alone:
        yield _span(passage, name, _last_initial(passage, initial), "full_name")


def _a_surname_whatever_its_list(passage: Passage, name: Word, word: Word) -> bool:
    """Beside a given name: terms, authors and chains are names there, tests, months and weekdays are not."""
    words, shared = passage.vocabulary, passage.shared
    if word.number or len(word.text) == 1 or word.first or word.caps_run != name.caps_run:
        return False
    if word.low in shared.tests or word.low in words.months or word.low in words.seasons or word.text.isupper():
        return word.caps_run and not ordinary(passage, word)
    if word.low in words.keep | words.verbs or _small_word(passage, word):
        return False
    if related(passage, word) or word.low in words.titles:
        return False
    if word.caps_run:
        return not ordinary(passage, word) or (family(word) and passage.usual(word.low) < COMMON)
    usual = passage.usual(word.low)
    if passage.lang == "de":
        if word.low in words.function or adjective_as_a_name(passage, word):
            return True
        return usual < _NOUN and (not ordinary(passage, word) or family(word) or _closes(passage, word))
    return True


def _closes(passage: Passage, word: Word) -> bool:
    """The phrase ends after the word, or a verb of the sentence follows."""
    after = passage.after(word)
    return after is None or after.first or bool(after.gap.strip()) or after.low in passage.vocabulary.verbs


def _after_initial(passage: Passage, initial: Word) -> Iterator[Span]:
    """ "J. Smith", "J Smith", "H.-J. von Wessel", "A.Th. de Visser"."""
    before = passage.before(initial)
    if before is not None and initial.gap in _WITHIN and (len(before.text) == 1 or before.low in _NUMBERED):
        return
    if before is not None and initial.gap in (" ", "-", "") and (before.low in passage.shared.tests or before.number):
        return
    if before is not None and initial.gap == " " and before.capital and place(before.low) is not None:
        return  # "Odense M. Eksamen": a district
    if not initial.capital or (initial.low in _NO_INITIALS | {"x"} and not _dotted(passage, initial)):
        return
    surname = _past_initials(passage, initial, small=False)
    surname = _past_particles(passage, surname) if surname is not None else None
    if surname is None or not _a_surname(passage, surname) or not surname.capital:
        return
    if (initial.low == "m" and surname.low in _EPONYMS) or (initial.low in _ROMAN and not family(surname)):
        return  # "M. Parkinson" is a disease, "I. Grades" a degree
    dotted = _dotted(passage, initial)
    if surname.first and (not dotted or (before is not None and not initial.gap.strip() and not initial.first)):
        known = family(surname) and (not ordinary(passage, surname) or _acts_as_a_name(passage, initial, surname))
        if not known:
            return  # "with plan B. Nothing helped": the sentence ends there
    if not dotted and ordinary(passage, surname) and not _acts(passage, surname):
        return
    yield _span(passage, initial, _further(passage, surname), "full_name")


def _acts(passage: Passage, surname: Word) -> bool:
    """A verb of the sentence, or "jr.", follows directly."""
    after = passage.after(surname)
    follows = passage.vocabulary.verbs | passage.vocabulary.acts | _SUFFIXES
    return after is not None and after.gap == " " and after.low in follows and family(surname)


def _acts_as_a_name(passage: Passage, initial: Word, surname: Word) -> bool:
    """ "Then R. Brown wrote", "from K. White.", "J. Field, 43,": no sentence ends at the initial."""
    after, before = passage.after(surname), passage.before(initial)
    if _acts(passage, surname) or (after is not None and after.gap == ", "):
        return True
    led = before is None or initial.first or before.low in passage.vocabulary.function | passage.vocabulary.into
    return led and _closes(passage, surname)


def _before_initial(passage: Passage, surname: Word) -> Iterator[Span]:
    """ "Young, M.", "Brand K." at a line's start or in a list, "Weil, Klementine," at a line's start."""
    after = passage.after(surname)
    if after is not None and after.gap == " " and _registered(passage, surname, after):
        yield _span(passage, surname, _last_initial(passage, after), "full_name")
        return
    if after is None or after.gap != ", " or (readable(passage, surname) and not family(surname)):
        return
    if _initial(passage, after) and after.capital and _dotted(passage, after):
        yield _span(passage, surname, _last_initial(passage, after), "full_name")
        return
    begins = passage.before(surname) is None or "\n" in surname.gap or surname.gap.strip().endswith((":", "("))
    named = given(after) >= USUAL_NAME and not ordinary(passage, after) and _closes(passage, after)
    if begins and named and (family(surname) or not passage.usual(surname.low)):
        yield _span(passage, surname, after, "full_name")


def _a_surname(passage: Passage, word: Word, capitals: bool = True) -> bool:
    """After an initial: no small word, no verb, no test; an ordinary word only where it is a family name."""
    words, low = passage.vocabulary, word.low
    if word.number or len(word.text) == 1 or low in words.function | words.verbs | words.months | words.into:
        return False
    test = low in passage.shared.tests and not (family(word) and word.text.istitle())
    if test or low in words.keep or low in words.titles:
        return False
    if related(passage, word) and not (family(word) and word.capital):
        return False
    if not word.capital:
        return not capitals and (family(word) or not ordinary(passage, word)) and passage.usual(low) < COMMON
    if not ordinary(passage, word):
        return True
    if _acts(passage, word):
        return True
    return family(word) and passage.usual(low) < EVERYDAY + 3 and (low not in words.org_heads or _closes(passage, word))


def _further(passage: Passage, surname: Word) -> Word:
    """The last word of the name: a second surname, what follows a hyphen, "jr."."""
    last = surname
    for _ in range(_LONGEST):
        after = passage.after(last)
        if after is None or after.number or after.gap not in (" ", "-") or (after.first and after.gap == " "):
            break
        if after.low in _SUFFIXES:
            return after
        reach = _past_particles(passage, after) if not after.capital else after
        if reach is None or not reach.capital or reach.caps_run != surname.caps_run or readable(passage, reach):
            break
        if reach.low in passage.vocabulary.verbs | passage.vocabulary.acts:
            break
        plain = ordinary(passage, reach) and not (family(reach) and passage.usual(reach.low) < COMMON)
        if (
            plain
            or reach.low in passage.vocabulary.titles
            or len(reach.text) == 1
            or reach.text.isupper() > reach.caps_run
        ):
            break
        last = reach
    return last


def _initial(passage: Passage, word: Word) -> bool:
    """One letter, or two of a shortened name before a full stop: "Ll.", "Th.", "Chr."."""
    if len(word.text) == 1:
        return word.text.isalpha() and (word.capital or (passage.small and word.low not in _NO_INITIALS))
    return word.capital and word.low in _SHORTENED and _dotted(passage, word)


def _past_initials(passage: Passage, word: Word, *, small: bool = True) -> Word | None:
    """The word itself, or the first one after a row of initials; None where the row ends the phrase."""
    for _ in range(_LONGEST):
        if not _initial(passage, word) and not (small and len(word.text) == 1 and word.text.isalpha()):
            return word
        after = passage.after(word)
        if after is None or after.gap not in _WITHIN:
            return None
        word = after
    return None


def _last_initial(passage: Passage, word: Word) -> Word:
    for _ in range(_LONGEST):
        after = passage.after(word)
        if after is None or after.gap not in _WITHIN or not _initial(passage, after) or not after.capital:
            break
        word = after
    return word


def _past_particles(passage: Passage, word: Word) -> Word | None:
    for _ in range(_LONGEST):
        if word.low not in _PARTICLES or (word.capital and not word.caps_run and word.low not in ("van", "de", "von")):
            return word
        after = passage.after(word)
        if after is None or after.gap not in _WITHIN:
            return None
        word = after
    return None


def _dotted(passage: Passage, word: Word) -> bool:
    return passage.text[word.end : word.end + 1] == "."


def _ends_a_list(passage: Passage, word: Word) -> bool:
    after = passage.after(word)
    return after is not None and after.number


def _span(passage: Passage, first: Word, last: Word, recogniser: str) -> Span:
    end = last.end + (_dotted(passage, last) and (len(last.text) == 1 or last.low in _SUFFIXES | _SHORTENED))
    return Span(first.start, end, "NAME", "auto", 0.92, recogniser)
