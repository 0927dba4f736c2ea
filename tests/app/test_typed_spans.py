"""Days typed after `/supervision`, looking back: each way of saying them is used or asked about."""

from __future__ import annotations

from datetime import date

import pytest

from bot.reports.typed_spans import parse_span
from bot.ui.inbound import Outcome, Say, Show
from bot.ui.model import ChoiceField, DateField, Notice, plain
from bot.ui.strings import LANGUAGES, words
from tests.app.log_steps import add
from tests.app.shown import text
from tests.world import World

TODAY = date(2027, 1, 18)
"""The day on which everything here is typed, as in the world."""
LISTED = {
    "2026": ("2026-01-01", "2026-12-31"),
    "last month": ("2026-12-01", "2026-12-31"),
    "this month": ("2027-01-01", "2027-01-31"),
    "last week": ("2027-01-11", "2027-01-17"),
    "last 12 months": ("2026-01-19", "2027-01-18"),
    "the last 3 months": ("2026-10-19", "2027-01-18"),
    "since October": ("2026-10-01", "2027-01-18"),
    "since 2025": ("2025-01-01", "2027-01-18"),
    "12/2026": ("2026-12-01", "2026-12-31"),
    "2026-12": ("2026-12-01", "2026-12-31"),
    "H2 2026": ("2026-07-01", "2026-12-31"),
    "second half of 2026": ("2026-07-01", "2026-12-31"),
    "my hours in 2026": ("2026-01-01", "2026-12-31"),
    "from 1 Nov to 31 Dec": ("2026-11-01", "2026-12-31"),
}
ABROAD = {
    "letzten Monat": "2026-12-01", "diesen Monat": "2027-01-01", "2. Halbjahr 2026": "2026-07-01",
    "sidste måned": "2026-12-01", "1. halvår 2026": "2026-01-01", "förra månaden": "2026-12-01",
    "denna månad": "2027-01-01", "andra halvåret 2026": "2026-07-01", "forrige måned": "2026-12-01",
    "vorige maand": "2026-12-01", "deze maand": "2027-01-01", "tweede halfjaar 2026": "2026-07-01",
}  # fmt: skip
ASKED = ("from 31 Dec to 1 Oct", "13/2026", "H3 2026", "since tomorrow")


@pytest.mark.parametrize("typed", LISTED)
async def test_typed_days_are_listed_with_their_total(world: World, typed: str) -> None:
    first, last = LISTED[typed]
    w = words("en")
    player = world.player("a")
    await add(player, day=first)
    shown = text(await player.type(f"/supervision {typed}"))
    days = (w.day(date.fromisoformat(day), year=True) for day in (first, last))
    assert f"{' to '.join(days)} · " in shown


@pytest.mark.parametrize("typed", ABROAD)
def test_days_are_read_in_every_language(typed: str) -> None:
    span = parse_span(typed, TODAY)
    assert span
    assert f"{span[0]}" == ABROAD[typed]


@pytest.mark.parametrize("typed", ASKED)
async def test_doubtful_days_are_asked_about(world: World, typed: str) -> None:
    shown = await world.player("a").type(f"/supervision {typed}")
    assert isinstance(shown, Say)
    assert isinstance(shown.card.body[0], Notice)


@pytest.mark.parametrize(
    ("typed", "filled"),
    [
        ("export 2026", "plain pdf 2026-01-01 2026-12-31"),
        ("export Q4 2026 psyba csv", "psyba csv 2026-10-01 2026-12-31"),
        ("export bacp last year", "bacp pdf 2026-01-01 2026-12-31"),
        ("export Denmark 2026", "psykolognaevnet pdf 2026-01-01 2026-12-31"),
        ("export from 1 Jan 2026 to 31 Mar 2026 as csv psyba", "psyba csv 2026-01-01 2026-03-31"),
        ("my hours in 2026 pdf", "plain pdf 2026-01-01 2026-12-31"),
        ("export", "plain pdf None None"),
    ],
)
async def test_every_word_of_an_export_is_filled_in(world: World, typed: str, filled: str) -> None:
    shown = await world.player("a").type(f"/supervision {typed}")
    assert in_form(shown) == filled
    assert not told(shown)


@pytest.mark.parametrize(
    ("typed", "unread"),
    [("export asdf", "asdf"), ("export 2026 Mars bars", "2026 mars bars"), ("export Norway 2026", "norway 2026")],
)
async def test_words_of_an_export_that_are_not_read_are_named(world: World, typed: str, unread: str) -> None:
    shown = await world.player("a").type(f"/supervision {typed}")
    assert f"“{unread}” was not read" in told(shown)
    assert in_form(shown).endswith("None None")


@pytest.mark.parametrize("typed", ["print my hours in 2026", "my hours in 2026 pdf", "export my log 2026"])
async def test_a_file_is_asked_for_in_a_sentence(world: World, typed: str) -> None:
    assert in_form(await world.player("a").type(f"/{typed}")) == "plain pdf 2026-01-01 2026-12-31"


async def test_how_many_hours_is_a_question_about_the_log(world: World) -> None:
    assert "1 Jan 2026 to Thu, 31 Dec 2026" in text(await world.player("a").type("/how many hours in 2026"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_read_is_said_in_every_language(language: str) -> None:
    assert "asdf" in words(language)("export.unread", typed="asdf")


def in_form(shown: Outcome) -> str:
    """Rule set, kind of file, first and last day as the form is filled in."""
    assert isinstance(shown, Show), shown
    assert shown.form.key == "log.export.send"
    return " ".join(f"{f.value}" for f in shown.form.fields if isinstance(f, ChoiceField | DateField))


def told(shown: Outcome) -> str:
    """What stands above the form."""
    assert isinstance(shown, Show)
    return " ".join(plain(block.line) for block in shown.form.body if isinstance(block, Notice))
