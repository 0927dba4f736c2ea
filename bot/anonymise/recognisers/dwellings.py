"""Where in a house somebody lives, houses with a name, and addresses without a street word.

"Flat 3B, Larch House", "2. th.", "opgang C, lejl. 4", "2-hoog, nr 37", "3. OG links", "PO Box 12", "Hungary 34796":
each is found by its own word, so that nothing of an address is left beside the street.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.word_class import readable, related
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_CODE = r"(?:no\.? ?|nr\.? ?|#)?(?:[A-Z]?\d{1,5}[A-Za-z]?(?:[-/]\d{1,4})?|[A-Z](?![\w']))"
_FLAT = re.compile(
    rf"\b(?:flat|apartment|apt\.?|suite|ste\.|lejl\.?|lejlighed|leil\.?|leilighet|lgh\.?|whg\.?|wohnung|appartement|app\."
    rf"|wohneinheit|opgang|oppgang|uppgång|uppg\.|bolignr\.?|dør|(?<=\d )bus) {_CODE}",
    re.IGNORECASE,
)
_FLOOR = re.compile(
    r"(?<![\w.,/-])(?:\d{1,2}\.|st\.?|kl\.?) ?,? ?(?:(?:sal|etage|og|stock|obergeschoss)\b[., ]{0,2})?(?:th|tv|mf)\b\.?"
    r"|(?<![\w./-])\d{1,2}\. ?(?:og|stock|etage|sal|obergeschoss)\b(?:[, ]{1,2}(?:links|rechts|mitte|tv|th|mf)\b)?"
    r"|\b(?:eg|og|hinterhaus|vorderhaus|seitenflügel)[, ]{1,2}(?:links|rechts|mitte)\b|\b[HUKL]0[1-9]\d{2}\b"
    r"|(?<![\w-])\d{1,2}[- ]?hoog\b|\b(?:etage|verdieping) \d{1,2}(?:[- ]?hoog\b)?"
    r"|(?<![\w-])\d{1,2} (?:tr|trp|trappor)\b\.?"
    r"|\b(?:first|second|third|ground|top|\d{1,2}(?:st|nd|rd|th)) floor flat\b",
    re.IGNORECASE,
)
_HOUSE_NUMBER = re.compile(
    r"\b(?:house (?:number|no\.?)|number|husnr\.?|husnummer|hausnummer|hausnr\.?|huisnummer|huisnr\.?|nummer|nr\.?"
    r"|no\.) ?"
    r"(\d{1,4} ?[A-Za-z]?)(?![\w/.,-]?\d)(?!\w)",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"\b(?:p\.? ?o\.? ?box|postbox|postboks|postfach|postbus|antwoordnummer|svarpost|box(?= \d{2,6}\b, ?\d))"
    r"[ .:]{1,2}\d{1,6}"
    r"(?: \d{2,4})?|\bc/o [A-ZÆØÅÄÖÜ][\w'-]{1,24}(?: [A-ZÆØÅÄÖÜ][\w'-]{1,24})?",
    re.IGNORECASE,
)
_HOUSE = re.compile(
    r"\b(?:(?:The|Old|Little|Upper|Lower|Great|St\.?) )?[A-Z][\w']{2,20}(?: [A-Z][\w']{2,20})?"
    r" (?:House|Cottage|Lodge|Farmhouse|Villas?|Barn"
    r"|Manor|Towers?|Mansions?|Heights|Bungalow|Rectory|Vicarage|Grange|Gatehouse|Stables|Apartments|Flats|Buildings)\b"
)
_AFTER_COUNTRY = re.compile(r"(?<=[^\W\d_]\s)\d{4,6}(?=\s|[.,;?!)]|$)")
_STATE = re.compile(
    r"\b[A-Z]{2},?\s{1,4}\d{5}(?:-\d{4})?\b|\b(?:PSC|CMR|Unit) \d{3,5},? Box \d{2,6}\b|\b[ADF]PO,? [A-Z]{2} \d{5}\b"
)
_NUMBERED_STREET = re.compile(
    r"(?<![\w.,/-])\d{1,5}[A-Za-z]? (?:[A-Z][\w'.-]{1,20} ){1,4}"
    r"(?:Yard|Wynd|Vennel|Brae|Mount|Path|Side|End|Bank|Passage|Arcade|Broadway|Parade"
    r"|Circus|Common|Heath|Fields?|Meadows?|Orchard|Glade|Dene|Vale|Ridge|Croft|Garth|Fold|Corner|Chase|Causeway|Bridge|Cross|Hollow|Crossing"
    r"|Streets?|Squares?|Parks?|Street|Trail|Parkway|Highway|Blvd|Pkwy|Union|Turnpike|Springs?)\b"
)
_ABROAD = re.compile(
    r"\b[A-ZÀ-ÖØ-Þ]\w{3,24}(?:katu|tie|kuja|polku|gata|gatan|gate|veien|vegen|vej|vägen|gade|straße|strasse|straat|weg|laan|gasse|platz"
    r"|plein|allé|allee|stien|stræti|straeti|torget|plads|brücke|graben) \d{1,4}[a-z]?(?![\w/.,-]?\d)"
    r"|\b(?:ul\.|ulica|rue|rua|calle|avenida|avenue|paseo|strada|via|viale|piazza|plaza|place|quai|chemin|corso|boulevard|bulevar"
    r"|cadde|sokak)(?: (?:de|do|da|del|della|la|le|du|des|dos))?(?: [A-ZÀ-ÖØ-Þ][\w'.-]{1,20}){1,3},? \d{1,4}[a-z]?"
    r"(?![\w/.,-]?\d)"
    r"|\b(?:[A-ZÀ-ÖØ-Þ][\w.-]{1,20} ){1,3}(?:utca|útja|tér|rkp\.|u\.|köz|caddesi|sokağı) \d{1,4}\.?(?!\d)",
    re.IGNORECASE,
)
"""Streets of other countries, in text of any language: "Koskikatu 25", "ul. Miła 53", "Rua do Arenque 1634"."""
_CORNER = re.compile(
    r"\b((?:the )?corner of (?:\d{1,5} )?[A-Z][\w'.-]{1,20}(?: [\w'.-]{1,20}){0,3} and (?:[A-Z][\w'.-]{1,20} ?){1,3})"
)
_FURTHER = 4
_LIVES = re.compile(
    r"\b(?:lives?|living|home|house|address|addr|bor|bo|boende|bosatt|adresse|adress|adres|anschrift|wohnt|wohnhaft|woont|woon|moved|flyttet"
    r"|flyttede|flyttade|umgezogen|verhuisd|deliver|post)\b",
    re.IGNORECASE,
)
_SHORT_STREETS = frozenset({"u", "ul", "tér", "utca", "str", "st", "rkp", "ter"})
_PARTS = frozenset({"ADDRESS", "POSTCODE", "PLACE"})
_JOINING = frozenset({"do", "da", "de", "del", "la", "le", "du", "of", "u", "ul", "nan"})
"""Small words between two parts of an address, and what a form prints for no state."""
_BLOCK, _GAP, _TOWN_WORDS = 80, 40, 3
_FIRST = frozenset({"south", "united", "new", "north", "northern"})
_SECOND = frozenset({"africa", "kingdom", "states", "zealand", "ireland", "korea"})
_NEAR, _FAR = 60, 20
_UNITS = word_set("units") | word_set("counted") | word_set("done")
_NOT_STREETS, _PARTICLES = word_set("not_streets"), word_set("particles")


def dwellings(passage: Passage) -> Iterator[Span]:
    """Flats, floors, house numbers by their word, boxes, named houses, postcodes after a country or a state."""
    for pattern in (_FLAT, _FLOOR, _BOX, _STATE, _NUMBERED_STREET, _ABROAD):
        for match in pattern.finditer(passage.text):
            shown = pattern is not _ABROAD or _with_a_capital(passage, match)
            if shown and not _counted(passage, match):
                yield Span(match.start(), match.end(), "ADDRESS", "check", 0.6, "address")
    for match in _CORNER.finditer(passage.text):
        yield Span(match.start(1), match.start(1) + len(match[1].rstrip()), "ADDRESS", "check", 0.55, "address")
    for match in _HOUSE_NUMBER.finditer(passage.text):
        if _lives(passage, match.start()) and not _counted(passage, match):
            yield Span(match.start(1), match.end(1), "ADDRESS", "check", 0.55, "address")
    for match in _HOUSE.finditer(passage.text):
        if _led_as_home(passage, match):
            yield Span(match.start(), match.end(), "ADDRESS", "check", 0.55, "address")
    for match in _AFTER_COUNTRY.finditer(passage.text):
        before = next(iter(passage.left_of(match.start(), 1)), None)
        if before is not None and before.capital and before.low in passage.shared.countries:
            yield Span(match.start(), match.end(), "POSTCODE", "check", 0.6, "postcode")


def _with_a_capital(passage: Passage, match: re.Match[str]) -> bool:
    """A capital beside the street word, where the text has capitals; no word on the way ("unterwegs 3")."""
    words = [w for w in passage.between(match.start(), match.end()) if not w.number]
    plain = any(w.low in _NOT_STREETS or w.low in passage.vocabulary.function - _PARTICLES for w in words)
    return not plain and (passage.small or words[-1].capital or words[0].capital)


def beside_an_address(passage: Passage, span: Span) -> Span:
    """An address with the numbers that stand directly before and after it: "Koskikatu [25]", "[6750] Koskikatu"."""
    inside = passage.between(span.start, span.end)
    if not inside:
        return span
    first, last = inside[0], inside[-1]
    for _ in range(_FURTHER):
        before = passage.before(first)
        if before is None or first.gap not in (" ", ", ") or not _house_number(passage, before):
            break
        first = before
    for _ in range(_FURTHER):
        after = passage.after(last)
        if after is not None and after.gap == " " and after.low in _SHORT_STREETS:
            after = passage.after(after)
            if after is None or after.gap not in (" ", ". ") or not _house_number(passage, after):
                break
            last = after
            continue
        if after is None or after.gap != " " or not _house_number(passage, after) or _measures(passage, after):
            break
        last = after
    return replace(span, start=min(span.start, first.start), end=max(span.end, last.end))


def blocks(passage: Passage, spans: Sequence[Span]) -> Iterator[Span]:
    """Addresses with what stands between their parts and ends them: a state, a small word, a country.

    "Suite 245 / FÜRLING / Austria 25173", "Rua [do] Arenque 1634", "Toronto, ON 82269".
    """
    last_address = -_BLOCK
    for at, span in enumerate(spans):
        if span.cls == "ADDRESS" and any(c.isdigit() for c in passage.text[span.start : span.end]):
            last_address = span.end
        line = span.cls == "NAME" and span.tier == "check" and _alone_on_its_line(passage, span)
        within = (span.cls in _PARTS or line) and span.end - last_address < _BLOCK
        following = spans[at + 1] if at + 1 < len(spans) else None
        if within and following is not None and (end := _up_to(passage, span, following)):
            yield replace(span, end=end, cls="PLACE" if line else span.cls)
            continue
        country = _country_after(passage, span) if within else None
        yield span if country is None else replace(span, end=country)
        if country is None and last_address == span.end and (town := _town_after(passage, span, following)):
            yield town


def _alone_on_its_line(passage: Passage, span: Span) -> bool:
    before, after = passage.text[: span.start].rstrip(" ,>"), passage.text[span.end :].lstrip(" ,>")
    return before.endswith("\n") and after.startswith("\n")


def _up_to(passage: Passage, span: Span, following: Span) -> int:
    """Where the words end that join this part of an address to the next; 0 where they do not."""
    between = passage.text[span.end : following.start]
    alone = following.cls == "NAME" and following.tier == "check" and _alone_on_its_line(passage, following)
    if not between.strip() or len(between) > _GAP or not (following.cls in _PARTS or alone):
        return 0
    words = passage.between(span.end, following.start)
    parts = [w for w in words if not _joins(passage, w)]
    signs = "".join(c for c in between if not c.isalnum()).strip(" ,.\n>")
    town = len(parts) <= _TOWN_WORDS and all(w.capital for w in parts) and between.count("\n") > 1
    return span.end + len(between.rstrip(" ,\n>")) if words and not signs and (not parts or town) else 0


def _joins(passage: Passage, word: Word) -> bool:
    state = len(word.text) == 2 and word.text.isupper()
    known = word.low in passage.shared.countries | _JOINING | _FIRST | _SECOND
    return state or known or (word.text.isdigit() and len(word.text) < 6)


def _town_after(passage: Passage, span: Span, following: Span | None) -> Span | None:
    """ "Elmevænget 9, Lejre.": the capital that ends the phrase behind an address is its town, whatever it means."""
    town = passage.right_of(span.end)
    if town is None or passage.text[span.end : town.start] != ", " or not town.capital or town.caps_run:
        return None
    after = passage.after(town)
    ends = after is None or after.first or after.gap.strip() != ""
    taken = following is not None and following.start <= town.start
    if taken or not ends or town.number or passage.lang == "de" or readable(passage, town) or related(passage, town):
        return None
    return Span(town.start, town.end, "PLACE", "check", 0.5, "address")


def _country_after(passage: Passage, span: Span) -> int | None:
    """Where a country ends that closes the address."""
    first = passage.right_of(span.end)
    if first is None or not first.capital or passage.text[span.end : first.start].strip(" ,\n>"):
        return None
    second = passage.after(first)
    if first.low in passage.shared.countries:
        return first.end
    pair = second is not None and second.gap == " " and second.capital and second.low in _SECOND
    return second.end if pair and second is not None and first.low in _FIRST else None


def _house_number(passage: Passage, word: Word) -> bool:
    """Up to five figures, perhaps a letter; not what a test or a week counts."""
    if not word.text[0].isdigit() or len(word.text) > 6 or not word.text.replace("-", "").isalnum():
        return False
    if len(word.text) == 4 and word.text.startswith(("19", "20")):
        return False
    before = passage.before(word)
    return before is None or before.low not in _UNITS | passage.shared.tests | passage.vocabulary.months


def _measures(passage: Passage, word: Word) -> bool:
    after = passage.after(word)
    return after is not None and after.gap in (" ", "") and after.low in _UNITS


def _lives(passage: Passage, start: int) -> bool:
    """A word of living or moving stands before, in the same sentence."""
    left = re.split(r"[.!?]\s|\n\n", passage.text[max(0, start - _NEAR) : start])[-1]
    return _LIVES.search(left) is not None


def _counted(passage: Passage, match: re.Match[str]) -> bool:
    after = passage.right_of(match.end())
    return after is not None and after.low in _UNITS and not passage.text[match.end() : after.start].strip()


def _led_as_home(passage: Passage, match: re.Match[str]) -> bool:
    """ "Flat 3B, Larch House", "lives at Rose Cottage": a house where somebody lives, not one that somebody owns."""
    words = passage.between(match.start(), match.end())
    if any(readable(passage, w) or related(passage, w) for w in words[:-1]):
        return False
    left = passage.text[max(0, match.start() - _FAR) : match.start()]
    comma = passage.text[match.end() : match.end() + 2] == ", " or left.endswith((", ", "\n"))
    figures = any(c.isdigit() for c in left + passage.text[match.end() : match.end() + _FAR])
    return _lives(passage, match.start()) or (comma and figures)
