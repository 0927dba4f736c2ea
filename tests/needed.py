"""What a test needs of the machine besides Python: where it is missing the test is skipped, in CI it fails."""

from __future__ import annotations

import os

import pytest


def needed(missing: str) -> None:
    """End the test, saying what is missing; nothing happens where nothing is."""
    if missing:
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
