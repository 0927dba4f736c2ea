"""Sentences of clinicians that prompt the risk question again, and those that do not, in six languages."""

from __future__ import annotations

import ast
import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from bot.domain import risk_words
from bot.domain.risk_patterns import pattern
from bot.domain.risk_words import LANGUAGES, SURE, UNLIKELY, speaks_of_a_plan
from bot.ui.strings import words
from tests.unit.domain.risk_sentences import SENTENCES, first_readings, sentences, taught

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_with_something_concrete_prompts(language: str) -> None:
    must = sentences(language, "+")
    missed = [text for text in must if not speaks_of_a_plan([text], language)]
    assert len(must) >= 60
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_panic_grief_exposure_and_plans_of_treatment_do_not(language: str) -> None:
    must_not = sentences(language, "-")
    prompted = [text for text in must_not if speaks_of_a_plan([text], language)]
    assert len(must_not) >= 60
    assert prompted == []


BATCHES = sorted((SENTENCES / "batches").glob("*.txt"))


def batch(path: Path, language: str, mark: str) -> list[str]:
    """The sentences of a batch that must (+) or must not (-) prompt, or must and are not found yet (~)."""
    parts = path.read_text("utf-8").split(f"\n[{language}]\n", 1)[1].split("\n[", 1)[0]
    return [line[2:] for line in parts.splitlines() if line.startswith(mark + " ")]


@pytest.mark.parametrize("path", BATCHES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_a_batch(path: Path, language: str) -> None:
    must, must_not = batch(path, language, "+"), batch(path, language, "-")
    assert [text for text in must if not speaks_of_a_plan([text], language)] == []
    assert [text for text in must_not if speaks_of_a_plan([text], language)] == []
    said, _, unsaid, _ = first_readings()[path.stem][language]
    unfound = batch(path, language, "~")
    assert (len(must) + len(unfound), len(must_not)) == (said, unsaid)
    assert len(unfound) <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_second_reader_was_taught_is_kept(language: str) -> None:
    """Every fifth sentence; a few contradict the table, where thoughts alone do not prompt, and stay unlearned."""
    must, must_not = taught(language, "+")[::5], taught(language, "-")[::5]
    assert min(len(must), len(must_not)) >= 60
    assert sum(speaks_of_a_plan([text], language) for text in must) >= 0.95 * len(must)
    assert sum(not speaks_of_a_plan([text], language) for text in must_not) >= 0.95 * len(must_not)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_danger_with_everything_concrete_prompts_and_none_alone(language: str) -> None:
    """What one sentence names, another names with something else: all pairs, so that no word hides another."""
    tables = tomllib.loads((SENTENCES / "joined.toml").read_text("utf-8"))[language]
    joined = [f"{danger} {concrete}." for danger in tables["dangers"] for concrete in tables["concrete"]]
    assert len(joined) == 400
    assert [text for text in [*joined, *tables["acts"]] if not speaks_of_a_plan([text], language)] == []
    intended = [f"{danger.rstrip(',')}." for danger in tables["intended"]]
    assert [text for text in intended if not speaks_of_a_plan([text], language)] == []
    alone = [f"{danger.rstrip(',')}." for danger in tables["dangers"] if danger not in tables["intended"]]
    assert [text for text in [*alone, *tables["denied"]] if speaks_of_a_plan([text], language)] == []


def test_whole_notes_and_the_texts_of_the_demo_are_left_alone() -> None:
    """A note has twenty sentences: what is seldom wrong in one of them is often wrong in a note."""
    lines = (ROOT / "benchmarks" / "data" / "notes_dev.jsonl").read_text("utf-8").splitlines()
    notes = [(note["text"], note["lang"]) for note in map(json.loads, lines)]
    prompted = [text for text, language in notes if speaks_of_a_plan([text], language)]
    assert len(prompted) <= len(notes) // 33, prompted
    tree = ast.walk(ast.parse((ROOT / "bot" / "demo" / "texts.py").read_text("utf-8")))
    told = [each.value for each in tree if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    assert [text for text in told if speaks_of_a_plan([text], "en")] == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinary_sentences_of_the_program_are_left_alone(language: str) -> None:
    """2,000 sentences of everyday words in each language; "handled" in "handledare" prompted in one of them."""
    every = words(language).sentences()
    told = {
        key: text for key, text in every.items() if len(text) > 25 and not key.startswith(("risk", "teams", "slack"))
    }
    prompted = [key for key, text in told.items() if speaks_of_a_plan([text], language)]
    assert len(prompted) <= 3, prompted


def test_figures_and_endings_in_the_tables_are_read() -> None:
    """They stood in the tables escaped twice, so that years and compounds were never found."""
    assert pattern(r"i (19|20)\d\d").search("i 2015")
    assert pattern(r"(sikkerhedsplan)\w*").search("sikkerhedsplanen")
    assert not pattern("bringt … um $").search("bringt ihn um den schlaf")
    assert pattern("bringt … um $").search("bringt sich am freitag um, sagt er")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_table_has_an_empty_phrase_or_a_gap_at_its_end(language: str) -> None:
    """Either would match everywhere, or never."""
    for folder in ("risk_phrases", "risk_acts", "risk_signs"):
        tables = tomllib.loads(files("bot.domain").joinpath(folder, f"{language}.toml").read_text("utf-8"))
        every = [each for value in tables.values() for each in (value if isinstance(value, list) else [value])]
        assert all(not pattern(phrases).search("zzz") for phrases in every)


def test_a_plan_counts_only_in_the_sentence_of_the_danger() -> None:
    assert not speaks_of_a_plan(["She is suicidal. Plan: module three."], "en")
    assert speaks_of_a_plan(["She is suicidal with a plan."], "en")
    assert speaks_of_a_plan(["She is suicidal. She has bought a rope."], "en")


def test_english_is_looked_for_in_every_language_and_no_other() -> None:
    assert speaks_of_a_plan(["a suicide note"], "fi")
    assert speaks_of_a_plan(["The client spoke of killing himself tonight."], "sv")
    assert not speaks_of_a_plan(["avskedsbrev"], "fi")


INVENTED = {
    "alone": "letter",
    "strong": "kill",
    "weak": "wish",
    "others": "harm",
    "plan": "plan",
    "time": "tonight",
    "means": "rope",
    "got": "bought",
    "no_danger": "afraid to kill",
    "no_plan": "lesson plan",
}
"""A language of ten phrases, so that a rule is tried without the other readers of the same sentence."""


@pytest.fixture
def odds(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What the second reader makes of every sentence; nothing reads acts or signs."""
    odds = {"of": 0.0}
    compiled = risk_words._Phrases(**{name: pattern(phrase) for name, phrase in INVENTED.items()})
    monkeypatch.setattr(risk_words, "_phrases", lambda language: compiled)
    monkeypatch.setattr(risk_words, "likelihood", lambda sentence, language: odds["of"])
    monkeypatch.setattr(risk_words, "means_an_act", lambda sentence, language: False)
    monkeypatch.setattr(risk_words, "names_a_medicine", lambda text: "pills" in text)
    monkeypatch.setattr(risk_words, "shows_signs", lambda text, language, masks: "sign" in text)
    monkeypatch.setattr(risk_words, "is_set_elsewhere", lambda text, language: "film" in text)
    return odds


@pytest.mark.parametrize(
    ("danger", "asks"),
    [
        ("letter", "alone tonight plan rope pills bought"),
        ("kill", "tonight plan rope pills bought"),
        ("harm", "tonight plan rope pills bought"),
        ("wish", "plan rope pills bought"),
        ("sign", "alone tonight plan rope pills bought"),
        ("nothing", ""),
        ("afraid to kill", ""),
        ("a film: letter", ""),
    ],
)
def test_which_danger_asks_with_which_detail_in_its_sentence(odds: dict[str, float], danger: str, asks: str) -> None:
    details = ("alone", "tonight", "plan", "rope", "pills", "bought", "lesson plan")
    found = [each for each in details if speaks_of_a_plan([f"{danger} {each}"], "en")]
    assert found == [each for each in details if each in asks.split() or (danger in {"letter", "sign"})]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("kill. bought.", True),
        ("bought. kill.", True),
        ("bought. wish; other.", True),
        ("kill; bought", True),
        ("other. kill. bought. other.", True),
        ("kill. other. bought.", False),
        ("bought. other. kill.", False),
        ("other. other. other. kill bought.", True),
        ("kill. plan. rope. tonight.", False),
        ("plan tonight with a rope.", False),
        ("kill plan; other.", True),
    ],
)
def test_what_was_got_counts_beside_the_danger_and_anything_else_in_its_sentence_only(
    odds: dict[str, float], text: str, asks: bool
) -> None:
    assert speaks_of_a_plan([text], "en") is asks


def test_the_second_reader_outweighs_the_rules_only_where_it_is_sure(odds: dict[str, float]) -> None:
    asks, asks_not = "he said that he would kill tonight", "he said that he would go home"
    told = {}
    for odds["of"] in (1.3, SURE, 0.0, -1.4, UNLIKELY, -1.6):
        told[odds["of"]] = (speaks_of_a_plan([asks], "en"), speaks_of_a_plan([asks_not], "en"))
    assert told == {
        1.3: (True, True),
        SURE: (True, False),
        0.0: (True, False),
        -1.4: (True, False),
        UNLIKELY: (False, False),
        -1.6: (False, False),
    }
    odds["of"] = -9.0
    assert speaks_of_a_plan(["they kill tonight"], "en"), "of five words or fewer it has no opinion"
    odds["of"] = 9.0
    assert not speaks_of_a_plan(["these are five short words"], "en")
    assert speaks_of_a_plan(["these are, all told, six words"], "en")
    assert not speaks_of_a_plan(["a film of six words or more"], "en")


def test_three_sentences_are_read_together() -> None:
    read = risk_words._read_together
    one, two, three, four = "a b c d e f.", "g h i j k l.", "m n o p q r.", "s t u v w x."
    assert list(read([])) == list(read(["a b c d e."])) == []
    assert list(read([one])) == [one]
    assert list(read([one, two])) == [f"{one} {two}"]
    assert list(read([one, two, three])) == [f"{one} {two} {three}"]
    assert list(read([one, two, three, four])) == [f"{one} {two} {three}", f"{two} {three} {four}"]


def test_an_empty_line_is_no_sentence(odds: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def noted(sentence: str, language: str) -> float:
        read.append(sentence)
        return 0.0

    monkeypatch.setattr(risk_words, "likelihood", noted)
    speaks_of_a_plan(["\na b c d e f. g h i j k l. m n o p q r.\n"], "en")
    assert read == ["a b c d e f. g h i j k l. m n o p q r."]


@pytest.mark.parametrize("at", range(4))
def test_the_most_likely_of_what_is_read_together_counts(
    odds: dict[str, float], monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    sentences = ["a b c d e f."] * 4
    sentences[at] = "a b danger d e f."
    monkeypatch.setattr(risk_words, "likelihood", lambda read, language: 2.0 if "danger" in read else -2.0)
    assert speaks_of_a_plan([" ".join(sentences)], "en")


@pytest.mark.parametrize(
    ("text", "language", "read_as"),
    [
        ("Hun sover dårligt.", "da", "da"),
        ("Hun sover the dårligt.", "da", "da"),
        ("Hun sover the with dårligt.", "da", "da en"),
        ("She says that he sleeps badly.", "da", "da en"),
        ("She says that he sleeps badly.", "en", "en"),
        ("Hän nukkuu.", "fi", "en"),
    ],
)
def test_a_text_in_english_is_read_as_english_as_well(text: str, language: str, read_as: str) -> None:
    assert risk_words._languages(text, language) == set(read_as.split())


def test_long_text_is_read_in_no_time() -> None:
    from time import process_time

    text = "Sie denkt an Suizid, aber nicht an einen Plan, und ging am Freitag zur Arbeit, weil " * 100
    speaks_of_a_plan([text], "de")
    began = process_time()
    for language in LANGUAGES:
        speaks_of_a_plan([text], language)
    assert process_time() - began < 3
