"""Time as people say it: a corpus in six languages, and what generated words may never do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.anonymise.lexicon import ordinary_words
from bot.calendars.spoken import Ask, ComeBack, SwitchMode, TakeLeave, Why, understand
from bot.calendars.spoken.lexicon import LANGUAGES, lexicon
from bot.calendars.spoken.tokens import Token
from tests.unit.calendars.phrases import Phrase, corpus, told

PHRASES = [phrase for lang in LANGUAGES for phrase in corpus(lang)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_phrases(lang: str) -> None:
    read = [(phrase, told(understand(phrase.text, phrase.today, lang))) for phrase in corpus(lang)]
    assert [(phrase, said) for phrase, said in read if said != phrase.meant] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_corpus_is_large_enough(lang: str) -> None:
    phrases = [p for p in PHRASES if p.lang == lang]
    assert len(phrases) >= 130
    assert sum(p.meant == "ask" for p in phrases) >= 40
    assert len({(p.text, p.today) for p in phrases}) == len(phrases)


ACTS = [phrase for phrase in PHRASES if phrase.meant != "ask"]
REFUSED = {
    "en": ["maybe", "cancelled", "never", "colleague", "she", "or", "not", "half", "except", "without"],
    "da": ["måske", "aflyst", "aldrig", "kollega", "hun", "eller", "ikke", "halv", "undtagen", "uden"],
    "de": ["vielleicht", "storniert", "niemals", "kollegin", "sie", "oder", "nicht", "halb", "außer", "ohne"],
    "nb": ["kanskje", "avlyst", "aldri", "kollega", "hun", "eller", "ikke", "halv", "unntatt", "uten"],
    "nl": ["misschien", "geannuleerd", "nooit", "collega", "zij", "of", "niet", "half", "behalve", "zonder"],
    "sv": ["kanske", "inställd", "aldrig", "kollega", "hon", "eller", "inte", "halv", "utom", "utan"],
}


@pytest.mark.parametrize("words", [2, pytest.param(10, marks=pytest.mark.slow)], ids=["some", "all"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_word_that_refuses_is_never_left_out_wherever_it_stands(lang: str, words: int) -> None:
    """Nobody who writes "not" or "maybe" is taken at the rest of their word; some meet each phrase in turn."""
    acted = [
        (text, reading)
        for number, phrase in enumerate(ACTS)
        if phrase.lang == lang
        for word in (REFUSED[lang] * 2)[number % 10 :][:words]
        for text in _with_word(phrase.text, word)
        if not isinstance(reading := understand(text, phrase.today, lang), Ask)
    ]
    assert acted == []


def _with_word(text: str, word: str) -> Iterator[str]:
    words = text.split()
    for at in range(len(words) + 1):
        yield " ".join([*words[:at], word, *words[at:]])


@given(st.sampled_from(ACTS), st.data())
@settings(max_examples=300, deadline=None)
def test_no_phrase_is_acted_on_with_a_word_that_was_not_read(phrase: Phrase, data: st.DataObject) -> None:
    words = phrase.text.split()
    strange = data.draw(st.text("bdgkmpqvwxz", min_size=5, max_size=9))
    words.insert(data.draw(st.integers(0, len(words))), strange)
    if data.draw(st.booleans()):
        words = data.draw(st.permutations(words))
    assert isinstance(understand(" ".join(words), phrase.today, phrase.lang), Ask)


@given(st.sampled_from(PHRASES), st.data())
@settings(max_examples=500, deadline=None)
def test_whatever_is_acted_on_is_in_order_and_not_over(phrase: Phrase, data: st.DataObject) -> None:
    words = data.draw(st.permutations(phrase.text.split()))
    left = data.draw(st.integers(1, len(words)))
    reading = understand(" ".join(words[:left]), phrase.today, phrase.lang)
    if isinstance(reading, TakeLeave | SwitchMode):
        assert reading.last is None or reading.first <= reading.last >= phrase.today
        assert reading.first >= phrase.today - timedelta(days=6)
    elif isinstance(reading, ComeBack):
        assert reading.on >= phrase.today


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_of_every_day_are_never_taken_for_a_slip(lang: str) -> None:
    words = lexicon(lang)
    usual = [w.casefold() for w, usualness in ordinary_words(lang).items() if usualness >= 30 and w.isalpha()]
    read = [w for w in usual if len(w) > 2 and words.spellings(Token("word", w)) not in {(), (w,)}]
    missing = [w for w in read if not words.only_unmarked(w)]
    missing += [w for w in usual if words.parted(w) and not words.spellings(Token("word", w))]
    assert missing == [], f"add these to bot/calendars/spoken/words/ordinary.{lang}.txt"


@pytest.mark.parametrize(
    "text",
    ["leave " * 2000, "2 " * 5000, "f2f until " + "9" * 10_000, "(" * 10_000, "ab bis " * 1500, "friday and " * 900,
     "\u202eleave tomorrow\u202c " * 500, "1.1.-" * 2000, "back, " * 30, "not " * 49, "week 7 and " * 18],
)  # fmt: skip
def test_long_and_strange_text_is_asked_about_at_once(text: str) -> None:
    for lang in LANGUAGES:
        lexicon(lang)
    began = perf_counter()
    assert isinstance(understand(text, date(2027, 1, 18), "de"), Ask)
    assert perf_counter() - began < 1


def test_marks_that_nobody_sees_change_nothing() -> None:
    assert understand("\u200eleave\u200f \u202auntil\u202c friday\u200b", date(2027, 1, 18), "en") == TakeLeave(
        date(2027, 1, 18), date(2027, 1, 22)
    )


def test_a_question_brings_what_the_words_may_mean() -> None:
    today = date(2027, 1, 18)
    friday, next_friday = date(2027, 1, 22), date(2027, 1, 29)
    assert understand("leave next Friday", today, "en") == Ask(
        Why.TWO_READINGS, (TakeLeave(friday, friday), TakeLeave(next_friday, next_friday))
    )
    assert understand("leave until 12 Jan", today, "en") == Ask(Why.ROLLED_OVER, (TakeLeave(today, date(2028, 1, 12)),))


def test_english_is_read_in_every_language_and_any_language_by_a_reader_of_english() -> None:
    friday = date(2027, 1, 22)
    for lang in LANGUAGES:
        assert understand("leave until friday", date(2027, 1, 18), lang) == TakeLeave(date(2027, 1, 18), friday)
    assert understand("ferie til fredag", date(2027, 1, 18), "en") == TakeLeave(date(2027, 1, 18), friday)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_month_beside_a_day_is_read_in_english_in_every_language(lang: str) -> None:
    """Also where the language knows the month's word for something else: Danish "jul" is Christmas."""
    for first in (date(2027, month, 2) for month in range(1, 13)):
        last = first + timedelta(days=7)
        meant = TakeLeave(first, last)
        for month in ("%b", "%B"):
            for form in (f"from %d {month} %Y to {last:%d {month} %Y}", f"from {month} %d %Y to {last:{month} %d %Y}"):
                phrase = f"leave {first:{form}}"
                assert understand(phrase, date(2026, 11, 30), lang) == meant, phrase
    if lang != "nl":  # "of" is "or"
        assert understand("leave 1st of Jul", date(2027, 1, 18), lang) == TakeLeave(date(2027, 7, 1), date(2027, 7, 1))


ENGLISH_FORMS = (
    "leave {a:%a} {a:%d} {a:%b} to {b:%a} {b:%d} {b:%b}", "off until {a:%a}", "back {a:%a}",
    "f2f until {a:%a} {a:%d} {a:%b}",
    "A/L {a:%b} {a:%d} - {b:%b} {b:%d}", "out {a:%a} & {c:%a}", "annual leave {a:%a}-{b:%a}", "icbt from {a:%d} {a:%b}",
)  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_english_weekdays_and_months_cut_short_mean_the_same_in_every_group(lang: str) -> None:
    """A person's language and the group's differ; "Fri" and "Oct" are read wherever the English sentence is."""
    today = date(2027, 1, 18)
    days = [today + timedelta(days=n) for n in range(1, 8)] + [date(2027, month, 2) for month in range(2, 11)]
    differ = []
    for form in ENGLISH_FORMS:
        for day in days:
            phrase = form.format(a=day, b=day + timedelta(days=3), c=day + timedelta(days=1))
            meant = understand(phrase, today, "en")
            if not isinstance(meant, Ask) and understand(phrase, today, lang) != meant:
                differ.append(phrase)
    assert differ == []


def test_a_phrase_is_read_in_less_than_five_milliseconds() -> None:
    for lang in LANGUAGES:
        lexicon(lang)
    began = perf_counter()
    for phrase in PHRASES:
        understand(phrase.text, phrase.today, phrase.lang)
    assert (perf_counter() - began) / len(PHRASES) < 0.005
