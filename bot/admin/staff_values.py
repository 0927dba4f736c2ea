"""Single values of a staff file in every local form: names, roles, languages, time zones, days, shares of full time.

Each reader adds a sentence to `faults` for what it cannot read. Day stands before month, as in all six languages.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.admin.staff_headings import ROLE_WORDS, plain_word
from bot.app.facts.languages import NORDIC
from bot.domain.person import Role
from bot.errors import SetupError
from bot.ui.strings import LANGUAGES

_NORDIC_WORDS = frozenset(
    map(
        plain_word,
        [
            "nordic",
            "scandinavian",
            "nordisk",
            "nordiske",
            "nordiska",
            "skandinavisk",
            "skandinaviske",
            "skandinaviska",
            "skandinavisch",
            "skandinavische",
            "nordisch",
            "nordische",
            "scandinavisch",
            "scandinavische",
            "noords",
            "noordse",
        ],
    )
)
_MOST_HOURS = 45
"""A share of full time written like this, without a percent sign, may as well be hours a week."""


def full_name(cell: Mapping[str, str]) -> str:
    """The whole name; "Berg, Anna" is turned round."""
    if not cell["name"]:
        return " ".join(filter(None, (cell["first_name"], cell["last_name"])))
    last, comma, first = cell["name"].partition(", ")
    if comma and first and "," not in first and not re.search(r"[.()]|\b[A-Z]{2,}\b|[a-z][A-Z]", first):
        return f"{first} {last}"
    return cell["name"]


def same_name(text: str, names: Iterable[str]) -> str | None:
    """The known name that is meant: whatever its case, accents and the path it stands in ("/Clinics/Kiel")."""
    wanted = {plain_word(text), plain_word(text.rstrip("/").rpartition("/")[2])}
    found = [name for name in names if plain_word(name) in wanted]
    return found[0] if len(found) == 1 else next((name for name in found if name == text), None)


def known_name(what: str, text: str, names: Collection[str], faults: list[str]) -> str | None:
    if not text:
        if what == "clinic":
            faults.append("clinic is missing")
        return None
    found = same_name(text, names)
    if found is None:
        near = get_close_matches(plain_word(text), [plain_word(name) for name in names], 1)
        meant = next((name for name in names if near and plain_word(name) == near[0]), "")
        hint = f"; do you mean {meant}?" if meant else f"; there are: {', '.join(sorted(names)) or 'none'}"
        faults.append(f"there is no {what} {text}{hint}")
    return found


def words_of(text: str) -> list[str]:
    parts = re.split(r"[,;/+&|\n]| and | und | og | och | en ", text.strip())
    words = [part.strip() for part in parts if part.strip()]
    # "therapist supervisor", as the product's own template writes it
    return [word for part in words for word in ([part] if plain_word(part) in ROLE_WORDS else part.split())]


def read_roles(text: str, faults: list[str]) -> frozenset[Role]:
    unknown = [word for word in words_of(text) if plain_word(word) not in ROLE_WORDS]
    if unknown:
        faults.append(f"there is no role {', '.join(unknown)}; there are: {', '.join(Role)}")
    return frozenset(Role(ROLE_WORDS[plain_word(word)]) for word in words_of(text) if plain_word(word) in ROLE_WORDS)


def roles_of(text: str) -> frozenset[Role]:
    """Roles as they are typed, in any of the six languages. Raises SetupError."""
    faults: list[str] = []
    found = read_roles(text, faults)
    if faults:
        raise SetupError(f"{faults[0]}.")
    return found


@cache
def _language_names() -> Mapping[str, str]:
    """ "Deutsch", "tysk", "German", "de" → "de"; every name of the product's languages in each of them."""
    from babel import Locale

    names = {
        "norwegian": "nb",
        "norsk": "nb",
        "norwegisch": "nb",
        "norska": "nb",
        "noors": "nb",
        "no": "nb",
        "nn": "nb",
    }
    for code in LANGUAGES:
        names[code] = code
        for reader in LANGUAGES:
            names[plain_word(Locale.parse(reader).languages[code])] = code
    return names


def read_language(text: str, faults: list[str]) -> str | None:
    if not text:
        return None
    found = _language_names().get(plain_word(text)) or _language_names().get(plain_word(text).split()[0])
    if found is None:
        faults.append(f"language {text} is not one of {', '.join(LANGUAGES)}")
    return found


def read_languages(text: str, faults: list[str]) -> tuple[str, ...] | None:
    """Those a person reads: "da sv", "dansk og svensk", "Scandinavian"."""
    words = [word for part in re.split(r"[,;/+&|\n]| and | und | og | och | en ", text) for word in part.split()]
    found: set[str] = set()
    for word in words:
        code = _language_names().get(plain_word(word))
        if plain_word(word) in _NORDIC_WORDS:
            found.update(NORDIC)
        elif code:
            found.add(code)
        else:
            faults.append(f"languages {word} is not one of {', '.join(LANGUAGES)}")
    return tuple(language for language in LANGUAGES if language in found) or None


def read_zone(text: str, faults: list[str]) -> str | None:
    if not text:
        return None
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    name = WINDOWS_TO_OLSON.get(text, text)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append(f"there is no time zone {text}; write it like Europe/Copenhagen")
    return name


def read_day(text: str, faults: list[str]) -> date | None:
    """2020-03-01, 1.3.2020, 01/03/2020, 1-3-2020: day before month, as in all six languages."""
    if not text:
        return None
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", text)
    local = re.fullmatch(r"(\d{1,2})[./-] ?(\d{1,2})[./-] ?(\d{4})", text)
    try:
        if iso:
            return date(*map(int, iso.groups()))
        if local:
            day, month, year = map(int, local.groups())
            return date(year, month, day)
    except ValueError:
        pass
    faults.append(f"experienced_since {text} is not a day; write it like 2026-01-31 or 31.1.2026")
    return None


def read_share(text: str, faults: list[str]) -> float | None:
    """0.8, 0,8, 80 %, 80: a share of full time."""
    if not text:
        return None
    digits = text.removesuffix("%").strip().replace(",", ".")
    try:
        value = float(digits)
    except ValueError:
        value = -1.0
    percent = text.endswith("%")
    if not percent and 1 < value <= _MOST_HOURS:
        faults.append(f"fte {text} may be hours; write a share like 0.8 or 80 %")
        return None
    share = value / 100 if percent or value > 1 else value
    if not 0 < share <= 1:
        faults.append(f"fte {text} must be above 0 and at most 1 (or 100 %)")
        return None
    return round(share, 4)
