"""One design for pages, paper and charts: every colour comes from `bot/ui/theme.py` and can be read by everybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from adapters.web.css_variables import style_sheet
from bot.domain.frequency import Gap
from bot.reports.charts import bars_chart, gaps_chart
from bot.ui.strings import words
from bot.ui.theme import DARK, LIGHT

STATIC = Path(__file__).parents[2] / "adapters" / "web" / "static"
ON_ITS_GROUND = [
    *((ink, ground) for ink in ("ink", "quiet", "accent") for ground in ("paper", "surface", "sunken")),
    *((tone, f"{tone}-soft") for tone in ("info", "ok", "warn", "danger", "accent")),
    *((tone, "surface") for tone in ("danger", "warn", "ok", "info")),
    ("accent-ink", "accent"),
    ("danger-ink", "danger"),
    ("tool-ink", "tool"),
    ("tool-ink", "tool-soft"),
]


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_stand_out_from_their_ground(scheme: Mapping[str, str]) -> None:
    """4.5 to 1, WCAG 2.2 AA; the edges of what can be pressed 3 to 1."""
    assert {pair: _contrast(scheme, *pair) for pair in ON_ITS_GROUND if _contrast(scheme, *pair) < 4.5} == {}
    assert _contrast(scheme, "edge-strong", "surface") >= 3


def test_both_schemes_name_the_same_and_pages_use_no_other() -> None:
    assert LIGHT.keys() == DARK.keys()
    defined = set(re.findall(r"--([\w-]+):", style_sheet()))
    rules = "".join(path.read_text() for path in STATIC.glob("*.css"))
    own = set(re.findall(r"--([\w-]+):", rules))
    assert set(re.findall(r"var\(--([\w-]+)\)", rules)) <= defined | own
    assert defined - own <= set(re.findall(r"var\(--([\w-]+)\)", rules))


def test_charts_use_the_colours_of_the_pages() -> None:
    sentences = words("en").sentences()
    gaps = [Gap(date(2027, 1, 1), date(2027, 1, 21), 20, 14, is_open=True)]
    for chart in (
        gaps_chart(gaps, words=sentences, language="en"),
        bars_chart("On time", [("All", 3)], head=("a", "b"), alt="", words=sentences),
    ):
        used = set(re.findall(r"#[0-9a-f]{6}\b", chart.image.decode()))
        assert used <= set(LIGHT.values())
        assert LIGHT["ink"] in used


def _contrast(scheme: Mapping[str, str], one: str, other: str) -> float:
    light, dark = sorted((_luminance(scheme[one]), _luminance(scheme[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
