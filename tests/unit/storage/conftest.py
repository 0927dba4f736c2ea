"""An empty migrated database file for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from storage.migrate import upgrade


@pytest.fixture(scope="session")
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once and copied."""
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def url(migrated_once: Path, tmp_path: Path) -> str:
    """The URL of a fresh copy."""
    shutil.copy(migrated_once, tmp_path / "store.sqlite3")
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"
