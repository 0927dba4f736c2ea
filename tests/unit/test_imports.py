"""What the wiring imports before anything is built: every command of the shell that reads the database pays for it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "aiohttp",
    "bot.anonymise.gate",
    "bot.anonymise.recognisers",
    "matplotlib",
    "numpy",
    "onnxruntime",
    "ortools",
    "slack_bolt",
)
"""Loaded where they are used: by a built program, by the gate's own process, by a chart, a plan, a platform."""


def test_the_wiring_loads_no_web_server_no_recogniser_and_no_vendor() -> None:
    asked = "import sys, bot.main; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert {name for name in HEAVY if name in done.stdout.split()} == set()
