"""Writes into the catalogues what a translator needs beside each id; a test says when it is stale.

python docs/translating/write.py

Above each sentence stand, as extracted comments (`#.`) that Weblate, Poedit and Lokalize show: the English sentence (in
the other catalogues), where it is read, the most characters it may have there, and what its placeholders hold.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from bot.ui import strings

ROOT = Path(__file__).parents[2]
COMMENT = "#."
Limits = Mapping[tuple[str, str, int], tuple[str, int]]

LIMITS: Limits = {
    ("Form", "title", 1): ("title of a form", 24),
    ("Form", "submit", 6): ("button that sends a form", 24),
    ("Action", "label", 1): ("button", 40),
    ("Option", "label", 1): ("option of a list", 75),
    ("Confirm", "title", 0): ("question of a confirmation", 100),
    ("Confirm", "text", 1): ("text of a confirmation", 300),
    ("Confirm", "yes", 2): ("button of a confirmation", 30),
    ("Confirm", "no", 3): ("button of a confirmation", 30),
}
"""Where a sentence is handed to, and the most characters Slack and Teams show there."""

FAMILIES = (
    (r"notice\..*\.title", "title of a message; read alone on a lock screen"),
    (r"notice\..*\.text", "text of a message; read alone on a lock screen"),
    (r"refusal\..*", "answer to a step that is refused: what is wrong, then what to do"),
    (r"typed\..*|command\..*", "words that people type, separated by blanks; the first one is shown"),
    (r"caseload\.example\..*", "examples of what people type; each must be understood"),
    (r"help\..*", "line of the list of commands, after the command's name"),
    (r"holiday\..*", "name of a holiday"),
    (r"band\..*", "range of a questionnaire's score, in a chart"),
    (r"theme\..*", "theme of a case, in a list and in reports"),
    (r"prompt\..*|lookout\..*", "a box to tick in a review"),
    (r"audit\.what\..*", "line of the audit trail, after the person's name"),
    (r"log\.(role|mode|type|medium|reason)\..*", "word in a column of the log, on screen and in the PDF"),
    (r"log\.(date|role|mode|type|medium|group|minutes|counted|why|themes|signed)", "heading of a column of the log"),
    (r"(report|chart|say)\..*", "in the reports and charts"),
    (r"state\..*|assignment\..*|.*\.status\..*", "state, in a table or after a name"),
    (r".*\.(title|heading)", "heading"),
    (r".*\.hint", "hint under a field"),
    (r".*\.field\..*|.*\.field", "name of a field"),
    (r".*\.intro", "first sentences of a form"),
    (r".*\.missing(\..*)?", "under a field that is wrong"),
    (r"reason\..*|why\..*", "one reason in a list of reasons, in mid-sentence"),
    (r"teams\.manifest\..*|slack\.manifest\..*", "in the chat's list of apps and commands"),
    (r"teams\.privacy.*|teams\.terms.*", "legal page: pseudonymised, not anonymised"),
    (r"case\.waits\..*|series\.why\..*", "a whole sentence that follows another one in a message"),
    (r"tag\..*", "what stands for a masked thing in a text, in the language of the text"),
    (r"log\.goal\..*", "a goal of a rule set; {asked} and {goal} are what the sentence before them in this list says"),
    (r"(case|look)\.telling.*|gate\.flag\..*", "advice beside a text that may tell who it is about"),
    (r"caseload\.ask\..*", "question or answer after leave or a mode was typed"),
    (r"leave\.state\..*|undo\..*", "line that says what a step did"),
    (r"operations\..*|reach\..*|duty\..*", "for administrators and supervisors: delivery, reachability, duty"),
    (r"cadence\..*", "warning to whoever plans a round: a target that cannot be kept"),
    (r"mode\..*|language\..*|role\..*|menu\..*|presenter|you", "a name, in tables, menus and after a colon"),
    (r"export\..*|sign\..*|log\..*", "the log: entries, signatures, export"),
    (r"web\..*|email\..*|draft\..*", "web pages and e-mail"),
    (r"example\..*|welcome\..*", "the first message to a new member, and the invented example"),
    (
        r"feed\..*|absences\..*|week\..*|closures\..*|leave\..*|switch\..*|work\..*|limit\..*",
        "calendar, leave and working time",
    ),
    (
        r"plan\..*|round\..*|series\..*|pairs\..*|remedy\..*|group\..*|reassign\..*|year\..*",
        "for supervisors: rounds and plans",
    ),
    (r"slack\..*|teams\..*", "an answer in that chat"),
    (r"risk\..*|unmask\..*|hold\..*", "the path of a risk alert: must be understood at once"),
)

HOLES = {
    "name": "a person's name",
    "names": "names of people, as a list",
    "group": "a group's name",
    "clinic": "a clinic's name",
    "clinics": "names of clinics, as a list",
    "organisation": "an organisation's name",
    "code": "a case code, such as CP-123",
    "day": "a day, such as Mon 7 Dec",
    "first": "a day",
    "last": "a day",
    "moment": "day and time, such as Mon 7 Dec, 09:00",
    "when": "day and time",
    "time": "a time, such as 09:00",
    "n": "a number",
    "number": "a number",
    "year": "a year, such as 2028",
    "of": "a number",
    "days": "a number of days or days",
    "minutes": "a number",
    "phone": "a telephone number",
    "reason": "a reason of a list, in mid-sentence",
    "why": "one whole sentence",
    "options": "words that can be typed, as a list",
    "language": "a language, in its own words",
    "percent": "a number with its per cent sign",
    "mode": "a caseload mode",
    "period": "two days, or a day and no end",
    "title": "the title of a message",
    "what": "a label of this catalogue",
    "typed": "what the person typed",
    "who": "a caseload mode and a number of members",
    "state": "a state of this catalogue",
    "url": "an address of a page",
    "target": "a number of days",
    "size": "a number",
    "weekday": "a weekday",
    "rhythm": "how often rounds take place",
    "platform": "Slack, Teams or e-mail",
}
"""What placeholders hold; others are numbers or names that the sentence itself explains."""


def comments(language: str) -> dict[str, list[str]]:
    """The comment lines of each key of a language's catalogues."""
    english = strings.words(strings.FALLBACK).sentences()
    bounded = places()
    found: dict[str, list[str]] = {}
    for key in english:
        forms = strings._forms(strings.FALLBACK, key)
        lines = [] if language == strings.FALLBACK else [f"English: {form}" for form in dict.fromkeys(forms)]
        lines += _where(key, bounded)
        holes = dict.fromkeys(name for form in forms for _, name, _, _ in Formatter().parse(form) if name)
        lines += [f"{{{name}}}: {HOLES[name]}" for name in holes if name in HOLES]
        found[key] = [f"{COMMENT} {line}".replace("\n", "\\n") for line in lines]
    return found


def _where(key: str, bounded: Mapping[str, tuple[str, int]]) -> list[str]:
    if key in bounded:
        place, limit = bounded[key]
        return [f"Where: {place}, at most {limit} characters"]
    return next(([f"Where: {place}"] for pattern, place in FAMILIES if re.fullmatch(pattern, key)), [])


@cache
def places() -> dict[str, tuple[str, int]]:
    """Keys handed to a title, button or option, with the place and the fewest characters there are for it."""
    found: list[tuple[str, tuple[str, int]]] = []
    for top in ("bot", "adapters"):
        for path in sorted((ROOT / top).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    found += _handed(node, node.func.id)
    return dict(sorted(found, key=lambda each: -each[1][1]))


def _handed(call: ast.Call, made: str) -> Iterator[tuple[str, tuple[str, int]]]:
    for (name, keyword, position), place in LIMITS.items():
        if name == made:
            given = [k.value for k in call.keywords if k.arg == keyword] + call.args[position : position + 1]
            for value in given:
                if isinstance(value, ast.Call) and value.args:
                    yield from ((key, place) for key in _keys(value.args[0]))


def _keys(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_keys(node.body), *_keys(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def written(path: Path, told: Mapping[str, list[str]] | None = None) -> str:
    """A catalogue with its comments as they should be; what translators wrote themselves (`# `) stays."""
    told = comments(path.parent.name) if told is None else told
    blocks = []
    for block in path.read_text(encoding="utf-8").rstrip("\n").split("\n\n"):
        lines = [line for line in block.split("\n") if not line.startswith(COMMENT)]
        key = next((line[7:-1] for line in lines if line.startswith('msgid "')), "")
        at = next((n for n, line in enumerate(lines) if line.startswith("msgid")), 0)
        blocks.append("\n".join([*lines[:at], *told.get(key, []), *lines[at:]]))
    return "\n\n".join(blocks) + "\n"


def catalogues() -> list[Path]:
    """Every catalogue of every language."""
    return sorted(strings.HERE.glob("*/*.po"))


if __name__ == "__main__":
    every = {language: comments(language) for language in strings.LANGUAGES}
    for catalogue in catalogues():
        catalogue.write_text(written(catalogue, every[catalogue.parent.name]), encoding="utf-8")
