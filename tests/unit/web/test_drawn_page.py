"""The reader of pages finds what it is for: a test that would find nothing would pass for ever."""

from __future__ import annotations

import pytest

from bot.ui.model import Action, Card, ChoiceField, Form, Option, Text, line
from bot.ui.strings import words
from tests.drawn_page import html_faults, page_faults

FORM = Form(
    "settings.send",
    "Settings",
    fields=(ChoiceField("a", "Language", options=(Option("en", "English"),)),),
    submit="Save",
)


def test_a_view_of_ours_is_well() -> None:
    assert page_faults(FORM, words("en")) == []
    assert page_faults(Card("k", "Title", (Text(line("words")),), (Action("home.open", "Home"),)), words("da")) == []


def test_a_button_that_leads_nowhere_is_found() -> None:
    wrong = page_faults(Card("k", "Title", (), (Action("no.such", "Home"),)), words("en"))
    assert wrong == ["<form> leads to no.such, which is no command"]


@pytest.mark.parametrize(
    ("main", "fault"),
    [
        ("<p><b>words</p></b>", "</p> closes <b>"),
        ("<button></button>", "<button > says nothing"),
        ('<a href="/x"><img src="y" alt=""></a>', "<a /x> says nothing"),
        ('<input name="a">', "<input a> has no label"),
        ('<label for="a"></label><input id="a">', "<input a> has no label"),
        ('<select aria-label="a" name="a"></select>', "<select a> offers nothing"),
        ("<fieldset></fieldset>", "<fieldset > offers nothing"),
        ('<p id="a"></p><p id="a"></p>', "id a stands twice"),
        ('<input aria-label="a" aria-describedby="b">', "<input> points to b, which is not there"),
        ('<img src="y">', "<img > is not described"),
        ('<form action="/press"></form>', "<form> carries 0 tickets"),
        ('<form action="/submit"><input type="hidden" name="ticket" value="x"></form>', "<form> carries a ticket that"),
    ],
)
def test_each_fault_is_found(main: str, fault: str) -> None:
    found = html_faults(f'<html lang="en"><title>t</title>{main}</html>', "en")
    assert any(each.startswith(fault) for each in found), found
    assert html_faults("<html></html>", "en") == ["the page does not say that it is in en"]
