"""Naming a programming error in the log without its message or its trace, which could show text."""

from __future__ import annotations

import traceback


def place_of(error: BaseException) -> str:
    """Kind and place: "KeyError at turns.py:120 < platform.py:88"."""
    frames = reversed(traceback.extract_tb(error.__traceback__)[-3:])
    return f"{type(error).__name__} at " + " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in frames)
