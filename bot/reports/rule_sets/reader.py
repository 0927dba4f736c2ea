"""Reads a rule set file (TOML) and refuses a faulty one with every mistake and its line.

    format = 2
    name = "Our association"
    source = "https://example.org/rules"   # where the body says so
    read = 2026-11-30                      # the day it was read there
    hour_minutes = 60                      # minutes in one counted hour
    types = ["peer", "group"]              # which kinds of events count (default: all)
    media = ["in_person", "video"]         # how people met (default: all four)
    roles = ["presenter", "reviewer"]      # in which role (default: these two); ["presenter"] is own cases only
    requires_signature = false
    requires_documentation = false
    leave_weeks = 8                        # optional: nothing counts inside a leave of more weeks than this
    leader_counts = false                  # whether who leads is one of a group's size (default: true)
    minimum_minutes = 45                   # optional: shorter sessions count for nothing
    by = "round"                           # what a session is: "entry", "round" or "day" (default)
    [names]                                # optional: its name in languages in which it is called otherwise
    de = "Unser Verband"
    [states]                               # what it counts, for the export; "en" is needed
    en = "..."
    [not_compared]                         # optional: what of the body's rule is left to the reader
    en = "..."
    [[group]]                              # without gaps from 1 upwards; the last may leave "to" out
    from = 1
    to = 4
    counts = "2/3"                         # share of the minutes: "0", "1", a fraction, or "1/n": divided by the size
    [[goal]]                               # optional, any number; see `read_goals.py`
    kind = "hours"
    amount = 50
    months = 60

The file's name is the rule set's id. Organisations add files of their own beside the built-in ones. A file without
`format` is of format 1, which knows less and means the same.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from bot.domain.supervision import EventType, Medium, Role
from bot.errors import SetupError
from bot.reports.rule_sets.contradictions import nothing_counts
from bot.reports.rule_sets.read_goals import meant, read_goals
from bot.reports.rule_sets.rules import By, GroupShare, RuleSet
from bot.reports.rule_sets.toml_mistakes import told


@dataclass(frozen=True)
class RuleSetMistake:
    """Where and what, for whoever wrote the file."""

    file: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.problem}"


class InvalidRuleSet(SetupError):
    """A rule set file with at least one mistake; `mistakes` has all of them, in order of lines."""

    def __init__(self, mistakes: tuple[RuleSetMistake, ...]) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = mistakes


@cache
def built_in() -> Mapping[str, RuleSet]:
    """The rule sets that come with the program, by id; read once a process."""
    folder = resources.files("bot.reports.rule_sets")
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    found = (read_text(file.read_text(encoding="utf-8"), file=file.name) for file in files)
    return MappingProxyType({rules.id: rules for rules in sorted(found, key=lambda each: each.id)})


def read_folder(folder: Path) -> dict[str, RuleSet]:
    """The built-in rule sets and an organisation's own; raises `InvalidRuleSet` with the mistakes of all files."""
    known, mistakes = dict(built_in()), list[RuleSetMistake]()
    named = {each.name.casefold(): id for id, each in known.items()}
    for path in sorted(folder.glob("*.toml")):
        try:
            rules = read_text(path.read_text(encoding="utf-8"), file=path.name)
        except UnicodeDecodeError:
            mistakes.append(RuleSetMistake(path.name, 1, "the file is not UTF-8 text"))
            continue
        except InvalidRuleSet as refused:
            mistakes += refused.mistakes
            continue
        if rules.id in known:
            mistakes.append(
                RuleSetMistake(path.name, 1, f'"{rules.id}" is already a rule set; choose another file name')
            )
        elif same := named.get(rules.name.casefold()):
            problem = f'"{rules.name}" is the name of the rule set {same}, too: nobody could tell them apart'
            mistakes.append(RuleSetMistake(path.name, 1, problem))
        named.setdefault(rules.name.casefold(), path.name)
        known[rules.id] = rules
    if mistakes:
        raise InvalidRuleSet(tuple(mistakes))
    return known


def read_text(text: str, *, file: str) -> RuleSet:
    """One rule set from a file's text; raises `InvalidRuleSet`."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidRuleSet((RuleSetMistake(file, *told(text, error)),)) from error
    reader = Reader(file, text)
    rules = reader.rule_set(table)
    if reader.mistakes:
        raise InvalidRuleSet(tuple(sorted(reader.mistakes, key=lambda each: each.line)))
    return rules


_TOP = {"format", "name", "source", "read", "hour_minutes", "types", "media", "roles", "requires_signature",
        "requires_documentation", "leave_weeks", "leader_counts", "minimum_minutes", "by", "names", "states",
        "not_compared", "group", "goal"}  # fmt: skip
FORMATS = (1, 2)
LANGUAGES = ("da", "de", "en", "nb", "nl", "sv")
"""Of sentences and names; English stands in for one that is missing."""


_Word = TypeVar("_Word", EventType, Role, Medium)


class Reader:
    """Collects mistakes while it builds; what it builds is thrown away if there are any."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.mistakes: list[RuleSetMistake] = []
        self._lines = _lines_of(text)

    def rule_set(self, table: Mapping[str, Any]) -> RuleSet:
        self.only(table, _TOP, "")
        for key in ("states", "names", "not_compared"):
            self._languages(table.get(key), key)
        states = table.get("states")
        if not isinstance(states, dict) or not all(isinstance(v, str) and v.strip() for v in states.values()):
            self.wrong("states", "needs a table of sentences, at least en")
            states = {}
        elif "en" not in states:
            self.wrong("states", 'needs the sentence in English ("en") that says what is counted')
        if table.get("format", 1) not in FORMATS:
            self.wrong("format", "needs 1 or 2")
        made = RuleSet(
            id=self.file.removesuffix(".toml"),
            name=self._name(table),
            hour_minutes=self.whole(table, "", "hour_minutes", 1, 120),
            types=self._words(table, "types", EventType, tuple(EventType)),
            roles=self._words(table, "roles", Role, (Role.PRESENTER, Role.REVIEWER)),
            groups=self._groups(table.get("group")),
            requires_signature=self.flag(table, "", "requires_signature"),
            requires_documentation=self.flag(table, "", "requires_documentation"),
            leave_weeks=self.whole(table, "", "leave_weeks", 1, 104) if "leave_weeks" in table else None,
            goals=read_goals(self, table.get("goal", [])),
            states=states,
            names=self._sentences(table, "names", "names by language"),
            media=self._words(table, "media", Medium, tuple(Medium)),
            leader_counts=self.flag(table, "", "leader_counts") if "leader_counts" in table else True,
            minimum_minutes=self.whole(table, "", "minimum_minutes", 1, 480) if "minimum_minutes" in table else 0,
            by=self._by(table),
            source=self._source(table),
            read=self._read(table),
            not_compared=self._sentences(table, "not_compared", "sentences by language"),
        )
        if made.groups and not self.mistakes:  # of a faulty one it would be said of what was left out
            for number, goal in enumerate(made.goals):
                if problem := nothing_counts(goal, made.types, made.media, made.groups):
                    self.wrong(f"goal[{number}].which", problem)
        return made

    def _languages(self, given: object, key: str) -> None:
        for language in given if isinstance(given, dict) else ():
            if language not in LANGUAGES:
                self.wrong(f"{key}.{language}", "unknown; the languages are " + ", ".join(LANGUAGES))

    def _sentences(self, table: Mapping[str, Any], key: str, what: str) -> dict[str, str]:
        given = table.get(key, {})
        if isinstance(given, dict) and all(isinstance(v, str) and v.strip() for v in given.values()):
            return given
        self.wrong(key, f"needs a table of {what}")
        return {}

    def _by(self, table: Mapping[str, Any]) -> By:
        given = table.get("by", By.DAY)
        if given in list(By):
            return By(given)
        self.wrong("by", meant(given, By) + "one of: " + ", ".join(By))
        return By.DAY

    def _source(self, table: Mapping[str, Any]) -> str:
        given = table.get("source", "")
        if isinstance(given, str):
            return given
        self.wrong("source", "needs an address or a title in quotes")
        return ""

    def _read(self, table: Mapping[str, Any]) -> date | None:
        given = table.get("read")
        if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
            return given
        self.wrong("read", "needs a day without quotes, e.g. 2026-11-30")
        return None

    def wrong(self, path: str, problem: str) -> None:
        key = path.rsplit(".", 1)[-1]
        parent = path.rsplit(".", 1)[0]
        line = self._lines.get(path) or self._lines.get(parent) or 1
        self.mistakes.append(RuleSetMistake(self.file, line, f"{key}: {problem}"))

    def only(self, table: Mapping[str, Any], known: set[str], prefix: str) -> None:
        for key in table:
            if key not in known:
                self.wrong(prefix + key, f"unknown; {meant(key, known)}known here: " + ", ".join(sorted(known)))

    def _name(self, table: Mapping[str, Any]) -> str:
        name = table.get("name")
        if not isinstance(name, str) or not name.strip():
            self.wrong("name", "needs the body's name in quotes")
            return ""
        return name

    def whole(self, table: Mapping[str, Any], prefix: str, key: str, low: int, high: int) -> int:
        value = table.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            missing = "is missing; it " if value is None else ""
            self.wrong(prefix + key, f"{missing}needs a whole number {low}–{high}")
            return low
        return value

    def flag(self, table: Mapping[str, Any], prefix: str, key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.wrong(prefix + key, "needs true or false")
        return value is True

    def _words(
        self, table: Mapping[str, Any], key: str, kind: type[_Word], default: tuple[_Word, ...]
    ) -> frozenset[_Word]:
        given = table.get(key, list(default))
        options = list(kind)
        if not isinstance(given, list) or not given or any(word not in options for word in given):
            words = given if isinstance(given, list) else [given]
            near = next((meant(word, options) for word in words if word not in options), "")
            self.wrong(key, near + "needs a list of: " + ", ".join(options))
            return frozenset()
        if twice := next((word for word in given if given.count(word) > 1), None):
            self.wrong(key, f'"{twice}" stands twice')
        return frozenset(kind(word) for word in given)

    def _groups(self, groups: object) -> tuple[GroupShare, ...]:
        if not isinstance(groups, list) or not groups:
            self.wrong("group", "needs at least one [[group]] with from, to and counts")
            return ()
        found: list[GroupShare] = []
        expected = 1
        for number, group in enumerate(groups):
            prefix = f"group[{number}]."
            self.only(group, {"from", "to", "counts"}, prefix)
            first = self.whole(group, prefix, "from", 1, 1000)
            last = self.whole(group, prefix, "to", first, 1000) if "to" in group else None
            if first != expected:
                self.wrong(prefix + "from", f"group sizes must follow on without gap or overlap; expected {expected}")
            if last is None and number < len(groups) - 1:
                self.wrong(prefix + "to", 'only the last [[group]] may leave "to" out')
            expected = (last or first) + 1
            found.append(GroupShare(first, last, *self._share(group, prefix)))
        return tuple(found)

    def _share(self, group: Mapping[str, Any], prefix: str) -> tuple[Fraction, bool]:
        """A share, and whether it is divided by the group's size."""
        value = group.get("counts")
        divided = re.fullmatch(r"([1-9])/n", value) if isinstance(value, str) else None
        if divided:
            return Fraction(divided.group(1)), True
        try:
            share = Fraction(value) if isinstance(value, str) else None
        except (ValueError, ZeroDivisionError):
            share = None
        if share is None or not 0 <= share <= 1:
            self.wrong(prefix + "counts", 'needs a share in quotes from "0" to "1", e.g. "2/3", or "1/n"')
            return Fraction(0), False
        return share, False


def _lines_of(text: str) -> dict[str, int]:
    """The line of every key and table head, by path: `hour_minutes`, `states.en`, `group[1].counts`."""
    lines: dict[str, int] = {}
    seen: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if head := re.match(r"\s*\[\[\s*([\w-]+)\s*\]\]", line):
            name = head.group(1)
            prefix = f"{name}[{seen.get(name, 0)}]"
            seen[name] = seen.get(name, 0) + 1
            lines.setdefault(name, number)
            lines[prefix] = number
        elif head := re.match(r"\s*\[\s*([\w-]+)\s*\]", line):
            prefix = head.group(1)
            lines[prefix] = number
        elif key := re.match(r"\s*\"?([\w-]+)\"?\s*=", line):
            lines.setdefault(f"{prefix}.{key.group(1)}".lstrip("."), number)
    return lines
