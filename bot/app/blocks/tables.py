"""Rows that can be sorted, narrowed down and turned a page at a time; how is said by an address, and never in words.

Where a platform has no columns the same rows are drawn as a list, a page of them at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.ui.model import Action, Buttons, CardBlock, Columns, Row, Text, Ticks, line, muted
from bot.ui.strings import Words

PAGE = 60
"""Rows a page: some three screens of a desk."""


def page_of(args: Mapping[str, str], total: int) -> int:
    """The page that is asked for, counted from 0; the last one of those there are for a later one."""
    asked = args.get("page", "")
    return min(int(asked), max(0, total - 1) // PAGE) if asked.isdecimal() and len(asked) < 4 else 0


def turned(w: Words, page: int, total: int, again: Callable[[str, int], Action]) -> list[CardBlock]:
    """Which rows are shown, with the buttons to the pages before and after; nothing where one page holds all."""
    if total <= PAGE:
        return []
    first, last = page * PAGE + 1, min(total, (page + 1) * PAGE)
    turns = [again(w("table.previous"), page - 1)] if page else []
    turns += [again(w("table.next"), page + 1)] if last < total else []
    return [Text(line(muted(w("table.rows", first=first, last=last, n=total)))), Buttons(tuple(turns))]


@dataclass(frozen=True)
class Entry:
    """A row with what it is sorted by in each column, and under which of the table's headings it is shown."""

    row: Row
    keys: Mapping[str, Any]
    shows: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Listing:
    """A table: the button that shows it again, its columns as (name, label), its parts as (name, label)."""

    key: str
    subject: str
    columns: Sequence[tuple[str, str]]
    parts: Sequence[tuple[str, str]] = ()
    ticks: Ticks | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    """How it is looked at: `by` a column, `show` a part, `page`; anything unknown counts as not said."""

    def blocks(self, w: Words, entries: Sequence[Entry]) -> list[CardBlock]:
        """The rows of one page under their heads, in the given order where no column sorts them."""
        counted = {name: sum(name in each.shows for each in entries) for name, _ in self.parts}
        show = self.args.get("show", "")
        kept = [each for each in entries if show in each.shows] if counted.get(show) else list(entries)
        by = self.args.get("by", "")
        sortable = {name for name, _ in self.columns if all(name in each.keys for each in entries)}
        if by in sortable:
            kept.sort(key=lambda each: each.keys[by])
        page = page_of(self.args, len(kept))
        shown = kept[page * PAGE : (page + 1) * PAGE]
        heads = self._heads(w, counted, len(entries), by if by in sortable else "", sortable)
        turns = turned(w, page, len(kept), lambda label, other: self._again(label, page=str(other)))
        return [heads, *(each.row for each in shown), *turns]

    def _heads(self, w: Words, counted: Mapping[str, int], total: int, by: str, sortable: set[str]) -> Columns:
        show = self.args.get("show", "") if counted.get(self.args.get("show", "")) else ""
        everything = [("", w("table.all"), total)]
        parts = [*everything, *((name, label, counted[name]) for name, label in self.parts if counted[name])]
        shows = tuple(self._again(f"{label} {n}", show=name, page="") for name, label, n in parts)
        names = [name for name, _ in self.columns]
        return Columns(
            tuple(label for _, label in self.columns),
            tuple(self._again(label, by=name) if name in sortable else None for name, label in self.columns),
            names.index(by) if by else -1,
            shows if any(n < total for _, _, n in parts) else (),
            [name for name, _, _ in parts].index(show),
            self.ticks,
        )

    def _again(self, label: str, **changed: str) -> Action:
        known = {name: value for name, value in self.args.items() if name in {"by", "show", "page"}}
        return Action(
            self.key, label, self.subject, {k: v for k, v in {**known, **changed}.items() if v and v != "0"}, opens=True
        )
