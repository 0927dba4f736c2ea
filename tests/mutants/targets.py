"""What `make mutants` puts faults into, what share of them must be found, and which tests are asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = "docs/mutants.md"


@dataclass(frozen=True)
class Area:
    """Files by pattern, `but` some; with `guards_only` only conditions that refuse, and calls of a `must_…`."""

    name: str
    patterns: tuple[str, ...]
    goal: float
    guards_only: bool = False
    but: frozenset[str] = frozenset()

    def files(self, root: Path) -> list[str]:
        """Paths below the root, sorted."""
        found = {path for pattern in self.patterns for path in root.glob(pattern)}
        return sorted({str(path.relative_to(root)) for path in found} - self.but)


READINGS = ("acts", "likelihood", "patterns", "signs", "spelling", "words")
"""What sentences mean; also measured on sets of sentences (docs/risk.md)."""
TARGETS = (
    Area("rules", ("bot/domain/*.py",), 0.95, but=frozenset(f"bot/domain/risk_{name}.py" for name in READINGS)),
    Area("reading", tuple(f"bot/domain/risk_{name}.py" for name in READINGS), 0.90),
    Area("eligibility", ("bot/rotation/eligibility.py",), 0.95),
    Area(
        "permissions", ("bot/app/access.py", "bot/app/facts/permissions.py", "bot/app/facts/hold_permissions.py"), 0.90
    ),
    Area(
        "refusals",
        (
            "bot/app/steps/*.py",
            "bot/app/*/*handlers.py",
            "bot/app/entry.py",
            "bot/app/admission.py",
            "bot/app/draft_keeping.py",
            "bot/app/gate/case_form.py",
        ),
        0.90,
        guards_only=True,
    ),
)
TESTS = (
    "tests/unit/domain",
    "tests/unit/rotation",
    "tests/tables/test_steps.py",
    "tests/tables/test_step_facts.py",
    "tests/tables/test_leave_steps.py",
    "tests/app",
)
_ROW = re.compile(r"^\| `(?P<fault>.+)` \| (?P<reason>\S.*) \|$", re.MULTILINE)


def explained(root: Path) -> dict[str, str]:
    """The faults that may survive, each with its reason, from the page."""
    return {row["fault"]: row["reason"] for row in _ROW.finditer((root / PAGE).read_text())}
