"""What the browser leaves of a FHIR file knows the same instruments, words and units as the program."""

from __future__ import annotations

import re
from pathlib import Path

from bot.reports import fhir_scores
from bot.reports.instruments import INSTRUMENTS

PAGE = Path(__file__).parents[3] / "adapters" / "web" / "static" / "page.js"


def test_the_browser_knows_every_instrument_that_the_program_reads() -> None:
    script = PAGE.read_text(encoding="utf-8")
    (listed,) = re.findall(r"const INSTRUMENTS = \((.*?)\)\.split", script, re.DOTALL)
    names = "".join(re.findall(r'"([^"]*)"', listed)).split("|")
    assert names == [name for each in INSTRUMENTS.values() for name in (each.name, *each.also)]


def test_it_strips_the_same_words_around_a_name_and_knows_the_same_units() -> None:
    script = PAGE.read_text(encoding="utf-8")
    words = fhir_scores._AROUND_A_NAME.pattern.rpartition("|\\b(?:")[2].removesuffix(")\\b")
    assert f"|\\b(?:{words})\\b/gi" in script
    (units,) = re.findall(r"const unit = .*?\(\[(.*?)\]", script)
    assert set(re.findall(r'"([^"]*)"', units)) == fhir_scores._UNITS | {"%"}
