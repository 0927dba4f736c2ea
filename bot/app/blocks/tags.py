"""Tags of masked things in the language of the text they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bot.anonymise import AnonText
from bot.anonymise.said_tags import said, said_text
from bot.ui.model import Passage
from bot.ui.strings import words

LABELS = {
    "PERSON": "tag.person",
    "PLACE": "tag.place",
    "ADDRESS": "tag.address",
    "ORGANISATION": "tag.organisation",
    "DATE": "tag.date",
    "AGE": "tag.age",
    "ID": "tag.id",
    "PHONE": "tag.phone",
    "E-MAIL": "tag.email",
    "LINK": "tag.link",
    "PLATE": "tag.plate",
    "MASKED": "tag.masked",
    "week": "tag.week",
    "before": "tag.before",
    "days": "tag.days",
}
_NOUNS_BEGIN_WITH_A_CAPITAL = "de"


def passage(label: str, text: AnonText, by: str = "", language: str = "") -> Passage:
    """A text that passed the gate, its tags in its own language."""
    return Passage(label, said_text(text, _words(language)) if language else text, by, language)


def tag_said(text: str, language: str) -> str:
    """A tag, or a text with tags, in a language; as it is kept where the language is not known."""
    return said(text, _words(language)) if language else text


@cache
def _words(language: str) -> Mapping[str, str]:
    sentences = words(language).sentences()
    noun = {"noun": "upper"} if language == _NOUNS_BEGIN_WITH_A_CAPITAL else {}
    return {kept: sentences[key] for kept, key in LABELS.items()} | noun
