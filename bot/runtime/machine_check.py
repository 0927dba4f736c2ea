"""`intervision check --deep`: what the program needs of this machine, tried for real under the rights it runs with.

The gate is tried by every check. Here a chart is drawn, a PDF is made and a round of invented people is planned: each
imports compiled parts, which a machine, an image or a system-call filter may refuse.
"""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bot.runtime.system import release
from bot.ui.platform import Problem

PARTS = ("numpy", "ortools", "matplotlib", "onnxruntime", "reportlab", "SQLAlchemy", "cryptography", "aiohttp")
ROOM = 64 * 1024 * 1024
"""Bytes that must be free where the database lies; below, the program refuses new work before long."""
_ROUND = {
    "format": "peer-assign/1",
    "members": [{"id": name, "capacity": 1} for name in ("a", "b", "c")],
    "cases": [{"id": "one", "author": "a", "k": 2}],
}


def facts(folder: Path) -> Iterator[str]:
    """Versions and room, one line each."""
    yield f"Intervision {release()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield ", ".join(f"{part} {_version(part)}" for part in PARTS)
    yield f"{platform.platform()}, {shutil.disk_usage(folder).free // 1024**2:,} MB free in {folder}"


def problems(folder: Path) -> list[Problem]:
    """What does not work here."""
    found = []
    if shutil.disk_usage(folder).free < ROOM:
        found.append(Problem(str(folder), "the disk is almost full", "make room where the database lies"))
    for name, tried in (("charts", _chart), ("PDF files", _pdf), ("plans", _plan)):
        if fault := _fault(tried):
            remedy = "install the locked packages anew, and see what the service's unit or image forbids"
            found.append(Problem("this machine", f"{name} cannot be made here ({fault})", remedy))
    return found


def _fault(tried: Callable[[], bool]) -> str:
    try:
        return "" if tried() else "empty"
    except Exception as error:  # whatever a library says about this machine
        return f"{type(error).__name__}: {error}"


def _chart() -> bool:
    from bot.reports.charts import scores_chart
    from bot.reports.scores import parse_scores
    from bot.ui.strings import words

    (series,) = parse_scores("PHQ-9: 18, 15, 11")
    return scores_chart(series, words=words("en").sentences(), image_format="png").image.startswith(b"\x89PNG")


def _pdf() -> bool:
    from bot.reports.pdf import Pdf
    from bot.ui.strings import words

    pdf = Pdf("Check", words=words("en").sentences(), language="en")
    pdf.paragraph("Check")
    return pdf.bytes().startswith(b"%PDF")


def _plan() -> bool:
    from bot.rotation import assign, parse_instance

    return len(assign(parse_instance(_ROUND)).assignments) == 2


def _version(part: str) -> str:
    try:
        return version(part)
    except PackageNotFoundError:
        return "missing"
