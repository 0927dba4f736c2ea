"""The page of what is installed names every locked package with a reason, and every model file with its hash."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "supply-chain.md").read_text(encoding="utf-8")
MOST = 600.0
"""MB that an installation may take."""


def rows(heading: str) -> list[list[str]]:
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    table = [line for line in part.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table[1:]]


PACKAGES = rows("All packages")
MODELS = rows("Models")


def test_every_locked_package_stands_there_with_a_reason() -> None:
    lock = (ROOT / ".locks" / "runtime.txt").read_text(encoding="utf-8")
    locked = {
        re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([A-Za-z0-9_.-]+)(?:\[.*\])?==", lock, re.M)
    }
    assert {name for name, _, _ in PACKAGES} == locked
    assert [name for name, _, why in PACKAGES if len(why) < 5] == []


def test_all_of_it_is_small_enough() -> None:
    assert sum(float(size) for _, size, _ in PACKAGES) + 31 < MOST


@pytest.mark.parametrize("row", MODELS, ids=lambda row: row[0])
def test_a_model_file_is_the_one_that_is_described(row: list[str]) -> None:
    path, *_, licence, digest = row
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == digest
    assert licence.startswith("CC BY")


def test_no_file_of_weights_is_left_out() -> None:
    found = {
        str(p.relative_to(ROOT))
        for end in ("onnx", "crfsuite", "safetensors", "pkl", "bin")
        for p in (ROOT / "bot").rglob(f"*.{end}")
    }
    assert found <= {path for path, *_ in MODELS}
