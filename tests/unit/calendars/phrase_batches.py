"""Phrases that were read once before anything was mended for them."""

from __future__ import annotations

import tomllib

from tests.unit.calendars.phrases import CORPUS


def first_readings() -> dict[str, dict[str, tuple[int, int, int]]]:
    """By batch and language: phrases, read right and misread silently when they were read for the first time."""
    kept = tomllib.loads((CORPUS / "first_reading.toml").read_text("utf-8"))
    return {name: {lang: (*counts,) for lang, counts in table.items()} for name, table in kept.items()}
