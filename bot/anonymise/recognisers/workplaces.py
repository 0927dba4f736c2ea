"""Where somebody works or studies: what "works at", "lærling hos", "bei" lead to, with or without a head word."""

from __future__ import annotations

from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.org_head_words import AND, GENERIC, LINKS
from bot.anonymise.recognisers.phrases import ARTICLES, ends_here, prepared
from bot.anonymise.recognisers.word_class import (
    PARTICLES,
    USUAL_NAME,
    bare,
    family,
    given,
    ordinary,
    place,
    readable,
    related,
)
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_WORK_PREPOSITIONS = frozenset(
    {"at", "for", "with", "i", "in", "an", "auf", "im", "am", "aan", "bij", "van", "vid", "ved"}
)
_JOB_ENDINGS = tuple(sorted(word_set("job_endings")))
_EMPLOYERS = frozenset({"at", "hos", "bei", "beim", "bij"})
_LONGEST, _FAR_LEFT = 4, 4
_SHORTEST_UNLISTED = 5
_EVERYDAY = 45
_SHORT_ACRONYM, _LONG_ACRONYM = 2, 6


def has_a_job_at(passage: Passage, word: Word) -> bool:
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


def worked_at(passage: Passage, word: Word) -> Iterator[Span]:
    """What follows "works at", "lærer på", "arbeitet bei"."""
    first, start = word, word.start
    skipped = 0
    while first.low in passage.vocabulary.function | PARTICLES | {"the", "local"} and skipped < 2:
        if first.capital and not first.caps_run:
            break
        further = passage.after(first)
        if further is None or further.gap != " ":
            return
        start = start if first.low in PARTICLES and first.low not in ARTICLES else further.start
        first, skipped = further, skipped + 1
    people = passage.vocabulary.relations | passage.vocabulary.titles
    if first.number or first.low in people or _never_an_employer(passage, first):
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


def employed_by(passage: Passage, word: Word) -> Iterator[Span]:
    """ "jobbet før hos spencer holding", "shifts at the range": all words of the phrase, wherever the verb stands."""
    before = passage.before(word)
    if before is None or word.gap != " " or before.low not in _EMPLOYERS or not _work_near(passage, before):
        return
    named = word if word.low not in ARTICLES else passage.after(word)
    if named is None or not _could_employ(passage, named):
        return
    last = named
    while (after := passage.after(last)) is not None and last.index - named.index < _LONGEST:
        if (further := _beyond_a_link(passage, after)) is not None:
            last = further
            continue
        dotted = after.gap == "." and not after.capital
        if not dotted and (after.gap not in (" ", " & ", "-", "/") or after.first):
            break
        if not _could_go_on(passage, after, named):
            break
        last = after
    alone = last is named
    if alone and (named.low in passage.vocabulary.org_heads | passage.vocabulary.jobs | GENERIC):
        return
    shown = named.capital or passage.small
    if shown and not (alone and ordinary(passage, named) and (before.low == "at" or passage.lang == "de")):
        yield Span(word.start, last.end, "ORG", "check", 0.5, "organisation")


def after_a_job(passage: Passage, word: Word) -> Iterator[Span]:
    """ "lokförare, Snälltåget, bor i", "barista (Blue Kettle)": a name set apart right behind a job."""
    job = passage.before(word)
    if job is None or word.gap not in (", ", " (") or not word.capital or word.number or word.caps_run:
        return
    named = job.capital and not job.first and passage.lang != "de"
    if named or not (job.low in passage.vocabulary.jobs or job.low.endswith(_JOB_ENDINGS)):
        return
    last = _run_end(passage, word)
    after = passage.after(last)
    closed = after is None or after.gap.startswith((",", ".", ")", ";")) or "\n" in after.gap
    person = given(word) >= USUAL_NAME or family(word)
    if closed and not (person or ordinary(passage, word) or place(word.low) is not None or readable(passage, word)):
        yield Span(word.start, last.end, "ORG", "check", 0.5, "organisation")


def works_there(passage: Passage, word: Word) -> bool:
    """A phrase of working leads to the word, whatever its verb."""
    before = passage.before(word)
    if passage.follows(word, passage.vocabulary.works, gap=2) or has_a_job_at(passage, word):
        return True
    return before is not None and before.low in _EMPLOYERS and _work_near(passage, before)


def _beyond_a_link(passage: Passage, link: Word) -> Word | None:
    """ "Coop Vestfold og Telemark": the capital after "and" between two capitals."""
    before, after = passage.before(link), passage.after(link)
    if link.low not in AND or link.gap != " " or link.capital or before is None or after is None or after.gap != " ":
        return None
    joined = before.capital and after.capital and not after.first and not readable(passage, after)
    return after if joined and passage.lang != "de" else None


def _work_near(passage: Passage, preposition: Word) -> bool:
    """A word of working or learning, or a job, shortly before the preposition in its sentence."""
    current = preposition
    for steps in range(1, _FAR_LEFT + 1):
        other = passage.before(preposition, steps)
        if other is None or current.first or any(c in current.gap for c in ".!?;:\n"):
            return False
        titled = other.low in passage.vocabulary.titles and current is not preposition
        if titled or other.low.startswith(passage.vocabulary.work_stems) or other.low in passage.vocabulary.jobs:
            return True
        current = other
    return False


def _could_employ(passage: Passage, word: Word) -> bool:
    words = passage.vocabulary
    if word.number or word.low in words.function | words.into | words.verbs | words.relations:
        return False
    return not _never_an_employer(passage, word) or _begins_a_name(passage, word)


def _begins_a_name(passage: Passage, word: Word) -> bool:
    """ "hos SOS International": an abbreviation that stays readable, but for the capital right after it."""
    after = passage.after(word)
    named = word.text.isupper() and not word.caps_run and word.low not in passage.shared.tests and passage.lang != "de"
    capital = after is not None and after.gap == " " and after.capital and not after.first and not after.number
    return named and capital and after is not None and not readable(passage, after)


def _could_go_on(passage: Passage, word: Word, named: Word) -> bool:
    words = passage.vocabulary
    if word.low in words.function | words.into | words.verbs | words.acts | words.relations or readable(passage, word):
        return False
    if passage.lang == "de" and not word.caps_run and ordinary(passage, word) and not passage.small:
        return word.capital and word.index == named.index + 1
    unlisted = named.capital and not named.caps_run and not ordinary(passage, word) and not passage.usual(word.low)
    return word.capital == named.capital or word.low in words.org_heads or unlisted


def _without_article(passage: Passage, word: Word) -> bool:
    """ "arbeitet bei Kern": a German noun needs an article there, a firm does not."""
    before = passage.before(word)
    plain = word.low in passage.vocabulary.org_heads or word.low in GENERIC
    return before is not None and before.low == "bei" and word.gap == " " and not plain


def _called(passage: Passage, led: Word, word: Word) -> bool:
    """ "works at the range in", "werkt bij de gamma": an article, one word that is no kind of place, and an end."""
    before = passage.before(led)
    if led is word or before is None or before.low not in passage.vocabulary.firm or readable(passage, word):
        return False
    if word.low in passage.vocabulary.org_heads or word.low in GENERIC:
        return False
    return ends_here(passage, word) or prepared(passage, word)


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
            after.low in LINKS
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
        last is not first and last.low in passage.vocabulary.org_heads and first.low not in GENERIC
    )


def at_a_firm(passage: Passage, word: Word) -> Iterator[Span]:
    """A capital directly after "at", "hos", "bei", "bij": a firm, a shop, or somebody's home."""
    before = passage.before(word)
    if (
        before is None
        or word.gap != " "
        or before.low not in passage.vocabulary.firm
        or word.number
        or readable(passage, word)
        or related(passage, word)
        or word.low in passage.vocabulary.titles
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
