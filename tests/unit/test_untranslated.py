"""A sentence nobody has translated yet is shown in English, never as an id, and the administrator is told."""

from __future__ import annotations

import pytest

from bot.admin.readiness import untranslated_sentences
from bot.ui import strings
from bot.ui.strings import untranslated, words


@pytest.fixture
def without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Danish catalogue that lacks one sentence."""
    whole = strings._catalogue

    def lacking(language: str) -> dict[str, tuple[str, ...]]:
        found = dict(whole(language))
        if language == "da":
            del found["risk.raise"]
        return found

    monkeypatch.setattr(strings, "_catalogue", lacking)


@pytest.mark.usefixtures("without_one")
def test_it_is_shown_in_english_and_the_administrator_is_told() -> None:
    assert words("da")("risk.raise") == words("en")("risk.raise")
    assert words("da").sentences()["risk.raise"] == words("en")("risk.raise")
    (problem,) = untranslated_sentences()
    assert (problem.where, problem.fatal) == ("language da", False)
    assert "risk.raise" in problem.what


def test_nothing_is_untranslated() -> None:
    assert {language: untranslated(language) for language in strings.LANGUAGES if untranslated(language)} == {}
    assert untranslated_sentences() == []
