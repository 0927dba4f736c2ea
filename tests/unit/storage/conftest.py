"""An empty migrated database file for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.migrated import migrated


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a fresh copy."""
    return migrated(tmp_path / "store.sqlite3")
