"""Differences that are admitted: which observer may tell what by which acts, each named like its row in
`docs/privacy.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.privacy.acting import Declared, Stage


def _is(*observers: str) -> Callable[[Stage], bool]:
    return lambda stage: stage.observer in observers


REVIEWER = re.compile(r"body\.(line=(Case KQ-472 · )?(Therapist|Supervisor)|cells=(Therapist|Supervisor)|choice=per_)")
"""Who was drawn to review, beside the case and in the table of its round: the lot falls anew in each world."""

DECLARED = (
    Declared("who-reviews", _is("s", "g"), re.compile("^send"), REVIEWER),
    Declared("who-reviews", _is("s", "g"), re.compile("round.publish"), re.compile(".")),
    Declared("round-over", _is("s", "g"), re.compile(r"supervision|overview\.(year|group)|log\.sign"), re.compile(".")),
    Declared("round-over", _is("s", "g"), re.compile("^send"), re.compile(r"entries signed|document\.content")),
    Declared("alert-clinic", _is("s", "g"), re.compile("^by |^wait"), re.compile("A risk was reported for case")),
    Declared("looked-up", _is("s", "g"), re.compile("^send"), re.compile(r"Show\.form\.body\.rows=")),
)


PROMISED = {
    "who-reviews": ("review.hidden", "Supervisors see that you review the case."),
    "round-over": ("case.form.supervisors", "When the round is over they see that you presented in it."),
    "alert-clinic": ("case.form.supervisors", "a supervisor who is alerted sees your clinic"),
    "looked-up": ("case.form.supervisors", "can look up your name, with a reason that you are told"),
}
"""Where whoever writes reads it before the first word: the sentence's id, and its English words."""


def declared(*ids: str) -> list[Declared]:
    """What is admitted under these names."""
    return [each for each in DECLARED if each.id in ids]
