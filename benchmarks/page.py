"""From kept results to what is read: the page, its plots, and the table of headlines in the README.

Everything here is copied out of `results/*.json`; a headline names the cell it is copied from, and a
name that no longer fits is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"
PICTURES = ROOT / "docs" / "pictures"
_BEGIN, _END = "<!-- benchmarks: written by make bench -->", "<!-- end of benchmarks -->"


@dataclass(frozen=True)
class Headline:
    """One row of the README's table: a cell of a subject's table, and what was asked of it."""

    what: str
    subject: str
    row: str
    column: str
    asked: str
    caption: str = ""


@dataclass(frozen=True)
class Plot:
    """Bars of one column over the rows of a table."""

    name: str
    title: str
    subject: str
    caption: str
    column: str


HEADLINES = (
    Headline(
        "identifiers wholly masked, development notes",
        "anonymise",
        "this gate",
        "recall",
        "≥ .955",
        "Beside others, development notes",
    ),
    Headline(
        "the same by Presidio's defaults",
        "anonymise",
        "Presidio, its defaults, English small model",
        "recall",
        "–",
        "Beside others, development notes",
    ),
    Headline(
        "the same on fresh notes", "anonymise", "recall, all", "fresh", "≥ .955", "What is asked and what was measured"
    ),
    Headline("a slash command in Slack acknowledged, 200 a second, p99", "slack", "200", "p99", "< 1 s"),
    Headline(
        "a dialog in Teams answered, 200 a second, p99", "teams", "invokes, answered with a dialog", "p99", "< 1 s"
    ),
    Headline(
        "a round of 500 people planned, beside the bare solver", "rotation", "500", "ours / bare", "≤ 1.5", "One round"
    ),
    Headline(
        "colleagues met within a year of rounds, group of 24",
        "rotation",
        "ours (load + 90 · pair)",
        "pairs met",
        "all",
        "52 rounds of 24 people, equal group",
    ),
    Headline(
        "the same by round robin", "rotation", "round robin", "pairs met", "–", "52 rounds of 24 people, equal group"
    ),
    Headline(
        "a quarterly report of 10,000 therapists",
        "reports",
        "quarterly report of 10,000 therapists, asked for the first time",
        "CPU time",
        "< 0.7 s",
    ),
    Headline("a text encrypted", "encryption", "seal one text", "CPU time", "< 1 ms", "Encryption alone"),
)

PLOTS = (
    Plot("bench-gate", "Identifiers wholly masked", "anonymise", "Beside others, development notes", "recall"),
    Plot("bench-pairs", "Colleagues met in 52 rounds", "rotation", "52 rounds of 24 people, equal group", "pairs met"),
    Plot(
        "bench-early",
        "Colleagues met again too early",
        "rotation",
        "52 rounds of 24 people, normal group",
        "early repeats",
    ),
)


def write() -> None:
    """Page, plots and README from the kept results."""
    results = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))}
    drawn = {plot.subject: [p for p in PLOTS if p.subject == plot.subject] for plot in PLOTS}
    lines = ["# Benchmarks", "", "Written by `make bench`; every number is measured, none is typed.", ""]
    for subject, kept in results.items():
        lines += _section(kept, drawn.get(subject, []))
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    for plot in PLOTS:
        _draw(plot, results[plot.subject])
    _write_readme(results)


def cell(kept: dict[str, Any], caption: str, row: str, column: str) -> str:
    """One cell of a subject. Raises LookupError when there is no such table, row or column."""
    for table in kept["tables"]:
        if table["caption"] == caption and column in table["columns"]:
            for cells in table["rows"]:
                if cells[0] == row:
                    return str(cells[table["columns"].index(column)])
    raise LookupError(f"{kept['title']}: no {column!r} of {row!r} under {caption!r}")


def _section(kept: dict[str, Any], plots: Sequence[Plot]) -> list[str]:
    lines = [f"## {kept['title']}", "", kept["intro"], "", f"Machine: {kept['machine']}.", ""]
    for plot in plots:
        lines += [f"![{plot.title}](pictures/{plot.name}.svg)", ""]
    for table in kept["tables"]:
        if table["caption"]:
            lines += [f"**{table['caption']}**", ""]
        lines += _table(table["columns"], table["rows"])
    lines += [f"- {note}" for note in kept["notes"]]
    return [*lines, ""] if kept["notes"] else lines


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    head = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    return [*head, *("| " + " | ".join(row) + " |" for row in rows), ""]


def _write_readme(results: dict[str, Any]) -> None:
    rows = [
        (h.what, cell(results[h.subject], h.caption, h.row, h.column), h.asked)
        for h in HEADLINES
        if h.subject in results
    ]
    text = README.read_text(encoding="utf-8")
    table = "\n".join([_BEGIN, *_table(("On two cores", "measured", "asked"), rows)[:-1], _END])
    README.write_text(
        re.sub(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", lambda _: table, text, flags=re.S), encoding="utf-8"
    )


def _draw(plot: Plot, kept: dict[str, Any]) -> None:
    """Horizontal bars with their numbers, readable in black and white; ours is the dark one."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    [table] = [t for t in kept["tables"] if t["caption"] == plot.caption]
    at = table["columns"].index(plot.column)
    names, cells = [row[0] for row in table["rows"]], [row[at] for row in table["rows"]]
    values = [float(re.sub(r"[^\d.]", "", text)) for text in cells]
    with mpl.rc_context({"svg.hashsalt": plot.name, "font.size": 10}):
        figure = Figure(figsize=(7, 0.5 + 0.42 * len(names)), layout="constrained")
        axes = figure.add_subplot()
        shades = ["#0f5c5c" if name.startswith(("ours", "this gate")) else "#a9bcbc" for name in names]
        bars = axes.barh(names, values, color=shades)
        axes.bar_label(bars, labels=cells, padding=4)
        axes.invert_yaxis()
        axes.set_title(plot.title, loc="left")
        axes.set_xlim(0, max(values) * 1.15)
        axes.xaxis.set_visible(False)
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        figure.savefig(PICTURES / f"{plot.name}.svg", metadata={"Date": None})
