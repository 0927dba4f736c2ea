"""The words of the frame exist in every language, with the same placeholders, and fit a phone."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from bot.ui import strings

OTHERS = [language for language in strings.LANGUAGES if language != "en"]
FRAME = Path(strings.__file__).parents[3] / "adapters" / "web"


def catalogue(language: str) -> dict[str, tuple[str, ...]]:
    with (strings.HERE / language / "web.po").open("rb") as file:
        found = [m for m in read_po(file, locale=language) if m.id]
    return {
        str(m.id[0] if isinstance(m.id, list | tuple) else m.id): tuple(
            str(s) for s in (m.string if isinstance(m.string, list | tuple) else (m.string,))
        )
        for m in found
    }


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_is_there_with_its_placeholders(language: str) -> None:
    english, own = catalogue("en"), catalogue(language)
    assert set(own) == set(english)
    for key, forms in own.items():
        assert all(forms), key
        assert placeholders(forms[-1]) == placeholders(english[key][-1]), key


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_the_navigation_fits_a_phone(language: str) -> None:
    w = strings.words(language)
    assert len(w("web.home") + w("web.notices") + w("web.sign_out")) <= 28


def test_every_word_is_used() -> None:
    source = "".join(p.read_text() for p in FRAME.rglob("*") if p.suffix in {".html", ".py"})
    used = set(re.findall(r"web\.[a-z_.]+", source))
    for key in catalogue("en"):
        assert key in used or any(key.startswith(stem) for stem in used if stem.endswith(".")), key
