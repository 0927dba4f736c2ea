"""What one benchmark hands to the page: a title, a sentence or two, tables, never a number typed by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Table:
    """Columns and rows of one table; cells are already formatted."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True)
class Section:
    """One subject on the benchmark page; `notes` say how it was measured, peers stand in the same table."""

    title: str
    intro: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = field(default=())


class Benchmark(Protocol):
    """A module of this folder: `run()` measures and answers with its section."""

    def run(self) -> Section:
        """Measure everything of this subject in one run."""
