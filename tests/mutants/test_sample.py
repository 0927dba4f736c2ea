"""Two hundred faults, the same ones until a rule changes: as many are noticed as `targets.py` asks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = ["--sample", "200", "--seed", "1"]


@pytest.mark.slow
def test_faults_in_rules_and_guards_are_noticed() -> None:
    command = [sys.executable, "-m", "tests.mutants", *SAMPLE]
    steady = {**os.environ, "HYPOTHESIS_PROFILE": "steady"}  # the same examples with and without a fault
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=steady, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
