"""Employers, schools, clinics, shops with a name: by their head word, its compounds, or what "works at" leads to."""

from __future__ import annotations

from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.passage import Passage, Word
from bot.anonymise.recognisers.reading import PARTICLES, bare, ordinary, place, readable
from bot.anonymise.vocabulary import word_set

_LINKS = word_set("organisation_links")
_GENERIC = word_set("generic_organisation_words")
_WORK_PREPOSITIONS = frozenset(
    {"at", "for", "with", "i", "in", "an", "auf", "im", "am", "aan", "bij", "van", "vid", "ved"}
)
_JOB_ENDINGS = (
    "leiter", "leiterin", "arbeiter", "arbeiterin", "helfer", "helferin", "arbejder", "medarbejder", "assistent",
    "arbeider", "medarbeider", "arbetare", "medarbetare", "biträde", "medewerker", "medewerkster", "worker", "manager",
)  # fmt: skip
_SHORTENED = frozenset({"brdr", "gebr", "st", "fa", "bröd", "kgl", "chr"})
_ARTICLES = frozenset({"the", "het", "de", "der", "die", "das", "dem", "den"})
_LONGEST = 4
_SHORTEST_STEM = 3
_SHORTEST_COMPOUND = 7
_SHORTEST_UNLISTED = 5
_EVERYDAY = 45
_SHORT_ACRONYM, _LONG_ACRONYM = 2, 6


def organisations(passage: Passage) -> Iterator[Span]:
    """Names around head words, compounds ending in one, and the object of a working phrase."""
    for word in passage.words:
        if _head(passage, word):
            yield from _around_head(passage, word)
        if _compound(passage, word):
            yield Span(word.start, _name_end(passage, word).end, "ORG", "auto", 0.8, "organisation")
        elif word.low in passage.shared.chains and word.capital:
            yield from _branch(passage, word)
        if word.number:
            continue
        if passage.follows(word, passage.vocabulary.works, gap=2) or _has_a_job_at(passage, word):
            yield from _worked_at(passage, word)
        else:
            yield from _at_a_firm(passage, word)
        yield from _two_partners(passage, word)


def _head(passage: Passage, word: Word) -> bool:
    """A head word by itself or grown together: "school", "basisschool", "børnehuset"."""
    low, words = word.low, passage.vocabulary
    return low in words.org_heads or (
        len(low) >= _SHORTEST_COMPOUND and passage.usual(low) < _EVERYDAY and low.endswith(words.org_suffixes)
    )


def _around_head(passage: Passage, head: Word) -> Iterator[Span]:
    """ "Fernbank Surgery", "Haus Abendsonne", "hayle academy", "Psykiatrien i Esbjerg", "basisschool de Regenboog"."""
    first, last = _name_start(passage, head), _name_end(passage, head)
    led = _led_to(passage, first)
    further = _led_start(passage, head)
    if further.index < first.index:
        first, led = further, True
    if first is head and last is head:
        return
    others = [w for w in passage.words[first.index : last.index + 1] if w is not head]
    if any(_naming(passage, w) for w in others):
        yield Span(first.start, last.end, "ORG", "auto", 0.85, "organisation")
    elif (led or head.capital) and not all(w.low in _GENERIC or w.low in _LINKS for w in others):
        yield Span(first.start, last.end, "ORG", "check", 0.55, "organisation")


def _led_start(passage: Passage, head: Word) -> Word:
    """ "at moor end academy", "PÅ SKÄRGÅRDENS VÅRDCENTRAL": what stands between "at" and its head word."""
    if head.capital and not head.caps_run:
        return head
    first = head
    for steps in range(1, _LONGEST + 1):
        other = passage.before(head, steps)
        if other is None or first.gap != " " or other.number or other.low in _GENERIC:
            return head
        if bare(other.low) in passage.shared.authors:
            return head
        if other.low in passage.vocabulary.firm:
            return first
        if other.low in _ARTICLES and first is not head and _led_to(passage, first):
            return first
        if other.low in passage.vocabulary.function or other.low in passage.vocabulary.relations:
            return head
        first = other
    return head


def _naming(passage: Passage, word: Word) -> bool:
    """A word that makes a general word a name: unknown, a place, or capitalised where ordinary words are not."""
    if word.low in _LINKS or word.number:
        return False
    if not ordinary(passage, word):
        return word.capital or passage.small
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
        if other.low in _LINKS and not other.capital:
            further = passage.before(other)
            joins = other.low in ("of", "and", "&") and further is not None and further.capital and other.gap == " "
            if not joins:
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
    while first is not head and first.low in _LINKS:
        first = passage.words[first.index + 1]
    return first


def _lower_part(passage: Passage, other: Word, head: Word) -> bool:
    """A word before a head word in small letters or in shouting belongs to the name."""
    beyond = passage.before(other)
    if not other.capital and not other.first and head.index - other.index == 1 and beyond is not None:
        telling = beyond.capital and not beyond.number and other.gap == " " and not ordinary(passage, beyond)
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


def _name_end(passage: Passage, head: Word) -> Word:
    """The last word of the name after its head word: "Praktijk Het Kompas", "Psykiatrien i Esbjerg"."""
    last, reach = head, head
    for _ in range(_LONGEST):
        after = passage.after(reach)
        if after is not None and after.gap == ". " and reach.low in _SHORTENED and not after.number:
            last = reach = after
            continue
        if after is None or after.first or after.gap not in (" ", ' "', " „", " “", " «", " & "):
            break
        if after.low in _LINKS and (not after.capital or after.caps_run or after.low in _ARTICLES) and reach is last:
            reach = after
            continue
        if not _after_part(passage, after, head, linked=reach is not last):
            break
        last = reach = after
    return last


def _after_part(passage: Passage, after: Word, head: Word, *, linked: bool) -> bool:
    if readable(passage, after) and not (after.number and head.capital and not linked):
        return False
    if after.number:
        return head.capital and not linked and len(after.text) <= 2 and head.low not in passage.vocabulary.function
    if passage.small and not after.capital:
        return _a_lower_part_after(passage, after, head, linked=linked)
    if after.caps_run:
        return (
            not ordinary(passage, after)
            or (linked and place(after.low) is not None)
            or (not linked and not passage.usual(after.low) and _ends_here(passage, after) and _led_to(passage, head))
        )
    if not after.capital:
        return head.capital and not linked and place(after.low) is not None and passage.usual(after.low) < _EVERYDAY
    before = passage.before(after)
    if linked and before is not None and before.low in _ARTICLES and passage.lang == "nl":
        return True
    if linked and passage.lang != "de" and head.capital:
        return True
    if linked:
        return place(after.low) is not None or after.low in passage.vocabulary.org_heads or not ordinary(passage, after)
    if passage.lang == "de":
        return not ordinary(passage, after) or passage.usual(after.low) < _EVERYDAY or place(after.low) is not None
    return True


def _a_lower_part_after(passage: Passage, after: Word, head: Word, *, linked: bool) -> bool:
    """ "garage de brug", "rørlegger bakken": where a phrase leads to the head and the word ends the phrase."""
    if after.low in passage.vocabulary.function | passage.vocabulary.into | passage.vocabulary.verbs:
        return False
    if not ordinary(passage, after) or place(after.low) is not None:
        return not linked or _ends_here(passage, after) or _prepared(passage, after) or place(after.low) is not None
    return (
        _led_to(passage, head)
        and passage.usual(after.low) < _EVERYDAY
        and (_ends_here(passage, after) or _prepared(passage, after))
    )


def _prepared(passage: Passage, word: Word) -> bool:
    """A preposition of place follows: "rørlegger bakken på jessheim"."""
    after = passage.after(word)
    return after is not None and after.gap == " " and after.low in passage.vocabulary.into


def _ends_here(passage: Passage, word: Word) -> bool:
    after = passage.after(word)
    return after is None or after.first or bool(after.gap.strip()) or "\n" in after.gap


def _compound(passage: Passage, word: Word) -> bool:
    """ "Vestervangskolen", "Stadtsparkasse", "Tjørsvågheimen": a name grown together with its head word."""
    for suffix in passage.vocabulary.org_suffixes:
        if word.low.endswith(suffix) and len(word.low) - len(suffix) >= _SHORTEST_STEM:
            if passage.usual(word.low) or readable(passage, word):
                return False
            if passage.lang in ("de", "nl") or word.caps_run:
                stem = word.low[: -len(suffix)].rstrip("s-")
                return not passage.usual(stem) and (word.capital or passage.small)
            return (word.capital and not word.first) or (passage.small and _led_to(passage, word))
    return False


def _has_a_job_at(passage: Passage, word: Word) -> bool:
    """ "warehouse worker at …", "lærling hos …", "Verkäuferin bei …": a job, perhaps a word, a preposition."""
    before = passage.before(word)
    if before is None or word.gap.strip(" \"'“„«") or before.low not in passage.vocabulary.firm | _WORK_PREPOSITIONS:
        return False
    for steps in (2, 3):
        job = passage.before(word, steps)
        if job is None or any(c in passage.text[job.end : before.start] for c in ".!?;\n"):
            return False
        if job.low in passage.vocabulary.jobs or job.low.endswith(_JOB_ENDINGS):
            return True
    return False


def _two_partners(passage: Passage, word: Word) -> Iterator[Span]:
    """ "jem & fix", "Hartwell & Finch" after a preposition; two authors stay readable."""
    after, before = passage.after(word), passage.before(word)
    if after is None or after.gap not in (" & ", "&") or after.number or before is None or word.first:
        return
    if before.low not in passage.vocabulary.at or {word.low, after.low} & passage.shared.authors:
        return
    if not (readable(passage, word) or readable(passage, after)):
        yield Span(word.start, after.end, "ORG", "check", 0.5, "organisation")


def _worked_at(passage: Passage, word: Word) -> Iterator[Span]:
    """What follows "works at", "lærer på", "arbeitet bei"."""
    first, start = word, word.start
    skipped = 0
    while first.low in passage.vocabulary.function | PARTICLES | {"the", "local"} and skipped < 2:
        if first.capital and not first.caps_run:
            break
        further = passage.after(first)
        if further is None or further.gap != " ":
            return
        start = start if first.low in PARTICLES and first.low not in _ARTICLES else further.start
        first, skipped = further, skipped + 1
    if first.number or first.low in passage.vocabulary.relations or _never_an_employer(passage, first):
        return
    last = _run_end(passage, first)
    acronym = _SHORT_ACRONYM <= len(first.text) <= _LONG_ACRONYM and first.text.isupper()
    named = last is not first or not ordinary(passage, first)
    if first.caps_run:
        if named or (passage.usual(first.low) < _EVERYDAY and first.low not in passage.vocabulary.org_heads):
            yield Span(start, last.end, "ORG", "check", 0.55, "organisation")
    elif first.capital and (passage.lang != "de" or named or acronym or _without_article(passage, first)):
        yield Span(start, last.end, "ORG", "auto" if named else "check", 0.7, "organisation")
    elif not first.capital and passage.small and (_a_lower_name(passage, first, last) or _called(passage, word, first)):
        yield Span(start, last.end, "ORG", "check", 0.55, "organisation")


def _without_article(passage: Passage, word: Word) -> bool:
    """ "arbeitet bei Kern": a German noun needs an article there, a firm does not."""
    before = passage.before(word)
    plain = word.low in passage.vocabulary.org_heads or word.low in _GENERIC
    return before is not None and before.low == "bei" and word.gap == " " and not plain


def _called(passage: Passage, led: Word, word: Word) -> bool:
    """ "works at the range in", "werkt bij de gamma": an article, one word that is no kind of place, and an end."""
    before = passage.before(led)
    if led is word or before is None or before.low not in passage.vocabulary.firm or readable(passage, word):
        return False
    if word.low in passage.vocabulary.org_heads or word.low in _GENERIC:
        return False
    return _ends_here(passage, word) or _prepared(passage, word)


def _branch(passage: Passage, chain: Word) -> Iterator[Span]:
    """ "Tesco Extra", "Coop Extra Stovner": a branch of a chain is a place where somebody works."""
    last = chain
    while (after := passage.after(last)) is not None and after.gap == " " and after.capital and not after.first:
        if readable(passage, after) or after.number or after.caps_run != chain.caps_run:
            break
        if passage.lang == "de" and ordinary(passage, after) and place(after.low) is None:
            break
        last = after
    if last is not chain:
        yield Span(chain.start, last.end, "ORG", "check", 0.5, "organisation")


def _never_an_employer(passage: Passage, word: Word) -> bool:
    """Readable words stay so after "works at" too, but for shop chains, which are then an employer."""
    return readable(passage, word) and word.low not in passage.shared.chains


def _run_end(passage: Passage, first: Word) -> Word:
    """The last word of a name that begins here: capitals go on with capitals, small letters up to a head word."""
    last = first
    for _ in range(_LONGEST):
        after = passage.after(last)
        if after is None or after.gap not in (" ", " & ", "-", " '") or after.first:
            break
        further = passage.after(after)
        if first.caps_run:
            if not after.caps_run or after.number or after.low in passage.vocabulary.function | passage.vocabulary.into:
                break
            last = after
        elif (
            after.capital
            and first.capital
            and not after.caps_run
            and not (
                passage.lang == "de" and ordinary(passage, after) and after.low not in passage.vocabulary.org_heads
            )
        ):
            last = after
        elif (
            after.low in _LINKS
            and first.capital
            and further is not None
            and further.capital
            and further.gap == " "
            and not further.caps_run
            and after.low not in passage.vocabulary.into - {"of"}
        ):
            last = further
        elif not first.capital and _goes_on(passage, after):
            last = after
        else:
            break
    return last


def _goes_on(passage: Passage, after: Word) -> bool:
    """A firm's name in small letters goes on with a head word or another plain word."""
    if after.low in passage.vocabulary.org_heads:
        return True
    return passage.small and not after.capital and _plain_part(passage, after)


def _plain_part(passage: Passage, word: Word) -> bool:
    """A word in small letters that can belong to a firm's name: no small word, no verb, no number."""
    words = passage.vocabulary
    if word.number or word.low in words.function | words.into | words.at | words.verbs | words.relations:
        return False
    return not readable(passage, word) and (not ordinary(passage, word) or passage.usual(word.low) < _EVERYDAY)


def _a_lower_name(passage: Passage, first: Word, last: Word) -> bool:
    words = passage.words[first.index : last.index + 1]
    return any(not passage.usual(w.low) and not readable(passage, w) for w in words) or (
        last is not first and last.low in passage.vocabulary.org_heads and first.low not in _GENERIC
    )


def _at_a_firm(passage: Passage, word: Word) -> Iterator[Span]:
    """A capital directly after "at", "hos", "bei", "bij": a firm, a shop, or somebody's home."""
    before = passage.before(word)
    if (
        before is None
        or word.gap != " "
        or before.low not in passage.vocabulary.firm
        or word.number
        or readable(passage, word)
        or word.low in passage.shared.authors
        or bare(word.low) in passage.shared.authors
    ):
        return
    if word.caps_run or (passage.small and not word.capital):
        if len(word.low) >= _SHORTEST_UNLISTED and not passage.usual(word.low) and not passage.usual(bare(word.low)):
            yield Span(word.start, _run_end(passage, word).end, "ORG", "check", 0.4, "organisation")
        return
    if not word.capital:
        return
    last = _run_end(passage, word)
    plain = ordinary(passage, word)
    if passage.lang == "de" and plain and last is word:
        return
    if plain and last is word and passage.usual(word.low) >= _EVERYDAY + 3:
        return
    yield Span(word.start, last.end, "ORG", "check", 0.5, "organisation")


def _led_to(passage: Passage, word: Word) -> bool:
    before = passage.before(word)
    if before is not None and before.low in _ARTICLES:
        before = passage.before(before)
    return before is not None and (before.low in passage.vocabulary.at or before.low in passage.vocabulary.into)
