"""The faults that are tried: made one at a time, in memory, the same for the same seed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutants.faults import Source, alternatives, sample
from tests.mutants.targets import TARGETS, explained

ROOT = Path(__file__).parents[2]
CODE = '''
def due(day, last, open=True):
    """Never told."""
    if not open:
        raise ValueError("not open")
    assert last > 0
    return day <= last and open


class Kept:
    @property
    def few(self):
        return len([e for e in self.all if e.good]) < 3
'''


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (tmp_path / "kept.py").write_text(CODE)
    return Source.read(tmp_path, "kept.py")


def test_each_fault_is_said_with_what_stands_there_and_what_would(source: Source) -> None:
    assert [f"{fault.function} {fault.line}: {fault.was} → {fault.becomes}" for fault in source.faults()] == [
        "due 4: if not open: → if False:",
        "due 4: not open → open",
        "due 7: day <= last and open → day <= last or open",
        "due 7: day <= last and open → open",
        "due 7: day <= last and open → day <= last",
        "due 7: day <= last → day < last",
        "Kept.few 13: len([e for e in self.all if e.good]) < 3 → len([e for e in self.all if e.good]) <= 3",
        "Kept.few 13: for e in self.all if e.good → for e in self.all",
        "Kept.few 13: 3 → 4",
    ]


def test_of_guards_only_what_refuses_is_tried(source: Source) -> None:
    assert [fault.was for fault in source.faults(guards_only=True)] == ["if not open:", "not open"]


def test_a_fault_is_in_the_code_and_nowhere_else(source: Source) -> None:
    def due(day: int, last: int, open: bool = True) -> bool:
        return False

    due.__code__ = source.code_with(next(fault for fault in source.faults() if fault.becomes == "day < last"))
    assert [due(day, 2) for day in (1, 2, 3)] == [True, False, False]
    due.__code__ = source.code_with(next(fault for fault in source.faults() if fault.becomes == "if False:"))
    assert due(1, 2, open=False) is False, "the guard is gone"
    assert ast.unparse(source.tree) == ast.unparse(ast.parse(CODE)), "the tree itself is as it was"


@pytest.mark.parametrize(
    ("code", "others"),
    [
        ("a < b", ["a <= b"]),
        ("a is None", ["a is not None"]),
        ("a in b", ["a not in b"]),
        ("a and b", ["a or b", "b", "a"]),
        ("a or b or c", ["a and b and c", "b or c", "a or c", "a or b"]),
        ("not a", ["a"]),
        ("a + 1", ["a - 1"]),
        ("a + 'word'", []),
        ("a * b", ["a + b"]),
        ("2", ["3"]),
        ("True", ["False"]),
        ("max(a)", ["min(a)"]),
        ("all(a)", ["any(a)"]),
        ("replace(a, b=1, c=2)", ["replace(a, c=2)", "replace(a, b=1)"]),
        ("a if b else c", ["a if False else c", "a if True else c"]),
        ("'word'", []),
        ("a.must_go_on()", []),
    ],
)
def test_what_could_stand_there_by_mistake(code: str, others: list[str]) -> None:
    node = ast.parse(code, mode="eval").body
    assert [ast.unparse(other) for other in alternatives(node)] == others


def test_a_call_for_its_effect_can_be_forgotten() -> None:
    assert [ast.unparse(other) for other in alternatives(ast.parse("a.must_go_on()").body[0])] == ["pass"]


def test_the_same_seed_gives_the_same_sample(source: Source) -> None:
    faults = source.faults()
    assert sample(faults, 4, 1) == sample(faults, 4, 1)
    assert len({tuple(sample(faults, 4, seed)) for seed in range(9)}) > 1
    assert set(sample(faults, 3, 1)) <= set(sample(faults, 4, 1))
    assert sample(faults, 99, 1) == faults


def test_every_fault_explained_on_the_page_still_exists() -> None:
    """Only the files and functions that the page names are looked through."""
    named = explained(ROOT)
    places = {tuple(fault.partition(":")[0].split(" ")) for fault in named}
    found: set[str] = set()
    for area in TARGETS:
        for path in set(area.files(ROOT)) & {path for path, _ in places}:
            source = Source.read(ROOT, path)
            source.functions = {name: node for name, node in source.functions.items() if (path, name) in places}
            found |= {str(fault) for fault in source.faults(guards_only=area.guards_only)}
    assert set(named) <= found
