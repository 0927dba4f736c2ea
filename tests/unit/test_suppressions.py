"""A check that is switched off for a line says why there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUPPRESSED = re.compile(r"#\s*(?:noqa|type: ignore)\b(?P<rest>.*)")
WITH_REASON = re.compile(r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[a-z, -]+\])\s+(?:[#-]\s)?\w.*")


def unexplained(text: str) -> list[str]:
    """Lines with a suppression that names no rule or gives no reason."""
    found = ((line, SUPPRESSED.search(line)) for line in text.splitlines())
    return [line.strip() for line, match in found if match and not WITH_REASON.fullmatch(match["rest"])]


@pytest.mark.parametrize("folder", ["bot", "adapters", "storage", "tests", "benchmarks", "docs"])
def test_every_suppression_names_its_rule_and_its_reason(folder: str) -> None:
    files = [path for path in sorted((ROOT / folder).rglob("*.py")) if path != Path(__file__).resolve()]
    found = {
        str(path.relative_to(ROOT)): unexplained(path.read_text()) for path in files if "node_modules" not in path.parts
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize("line", ["x  # noqa", "x  # noqa: S603", "x  # type: ignore", "x  # type: ignore[misc]"])
def test_a_suppression_without_a_reason_is_found(line: str) -> None:
    assert unexplained(line) == [line]


def test_one_with_a_reason_is_not() -> None:
    assert unexplained("x  # noqa: S603, S607  # no shell\ny  # type: ignore[misc]  # untyped there") == []
