"""How property tests search: the same examples in every run, so that a change is judged by what it changed.

`HYPOTHESIS_PROFILE=search` looks for new ones instead; `make test-slow` does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """What a test set up for logging ends with it: its captured stream is closed by then."""
    yield
    structlog.reset_defaults()
