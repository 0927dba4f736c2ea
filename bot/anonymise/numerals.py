"""Numbers in words, in six languages: the days of a month and ages of ninety and more, as patterns.

A closed list: thirty-one ordinals and the numbers from 90 to 119 a language, with the spellings that are in use.
"""

from __future__ import annotations

import re
from functools import cache

_ORDINALS = {
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth",
    "da": "første anden tredje fjerde femte sjette syvende ottende niende tiende ellevte tolvte trettende fjortende "
    "femtende sekstende syttende attende nittende tyvende tredivte",
    "nb": "første andre tredje fjerde femte sjette sjuende syvende åttende niende tiende ellevte tolvte trettende "
    "fjortende femtende sekstende syttende attende nittende tjuende tyvende trettiende",
    "sv": "första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte trettonde fjortonde "
    "femtonde sextonde sjuttonde artonde nittonde tjugonde trettionde",
    "de": "erste zweite dritte vierte fünfte sechste siebte siebente achte neunte zehnte elfte zwölfte dreizehnte "
    "vierzehnte fünfzehnte sechzehnte siebzehnte achtzehnte neunzehnte zwanzigste dreißigste dreissigste",
    "nl": "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende "
    "vijftiende zestiende zeventiende achttiende negentiende twintigste dertigste",
}
_ONES = {
    "en": "one two three four five six seven eight nine",
    "da": "en et to tre fire fem seks syv otte ni",
    "nb": "en ett to tre fire fem seks sju syv åtte ni",
    "sv": "en ett två tre fyra fem sex sju åtta nio",
    "de": "ein eins zwei drei vier fünf sechs sieben acht neun",
    "nl": "een één twee drie vier vijf zes zeven acht negen",
}


def _any(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


@cache
def ordinal_days() -> str:
    """ "third", "twenty-first", "dritten", "enogtyvende", "tjueførste", "tweeëntwintigste": a day of a month."""
    en, sv, nb = _any(_ORDINALS["en"]), _any(_ORDINALS["sv"]), _any(_ORDINALS["nb"])
    patterns = (
        rf"(?:(?:twenty|thirty)[- ]?)?(?:{en})",
        rf"{_any(_ORDINALS['da'])}|(?:{_any(_ONES['da'])}) ?og ?(?:tyvende|tredivte)",
        rf"(?:(?:tjue|tretti) ?)?(?:{nb})",
        rf"(?:(?:tjugo|trettio) ?)?(?:{sv})",
        rf"(?:(?:{_any(_ONES['de'])})und(?:zwanzigste|dreißigste|dreissigste)|{_any(_ORDINALS['de'])})[nrs]?",
        rf"(?:{_any(_ONES['nl'])})(?:en|ën)(?:twintigste|dertigste)|{_any(_ORDINALS['nl'])}",
    )
    return "|".join(patterns)


@cache
def above_ninety() -> str:
    """91 to 99 in words: "ninety-four", "vierundneunzig", "fireoghalvfems", "fire og nitti", "nittiofyra"."""
    ones = {lang: _any(words) for lang, words in _ONES.items()}
    patterns = (
        rf"ninety[- ]?(?:{ones['en']})",
        rf"(?:{ones['da']})[- ]?og[- ]?(?:halvfems|halvfemsinds)",
        rf"nitti[- ]?(?:{ones['nb']})|(?:{ones['nb']})[- ]?og[- ]?nitti",
        rf"nittio[- ]?(?:{ones['sv']})",
        rf"(?:{ones['de']})[- ]?und[- ]?neunzig",
        rf"(?:{ones['nl']})[- ]?(?:en|ën)[- ]?negentig",
    )
    return "|".join(patterns)


@cache
def ninety_or_a_hundred() -> str:
    """90, and 100 to 109 in words, which can also be counted or measured."""
    ones = "|".join(_any(words) for words in _ONES.values())
    hundred = (
        r"(?:(?:a|one|ein|ett|et|en) ?)?(?:hundred|hundert|hundrede|hundre|hundra|honderd)"
        rf"(?: ?(?:and|und|og|och|en)? ?(?:{ones}))?"
    )
    return rf"ninety|neunzig|negentig|halvfems|nitti|nittio|{hundred}"


@cache
def twenties() -> str:
    """The years 20 to 29 as dictation writes them: "twenty five", "femogtyve", "fünfundzwanzig", "tjugofem"."""
    ones = {lang: _any(words) for lang, words in _ONES.items()}
    patterns = (
        rf"twenty[- ](?:{ones['en']})",
        rf"(?:{ones['da']})[- ]?og[- ]?tyve",
        rf"tjue[- ]?(?:{ones['nb']})|(?:{ones['nb']})[- ]?og[- ]?tjue",
        rf"tjugo[- ]?(?:{ones['sv']})",
        rf"(?:{ones['de']})[- ]?und[- ]?zwanzig",
        rf"(?:{ones['nl']})[- ]?(?:en|ën)[- ]?twintig",
    )
    return "|".join(patterns)


@cache
def _numbers() -> re.Pattern[str]:
    ones = "|".join(_any(words) for words in _ONES.values())
    tens = (
        r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|tyve|tredive|fyrre|halvtreds|tres|halvfjerds|firs"
        r"|halvfems|tjue|tretti|førti|femti|seksti|sytti|åtti|nitti|tjugo|trettio|fyrtio|femtio|sextio|sjuttio|åttio"
        r"|nittio|zwanzig|dreißig|dreissig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig|twintig|dertig|veertig"
        r"|vijftig|zestig|zeventig|tachtig|negentig"
    )
    return re.compile(rf"(?:(?:{ones})(?:og|und|en|ën))?(?:{tens})(?:{ones})?")


def spelled(low: str) -> bool:
    """A number below a hundred written as one word: "toogtyve", "vierundneunzig", "tjugofem"."""
    return _numbers().fullmatch(low) is not None
