"""What an officer, a works council or a patient is promised: each sentence about the program names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.test_security_page import named_tests

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs" / "templates").glob("*.md")), ROOT / "docs" / "privacy.md"]
YOURS = "[yours]"


def claims() -> list[tuple[str, list[str]]]:
    """Every row of every table on these pages, with the page it stands on."""
    found = []
    for page in PAGES:
        lines = page.read_text(encoding="utf-8").splitlines()
        rows = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in lines if line.startswith("|")]
        found += [(page.name, [cell.strip() for cell in row]) for row in rows]
    return found


ROWS = [(page, row) for page, row in claims() if row[-1] != "Proven by" and not row[-1].startswith("---")]


def test_every_table_has_a_column_for_its_proof() -> None:
    heads = [page for page, row in claims() if row[-1] == "Proven by"]
    tables = [page for page, row in claims() if row[-1].startswith("---")]
    assert heads == tables
    assert set(heads) == {page.name for page in PAGES}


@pytest.mark.parametrize(("page", "row"), ROWS, ids=lambda value: value if isinstance(value, str) else value[0][:40])
def test_a_claim_names_its_tests(page: str, row: list[str]) -> None:
    written = set(re.findall(r"`(tests/[^`]+)`", row[-1]))
    assert set(named_tests(row[-1])) == written
    assert written or row[-1] == YOURS
    assert row[-1] != YOURS or "[" in row[-2] or len(row[-2]) < 120, "say what the program does"


def test_pages_outside_the_tables_name_only_tests_that_exist() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert set(named_tests(text)) == set(re.findall(r"`(tests/[^`]+)`", text))
