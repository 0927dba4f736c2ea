"""What a finding is, decided once from its whole and its frame: a person, a place, an organisation, an address.

Recognisers and models see parts: one takes "Aunt Bertha" of "Aunt Bertha Inc" for a person, another "Rostock" of "Zoo
Rostock" for a town. A legal form, a head word or a phrase of working says what the whole is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.anonymise.finding import Span
from bot.anonymise.lexicon import places
from bot.anonymise.recognisers.addresses import a_street
from bot.anonymise.recognisers.feasts import a_feast
from bot.anonymise.recognisers.org_head_words import AND, head_word
from bot.anonymise.recognisers.people import FORMS
from bot.anonymise.recognisers.word_class import USUAL_NAME, family, given, ordinary, place
from bot.anonymise.recognisers.workplaces import has_a_job_at
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_LEGAL = word_set("legal_forms")
_OPEN = frozenset({"NAME", "PLACE", "ORG", "ADDRESS"})
_WORKPLACES = word_set("workplaces")
_AT_A_FIRM = frozenset({"at", "hos", "bei", "beim", "bij", "@"})
_NUMBER_LABELS = word_set("number_labels")
_NEAR, _FULL_NAME = 2, 3
_SHORTEST, _LONGEST = 3, 6
_ON = frozenset({"on", "på", "op", "aan", "an", "am"})
_WORKED_IN = frozenset({"i", "in", "for", "ved", "vid"})
_TELEPHONES = ("tel", "tlf", "mobil", "ruf", "phone", "handy", "ring", "sms", "fax")
_ARTICLES = word_set("articles")


def decided(passage: Passage, span: Span) -> Span:
    """The span with the class that its whole and its frame speak for."""
    words = passage.between(span.start, span.end)
    if span.cls == "PHONE" and _an_id(passage, span):
        return replace(span, cls="ID")
    feast = span.cls == "DATE" and len(words) > 1 and not any(w.number for w in words)
    if span.recogniser == "name" and len(words) > 1 and a_feast(passage, passage.text[span.start : span.end]):
        return replace(span, cls="DATE")  # "St. bededag" is nobody
    if feast and head_word(passage, words[0]):
        return replace(span, cls="ORG")  # "AZ Sint-Maarten" is no feast day
    if span.cls == "POSTCODE" and any(a_street(passage, w) or not (w.number or w.capital) for w in words[1:]):
        return replace(span, cls="ADDRESS")
    if span.cls == "POSTCODE" and sum(w.number for w in words) > 1 and len(words) > 2:
        return replace(span, cls="ADDRESS")
    if span.cls not in _OPEN or span.hard or not words or span.recogniser == "title":
        return span
    kind = _kind(passage, span, words)
    return span if kind == span.cls else replace(span, cls=kind)


def _kind(passage: Passage, span: Span, words: Sequence[Word]) -> str:
    numbered = any(w.number for w in words) and not all(w.number for w in words)
    if numbered and (span.cls == "ADDRESS" or (span.cls == "PLACE" and span.recogniser == "postcode")):
        return "ADDRESS"
    if _legal_form(passage, span, words) or _with_a_head(passage, words):
        return "ORG"
    if _branch(passage, words) or _partners(passage, span, words) or _named_workplace(passage, words):
        return "ORG"
    if span.recogniser not in FORMS and _street_lived_on(passage, words):
        return "ADDRESS"
    if _a_place(passage, span, words):
        return "PLACE"
    if (_worked_for(passage, words) and not _a_person(passage, words)) or _employs(passage, words):
        return "ORG"
    text = words[0].text
    acronym = len(words) == 1 and text.isupper() and _SHORTEST <= len(text) <= _LONGEST and not words[0].caps_run
    if span.cls == "PLACE" and acronym and place(words[0].low) is None:
        return "ORG"  # "us på ÅUCS"
    if span.cls in ("ORG", "ADDRESS") and span.tier == "check":
        return _by_the_lists(passage, span, words)
    return span.cls


def _an_id(passage: Passage, span: Span) -> bool:
    """ "NHS number 943 476 5919", "Fallnummer 23346011": its own label says that it is no telephone."""
    if passage.text[span.start : span.start + 1] == "+":
        return False
    near = [word.low for word in passage.left_of(span.start, _NEAR)]
    ids, phones = passage.vocabulary.ids, passage.vocabulary.phones
    if any(low in phones - ids or low.startswith(_TELEPHONES) for low in near):
        return False
    return any(low in ids - phones or low in _NUMBER_LABELS or low.endswith(("nummer", "nr")) for low in near)


def _a_place(passage: Passage, span: Span, words: Sequence[Word]) -> bool:
    """ "lives in Boston", "sykepleier i Tromsø": after a phrase of living, or a listed town after "in"."""
    first = words[0]
    if passage.follows(first, passage.vocabulary.lives) and span.cls != "ADDRESS":
        return True
    before = passage.before(first)
    led = before is not None and first.gap == " " and before.low in passage.vocabulary.into - _AT_A_FIRM
    named = passage.text[span.start : span.end].casefold()
    if not led or passage.follows(first, passage.vocabulary.works, gap=2):
        return False
    if words[0].low in ("st", "saint", "sankt", "sint") and len(words) > 1:
        return True
    return named in places() or (len(words) == 1 and place(first.low) is not None)


def _legal_form(passage: Passage, span: Span, words: Sequence[Word]) -> bool:
    """ "Aunt Bertha Inc", "Conway Inc.", "Sand AS": the form at the end or right behind it."""
    after = passage.after(words[-1])
    behind = after is not None and after.gap == " " and after.low in _LEGAL and after.capital
    return (len(words) > 1 and words[-1].low in _LEGAL and words[-1].capital) or behind


def _with_a_head(passage: Passage, words: Sequence[Word]) -> bool:
    """ "Zoo Rostock", "Ashby Grange Academy": a head word, which is no surname after a given name."""
    for word in words:
        if not head_word(passage, word) or (word.low in passage.vocabulary.streets and len(words) < 3):
            continue
        most = _FULL_NAME - (word.low in passage.vocabulary.org_heads)
        surname = word is words[-1] and family(word) and len(words) <= most and given(words[0]) >= USUAL_NAME
        alone = len(words) == 1 and word.low in passage.vocabulary.org_heads
        if not surname and not alone:
            return True
    return False


def _branch(passage: Passage, words: Sequence[Word]) -> bool:
    """ "Coop Prix Bryne": what begins with a chain is one of its shops."""
    return len(words) > 1 and words[0].low in passage.shared.chains and words[0].capital and not words[1].number


def _partners(passage: Passage, span: Span, words: Sequence[Word]) -> bool:
    """ "Harlow & Pike", "jem & fix"."""
    text = passage.text[span.start : span.end]
    return " & " in text and len(words) > 1


def _worked_for(passage: Passage, words: Sequence[Word]) -> bool:
    """ "works at …", "paralegal at …", "job hos …", also with an article between."""
    first = words[0]
    before = passage.before(first)
    if before is not None and before.low in _ARTICLES and first.gap == " ":
        first = before
    if passage.follows(first, passage.vocabulary.works, gap=2) or has_a_job_at(passage, first):
        return True
    before = passage.before(first)
    return before is not None and before.low in _AT_A_FIRM and first.gap == " " and not before.first


def _street_lived_on(passage: Passage, words: Sequence[Word]) -> bool:
    """ "op de Meeuwensingel": a street word after a preposition of place; "Jimmi Lund" and "lege Bakken" are people."""
    first = words[0]
    before = passage.before(first)
    if before is not None and before.low in _ARTICLES and first.gap == " ":
        before = passage.before(before)
    led = before is not None and first.gap == " " and before.low in passage.vocabulary.into | _ON
    named = any(word.capital and given(word) >= USUAL_NAME for word in words)
    return led and a_street(passage, words[-1]) and not named


def _employs(passage: Passage, words: Sequence[Word]) -> bool:
    """ "driver i Oda", "lærer ved Ask": after a job and "in" or "for" stands no person, whatever the lists say."""
    before = passage.before(words[0])
    if before is None or before.low in _AT_A_FIRM or not has_a_job_at(passage, words[0]):
        return False
    return given(words[0]) > 0 and len(words) == 1 and before.low in _WORKED_IN


def _named_workplace(passage: Passage, words: Sequence[Word]) -> bool:
    """ "the firm (Rauma Energi)", "gymnasiet, Rudbeck", "own shop 'Knip'": the name of what was just spoken of."""
    first = words[0]
    before = passage.before(first)
    if before is None or first.gap.strip() not in ("(", ",", '"', "'", "„", "“", "«", ":", '("', "(«", "-", "–"):
        return False
    if not first.capital and not passage.small:
        return False
    if before.low not in _WORKPLACES | passage.vocabulary.org_heads or (before.first and before.capital):
        return False
    listed = given(first) >= USUAL_NAME or place(first.low) is not None
    return not (listed and first.gap.strip() == ",")


def _a_person(passage: Passage, words: Sequence[Word]) -> bool:
    """A given name that is no town: "bei Anna", "hos Mette Holm"."""
    first = words[0]
    return given(first) >= USUAL_NAME and place(first.low) is None and len(words) <= 2 and not ordinary(passage, first)


def _by_the_lists(passage: Passage, span: Span, words: Sequence[Word]) -> str:
    """A doubtful organisation or street that the lists know better."""
    if span.recogniser in ("row", "tagger", "rampart") and all(w.low not in AND for w in words):
        if len(words) == 1 and place(words[0].low) is not None and not ordinary(passage, words[0]):
            return "PLACE"
        surnamed = all(family(w) or given(w) for w in words[1:])
        if given(words[0]) >= USUAL_NAME and not ordinary(passage, words[0]) and surnamed:
            return "NAME"
    return span.cls
