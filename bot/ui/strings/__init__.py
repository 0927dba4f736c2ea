"""Every sentence a person reads, by key and language.

A folder per language holds gettext catalogues (`*.po`) that translators' tools open; the id is our
key, the text may hold named placeholders in braces. Dates, numbers and lists follow CLDR (Babel).
A missing translation falls back to English; a missing English text is a programming error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
FALLBACK = "en"
LANGUAGES = ("en", "da", "de", "nb", "nl", "sv")
_LOCALES = {"en": "en_GB", "da": "da_DK", "de": "de_DE", "nb": "nb_NO", "nl": "nl_NL", "sv": "sv_SE"}


def supported(tag: str) -> str:
    """Supported language for a BCP 47 tag: "de-AT" → "de", "no" and "nn" → "nb", unknown → ""."""
    base = tag.replace("_", "-").split("-")[0].lower()
    base = {"no": "nb", "nn": "nb"}.get(base, base)
    return base if base in LANGUAGES else ""


def closest(tag: str) -> str:
    """As `supported`, with English for the unknown."""
    return supported(tag) or FALLBACK


def preferred(header: str) -> str:
    """The first language of an `Accept-Language` header (RFC 9110) that we speak; English otherwise."""
    for part in header[:200].split(","):
        tag = part.partition(";")[0].strip()
        if tag and (closest(tag) != FALLBACK or tag.lower().startswith(FALLBACK)):
            return closest(tag)
    return FALLBACK


def own_name(language: str) -> str:
    """A language in its own words, as people look for it: "Dansk"."""
    from babel import Locale

    name = str(Locale.parse(language).get_display_name())
    return name[0].upper() + name[1:]


def language_named(typed: str) -> str:
    """The language meant by a code or a name in any of the six ("sv", "svenska", "Swedish"); empty for none."""
    word = typed.strip().casefold()
    for language in LANGUAGES:
        names = {own_name(language), *(words(reader)(f"language.{language}") for reader in LANGUAGES)}
        if word in {language, *(name.casefold() for name in names)}:
            return language
    return supported(word) if len(word) == 2 else ""


def languages_in(typed: str) -> list[tuple[str, str]]:
    """Each typed word with the language it means, empty for none.

    "en" and "de" are also little words: they are codes where they stand alone between commas, or where no language is
    named in full.
    """
    items = [[word for word in re.split(r"[\s:/.!?+()\"“”„»«]+", item) if word] for item in re.split("[,;]", typed)]
    found = [(word.casefold(), len(item) == 1, language_named(word)) for item in items for word in item]
    in_full = any(language and len(word) > 2 for word, _, language in found)
    return [(word, language if alone or len(word) > 2 or not in_full else "") for word, alone, language in found]


@dataclass(frozen=True)
class Words:
    """The sentences of one language."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of `key` with its placeholders filled. Raises KeyError for an unknown key."""
        return _filled(_forms(self.language, key)[0], values)

    def count(self, key: str, n: int, **values: object) -> str:
        """The sentence of `key` in the plural form of `n`, which it may name as {n}."""
        forms = _forms(self.language, key)
        return _filled(forms[0 if n == 1 else -1], {"n": self.number(n), **values})

    def has(self, key: str) -> bool:
        """Whether the key exists (in English at least)."""
        return key in _catalogue(FALLBACK)

    @property
    def locale(self) -> str:
        """The CLDR locale of dates and numbers, for exports and charts."""
        return _LOCALES[self.language]

    def sentences(self) -> dict[str, str]:
        """Every sentence by key with its placeholders unfilled, English where untranslated; for exports."""
        found = {**_catalogue(FALLBACK), **_catalogue(self.language)}
        return {key: forms[0] for key, forms in found.items()}

    def every_form(self) -> list[str]:
        """Every sentence in every plural form, for checks of what is shown."""
        return [form for forms in {**_catalogue(FALLBACK), **_catalogue(self.language)}.values() for form in forms]

    def day(self, day: date, *, year: bool = False) -> str:
        """A calendar day with its weekday: "Mon 7 Dec"."""
        return _day(self.language, day, "yMMMEd" if year else "MMMEd")

    def day_of_month(self, day: date) -> str:
        """ "15 Feb": for the heads of narrow columns."""
        return _day(self.language, day, "MMMd")

    def long_day(self, day: date) -> str:
        """A calendar day in full: "7 December 2026"."""
        from babel.dates import format_date

        return format_date(day, "long", locale=_LOCALES[self.language])

    def weekday(self, number: int) -> str:
        """The name of a weekday (0 = Monday): "Monday"."""
        from babel.dates import get_day_names

        return str(get_day_names("wide", "stand-alone", locale=_LOCALES[self.language])[number])

    def moment(self, when: datetime, zone: str) -> str:
        """Day and time in the reader's zone: "Mon 7 Dec, 09:00"."""
        local = when.astimezone(ZoneInfo(zone))
        return f"{self.day(local.date())}, {self.time(local.time())}"

    def time(self, at: time) -> str:
        """A time of day as the language writes it: "09:00", in Danish "09.00"."""
        from babel.dates import format_time

        return format_time(at, "short", locale=_LOCALES[self.language])

    def percent(self, value: float) -> str:
        """A number of per cent with its sign: "80%", in German "80 %" that never breaks."""
        from babel.numbers import format_percent

        return format_percent(value / 100, locale=_LOCALES[self.language], decimal_quantization=False)

    def number(self, value: float) -> str:
        """A number with the language's separators."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=_LOCALES[self.language])

    def listing(self, items: Sequence[str]) -> str:
        """ "a, b and c" in the language."""
        from babel.lists import format_list

        return format_list(list(items), locale=_LOCALES[self.language])

    def either(self, items: Sequence[str]) -> str:
        """ "a, b or c" in the language."""
        from babel.lists import format_list

        return format_list(list(items), style="or", locale=_LOCALES[self.language])


@lru_cache(maxsize=5000)
def _day(language: str, day: date, skeleton: str) -> str:
    """Thousands of messages in a minute name the same few days."""
    from babel.dates import format_skeleton

    return format_skeleton(skeleton, day, locale=_LOCALES[language])


@cache
def words(language: str) -> Words:
    """The words of a supported language; anything else falls back to the closest one."""
    return Words(closest(language))


def untranslated(language: str) -> list[str]:
    """Ids of the English sentences that a language shows in English, because nobody has translated them yet."""
    return sorted(_catalogue(FALLBACK).keys() - _catalogue(language).keys())


def _filled(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence with its values; a value that ends in a full stop ("25. jan.") ends the sentence too."""
    text = sentence.format(**values)
    return text.replace("..", ".") if "}." in sentence else text


def _forms(language: str, key: str) -> tuple[str, ...]:
    """One text, or singular and plural; all six languages have just these two forms."""
    found = _catalogue(language).get(key)
    return found if found else _catalogue(FALLBACK)[key]


@cache
def _catalogue(language: str) -> dict[str, tuple[str, ...]]:
    from babel.messages.pofile import read_po

    texts: dict[str, tuple[str, ...]] = {}
    for path in sorted((HERE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
                string = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
                if key and all(string):
                    texts[str(key)] = tuple(str(s) for s in string)
    return texts
