"""The locked time-zone data decide which moment a local time is, whatever files the machine has."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
import tzdata

from bot.runtime.system import release

ASKED = """
from datetime import date, time
import {first}
from babel.dates import get_timezone
from datetime import datetime, UTC
from bot.domain.calendar import wall_time
print(wall_time(date(2027, 1, 4), time(9), "Europe/Berlin").hour,
      datetime(2027, 1, 4, 9, tzinfo=UTC).astimezone(get_timezone("Europe/Berlin")).hour)
"""


@pytest.mark.parametrize("first", ["bot", "bot.runtime.gate_process", "adapters.host", "storage.store", "bot.cli.main"])
def test_a_machines_own_files_are_not_asked(first: str, tmp_path: Path) -> None:
    wrong = tmp_path / "Europe" / "Berlin"
    wrong.parent.mkdir()
    with (
        resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").open("rb") as tokyo,
        wrong.open("wb") as berlin,
    ):
        shutil.copyfileobj(tokyo, berlin)
    there = {**os.environ, "PYTHONTZPATH": str(tmp_path)}
    script = [sys.executable, "-c", ASKED.format(first=first)]
    assert subprocess.run(script, env=there, check=True, capture_output=True, text=True).stdout == "8 10\n"


def test_a_program_names_the_data_it_reads() -> None:
    assert tzdata.IANA_VERSION in release()
