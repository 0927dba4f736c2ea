"""`python -m benchmarks [SUBJECT ...]`: measure, keep each result, rewrite docs/benchmarks.md from all kept results."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import pkgutil
import platform
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PAGE = HERE.parent / "docs" / "benchmarks.md"


def subjects() -> list[str]:
    """Every module of this folder that measures something, by name."""
    return sorted(m.name for m in pkgutil.iter_modules([str(HERE)]) if m.name not in {"__main__", "model"})


def measure(subject: str) -> None:
    """Run one subject and keep its section as JSON beside the machine it was measured on."""
    section = importlib.import_module(f"benchmarks.{subject}").run()
    kept = {"machine": machine(), **dataclasses.asdict(section)}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{subject}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def machine() -> str:
    """The kind of machine in words that name no host."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {platform.system()}"


def write_page() -> None:
    """Draw the page from the kept results, in alphabetical order of subjects."""
    lines = ["# Benchmarks", "", "Written by `make bench`; every number is measured, none is typed.", ""]
    for path in sorted(RESULTS.glob("*.json")):
        lines += section_lines(json.loads(path.read_text(encoding="utf-8")))
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def section_lines(kept: dict[str, Any]) -> list[str]:
    """One section as Markdown."""
    lines = [f"## {kept['title']}", "", kept["intro"], "", f"Machine: {kept['machine']}.", ""]
    for table in kept["tables"]:
        if table["caption"]:
            lines += [f"**{table['caption']}**", ""]
        lines += ["| " + " | ".join(table["columns"]) + " |", "|" + " --- |" * len(table["columns"])]
        lines += ["| " + " | ".join(row) + " |" for row in table["rows"]] + [""]
    lines += [f"- {note}" for note in kept["notes"]]
    return [*lines, ""] if kept["notes"] else lines


if __name__ == "__main__":
    for name in sys.argv[1:] or subjects():
        print(f"benchmark: {name} ...", flush=True)
        measure(name)
    write_page()
