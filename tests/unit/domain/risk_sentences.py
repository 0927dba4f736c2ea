"""The sentences that must and must not prompt, and how they were read first."""

from __future__ import annotations

import tomllib
from pathlib import Path

SENTENCES = Path(__file__).parent / "risk"


def sentences(language: str, mark: str) -> list[str]:
    """The sentences that must (+) or must not (-) prompt."""
    lines = (SENTENCES / f"{language}.txt").read_text("utf-8").splitlines()
    return [line[2:] for line in lines if line.startswith(mark + " ")]


def taught(language: str, mark: str) -> list[str]:
    """The sentences that the second reader learned from and that are no tests of single words."""
    lines = (SENTENCES / "taught" / f"{language}.txt").read_text("utf-8").splitlines()
    return [line[2:] for line in lines if line.startswith(mark + " ")]


def first_readings() -> dict[str, dict[str, list[int]]]:
    """By batch and language: must prompt, prompted, must not, left alone, when read for the first time."""
    return tomllib.loads((SENTENCES / "first_reading.toml").read_text("utf-8"))
