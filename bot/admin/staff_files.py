"""Staff files as they are: read into rows whatever program, country or language wrote them.

Delimiter, encoding, quotes and the language of the headings are found out; numbers, dates, roles and languages are
read in every local form. What a column means says `staff_headings.py`; what becomes of the rows says `roster.py`.
Nothing is guessed silently: unknown columns are named, and a value that cannot be read is a fault with its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from bot.admin.staff_headings import HEADINGS, INACTIVE, ROLE_WORDS, WEAK, YES, plain_word
from bot.admin.staff_values import (
    full_name,
    known_name,
    read_day,
    read_language,
    read_languages,
    read_roles,
    read_share,
    read_zone,
    same_name,
    words_of,
)
from bot.domain.person import Role
from bot.errors import SetupError

LARGEST_FILE = 10 * 10**6
"""Bytes; some fifty thousand people of a directory's export."""
LONGEST = {"name": 100, "email": 254, "personnel_id": 64}
"""Characters of what is shown on every platform."""
DELIMITERS = ",;\t|"
ENCODINGS = ["utf_8", "utf_16", "cp1252", "mac_roman", "cp850"]
_LETTERS = frozenset("åäöæøüßéèëïñçáóíúÅÄÖÆØÜÉÈËÏÑÇÁÓÍÚ–’“”€")
HEADING_WITHIN = 10
"""Some exports put a title or an empty line above the headings."""
_COLUMNS = frozenset({*HEADINGS.values(), "email"})
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")


class BadRows(SetupError):
    """At least one row is wrong; the message lists every one with its line."""


@dataclass(frozen=True)
class Known:
    """What a file may speak of: the organisation's clinics, groups, and language."""

    clinics: Collection[str] = ()
    groups: Collection[str] = ()
    language: str = "en"


@dataclass(frozen=True)
class Given:
    """What the file lacks, for all of its rows: a clinic and a group by name, roles."""

    clinic: str = ""
    group: str = ""
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class PersonRow:
    """A row that passed. None: the file says nothing about it, so a person who is there keeps what they have."""

    line: int
    name: str
    email: str
    clinic: str | None = None
    group: str | None = None
    roles: frozenset[Role] | None = None
    language: str | None = None
    languages: tuple[str, ...] | None = None
    timezone: str | None = None
    experienced_since: date | None = None
    fte: float | None = None
    personnel_id: str | None = None


@dataclass(frozen=True)
class StaffFile:
    """Everything read: good rows, faults with their lines, columns left out, rows of accounts that are not active."""

    rows: tuple[PersonRow, ...]
    faults: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    inactive: tuple[str, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)


def read_staff(content: bytes, known: Known, given: Given | None = None, *, source: str = "the file") -> StaffFile:
    """Read a table of people. Raises SetupError where it is no table of people at all; faults of rows are returned."""
    given = given or Given()
    headings, lines = _table(content, source)
    columns = _columns(headings, lines, known)
    missing = _missing(columns, given)
    if missing:
        raise SetupError(_incomplete(source, headings, columns, missing))
    rows: list[PersonRow] = []
    faults: list[str] = []
    inactive: list[str] = []
    for line, cells in lines:
        value = _values(columns, cells)
        if plain_word(value["status"]) in INACTIVE or plain_word(value["blocked"]) in YES:
            inactive.append(value["email"] or value["name"])
            continue
        row, wrong = read_person(value, known, given, line)
        faults += [f"line {line}: {fault}" for fault in wrong]
        rows += [row] if row else []
    faults += _twice(rows)
    used = {headings[at]: name for at, name in columns}
    unused = tuple(h for at, h in enumerate(headings) if h and at not in dict(columns))
    return StaffFile(tuple(rows), tuple(faults), unused, tuple(inactive), used)


def read_person(
    value: Mapping[str, str], known: Known, given: Given | None = None, line: int = 1
) -> tuple[PersonRow | None, list[str]]:
    """One row by the names of `staff_headings.COLUMNS`: what it says, or everything that is wrong with it."""
    given = given or Given()
    cell = {name: " ".join((value.get(name) or "").split()) for name in _COLUMNS}
    faults: list[str] = []
    name = full_name(cell)
    email = cell["email"].removeprefix("mailto:").strip("<>")
    row = PersonRow(line, name, email, personnel_id=cell["personnel_id"] or None)
    for what, text in (("name", name), ("email", email)):
        if not text:
            faults.append(f"{what} is missing")
    for what, most in LONGEST.items():
        text = {"name": name, "email": email}.get(what, cell[what])
        if len(text) > most or not text.isprintable():
            faults.append(f"{what} has more than {most} characters, or some that cannot be printed")
    if email and not _EMAIL.fullmatch(email):
        faults.append("email has no @" if "@" not in email else f"email {email} is not an address")
    row = replace(
        row,
        clinic=known_name("clinic", cell["clinic"] or given.clinic, known.clinics, faults),
        group=known_name("group", cell["group"] or given.group, known.groups, faults),
        roles=read_roles(cell["roles"], faults) or given.roles or None,
        language=read_language(cell["language"], faults),
        languages=read_languages(cell["languages"], faults),
        timezone=read_zone(cell["timezone"], faults),
        experienced_since=read_day(cell["experienced_since"], faults),
        fte=read_share(cell["fte"], faults),
    )
    return (None, faults) if faults else (row, [])


# ---- the table -------------------------------------------------------------------------------

Lines = list[tuple[int, list[str]]]


def _table(content: bytes, source: str) -> tuple[list[str], Lines]:
    """The headings, and the rows with their line numbers."""
    if len(content) > LARGEST_FILE:
        raise SetupError(f"{source}: more than {LARGEST_FILE // 10**6} MB; import people in several files.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SetupError(f"{source}: a workbook; save it as CSV (UTF-8) from your spreadsheet and import that.")
    text = _decoded(content, source)
    begins = re.match(r"sep=(.)\r?\n", text, re.I)
    delimiters = begins.group(1) if begins else DELIMITERS
    text = text[begins.end() :] if begins else text
    delimiter = max(delimiters, key=lambda each: _likeness(_parsed(text, each, source, HEADING_WITHIN)))
    best = _parsed(text, delimiter, source)
    offset = 1 if begins else 0
    for at, (_, cells) in enumerate(best[:HEADING_WITHIN]):
        if sum(_meaning(cell) is not None for cell in cells) >= 2 or (at == 0 and len(best) == 1):
            headings = [cell.strip() for cell in cells]
            rest = [(line + offset, row) for line, row in best[at + 1 :] if any(cell.strip() for cell in row)]
            return headings, rest
    first = ", ".join(best[0][1][:12]) if best else "nothing"
    raise SetupError(
        f"{source}: the headings are not known: {first}. One line must name the columns, at least name and email."
    )


def _decoded(content: bytes, source: str) -> str:
    """The text in whatever encoding it was saved; of several possible ones that whose letters people write."""
    from charset_normalizer import from_bytes

    wide = content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:4]
    if not wide:
        with suppress(UnicodeDecodeError):
            return content.decode("utf-8-sig")
    found = [str(each) for each in from_bytes(content, cp_isolation=["utf_16"] if wide else ENCODINGS)]
    if not wide:
        with suppress(UnicodeDecodeError):
            found.insert(0, content.decode("cp1252"))  # what spreadsheets write, so first among equals
    if not found:
        raise SetupError(f"{source}: this is no text in an encoding that is known; save it as CSV (UTF-8).")
    return max(found, key=_legible).removeprefix("\ufeff")


def _legible(text: str) -> int:
    """Letters of the six languages count for, signs that nobody writes in a name against it."""
    return sum(1 if c in _LETTERS else -3 for c in text if not c.isascii())


def _parsed(text: str, delimiter: str, source: str, most: int | None = None) -> Lines:
    """The rows, or the first of them."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        return [(reader.line_num, row) for row in islice(reader, most)]
    except csv.Error as error:
        raise SetupError(f"{source}: cannot be read as a table ({error}).") from None


def _likeness(lines: Lines) -> tuple[int, int]:
    """How much it looks like a staff file when cut like this: known headings, then columns."""
    return (
        max((sum(_meaning(cell) is not None for cell in row) for _, row in lines), default=0),
        max((len(row) for _, row in lines), default=0),
    )


def _meaning(heading: str) -> str | None:
    word = plain_word(heading)
    return HEADINGS.get(word) or next(iter(WEAK.get(word, ())), None)


def _columns(headings: Sequence[str], lines: Lines, known: Known) -> list[tuple[int, str]]:
    """Which place holds which column; the first of several that mean the same."""
    words = [plain_word(heading) for heading in headings]
    taken: dict[str, int] = {}
    for at, word in enumerate(words):
        if word in HEADINGS and HEADINGS[word] not in taken:
            taken[HEADINGS[word]] = at
    for at, word in enumerate(words):
        for meant in WEAK.get(word, ()):
            column = "email_else" if meant == "email" and "email" in taken else meant
            if column in taken or at in taken.values():
                continue
            cells = {row[at].strip() for _, row in lines if at < len(row) and row[at].strip()}
            if cells and all(_fits(column, cell, known) for cell in cells):
                taken[column] = at
    if "name" in taken and {"first_name", "last_name"} <= set(taken) and plain_word(headings[taken["name"]]) == "name":
        # "Name" beside "Vorname" is the family name.
        del taken["name"]
    return sorted((at, name) for name, at in taken.items())


def _fits(column: str, cell: str, known: Known) -> bool:
    match column:
        case "email" | "email_else":
            return bool(_EMAIL.fullmatch(cell))
        case "clinic":
            return same_name(cell, known.clinics) is not None
        case "group":
            return same_name(cell, known.groups) is not None
        case _:
            return all(plain_word(word) in ROLE_WORDS for word in words_of(cell))


def _missing(columns: Sequence[tuple[int, str]], given: Given) -> list[str]:
    there = {name for _, name in columns}
    named = "name" in there or {"first_name", "last_name"} & there
    missing = [] if named else ["name"]
    missing += [] if "email" in there else ["email"]
    return missing + ([] if "clinic" in there or given.clinic else ["clinic"])


def _incomplete(
    source: str, headings: Sequence[str], columns: Sequence[tuple[int, str]], missing: Sequence[str]
) -> str:
    read = ", ".join(f"{headings[at]} as {name}" for at, name in columns) or "none"
    said = f"{source}: no column is known for {', '.join(missing)}. Read: {read}."
    return said + (" Name the clinic for everybody with --clinic." if missing == ["clinic"] else "")


def _values(columns: Sequence[tuple[int, str]], cells: Sequence[str]) -> dict[str, str]:
    value = dict.fromkeys({*HEADINGS.values()}, "")
    for at, name in columns:
        value[name] = cells[at].strip() if at < len(cells) else ""
    value["email"] = value["email"] or value.get("email_else", "")
    return value


def _twice(rows: Iterable[PersonRow]) -> list[str]:
    """Two rows that would be one person."""
    rows = list(rows)
    faults = []
    for what in ("email", "personnel_id"):
        keys = [(str(getattr(row, what)).casefold(), row.line) for row in rows if getattr(row, what)]
        counts = Counter(key for key, _ in keys)
        first = dict(reversed(keys))
        faults += [
            f"line {line}: this {what} is there already (line {first[key]})"
            for key, line in keys
            if counts[key] > 1 and line != first[key]
        ]
    return faults
