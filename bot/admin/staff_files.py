"""`admin import people.csv`: every bad row is reported with its line, and nothing is imported if one is bad."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.person import Role
from bot.errors import SetupError
from bot.ui.strings import LANGUAGES

COLUMNS = ("name", "email", "clinic", "group", "roles", "language", "timezone", "experienced_since", "fte")
REQUIRED = ("name", "email", "clinic")
LARGEST_FILE = 5 * 10**6
"""Bytes; some fifty thousand people."""
LONGEST = {"name": 100, "email": 254}
"""Characters of what is shown on every platform."""


class BadRows(SetupError):
    """At least one row is wrong; the message lists every one with its line."""


@dataclass(frozen=True)
class PersonRow:
    """A row that passed: clinic and group by name, roles parsed."""

    line: int
    name: str
    email: str
    clinic: str
    group: str
    roles: frozenset[Role]
    language: str
    timezone: str
    experienced_since: date | None
    fte: float


def read_people(path: Path, clinics: Iterable[str], groups: Iterable[str], emails: Iterable[str]) -> list[PersonRow]:
    """Read and check a CSV file with a heading line. Raises SetupError for the file, BadRows for its rows."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SetupError(f"{path}: more than {LARGEST_FILE // 10**6} MB; import people in several files.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            unknown = set(reader.fieldnames or ()) - set(COLUMNS)
            missing = set(REQUIRED) - set(reader.fieldnames or ())
            if unknown or missing:
                raise BadRows(_heading(path, unknown, missing))
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SetupError(f"{path}: cannot be read as a CSV file of UTF-8 text ({type(error).__name__}).") from None
    known_clinics, known_groups = set(clinics), set(groups)
    seen = {email.casefold() for email in emails}
    faults: list[str] = []
    people: list[PersonRow] = []
    for line, row in rows:
        wrong = _faults(row, known_clinics, known_groups, seen)
        faults += [f"line {line}: {fault}" for fault in wrong]
        seen.add((row.get("email") or "").strip().casefold())
        if not wrong:
            people.append(_person(line, row))
    if faults:
        raise BadRows(f"{path}: nothing was imported.\n  " + "\n  ".join(faults))
    return people


def checked_person(
    values: Mapping[str, str], clinics: Iterable[str], groups: Iterable[str], emails: Iterable[str]
) -> PersonRow:
    """One row by itself. Raises BadRows with everything that is wrong."""
    faults = _faults(values, set(clinics), set(groups), {email.casefold() for email in emails})
    if faults:
        raise BadRows("Nobody was added.\n  " + "\n  ".join(faults))
    return _person(1, values)


def _heading(path: Path, unknown: set[str], missing: set[str]) -> str:
    parts = [f"columns missing: {', '.join(sorted(missing))}"] if missing else []
    parts += [f"columns not known: {', '.join(sorted(unknown))}"] if unknown else []
    return f"{path}: line 1: {'; '.join(parts)}. Columns: {', '.join(COLUMNS)}."


def _faults(row: Mapping[str, str | None], clinics: set[str], groups: set[str], seen: set[str]) -> list[str]:
    value = {name: (row.get(name) or "").strip() for name in COLUMNS}
    faults = [f"{name} is missing" for name in REQUIRED if not value[name]]
    faults += [
        f"{name} has more than {most} characters, or some that cannot be printed"
        for name, most in LONGEST.items()
        if len(value[name]) > most or not value[name].isprintable()
    ]
    if value["email"] and "@" not in value["email"]:
        faults.append("email has no @")
    if value["email"].casefold() in seen:
        faults.append("this email is there already")
    if value["clinic"] and value["clinic"] not in clinics:
        faults.append(f"there is no clinic {value['clinic']}; there are: {', '.join(sorted(clinics)) or 'none'}")
    if value["group"] and value["group"] not in groups:
        faults.append(f"there is no group {value['group']}; there are: {', '.join(sorted(groups)) or 'none'}")
    for word in value["roles"].split():
        if word not in set(Role):
            faults.append(f"there is no role {word}; there are: {', '.join(Role)}")
    if value["language"] and value["language"] not in LANGUAGES:
        faults.append(f"language must be one of {', '.join(LANGUAGES)}")
    if value["timezone"] and not _is_zone(value["timezone"]):
        faults.append(f"there is no time zone {value['timezone']}; write it like Europe/Copenhagen")
    if value["experienced_since"] and _day(value["experienced_since"]) is None:
        faults.append("experienced_since must be written like 2026-01-31")
    if value["fte"] and not _is_fte(value["fte"]):
        faults.append("fte must be above 0 and at most 1")
    return faults


def _person(line: int, row: Mapping[str, str | None]) -> PersonRow:
    value = {name: (row.get(name) or "").strip() for name in COLUMNS}
    return PersonRow(
        line=line,
        name=value["name"],
        email=value["email"],
        clinic=value["clinic"],
        group=value["group"],
        roles=frozenset(Role(word) for word in value["roles"].split()) or frozenset({Role.THERAPIST}),
        language=value["language"] or "en",
        timezone=value["timezone"],
        experienced_since=_day(value["experienced_since"]) if value["experienced_since"] else None,
        fte=float(value["fte"] or 1),
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _is_fte(text: str) -> bool:
    try:
        return 0 < float(text) <= 1
    except ValueError:
        return False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
