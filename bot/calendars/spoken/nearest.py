"""The word of the tables that a word nobody could read is most like, so that the question about it can name both."""

from __future__ import annotations

from difflib import get_close_matches

from bot.calendars.spoken.lexicon import LANGUAGES, lexicon
from bot.calendars.spoken.readings import Ask
from bot.calendars.spoken.tokens import clean

LIKE = 0.75
"""How alike two words are, from 0 to 1, to be taken for the same by somebody who asks; nothing is done by it."""


def nearest(text: str, ask: Ask, language: str) -> tuple[str, str] | None:
    """The word that was not read and the known one it is most like; None where it is like none.

    A word that is like none may be why somebody is away; it is not repeated.
    """
    said = clean(text).split()
    if not 0 < ask.word <= len(said):
        return None
    word = said[ask.word - 1].strip(".,;:!?()")
    near = get_close_matches(word, lexicon(language if language in LANGUAGES else "en").named, 1, LIKE)
    return (word, near[0]) if near and near[0] != word else None


def with_word(text: str, ask: Ask, known: str) -> str:
    """The text with a known word in place of the one that was not read."""
    said = clean(text).split()
    return " ".join([*said[: ask.word - 1], known, *said[ask.word :]])
