"""Rows of 0, 24, 60 and 200 things: sorted, narrowed down and turned page by page, by buttons that say how."""

from __future__ import annotations

import pytest

from bot.app.blocks.tables import PAGE, Entry, Listing
from bot.ui.model import Action, Buttons, CardBlock, Columns, Row, line, plain
from bot.ui.strings import words

EN = words("en")
ALL, ODD = [f"p{n:03}" for n in range(200)], [f"p{n:03}" for n in range(1, 200, 2)]


def blocks(count: int, **args: str) -> list[CardBlock]:
    """A table of so many rows, named in the given order, whose column sorts them backwards."""
    entries = [
        Entry(Row(line(f"p{n:03}"), cells=(line(f"p{n:03}"),)), {"name": -n}, frozenset({"odd"} if n % 2 else ()))
        for n in range(count)
    ]
    return Listing("x.list", "x", [("name", "Name")], [("odd", "Odd"), ("none", "None")], args=args).blocks(EN, entries)


def names(shown: list[CardBlock]) -> list[str]:
    return [plain(each.line) for each in shown if isinstance(each, Row)]


def heads(shown: list[CardBlock]) -> Columns:
    (found,) = [each for each in shown if isinstance(each, Columns)]
    return found


def turns(shown: list[CardBlock]) -> dict[str, Action]:
    return {action.label: action for each in shown if isinstance(each, Buttons) for action in each.actions}


ROWS: list[tuple[int, dict[str, str], list[str]]] = [
    (0, {}, []),
    (24, {}, ALL[:24]),
    (PAGE, {}, ALL[:PAGE]),
    (200, {}, ALL[:PAGE]),
    (200, {"page": "3"}, ALL[180:]),
    (200, {"page": "99"}, ALL[180:]),
    (200, {"page": "no"}, ALL[:PAGE]),
    (200, {"page": "-1"}, ALL[:PAGE]),
    (200, {"page": "9" * 30}, ALL[:PAGE]),
    (200, {"by": "name"}, ALL[: -PAGE - 1 : -1]),
    (24, {"by": "nothing"}, ALL[:24]),
    (200, {"show": "odd"}, ODD[:PAGE]),
    (200, {"show": "odd", "page": "1"}, ODD[PAGE:]),
    (200, {"show": "none"}, ALL[:PAGE]),
    (200, {"show": "' or 1"}, ALL[:PAGE]),
]


@pytest.mark.parametrize(("count", "args", "expected"), ROWS, ids=lambda value: str(value)[:40])
def test_what_an_address_says_is_shown(count: int, args: dict[str, str], expected: list[str]) -> None:
    shown = blocks(count, **args)
    assert names(shown) == expected


def test_every_button_says_how_the_table_is_looked_at_then() -> None:
    shown = blocks(200, by="name", show="odd")
    (sort,) = heads(shown).sorts
    assert sort == Action("x.list", "Name", "x", {"by": "name", "show": "odd"}, opens=True)
    assert [each.label for each in heads(shown).shows] == ["All 200", "Odd 100"]
    assert [dict(each.args) for each in heads(shown).shows] == [{"by": "name"}, {"by": "name", "show": "odd"}]
    assert (heads(shown).sorted_by, heads(shown).shown_by) == (0, 1)
    assert {label: each.args["page"] for label, each in turns(shown).items()} == {"Next page": "1"}
    assert list(turns(blocks(200, page="1"))) == ["Previous page", "Next page"]
    assert list(turns(blocks(200, page="3"))) == ["Previous page"]
    assert turns(blocks(60)) == {}
