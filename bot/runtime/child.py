"""How a module of ours is started in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import bot

_START = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module(sys.argv.pop(1), None, '__main__', True)"
)


def command(module: str, *arguments: str) -> tuple[str, ...]:
    """The words that start `module` with `arguments`, from the very code that runs here.

    `python -m` looks in the current folder first, where a module named `storage` would take the place of ours, and does
    not find a wheel's packages, which are in a folder of their own (docs/decisions/0014).
    """
    root = Path(bot.__file__).parents[1]
    return (sys.executable, "-P", "-c", _START, str(root), module, *arguments)
