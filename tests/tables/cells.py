"""A table of steps and states, written so that a supervisor could read it, as the cases of a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest


def cells(name: str, table: str, steps: Mapping[str, Any], states: Mapping[str, Any]) -> list[Any]:
    """Every cell as a case of a test; a step or state that the table leaves out is a mistake in it."""
    head, *rows = (line.split() for line in table.strip().splitlines())
    assert head[1:] == list(states), f"{name}: the columns are not the states"
    assert [row[0] for row in rows] == list(steps), f"{name}: the rows are not the steps"
    return [
        pytest.param(steps[step], states[state], said, id=f"{name} {state} {step}")
        for step, *saids in rows
        for state, said in zip(states, saids, strict=True)
    ]
