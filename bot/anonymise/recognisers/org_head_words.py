"""Names around the head word of an organisation: "Fernbank Surgery", "Haus Abendsonne", "Psykiatrien i Esbjerg"."""

from __future__ import annotations

from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.phrases import ARTICLES, ends_here, led_to, prepared
from bot.anonymise.recognisers.word_class import announces_a_number, bare, ordinary, place, readable
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

LINKS = word_set("organisation_links")
GENERIC = word_set("generic_organisation_words")
_SHORTENED = frozenset({"brdr", "gebr", "st", "fa", "bröd", "kgl", "chr"})
AND = frozenset({"and", "og", "och", "und", "en"})
_QUARTERS = frozenset({"nord", "süd", "ost", "west", "mitte"})
_KINDS_OF_HOME = word_set("kinds_of_home")
_NAMED_BY = frozenset({"am", "zum", "zur", "de", "het", "'t", "ter", "ten"})
"""What joins a clinic's name to its kind in small letters: "gezondheidscentrum de linde"."""
_BESIDE = frozenset({"am", "zum", "zur"})
_TIMES = frozenset(
    {"morgen", "abend", "nachmittag", "mittag", "vormittag", "anfang", "ende", "wochenende", "telefon", "tag"}
)
"""What follows "Klinik am" without naming it."""
_LONGEST = 6
_LINKED_WORD = 50
_SHORTEST_STEM = 3
_SHORTEST_COMPOUND = 7
_EVERYDAY, _RARE = 45, 40


def head_word(passage: Passage, word: Word) -> bool:
    """A head word by itself or grown together: "school", "basisschool", "børnehuset"."""
    low, words = word.low, passage.vocabulary
    if low in words.relations and not _owned_by(passage, word):
        return False  # "zoon Erik-Jan in Toronto" is no "Bakker & Zoon"
    return (
        low in words.org_heads
        or _hyphenated(passage, word)
        or (len(low) >= _SHORTEST_COMPOUND and passage.usual(low) < _EVERYDAY and low.endswith(words.org_suffixes))
    )


def _owned_by(passage: Passage, word: Word) -> bool:
    before = passage.before(word)
    return before is not None and (before.capital or before.low in AND or "&" in word.gap) and not word.first


def around_head(passage: Passage, head: Word) -> Iterator[Span]:
    """ "Fernbank Surgery", "Haus Abendsonne", "hayle academy", "Psykiatrien i Esbjerg", "basisschool de Regenboog"."""
    first, last = _name_start(passage, head), name_end(passage, head)
    led = led_to(passage, first)
    further = _led_start(passage, head)
    if further.index < first.index:
        first, led = further, True
    if first is head and last is head:
        return
    others = [w for w in passage.words[first.index : last.index + 1] if w is not head]
    if any(_naming(passage, w) for w in others):
        yield Span(first.start, last.end, "ORG", "auto", 0.85, "organisation")
    elif (led or head.capital) and not all(w.low in GENERIC or w.low in LINKS for w in others):
        yield Span(first.start, last.end, "ORG", "check", 0.55, "organisation")


def _hyphenated(passage: Passage, word: Word) -> bool:
    """ "Ruhr-Universität": a name and its head word; "KVT-klinik", "Tages-Klinik" say nothing of which."""
    name, _, head = word.low.rpartition("-")
    if not name or head not in passage.vocabulary.org_heads or not word.capital:
        return False
    known = passage.shared.tests | passage.shared.terms | passage.vocabulary.keep
    if len(name) < _SHORTEST_STEM or name in known:
        return False
    listed = place(name) is not None and passage.usual(name) < _EVERYDAY
    return listed or not (passage.usual(name) or passage.usual(name.rstrip("s")))


def compound(passage: Passage, word: Word) -> bool:
    """ "Vestervangskolen", "Stadtsparkasse", "Tjørsvågheimen": a name grown together with its head word."""
    if _hyphenated(passage, word):
        return True
    for suffix in passage.vocabulary.org_suffixes:
        if word.low.endswith(suffix) and len(word.low) - len(suffix) >= _SHORTEST_STEM:
            if passage.usual(word.low) or readable(passage, word):
                return False
            if passage.lang in ("de", "nl") or word.caps_run:
                stem = word.low[: -len(suffix)].rstrip("s-")
                return not passage.usual(stem) and (word.capital or passage.small)
            return (word.capital and not word.first) or (passage.small and led_to(passage, word))
    return False


def _led_start(passage: Passage, head: Word) -> Word:
    """ "at moor end academy", "PÅ SKÄRGÅRDENS VÅRDCENTRAL": what stands between "at" and its head word."""
    if head.capital and not head.caps_run:
        return head
    first = head
    for steps in range(1, _LONGEST + 1):
        other = passage.before(head, steps)
        if other is None or first.gap != " " or other.number or other.low in GENERIC:
            return head
        if bare(other.low) in passage.shared.authors:
            return head
        if other.low in passage.vocabulary.firm:
            return first
        if other.low in ARTICLES and first is not head and led_to(passage, first):
            return first
        if other.low in passage.vocabulary.function or other.low in passage.vocabulary.relations:
            return head
        first = other
    return head


def _naming(passage: Passage, word: Word) -> bool:
    """A word that makes a general word a name: unknown, a place, or capitalised where ordinary words are not."""
    if word.low in LINKS or word.number:
        return False
    if not ordinary(passage, word):
        return word.capital or passage.small
    if passage.small and not word.capital and passage.usual(word.low) < _RARE and place(word.low) is not None:
        return True
    return word.capital and not word.first and not word.caps_run and passage.lang != "de"


def _name_start(passage: Passage, head: Word) -> Word:
    """The first word of the name before its head word."""
    first = head
    for steps in range(1, _LONGEST + 1):
        other = passage.before(head, steps)
        if other is None or first.gap not in (" ", " & ", "-") or other.low in passage.vocabulary.relations:
            break
        if first.first or bare(other.low) in passage.shared.authors or other.low in passage.shared.authors:
            break
        if other.low in LINKS and not other.capital:
            further = passage.before(other)
            joins = other.low in ("of", "and", "&") and further is not None and further.capital and other.gap == " "
            if not joins or further is None or _titled(passage, further):
                break
            first = other
            continue
        if head.capital and not head.caps_run:
            if (
                not other.capital
                or (other.first and passage.usual(other.low) >= _EVERYDAY)
                or (passage.lang == "de" and ordinary(passage, other))
            ):
                break
        elif not _lower_part(passage, other, head):
            break
        first = other
    while first is not head and first.low in LINKS:
        first = passage.words[first.index + 1]
    return first


def _titled(passage: Passage, word: Word) -> bool:
    """ "Dr Lal of Prospect Road Practice": what stands before "of" is a person."""
    before = passage.before(word)
    return word.low in passage.vocabulary.titles or (before is not None and before.low in passage.vocabulary.titles)


def _lower_part(passage: Passage, other: Word, head: Word) -> bool:
    """A word before a head word in small letters or in shouting belongs to the name."""
    beyond = passage.before(other)
    if not other.capital and not other.first and head.index - other.index == 1 and beyond is not None:
        named = not ordinary(passage, beyond) or (not beyond.first and passage.lang != "de")
        telling = beyond.capital and not beyond.number and other.gap == " " and named
        if (
            telling
            and other.low not in passage.vocabulary.function | passage.vocabulary.into | passage.vocabulary.relations
        ):
            return True
    if (
        other.low in passage.vocabulary.function
        or other.low in passage.vocabulary.into
        or other.number
        or readable(passage, other)
    ):
        return False
    if other.caps_run or passage.small:
        return not ordinary(passage, other) or (passage.usual(other.low) < _EVERYDAY and head.index - other.index <= 2)
    return other.capital and not other.first


def name_end(passage: Passage, head: Word) -> Word:
    """The last word of the name after its head word: "Praktijk Het Kompas", "Psykiatrien i Esbjerg"."""
    last, reach, linked = head, head, False
    for _ in range(_LONGEST):
        after = passage.after(reach)
        if after is not None and after.gap == ". " and reach.low in _SHORTENED and not after.number:
            last = reach = after
            continue
        if after is None or after.first or after.gap not in (" ", ' "', " „", " “", " «", " & ", " -"):
            break
        joined = reach is last or after.low in ARTICLES
        if head.low in _KINDS_OF_HOME and not head.capital:
            break  # "lives at home in Sparkhill"
        if after.low in LINKS and (not after.capital or after.caps_run or after.low in ARTICLES) and joined:
            reach = after
            continue
        if after.low in AND and reach is last and linked and _capital_follows(passage, after):
            reach = after
            continue
        if not _after_part(passage, after, head, linked=reach is not last):
            break
        linked = linked or reach is not last
        last = reach = after
    return last


def _capital_follows(passage: Passage, word: Word) -> bool:
    after = passage.after(word)
    return after is not None and after.gap in (" ", " -") and (after.capital or after.gap == " -") and not after.first


def _after_part(passage: Passage, after: Word, head: Word, *, linked: bool) -> bool:
    if readable(passage, after) and not (after.number and head.capital and not linked):
        return False
    if after.number:
        if head.low == "unit" or announces_a_number(passage, head):
            return False
        return head.capital and not linked and len(after.text) <= 2 and head.low not in passage.vocabulary.function
    if passage.small and not after.capital:
        return _a_lower_part_after(passage, after, head, linked=linked)
    if after.caps_run:
        return (
            not ordinary(passage, after)
            or (linked and place(after.low) is not None)
            or (linked and led_to(passage, head) and passage.usual(after.low) < _EVERYDAY)
            or (not linked and not passage.usual(after.low) and ends_here(passage, after) and led_to(passage, head))
        )
    if not after.capital:
        if linked:
            return after.gap == " -" or (head.capital and place(after.low) is not None)
        telling = place(after.low) is not None and passage.usual(after.low) < _EVERYDAY
        unlisted = head.capital and led_to(passage, head) and not ordinary(passage, after)
        return unlisted or (telling and (head.capital or led_to(passage, _name_start(passage, head))))
    return _a_capital_after(passage, after, head, linked=linked)


def _a_capital_after(passage: Passage, after: Word, head: Word, *, linked: bool) -> bool:
    """ "Praktijk Het Kompas", "Klinik am See", "Gesamtschule Nord": a capital that goes on with the name."""
    before = passage.before(after)
    if linked and before is not None and before.low in ARTICLES and passage.lang == "nl":
        return True
    if linked and passage.lang != "de" and head.capital:
        return True
    if passage.lang == "de" and (after.low in _QUARTERS or (linked and before is not None and before.low in _BESIDE)):
        return after.low not in _TIMES
    if linked:
        return place(after.low) is not None or after.low in passage.vocabulary.org_heads or not ordinary(passage, after)
    if passage.lang == "de":
        return not ordinary(passage, after) or passage.usual(after.low) < _EVERYDAY or place(after.low) is not None
    return True


def _a_lower_part_after(passage: Passage, after: Word, head: Word, *, linked: bool) -> bool:
    """ "garage de brug", "rørlegger bakken": where a phrase leads to the head and the word ends the phrase."""
    if after.low in passage.vocabulary.function | passage.vocabulary.into | passage.vocabulary.verbs:
        return False
    before = passage.before(after)
    if linked and before is not None and before.low in _NAMED_BY and not readable(passage, after) and len(head.low) > 4:
        return (ends_here(passage, after) or prepared(passage, after)) and after.low not in _TIMES
    if not ordinary(passage, after) or place(after.low) is not None:
        return not linked or ends_here(passage, after) or prepared(passage, after) or place(after.low) is not None
    return (
        led_to(passage, head)
        and passage.usual(after.low) < (_LINKED_WORD if linked else _EVERYDAY)
        and (ends_here(passage, after) or prepared(passage, after))
    )
