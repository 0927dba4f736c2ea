"""What people type and write, read: typed periods against what they mean, and the prompt for danger in case texts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from datetime import date

from benchmarks.model import Section, Table
from bot.calendars.spoken import understand
from bot.calendars.spoken.lexicon import LANGUAGES, lexicon, with_english
from bot.domain.risk_words import speaks_of_a_plan
from tests.unit.calendars.phrase_batches import first_readings
from tests.unit.calendars.phrases import Phrase, corpus, told
from tests.unit.domain.risk_sentences import first_readings as first_prompts
from tests.unit.domain.risk_sentences import sentences

UNSEEN = (
    "The batches were written afterwards by the rules of `docs/typing-time.md`, before their writer had read the "
    "grammar and its tables (1 to 3), after one table (4), after mending (5, 6, 8), by a developer and no clinician. "
    "Batches 7 and 9 are by strangers who had seen nothing but how periods are to be read; each was read once, then "
    "its kinds were mended, so that both are read whole today and say nothing of unseen phrases any more. **Batch 9 is "
    "the last figure of strangers' phrases never seen.** Batches 10 to 12 were written and read once after that "
    "mending, by the developer who did it; 11 and 12 look for reasons beside the days, and what they showed was "
    "mended in turn. Batch 13 is by another developer, who had not seen that mending: **of everyday phrases .946 were "
    "read right, the others asked about, none misread**. Batches 14 to 19 are by one developer: 14 before its writer "
    "had read the grammar, each of the others after the kinds that the one before had shown were mended, so that .95 "
    "to .99 is what the same writer's next phrases gave; one was misread, which is mended. Batches 20 and 21 are by "
    "another developer: 20 before the code was read, 21 after its kinds were mended (.92 and .95 right, none misread). "
    "Batches 22 and 23 are by a third developer, both written before the grammar was read: 22 read before anything was "
    "mended (**.890 right, one misread, which is mended**), 23 before (.938, none misread) and, never looked at, after "
    "the kinds of 22 were mended (.950). Batch 24 is the same writer's next, after both (.971), batch 25 the one "
    "after (.933, none misread in either). "
    "A stranger's 150 phrases before them were .887 right, none misread, and showed that an end of leave became a new "
    "leave; they are not in the repository. No set is kept apart in it."
)

UNSEEN_RISK = (
    "The batches for the prompt were read one after another, each before its misses were looked at; 3, 7 and 9 look "
    "for rare acts on purpose, 12, 14 and 15 for danger told without a word of it. Batches 13 and 16 were written by "
    "people who knew neither the rules nor the other batches: **of such sentences about six in ten prompted when "
    "first read, and 94 of 100 harmless ones were left alone: the aim is not reached**. "
    "Batches 21 and 22 are by one writer who knew neither rules nor code and counts thoughts of death alone, "
    "hopelessness and every self-harm as danger. Batch 22 is kept out of the repository: before the second reader "
    "learned from batch 21 .471 prompted and .921 were left alone, **afterwards .521 and .896**, so most of what "
    "batch 21 taught (it reads .972 and .997 today) did not carry over. Every batch is mended by its "
    "kind afterwards, so that the tables above say what is known, not what to expect. The question on the form, which"
    " everybody answers, stays what counts."
)


def run() -> Section:
    """Every phrase and sentence of the tests, language by language."""
    for language in LANGUAGES:
        lexicon(language)
        with_english(language)
        understand("words nobody knows", date(2027, 1, 18), language)  # the rest of the tables is made at first use
    return Section(
        title="Typed periods and the prompt for danger",
        intro="What `intervision understand` makes of the phrases and sentences that the tests hold.",
        tables=(
            Table(
                (
                    "language",
                    "phrases",
                    "of these must ask",
                    "read right",
                    "misread silently",
                    "median CPU time",
                    "slowest",
                ),
                tuple(_periods(language) for language in LANGUAGES),
                "Typed periods: must be ≥ .97 right, none misread silently, < 5 ms",
            ),
            Table(
                ("batch", "phrases", "read right", "misread silently", *LANGUAGES),
                tuple(_first_reading(name, counts) for name, counts in first_readings().items()),
                "Unseen phrases, as each batch was read for the first time: must be ≥ .95 right, ≤ .005 misread",
            ),
            Table(
                ("language", "must prompt", "prompted", "must not", "left alone"),
                tuple(_prompts(language) for language in LANGUAGES),
                "The prompt to answer the risk question again: must be ≥ .95 both ways",
            ),
            Table(
                ("batch", "must prompt", "prompted", "must not", "left alone"),
                tuple(_first_prompts(name, counts) for name, counts in first_prompts().items()),
                "Unseen sentences for the prompt, as each batch was read for the first time: aim ≥ .95 both ways",
            ),
        ),
        notes=(
            "The phrases of the first table were written with the grammar, so these are development numbers.",
            UNSEEN,
            UNSEEN_RISK,
            "Misread silently: acted on, and not as meant.",
        ),
    )


def _periods(language: str) -> tuple[str, ...]:
    phrases = list(corpus(language))
    right = misread = 0
    taken = []
    for phrase in phrases:
        began = time.process_time()
        said = told(understand(phrase.text, phrase.today, language))
        taken.append((time.process_time() - began) * 1000)
        right += said == phrase.meant
        misread += _misread(said, phrase)
    asks = sum(phrase.meant == "ask" for phrase in phrases)
    return (
        language,
        str(len(phrases)),
        str(asks),
        f"{right / len(phrases):.3f}",
        str(misread),
        f"{statistics.median(taken):.2f} ms",
        f"{max(taken):.2f} ms",
    )


def _first_reading(name: str, counts: Mapping[str, tuple[int, int, int]]) -> tuple[str, ...]:
    phrases, right, misread = (sum(column) for column in zip(*counts.values(), strict=True))
    languages = (f"{counts[language][1] / counts[language][0]:.3f}" for language in LANGUAGES)
    return (name, str(phrases), f"{right / phrases:.3f}", f"{misread} ({misread / phrases:.4f})", *languages)


def _first_prompts(name: str, counts: Mapping[str, list[int]]) -> tuple[str, ...]:
    must, prompted, must_not, silent = (sum(column) for column in zip(*counts.values(), strict=True))
    return (name, str(must), f"{prompted / must:.3f}", str(must_not), f"{silent / must_not:.3f}")


def _misread(said: str, phrase: Phrase) -> bool:
    return said not in {phrase.meant, "ask"}


def _prompts(language: str) -> tuple[str, ...]:
    must, must_not = sentences(language, "+"), sentences(language, "-")
    prompted = sum(speaks_of_a_plan([text], language) for text in must)
    silent = sum(not speaks_of_a_plan([text], language) for text in must_not)
    return (
        language,
        str(len(must)),
        f"{prompted / len(must):.3f}",
        str(len(must_not)),
        f"{silent / len(must_not):.3f}",
    )
