"""Natural inputs reach their command in every language; near misses are answered with the nearest."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.app.commands import TYPED
from bot.app.typed_words import Meant, meant
from bot.reports.periods import Quarter
from bot.reports.typed_periods import parse_period
from bot.ui.inbound import Say
from bot.ui.strings import LANGUAGES
from tests.app.shown import text
from tests.world import World

TODAY = date(2027, 1, 18)
COMMANDS = (
    "help",
    "home",
    "case",
    "review",
    "supervision",
    "settings",
    "language",
    "report",
    "round",
    "risk",
    "caseload",
)


def inputs(language: str) -> list[tuple[str, str]]:
    """Each input with the command, and "new" where it begins something."""
    found = []
    for line in (Path(__file__).parent / "typed" / f"{language}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            wanted, _, typed = line.partition(": ")
            found += [(each.strip(), wanted) for each in typed.split(" | ")]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_natural_inputs_reach_their_command(language: str) -> None:
    wrong = []
    for typed, wanted in inputs(language):
        name, _, rest = typed.partition(" ")
        found = meant(name, rest, TODAY, TYPED)
        key, _, new = wanted.partition(" ")
        if found is None or found.key != key or (new and not found.text.startswith("new")):
            wrong.append((typed, wanted, found))
    counts = Counter(wanted for _, wanted in inputs(language))
    assert set(counts) == {*COMMANDS, "case new"}
    assert min(counts.values()) >= 20, counts
    assert wrong == []


@pytest.mark.parametrize("typed", ["hello there", "my patient is sad", "the case of the missing key", "review him"])
def test_words_that_are_not_read_are_left_to_the_command_or_to_nobody(typed: str) -> None:
    name, _, rest = typed.partition(" ")
    found = meant(name, rest, TODAY, TYPED)
    assert found is None or found.text


async def test_a_slip_is_answered_with_the_nearest_command(world: World) -> None:
    assert "Did you mean /review?" in text(await world.player("b").type("/reviw"))
    assert "Did you mean" not in text(await world.player("b").type("/zzz"))


async def test_risk_and_stop_bring_the_telephone_first_and_a_button_a_case(world: World) -> None:
    for typed in ("/risk", "/stop", "/risiko", "/Notfall"):
        card = await world.player("b").type(typed)
        assert isinstance(card, Say)
        assert card.card.key == "risk.typed"
        assert "Call first" in text(card)


async def test_leave_is_a_word_of_its_own(world: World) -> None:
    said = await world.player("b").type("/sick until Friday")
    assert "On leave until" in text(said)


def test_a_command_keeps_what_follows_its_name() -> None:
    assert meant("settings", "connect K7QF2M9P", TODAY, TYPED) == Meant("settings", "connect K7QF2M9P")
    assert meant("Round", "skip 12 Feb please", TODAY, TYPED) == Meant("round", "skip 12 Feb")


@pytest.mark.parametrize(
    ("typed", "quarter"),
    [("4. Quartal", (2026, 4)), ("Kvartal 4", (2026, 4)), ("kwartaal 4", (2026, 4)), ("fourth quarter", (2026, 4)),
     ("last quarter", (2026, 4)), ("første kvartal 2026", (2026, 1)), ("4. kvartal 2026", (2026, 4)),
     ("q1 2026", (2026, 1)), ("letztes Quartal", (2026, 4)), ("2026-Q3", (2026, 3)),
     ("Q4/26", (2026, 4)), ("q4 '26", (2026, 4)), ("26-q2", (2026, 2)), ("Q4 / 2026", (2026, 4))],
)  # fmt: skip
def test_a_quarter_is_read_as_the_report_heads_it(typed: str, quarter: tuple[int, int]) -> None:
    assert parse_period(typed, TODAY) == Quarter(*quarter)


@pytest.mark.parametrize("typed", ["risk!", "Stop.", "Fare!", "stopp!", "NOTFALL!"])
def test_a_cry_for_help_is_understood_with_its_punctuation(typed: str) -> None:
    assert meant(typed, "", TODAY, TYPED) == Meant("risk", "")


@pytest.mark.parametrize("typed", ["Fall einbringen", "casus inbrengen", "casus indienen", "sag opret"])
def test_a_verb_after_the_name_begins_a_new_one(typed: str) -> None:
    name, _, rest = typed.partition(" ")
    assert meant(name, rest, TODAY, TYPED) == Meant("case", "new")
