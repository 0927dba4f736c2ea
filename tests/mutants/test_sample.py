"""A hundred and eighty faults, the same ones each time: what no test notices has a reason in docs/mutants.md."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = ["--sample", "180", "--seed", "1"]


@pytest.mark.slow
def test_faults_in_rules_and_guards_are_noticed() -> None:
    command = [sys.executable, "-m", "tests.mutants", *SAMPLE]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
