"""Everything that can be shown can be built, and its optional parts are shared by nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.ui.limits import CannotBeShown
from bot.ui.model import (
    Action,
    Card,
    ChoiceField,
    Confirm,
    DateField,
    Form,
    ManyField,
    NumberField,
    Option,
    Picture,
    Table,
    TextField,
    line,
    plain,
    strong,
)
from tests import gallery


def test_the_gallery_builds() -> None:
    assert gallery.cards()
    assert gallery.forms()


def test_two_actions_without_arguments_share_nothing() -> None:
    assert Action("a", "A").args is not Action("b", "B").args


def test_a_line_drops_empty_parts_and_reads_plainly() -> None:
    assert plain(line("Due ", strong("Mon"), "")) == "Due Mon"


A = Option("a", "A")
UNDRAWABLE: dict[str, Callable[[], Any]] = {
    "an option without a value": lambda: Option("", "Nobody"),
    "an option without a label": lambda: Option("a", " "),
    "an option whose value Slack cuts": lambda: Option("x" * 76, "A"),
    "a choice of nothing": lambda: ChoiceField("c", "C", ()),
    "a choice with a value twice": lambda: ChoiceField("c", "C", (A, A)),
    "a choice of the empty value": lambda: ChoiceField("c", "C", (A,), ""),
    "several of nothing": lambda: ManyField("m", "M", ()),
    "a field without a label": lambda: DateField("d", ""),
    "a field without a name": lambda: DateField("", "D"),
    "a hint longer than Slack's": lambda: DateField("d", "D", None, "x" * 2001),
    "a text of no length": lambda: TextField("t", "T", max_length=0),
    "a number between nothing": lambda: NumberField("n", "N", None, 5, 4),
    "a button without words": lambda: Action("k", ""),
    "a button too long for Slack": lambda: Action("k", "x" * 76),
    "a question too long for Slack": lambda: Confirm("T", "x" * 301, "Y", "N"),
    "a question without an answer": lambda: Confirm("T", "x", "", "N"),
    "a form title too long for Slack": lambda: Form("f", "x" * 25),
    "a form that cannot be sent": lambda: Form("f", "F", fields=(DateField("d", "D"),)),
    "a form with a field twice": lambda: Form("f", "F", fields=(DateField("d", "D"), DateField("d", "D")), submit="S"),
    "a message without words for a lock screen": lambda: Card("k", ""),
    "a row with a cell too many": lambda: Table(("A",), ((line("1"), line("2")),)),
    "a picture without words": lambda: Picture(b"", ""),
}


@pytest.mark.parametrize("name", UNDRAWABLE)
def test_what_a_platform_cannot_draw_cannot_be_made(name: str) -> None:
    with pytest.raises(CannotBeShown):
        UNDRAWABLE[name]()
