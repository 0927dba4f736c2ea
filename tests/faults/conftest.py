"""Broken connections are collected where they broke, not in a later test."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def nothing_left_for_later() -> Iterator[None]:
    """The garbage of a fault goes with it."""
    yield
    gc.collect()
