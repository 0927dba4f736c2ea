"""What `pip install` and the container get: the wheel alone, from a folder that cannot be written to, plays a round."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

STRANGER = "raise SystemExit('a package of somebody else was imported')\n"


@pytest.mark.slow
def test_the_wheel_alone_plays_the_demos_round(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = (tmp_path / "dist").glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(installed)
        tops = {name.partition("/")[0] for name in packed.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"intervision.py", "intervision_parts"}
    for name in (
        "bot",
        "adapters",
        "storage",
    ):  # other people's packages of the same names, beside ours and where it starts
        (installed / name).mkdir()
        (installed / name / "__init__.py").write_text(STRANGER)
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    (nowhere / "bot.py").write_text(STRANGER)
    nowhere.chmod(0o555)
    play = [
        sys.executable,
        "-P",
        "-c",
        "import intervision, bot; print(bot.__file__); intervision.main()",
        "demo",
        "--story",
    ]
    run = subprocess.run(
        play,
        check=False,
        cwd=nowhere,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.startswith(str(installed / "intervision_parts")), "the wheel's own code ran"
    assert "12 reviews written" in run.stdout
