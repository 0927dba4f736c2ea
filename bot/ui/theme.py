"""The design in numbers: colour, type, space. Web pages, printed files and charts all take them from here.

Colours are sRGB as `#rrggbb`, sizes are rem (one rem is the reader's own letter size) unless said otherwise. Pages
have a light and a dark scheme; paper and charts are always drawn in the light one, and read without colour as well.
What it must not know: what is drawn with it. Next: `adapters/web/css_variables.py`, `bot/reports/pdf.py`, `charts.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "paper": "#f5f4f0",
    "surface": "#ffffff",
    "sunken": "#f0efea",
    "ink": "#1d282d",
    "quiet": "#52616a",
    "edge": "#dcdcd5",
    "edge-strong": "#7d8a90",
    "accent": "#0f6265",
    "accent-ink": "#ffffff",
    "accent-hover": "#0b4b4e",
    "accent-soft": "#e2efed",
    "second": "#c9893a",
    "info": "#1e4d78",
    "info-soft": "#e7f0f8",
    "ok": "#1c5f38",
    "ok-soft": "#e4f3e8",
    "warn": "#724600",
    "warn-soft": "#fdf1d8",
    "danger": "#9c2430",
    "danger-soft": "#fbe9e9",
    "danger-ink": "#ffffff",
    "tool": "#2d2440",
    "tool-ink": "#f1ecfb",
    "tool-edge": "#8f7fb8",
    "tool-soft": "#453a5e",
}
DARK: Mapping[str, str] = {
    "paper": "#11181b",
    "surface": "#1a2327",
    "sunken": "#141c1f",
    "ink": "#e7edef",
    "quiet": "#a9b6bc",
    "edge": "#324046",
    "edge-strong": "#7e8e95",
    "accent": "#83d0cb",
    "accent-ink": "#0a2526",
    "accent-hover": "#a5e0dc",
    "accent-soft": "#1b3839",
    "second": "#e0a458",
    "info": "#a9cdf0",
    "info-soft": "#17293a",
    "ok": "#9fdbb3",
    "ok-soft": "#162f20",
    "warn": "#f0cb8a",
    "warn-soft": "#352a13",
    "danger": "#f4aeb1",
    "danger-soft": "#3b1d21",
    "danger-ink": "#3a0d12",
    "tool": "#2a2140",
    "tool-ink": "#efe9fb",
    "tool-edge": "#8f7fb8",
    "tool-soft": "#42375c",
}

SMALL, BODY, LARGE, TITLE = 0.875, 1.0, 1.1875, 1.9375
"""Letters: small print, running text, headings of sections, the title of a page."""
SPACE = (0.25, 0.5, 0.75, 1.0, 1.5, 3.0)
"""Steps of space between things, from closest to widest."""
TOUCH = 2.75
"""44 px, the least a finger needs."""
RADIUS, RADIUS_SMALL = 0.625, 0.4375
WIDTH = 52.0
"""The width of a page's content: about 100 letters; running text is narrower."""

POINTS = 9.0
"""One rem on paper, in points."""
CHART_POINTS = 8.0
"""One rem in a chart, in points of its own size (144 dots an inch)."""


def on_paper(size: float) -> float:
    """A size in rem as points on paper."""
    return size * POINTS
