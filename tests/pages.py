"""Pages of the documentation that a test follows word by word."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

ROOT = Path(__file__).parents[1]
_ENVIRONMENT = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks in one language of a page below `docs/`."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


async def run(command: str, folder: Path) -> str:
    """A line of a page in a shell with the program on its path; what it said. It must succeed."""
    done = await asyncio.create_subprocess_shell(command, cwd=folder, env=_ENVIRONMENT, stdout=PIPE, stderr=STDOUT)
    said, _ = await done.communicate()
    assert done.returncode == 0, said.decode()
    return said.decode()
