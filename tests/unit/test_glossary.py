"""The glossary of each language, and that the catalogues keep to it: a term used otherwise fails.

`bot/ui/strings/<language>/glossary.tbx` (TBX, ISO 30042) holds the words of the field in English and one other
language, each preferred, admitted or forbidden. Weblate and people read the same file (docs/translating.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree

import pytest

from bot.ui import strings

OTHERS = [language for language in strings.LANGUAGES if language != "en"]
TYPED = ("typed.", "command.", "caseload.example.", "help.caseload", "teams.manifest.command.caseload")
"""Words that people type: those of neighbours and of everyday speech too."""
OFTEN_LEFT_OUT = {"review", "reviews", "reviewer", "reviewers", "presenter"}
"""Said as the case that is to be answered, or not at all, where a language can do without the person."""
SOMETHING_ELSE_IS_MEANT = {("nl", "teams.terms.use", "supervisie")}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Entry:
    """An English term, the term of a language, and whether that is preferred, admitted or forbidden."""

    english: str
    term: str
    status: str


@cache
def glossary(language: str) -> tuple[Entry, ...]:
    root = ElementTree.parse(strings.HERE / language / "glossary.tbx").getroot()
    found = []
    for entry in root.iter("termEntry"):
        terms = {part.attrib[_LANG]: part for part in entry.iter("langSet")}
        mine = terms[language]
        status = mine.findtext("tig/termNote[@type='administrativeStatus']") or ""
        found.append(Entry(terms["en"].findtext("tig/term") or "", mine.findtext("tig/term") or "", status))
    return tuple(found)


@cache
def folded(language: str) -> dict[str, str]:
    """The sentences in lower case."""
    return {key: text.casefold() for key, text in sentences(language).items()}


def said(term: str, text: str, *, behind: str = "") -> bool:
    """Whether a folded text has a term at a word's beginning; a search for the letters alone is much quicker."""
    return term in text and bool(re.search(rf"(?<!\w){re.escape(term)}{behind}", text))


@cache
def sentences(language: str) -> dict[str, str]:
    """What is read, by key: every plural form, with the names of placeholders left out."""
    w = strings.words(language)
    shown = {key: " ".join(strings._forms(language, key)) for key in w.sentences() if not key.startswith(TYPED)}
    return {key: re.sub(r"\{\w+\}", "{}", text) for key, text in shown.items()}


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_every_entry_has_a_term_and_a_status(language: str) -> None:
    assert len(glossary(language)) >= 40
    for entry in glossary(language):
        assert entry.english
        assert entry.term
        assert entry.status in {"preferred", "admitted", "forbidden"}
    assert {e.english for e in glossary(language) if e.status == "preferred"} == {
        e.english for e in glossary("en") if e.status == "preferred"
    }


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_no_sentence_uses_a_forbidden_term(language: str) -> None:
    used = [
        f"{key}: {entry.term}"
        for entry in glossary(language)
        if entry.status == "forbidden"
        for key, text in folded(language).items()
        if (language, key, entry.term) not in SOMETHING_ELSE_IS_MEANT
        if said(entry.term.casefold(), text)
    ]
    assert used == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_term_of_the_english_sentence_is_said_by_the_glossarys_word(language: str) -> None:
    missing = [
        f"{key} ({english}): {sentences(language)[key]}"
        for english in sorted({entry.english for entry in glossary(language)} - OFTEN_LEFT_OUT)
        for key, text in folded("en").items()
        if said(english.casefold(), text, behind=r"(?!\w)")
        if not any(term in folded(language)[key] for term in _good(language, english))
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("language", "text", "term"),
    [
        ("de", "Ihr Supervisionsnachweis", "Supervisionsnachweis"),
        ("de", "Die Supervisionsrunde beginnt", "Supervisionsrunde"),
        ("nl", "Je supervisie is te laat", "supervisie"),
        ("nl", "Open reviews", "review"),
        ("sv", "Risken är omhändertagen", "omhändertag"),
    ],
)
def test_the_terms_that_did_harm_are_forbidden(language: str, text: str, term: str) -> None:
    assert Entry(_english(language, term), term, "forbidden") in glossary(language)
    assert said(term.casefold(), text.casefold())


def _good(language: str, english: str) -> list[str]:
    return [e.term.casefold() for e in glossary(language) if e.english == english and e.status != "forbidden"]


def _english(language: str, term: str) -> str:
    return next(e.english for e in glossary(language) if e.term == term and e.status == "forbidden")
