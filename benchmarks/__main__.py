"""`python -m benchmarks [SUBJECT ...]`: measure, keep each result, write the pages from all kept results anew."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import pkgutil
import platform
import sys
from pathlib import Path

from benchmarks import page

HERE = Path(__file__).parent


def subjects() -> list[str]:
    """Every module of this folder that measures something, by name."""
    modules = [m.name for m in pkgutil.iter_modules([str(HERE)]) if not m.ispkg]
    return sorted(name for name in modules if "\ndef run(" in (HERE / f"{name}.py").read_text(encoding="utf-8"))


def measure(subject: str) -> None:
    """Run one subject and keep its section as JSON beside the machine it was measured on."""
    section = importlib.import_module(f"benchmarks.{subject}").run()
    kept = {"machine": machine(), **dataclasses.asdict(section)}
    (page.RESULTS / f"{subject}.json").write_text(
        json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def machine() -> str:
    """The kind of machine in words that name no host."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {platform.system()}"


if __name__ == "__main__":
    for name in sys.argv[1:] or subjects():
        print(f"benchmark: {name} ...", flush=True)
        measure(name)
    page.write()
