"""Words that only prompt an author to answer the risk question (DOMAIN.md section 5 g). They alert nobody.

Thoughts of suicide alone are common in treatment over the internet and prompt nothing. A text prompts when a word of
danger stands near a word that makes it concrete (a plan, a means, a time, a farewell), or is such a farewell itself.
Stems are written as in the language, lower case; each also finds its longer forms ("plan" finds "planned").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

NEAR = 25
"""How many words may lie between the danger and what makes it concrete."""

_DANGER = {
    "en": "suicid|kill|end my life|end his life|end her life|end their life|take my life|take his life|take her life|"
    "not want to live|better off dead|self-harm|self harm|hurt himself|hurt herself|hurt themselves|hurt somebody|"
    "hurt someone|overdos",
    "da": "selvmord|suicid|tage sit liv|tage mit liv|gøre en ende på livet|dø|slå sig selv ihjel|slå ihjel|dræbe|"
    "selvskad|skade sig selv|overdosis",
    "de": "suizid|selbstmord|selbsttöt|das leben nehmen|umbring|nicht mehr leben|sterben|töten|selbstverletz|"
    "sich verletzen|überdosis",
    "nb": "selvmord|suicid|ta livet|ta sitt liv|ikke leve|dø|drepe|selvskad|skade seg|overdose",
    "nl": "zelfmoord|suïcid|suicid|zelfdoding|een einde aan|niet meer leven|doodmaken|dood wil|vermoord|"
    "zelfbeschadig|zichzelf pijn|overdosis",
    "sv": "självmord|suicid|ta sitt liv|ta livet|inte leva|dö|döda|självskad|skada sig själv|överdos",
}
_CONCRETE = {
    "en": "plan|date|tonight|tomorrow|weekend|prepar|pills|tablets|rope|gun|knife|bridge|train|note|goodbye|"
    "farewell|will written|collected|bought|hoard",
    "da": "plan|dato|i aften|i nat|i morgen|weekend|forbered|piller|tabletter|reb|våben|kniv|bro|tog|brev|farvel|"
    "afsked|samlet|købt",
    "de": "plan|datum|heute abend|heute nacht|morgen|wochenende|vorbereit|pillen|tabletten|seil|strick|waffe|"
    "messer|brücke|zug|brief|abschied|gesammelt|gekauft|besorgt",
    "nb": "plan|dato|i kveld|i natt|i morgen|helg|forbered|piller|tabletter|tau|våpen|kniv|bro|tog|brev|farvel|"
    "avskjed|samlet|kjøpt",
    "nl": "plan|datum|vanavond|vannacht|morgen|weekend|voorbereid|pillen|tabletten|touw|wapen|mes|brug|trein|brief|"
    "afscheid|verzameld|gekocht",
    "sv": "plan|datum|i kväll|i natt|i morgon|helg|förbered|piller|tabletter|rep|vapen|kniv|bro|tåg|brev|farväl|"
    "avsked|samlat|köpt",
}
_ALONE = {
    "en": "suicide note|farewell letter|goodbye letter|suicide plan",
    "da": "afskedsbrev|selvmordsplan|selvmordsbrev",
    "de": "abschiedsbrief|suizidplan|selbstmordplan",
    "nb": "avskjedsbrev|selvmordsplan|selvmordsbrev",
    "nl": "afscheidsbrief|zelfmoordplan|suïcideplan",
    "sv": "avskedsbrev|självmordsplan|självmordsbrev",
}
_SHORT = frozenset({"dø", "dö", "tau", "reb", "rep", "tog", "tåg", "bro", "mes", "zug", "gun", "date", "dato"})
"""Stems that only count as whole words: longer words that begin with them mean something else."""


def speaks_of_a_plan(texts: Iterable[str], language: str) -> bool:
    """Whether any text names danger and something concrete close together; English is always looked for as well."""
    languages = {language, "en"} & set(_DANGER)
    return any(_prompts(text.casefold(), each) for text in texts for each in languages)


def _prompts(text: str, language: str) -> bool:
    danger, concrete, alone = _patterns(language)
    if alone.search(text):
        return True
    dangers = [_word(text, m.start()) for m in danger.finditer(text)]
    if not dangers:
        return False
    return any(abs(_word(text, m.start()) - at) <= NEAR for m in concrete.finditer(text) for at in dangers)


def _word(text: str, position: int) -> int:
    """Which word of the text stands at a position."""
    return len(text[:position].split())


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(stems[language].split("|")) for stems in (_DANGER, _CONCRETE, _ALONE))


def _pattern(stems: list[str]) -> re.Pattern[str]:
    parts = [re.escape(stem) + (r"\b" if stem in _SHORT else "") for stem in stems]
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + ")")
