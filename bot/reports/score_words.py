"""The words that stand beside scores in six languages: when one was taken, that it is a sum, how severe it is.

None of them changes a score: what is not known here is asked about, never skipped. Words of time say the order too, so
scores whose words run backwards ("post 9, pre 18", "9 from 18") are asked about.
"""

from __future__ import annotations

import re

_TREATMENT = (
    r"(?:[ -](?:treatment|therapy|behandlingen|behandling|behandeling|(?:der )?(?:behandlung|therapie)|terapi))?"
)
_AT = r"(?:at |at the |am |zum |zu |bei |bij |ved |vid |på |op |aan |aan het )?"
_BEFORE = (
    rf"{_AT}(?:pre|before|start of|beginning of|start|beginn|begin|anfang|anfangs|aanvang|oppstart|opstart|baseline"
    rf"|før|före|vor|voor|prä){_TREATMENT}|{_AT}(?:intake|admission|assessment|aufnahme|vormessung|voormeting"
    r"|førmåling|formåling|förmätning|behandlingsstart|startmåling|startmätning|ausgangswert|therapiebeginn|behandlungsbeginn|first|was|were|war|var|previously)"
)
_MIDDLE = rf"{_AT}(?:mid|halfway|mitte|halverwege|midtvejs|midtveis|halvvägs){_TREATMENT}|tussenmeting"
_AFTER = (
    rf"{_AT}(?:post|after|end of|end|efter|etter|nach|na|ende|einde|eind|slut|slutt|abschluss){_TREATMENT}"
    rf"|{_AT}(?:discharge|nachmessung|nameting|eindmeting|eftermåling|ettermåling|eftermätning|behandlingsslut"
    r"|behandlingsslutt|slutmåling|sluttmåling|slutmätning"
    r"|therapieende|behandlungsende|last|is|now|today|currently|jetzt|heute|aktuell|nu|nå|idag|i dag)"
)
_LATER = r"follow[ -]?up|fu|katamnese|opfølgning|oppfølging|uppföljning"
TIMES = rf"{_BEFORE}|{_MIDDLE}|{_AFTER}|{_LATER}"
"""When a score was taken, in words: the order says it already."""
_OF = r"(?: (?:of|was|is|on|war|ist|var|är|er))?"
SUM = (
    rf"(?:(?:raw|total|clinical|sum|summe|samlet|samlede|sammenlagt|gesamt|totaal|totalt)[ -]?"
    rf"(?:scores?|wert|skår|poäng|poeng)?|scores?|werte?|skår|skattning|ratings?|result|resultat|ergebnis){_OF}"
    r"|summenwert|gesamtwert|gesamtscore|rohwert|somscore|totaalscore|totalscore|totalskår|totalpoäng"
    r"|sumscore|sumskår|summapoäng"
)
UNITS = r"(?:p|pts?|points?|punkte?n?|punten|punt|point|poeng|poäng)\b\.?"
_FROM, _TO = "from|von|van|fra|från", "to|auf|bis|naar|til|till"
_SEVERITY = (
    r"(?:minimal|minimale?|mild|milde|moderate(?:ly)?|moderat|moderately|severe|leichte?|mittelgradige?|mittelschwere?"
    r"|mittel|schwere?|matig|ernstig|zwaar|licht|let|lett|svær|alvorlig|måttlig|lindrig|svår|normal)"
)
PER_CENT = r"%|\b(?:per ?cent|percentage|prozent|pro[cs]ent|procent)\b"
MEAN = (
    r"(?:mean|average|mittelwert|durchschnitt|gemiddelde?|gennemsnit|gjennomsnitt|medelvärde|medel|middelverdi|snitt)"
)
_WORDS = rf"and|og|und|en|och|{TIMES}|{SUM}|{_FROM}|{_TO}"
BETWEEN = re.compile(
    rf"(?:[\s,;:=|→/–—-]|(?<=[-=–—])>|{PER_CENT}|\b(?:{_WORDS})\b|(?<![A-Za-z]){UNITS}|\([^()\d]{{0,60}}\)|\[[^\[\]\d]{{0,60}}\])*",
    re.IGNORECASE,
)
"""What may stand between two scores."""
WEEK = (
    r"(?:weeks?|wk|w|uge|uke|woche|wo|week|vecka|v|u|[ts](?=\d)|session|sess|sitzung|sitting|sessie|sesjon|meting"
    r"|måling|mätning|messung)\.?(?:\s*(?:#|nr\.?|no\.?)(?=\s*\d))?"
)
POINT = re.compile(rf"(?:\b{WEEK}\s*(\d{{1,2}})\s*[:=]?\s*)?(?<!\d)(\d{{1,3}})(?!\d)", re.IGNORECASE)
_WEEK_BEHIND = re.compile(rf"(?<!\d)(\d{{1,3}})\s*(?:{UNITS})?\s*[(\[]\s*{WEEK}\s*(\d{{1,2}})\s*[)\]]", re.IGNORECASE)
_BAND_BEHIND = re.compile(
    rf"(?<=\d)[\s,:=–-]+{_SEVERITY}(?:[ -]{_SEVERITY})?\b(?=\s*(?:$|[,;|.]|(?:and|og|und|en|och)\b))", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"^([\s:=]*)[(\[](\d{1,3})[)\]]")
_RANKS = tuple(
    re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words in (rf"{_BEFORE}|{_FROM}", _MIDDLE, rf"{_AFTER}|{_TO}", _LATER)
)
_FROM_WORD = re.compile(rf"\b(?:{_FROM})\b", re.IGNORECASE)


def set_right(text: str) -> str:
    """Scores of one instrument as they are mostly written: the week in front, no band behind, one without brackets."""
    text = _BAND_BEHIND.sub("", _WEEK_BEHIND.sub(r"week \2: \1", text))
    return _IN_BRACKETS.sub(r"\1\2", text) if len(re.findall(r"\d+", text)) == 1 else text


def runs_backwards(text: str) -> bool:
    """Whether words of time stand in another order than the times they name, or a "from" behind a score."""
    found = sorted((match.start(), rank) for rank, words in enumerate(_RANKS) for match in words.finditer(text))
    ranks = [rank for _, rank in found]
    late = _FROM_WORD.search(text, first.end()) if (first := re.search(r"\d", text)) else None
    return ranks != sorted(ranks) or late is not None


def without_highest(text: str, highest: set[int | None]) -> str:
    """ "18/27" and "18 out of 27" as 18, where 27 is the highest score."""
    fraction = re.compile(
        r"(?<![\d/.])(\d{1,3})\s?(?:/|(?:out )?of|von|van|av|af|ud af|ut av|uit)\s?(\d{2,3})(?![\d/.])", re.I
    )
    return fraction.sub(lambda m: m.group(1) if int(m.group(2)) in highest else m.group(), text)
