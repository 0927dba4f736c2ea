"""The program under the system-call filter of the units we ship: gate, charts, plans, backups and a whole round work.

A call that the filter refuses must fail, not kill: NumPy, which gate, charts and plans import, asks for memory near its
processor (mbind) and can do without it.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.runtime import landlock, sandbox
from tests import as_service
from tests.e2e.server.process import Server
from tests.migrated import migrated

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "docs" / "deploy"
PROGRAM = DEPLOY / "intervision.service"
UNITS = sorted(DEPLOY.glob("*.service"))

if lacking := as_service.missing():
    if os.environ.get("CI") == "true":
        raise RuntimeError(f"The filters of the shipped units cannot be tried here: no {lacking}.")
    pytest.skip(f"no {lacking}", allow_module_level=True)

CHART = """
from datetime import date
from bot.reports.charts import scores_chart
from bot.reports.scores import parse_scores
from bot.reports.words import Words
from bot.ui.strings import words
(series,) = parse_scores("PHQ-9: 18, 15, 11")
assert scores_chart(series, words=words("en").sentences(), image_format="png").image
"""


def run(unit: Path, *words: str, text: str = "", folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = as_service.command(unit, *words)
    return subprocess.run(
        command, check=False, capture_output=True, text=True, input=text, cwd=folder, env=environment, timeout=300
    )


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_filter_is_on_and_refuses_what_nobody_needs(unit: Path) -> None:
    script = "import os, socket\ntry: os.sched_setaffinity(0, {0})\nexcept PermissionError: print('refused')\n"
    script += "try: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\nexcept OSError as e: print(e.errno)\n"
    ran = run(unit, sys.executable, "-c", script)
    assert ran.stdout.split()[0] == "refused", ran.stderr


def test_the_gate_reads_a_text_with_its_language_models() -> None:
    ran = run(PROGRAM, sys.executable, "-m", "bot", "anonymise", "-", text="Anna Berg, +49 431 8801234.")
    assert (ran.returncode, ran.stdout.strip()) == (0, "[PERSON 1], [PHONE 1].")


@pytest.mark.parametrize("script", [CHART, "import ortools, bot.rotation.assignment", "import psycopg, slack_bolt"])
def test_what_imports_compiled_parts_is_not_killed(script: str) -> None:
    ran = run(PROGRAM, sys.executable, "-c", script)
    assert ran.returncode == 0, ran.stderr[-500:]


def test_a_deep_check_finds_nothing_wrong_under_the_units_rights(tmp_path: Path) -> None:
    migrated(tmp_path / "clinic.sqlite3")
    config = Server(tmp_path).config
    ran = run(PROGRAM, sys.executable, "-m", "bot", "check", "--deep", "--config", str(config), folder=tmp_path)
    assert "numpy" in ran.stdout
    assert "MB free" in ran.stdout
    assert "cannot be made here" not in ran.stdout
    assert "does not work here" not in ran.stdout
    stand = next(line for line in ran.stdout.splitlines() if line.startswith("Walls around"))
    assert {*sandbox.WALLS} <= set(re.findall(r"\w+", stand)) | ({"files"} if not landlock.version() else set())


@pytest.mark.slow
def test_a_round_is_played_from_the_first_case_to_the_log(tmp_path: Path) -> None:
    ran = run(PROGRAM, sys.executable, "-m", "bot", "demo", "--story", folder=tmp_path)
    assert ran.returncode == 0, ran.stderr[-500:]


def test_a_backup_is_made_and_verified(tmp_path: Path) -> None:
    config = tmp_path / "intervision.toml"
    config.write_text('[database]\nurl = "sqlite:///clinic.sqlite3"\n[keys]\nfile = "clinic.key"\n', encoding="utf-8")
    migrated(tmp_path / "clinic.sqlite3")
    for words in (["admin", "add-organisation", "Clinic"], ["backup", "night.backup"]):
        unit = DEPLOY / ("intervision-backup.service" if words[0] == "backup" else "intervision.service")
        ran = run(unit, sys.executable, "-m", "bot", *words, "--config", str(config), folder=tmp_path)
        assert ran.returncode == 0, (words, ran.stderr[-500:])
    assert (tmp_path / "night.backup").stat().st_size


PROVED = """
import asyncio
from bot.anonymise import GateSettings
from bot.runtime.gate_process import GateProcess
print(asyncio.run(GateProcess(GateSettings()).prove()))
"""


def test_a_filter_that_kills_the_gate_is_named(tmp_path: Path) -> None:
    """As the unit was before `SystemCallErrorNumber`: nobody could send a case, and nothing said why."""
    killing = tmp_path / "killing.service"
    killing.write_text(PROGRAM.read_text(encoding="utf-8").replace("SystemCallErrorNumber=", "#"), encoding="utf-8")
    assert run(killing, sys.executable, "-c", PROVED).stdout == "killed by SIGSYS\n"


async def test_a_gate_that_does_not_start_is_told_by_readiness_log_and_check(tmp_path: Path) -> None:
    server = Server(tmp_path)
    migrated(tmp_path / "clinic.sqlite3")
    with server.config.open("a", encoding="utf-8") as config:
        config.write('[anonymise]\nname_model = "/there/is/none"\ntagger = false\n')
    await server.start()
    try:
        async with asyncio.timeout(60):
            while "gate.broken" not in server.errors.read_text():  # noqa: ASYNC110 a file of another process
                await asyncio.sleep(0.05)
        async with aiohttp.ClientSession() as http, http.get(f"{server.address}/readyz") as answer:
            assert (answer.status, await answer.text()) == (503, "not ready: gate\n")
    finally:
        await server.stop()
    assert "reason='anonymise.name_model: /there/is/none does not load" in server.errors.read_text()
    check = [sys.executable, "-m", "bot", "check", "--config", str(server.config)]
    ran = await asyncio.to_thread(run, PROGRAM, *check, folder=tmp_path)
    assert ran.returncode == 1
    assert "anonymise: the anonymisation gate does not work here: anonymise.name_model: /there/is/none" in ran.stdout
