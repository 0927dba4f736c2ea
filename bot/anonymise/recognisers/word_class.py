"""What the lists say about one word where it stands; shared by the recognisers of names, places and organisations."""

from __future__ import annotations

from functools import lru_cache

from bot.anonymise import lexicon, numerals
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import clinical_endings, word_set

PARTICLES = word_set("particles")
USUAL_NAME = 3
"""From here on (see `given`) a word is a name that many bear."""
COMMON, EVERYDAY = 38, 50
"""Ten times Zipf. Above the second, words are no surnames after a name in small letters: "bill has", "anna var"."""
_SMALL_WORD = 2
_ORDINARY_ENDINGS = {
    "en": ("ing", "ness", "ly", "ment", "tion", "ised", "ized", "phobia", "ology"),
    "de": tuple(sorted(word_set("german_noun_endings"))),
    "nl": ("heid", "ing", "ingen", "tie", "isme", "therapie", "stoornis", "fobie", "lijk", "lijke"),
    "da": ("hed", "ning", "else", "elser", "tion", "isme", "terapi", "fobi", "lig", "ende", "erede"),
    "nb": ("het", "ning", "else", "elser", "sjon", "isme", "terapi", "fobi", "lig", "ende"),
    "sv": ("het", "ning", "ningar", "tion", "ism", "terapi", "fobi", "lig", "ande", "ende", "elser"),
}
_MIN_FOR_ENDING, _MIN_CLINICAL = 7, 8
_NO_PEOPLE = word_set("jobs_without_people")
_NUMBER_ENDINGS = ("nr", "nummer", "number")
_NOTE_WORDS = word_set("note_words")
_VERBS_TOO = frozenset({"will", "may", "lo", "bo"})
_GOES_ON = frozenset({"never", "always", "still", "also", "do", "and", "but", "og", "och", "aldri", "aldrig"})
"""After "my client may" these go on with the verb; after a name they stand as well, but seldom."""
_VIRTUES, _OF_THINGS = word_set("virtues"), word_set("said_of_things")
_COPULAS = frozenset({"is", "was", "isn't", "wasn't", "seems", "remains", "er", "var", "är"})
_ADVERBS = frozenset(
    {"not", "so", "very", "really", "always", "also", "still", "just", "too", "often"}
    | {"ikke", "inte", "så", "meget", "veldig", "mycket", "også", "också", "altid", "alltid"}
)


def given(word: Word) -> int:
    """How usual the word is as a given name, 0 to 6; a double name counts by its rarer half, a genitive by its base."""
    low = lexicon.folded(word.low)
    return max(_given(low), _given(bare(low)) - 1)


def _given(low: str) -> int:
    names = lexicon.given_names()
    if "-" in low:
        return min((names.get(part, 0) for part in low.split("-") if part), default=0)
    return names.get(low, 0)


def family(word: Word) -> bool:
    """In the list of family names, whole or both halves."""
    names = lexicon.family_names()
    low = lexicon.folded(word.low)
    if "-" in low:
        return all(part in names for part in low.split("-"))
    return low in names or (low.endswith("s") and low[:-1] in names)


def bare(low: str) -> str:
    """Without the genitive s of German and the Nordic languages."""
    return low[:-1] if low.endswith("s") and len(low) > _SMALL_WORD + 1 else low


def ordinary(passage: Passage, word: Word) -> bool:
    """An ordinary word of the text's languages: listed, grown together from listed ones, or ending like one."""
    low = word.low
    if passage.usual(low) or readable(passage, word) or _of_notes(passage, low) or low in _VIRTUES:
        return True
    if numerals.spelled(low) or _cut_short(passage, word):
        return True
    if "-" in low:
        return all(
            passage.usual(part) or part in passage.shared.tests or part.isdigit() for part in low.split("-") if part
        )
    if lexicon.given_names().get(low, 0) or lexicon.places().get(low) is not None:
        return False
    if passage.usual(bare(low)) and bare(low) != low:
        return True
    if word.capital and not word.first and not word.caps_run and passage.lang != "de":
        return False  # inside a sentence only a name has a capital: what merely looks like a word is none
    if (
        len(low) >= _MIN_FOR_ENDING
        and any(low.endswith(e) for e in _ORDINARY_ENDINGS[passage.lang])
        and not family(word)
    ):
        return True
    return not family(word) and (lexicon.compound(low, passage.langs) or _inflected(passage, low))


_ENDINGS = {
    "da": ("erne", "ene", "en", "et", "er", "ne", "n", "e"),
    "nb": ("ene", "en", "et", "er", "a", "e"),
    "sv": ("arna", "orna", "erna", "en", "et", "an", "ar", "or", "er", "n", "t", "a"),
    "de": ("innen", "in", "en", "er", "es", "em", "e", "n", "s"),
    "nl": ("jes", "je", "en", "s", "t", "e"),
}
_SHORTEST_STEM, _LISTED_STEM = 5, 25


def _inflected(passage: Passage, low: str) -> bool:
    """A form of a listed or compound word that no list has: "knallerten", "Modulen", "Hofbesitzerin"."""
    for ending in _ENDINGS.get(passage.lang, ()):
        stem = low.removesuffix(ending)
        if stem == low or len(stem) < _SHORTEST_STEM:
            continue
        if passage.usual(stem) >= _LISTED_STEM or lexicon.compound(stem, (passage.lang,)):
            return True
    return False


def _cut_short(passage: Passage, word: Word) -> bool:
    """ "Depr. Episode", "Sess. 4": the beginning of an ordinary word, first in its sentence, before a full stop."""
    if not word.first or len(word.low) < _SMALL_WORD + 1 or passage.text[word.end : word.end + 1] != ".":
        return False
    after = passage.after(word)
    listed = word.low in lexicon.given_names() or word.low in lexicon.family_names() or place(word.low) is not None
    if listed or after is None or "\n" in after.gap:
        return False
    return any(lexicon.begins_a_word(word.low, lang) for lang in passage.langs)


def _of_notes(passage: Passage, low: str) -> bool:
    """What notes are made of: roles, titles, the words that announce a number, abbreviations."""
    words = passage.vocabulary
    return (
        low in words.relations
        or low in words.titles
        or low in words.ids
        or low in words.greetings
        or low in words.org_heads
        or low in _NOTE_WORDS
        or (len(low) > _MIN_FOR_ENDING and low.endswith(_NUMBER_ENDINGS))
    )


_WEEKDAYS = word_set("weekdays")


def readable(passage: Passage, word: Word) -> bool:
    """On a list of what stays readable: tests, medicines, therapy words, chains, weekdays, months."""
    low, shared, words = word.low, passage.shared, passage.vocabulary
    return (
        low in shared.tests
        or low in shared.terms
        or low in words.keep
        or (low.endswith("s") and low[:-1] in _WEEKDAYS)
        or low in words.months
        or low in words.seasons
        or low in words.function
        or low.split("-")[0] in shared.tests
        or low in shared.countries
        or clinical(low)
        or ("-" in low and all(part in words.keep for part in low.split("-")))
    )


@lru_cache(maxsize=20_000)
def clinical(low: str) -> bool:
    """A medicine, or a word that ends as words of medicine do ("-ektomie", "-azepam") and names nobody."""
    if low in lexicon.medicines():
        return True
    if len(low) < _MIN_CLINICAL or not low.endswith(clinical_endings()):
        return False
    listed = low in lexicon.given_names() or low in lexicon.family_names() or low in lexicon.places()
    return low.isalpha() and not listed


_DEFINITE = {"da": ("en", "n", "et"), "nb": ("en", "n", "et", "a"), "sv": ("en", "n", "et", "an")}


def related(passage: Passage, word: Word) -> bool:
    """A relation or a job, also with the Nordic article at its end: "legen", "souschefen"."""
    words, low = passage.vocabulary, word.low
    if low in words.relations or (low in words.jobs and low not in _NO_PEOPLE):
        return True
    if _grown_relation(passage, low):
        return True
    stems = (low[: -len(ending)] for ending in _DEFINITE.get(passage.lang, ()) if low.endswith(ending))
    return any((stem in words.relations or stem in words.jobs) and stem not in _NO_PEOPLE for stem in stems)


_KIN = tuple(sorted(word_set("kin_prefixes"), key=len, reverse=True))


def _grown_relation(passage: Passage, low: str) -> bool:
    """ "storesøster", "adoptivsøn", "Stiefschwester", "schoonmoeder": a kind of kin before a relation."""
    if low in lexicon.given_names() or low in lexicon.family_names():
        return False  # "Steven", "Gudmand"
    return any(low.startswith(kin) and low[len(kin) :].lstrip("-") in passage.vocabulary.relations for kin in _KIN)


def used_as_a_verb(passage: Passage, word: Word) -> bool:
    """ "The patient may feel", "my client will never", "patienten lo högt": a verb, though somebody bears the name."""
    if word.low not in _VERBS_TOO or word.capital:
        return False
    after = passage.after(word)
    if after is None or after.gap != " ":
        return after is None or not (after.number or after.gap == " (")  # "my client will (34)"
    if family(after) and not passage.usual(after.low):
        return False  # "my client will smith said"
    return after.low in _GOES_ON or after.low not in passage.vocabulary.verbs | passage.vocabulary.acts


def of_a_thing(passage: Passage, word: Word) -> bool:
    """ "Hope is important", "Lykke er vigtigt": what is said of the first word is said of no person."""
    verb = passage.after(word)
    if word.low not in _VIRTUES or not word.first or verb is None or verb.low not in _COPULAS or verb.gap != " ":
        return False
    said = passage.after(verb)
    while said is not None and said.low in _ADVERBS and not said.first:
        said = passage.after(said)
    return said is not None and not said.first and said.low in _OF_THINGS


def adjective_as_a_name(passage: Passage, word: Word) -> bool:
    """ "Neuer", "Anderer": inside a German sentence an adjective has a capital only where it is a surname."""
    if passage.lang != "de" or not word.capital or word.first or word.caps_run or not word.low.endswith("er"):
        return False
    stem = word.low[:-2]
    return len(stem) > _SMALL_WORD and all(passage.usual(stem + ending) for ending in ("e", "en", "es"))


def place(low: str) -> int | None:
    """Size class of the place, None when it is none; also in the genitive."""
    listed = lexicon.places()
    return listed.get(low, listed.get(bare(low)))


def imperative(passage: Passage, word: Word) -> bool:
    """ "Ask Bill", "Ros Anna": a verb first in its sentence before a usual given name is no part of the name.

    With a verb after both it is one all the same: "Ask Martin skrev".
    """
    after = passage.after(word)
    if not word.first or word.low not in passage.vocabulary.imperatives or after is None or after.gap != " ":
        return False
    further = passage.after(after)
    acts = further is not None and further.gap == " " and further.low in passage.vocabulary.acts
    return after.capital and not after.first and given(after) >= USUAL_NAME and not acts


_ANNOUNCING = word_set("places_with_numbers") | word_set("number_labels")


def announces_a_number(passage: Passage, word: Word) -> bool:
    """ "Zi. 119", "Ward 7B", "Sal 3": the label of a number is no name."""
    after = passage.after(word)
    return word.low in _ANNOUNCING and after is not None and after.number and after.gap in (" ", ". ", ": ", ".", ":")
