"""Reading a typed phrase: clean it, cut it, group it in every way, and see whether one meaning remains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice, product
from math import prod

from bot.calendars.spoken.grammar import Phrase
from bot.calendars.spoken.lexicon import LANGUAGES, Lexicon, lexicon, with_english
from bot.calendars.spoken.meaning import meaning
from bot.calendars.spoken.parts import Part
from bot.calendars.spoken.readings import Act, Ask, Reading, Why
from bot.calendars.spoken.things import Misfit
from bot.calendars.spoken.tokens import Token, clean, tokens_of

LONGEST_TEXT = 200
"""Characters; whoever writes more tells a story, not a period."""
MOST_SPELLINGS = 12
MOST_ROWS = 400
"""Ways to group one phrase; what has more is asked about."""
MOST_READINGS = 3
DAYS = {"weekday", "weekend", "nth"}
"""Roles whose words name a day or days."""
SILENT = {"mark", "dash", "smile"}
"""Kinds of tokens that are no words."""

Mean = Callable[[tuple[Part, ...], date], Reading]
"""What a row of parts means on a day; raises `Misfit` for a row that means nothing."""


def understand(text: str, today: date, language: str) -> Reading:
    """What a typed phrase of leave, a mode or a return means on a day, read in its language, else in English."""
    return read(text, today, language, meaning)


def read(text: str, today: date, language: str, mean: Mean) -> Reading:
    """What a typed phrase means.

    Somebody whose language is English may type in any of the six: new colleagues have not chosen theirs yet. In the
    other languages English is read too, by itself and, last, word beside word.
    """
    if len(text) > LONGEST_TEXT * 4:
        return Ask(Why.UNREAD)
    phrase = clean(text)
    if not phrase:
        return Ask(Why.NOTHING)
    if len(phrase) > LONGEST_TEXT:
        return Ask(Why.UNREAD)
    own = language if language in LANGUAGES else "en"
    first = _read(phrase, today, lexicon(own), mean, slips=True)
    if not isinstance(first, Ask) or first.why is not Why.UNREAD or _refusal(phrase, lexicon(own)):
        return first
    others = [each for each in LANGUAGES if each != "en"] if own == "en" else ["en"]
    found = {_read(phrase, today, lexicon(other), mean, slips=False) for other in others}
    acts = [each for each in found if not isinstance(each, Ask)]
    # Of other languages only what was read whole counts: Dutch "of" is "or", and no reason to doubt English words.
    asks = [each for each in found if isinstance(each, Ask) and (each.readings or each.why is Why.NO_PERIOD)]
    if len(acts) + len(asks) == 1:
        return (acts or asks)[0]
    if own != "en":
        mixed = _read(phrase, today, with_english(own), mean, slips=True)
        return first if isinstance(mixed, Ask) and not mixed.readings else mixed
    return first


def _read(phrase: str, today: date, words: Lexicon, mean: Mean, *, slips: bool) -> Reading:
    tokens = tokens_of(phrase, words.ordinals)
    if _vetoed(tokens, words):
        return Ask(_why_unread(phrase, words))
    found: dict[Reading, None] = {}
    misfit = False
    tried: list[Phrase] = []
    for spelling in _spellings(tokens, words, slips=slips):
        ways = Phrase(spelling, words)
        rows = ways.rows(MOST_ROWS)
        if len(rows) > MOST_ROWS:
            return Ask(Why.TWO_READINGS)
        for row in rows:
            try:
                found[mean(row, today)] = None
            except Misfit:
                misfit = True
        tried.append(ways)
    bare = [each for each in found if isinstance(each, Ask) and each.why is Why.NO_ACT]
    if len(bare) < len(found):  # another grouping says what is to happen
        for each in bare:
            del found[each]
    acts = [each for each in found if not isinstance(each, Ask)]
    asks = [each for each in found if isinstance(each, Ask)]
    if len(acts) == 1 and (not asks or _from_no_weekday(tokens, words, asks)):
        return acts[0]
    if found:
        return _asked(acts, asks)
    if any(ways.impossible for ways in tried):
        return Ask(Why.NO_SUCH_DAY)
    return Ask(Why.UNFIT) if misfit and not _refusal(phrase, words) else _unread(phrase, tokens, words, slips=slips)


def _unread(phrase: str, tokens: list[Token], words: Lexicon, *, slips: bool) -> Ask:
    """Why nothing came of the phrase, with the first word that was not read."""
    why = _why_unread(phrase, words)
    if why is not Why.UNREAD:
        return Ask(why)
    written = [token for token in tokens if token.kind not in SILENT]
    for number, token in enumerate(written, 1):
        refused = {entry.role for entry, _ in words.phrases_at([token], 0)} == {"refused"}
        if token.kind == "other" or refused or (slips and token.kind == "word" and not words.spellings(token)):
            return Ask(Why.UNREAD, word=_place(phrase, number, words))
    return Ask(Why.UNREAD)


def _place(phrase: str, number: int, words: Lexicon) -> int:
    """Which word, as a reader counts them, holds the token with this number: "f2ff" is one word of three tokens."""
    said = phrase.split()
    for at in range(1, len(said)):
        before = tokens_of(" ".join(said[:at]), words.ordinals)
        if sum(token.kind not in SILENT for token in before) >= number:
            return at
    return len(said)


def _from_no_weekday(tokens: list[Token], words: Lexicon, asks: list[Ask]) -> bool:
    """Whether a short word is "from" and no Friday: Swedish "fr. 15 sept", where the 15th is another day."""
    either = any(
        {"from", "weekday"} <= {entry.role for entry, _ in words.phrases_at(tokens, at)} for at in range(len(tokens))
    )
    return either and all(ask.why is Why.WEEKDAY_DIFFERS for ask in asks)


def _asked(acts: list[Act], asks: list[Ask]) -> Ask:
    readings = dict.fromkeys([*acts, *(reading for ask in asks for reading in ask.readings)])
    why = asks[0].why if len(asks) == 1 and not acts else Why.TWO_READINGS
    if asks and not acts and all(ask.why is asks[0].why for ask in asks):
        why = asks[0].why
    return Ask(why, tuple(islice(readings, MOST_READINGS)))


def _spellings(tokens: list[Token], words: Lexicon, *, slips: bool) -> Iterator[list[Token]]:
    """The phrase as the tables spell it: once for each word a slip may be, never if a word is not known."""
    choices: list[list[tuple[Token, ...]]] = []
    for token in tokens:
        if token.kind != "word":
            choices.append([(token,)])
            continue
        known = words.spellings(token) if slips else words.as_written(token)
        choices.append([*((replace(token, text=word),) for word in known), *_parted(token, words)])
    if prod(map(len, choices)) <= MOST_SPELLINGS:
        for chosen in product(*choices):
            spelling = [token for pieces in chosen for token in pieces]
            if len(spelling) == len(tokens) or not _vetoed(spelling, words):
                yield spelling


def _parted(token: Token, words: Lexicon) -> list[tuple[Token, ...]]:
    """The two words of one typed without its space."""
    return [(replace(token, text=first), replace(token, text=second)) for first, second in words.parted(token.text)]


def _vetoed(tokens: list[Token], words: Lexicon) -> bool:
    """Whether a refused phrase of several words stands there: each of them may be read by itself ("working days").

    "Not any more" refuses a plan, but not within "not here any more".
    """
    found = [(at, *hit) for at in range(len(tokens)) for hit in words.phrases_at(tokens, at)]
    gone = [(at, after) for at, entry, after in found if entry.role in {"absent", "reason", "changed", "well"}]
    return _means_another_day(tokens, words) or any(
        entry.role == "refused" and after - at > 1 and not any(a <= at and after <= end for a, end in gone)
        for at, entry, after in found
    )


def _means_another_day(tokens: list[Token], words: Lexicon) -> bool:
    """Whether a word stands right before a day and makes it another, or many: "om de vrijdag", "før fredag".

    Such a word may say nothing elsewhere ("Hallo alle"), or be the end of a phrase that is read ("tot en met").
    """
    phrases = {at: words.phrases_at(tokens, at) for at in range(len(tokens))}
    starts = {at for at, found in phrases.items() if any(entry.role in DAYS for entry, _ in found)}
    dated = {at for at, token in enumerate(tokens) if token.kind in {"number", "day_month", "date"}}
    starts |= {at for at in dated if not any(entry.role == "unit" for entry, _ in phrases.get(at + 1, ()))}
    starts |= {at for at, found in phrases.items() if any(e.role == "the" and after in starts for e, after in found)}
    denied = any(entry.role in {"not", "absent"} for found in phrases.values() for entry, _ in found)
    before = {"not_before", "before"}
    not_before = {at for at, found in phrases.items() if denied and any(e.role in before for e, _ in found)}
    return any(
        entry.role == "before_day"
        and after in starts
        and at not in not_before
        and not any(end == after and end - back > 1 for back in range(at) for _, end in phrases[back])
        for at, found in phrases.items()
        for entry, after in found
    )


def _refusal(phrase: str, words: Lexicon) -> str:
    """The table of the first word that is known to be no part of a period, "" without one."""
    tokens = tokens_of(phrase, words.ordinals)
    found = [(at, *hit) for at in range(len(tokens)) for hit in words.phrases_at(tokens, at)]
    read = [(at, after) for at, entry, after in found if entry.role != "refused"]
    for at, entry, after in found:
        within = any(start <= at and after <= end and end - start > after - at for start, end in read)
        if entry.role == "refused" and not within and not _dated(tokens, words, at, after):
            return str(entry.value)
    return ""


def _dated(tokens: list[Token], words: Lexicon, at: int, after: int) -> bool:
    """Whether a refused word is a month here, because it stands beside a day.

    Danish "jul" is Christmas, but "1 jul" is July; so is "1st of Jul", which a Dane may type in English.
    """
    if all(entry.role != "months_dated" or end != after for entry, end in words.phrases_at(tokens, at)):
        return False
    between = lexicon("en").ordinals | {"of"}
    before = [token for token in tokens[:at] if token.text not in between][-1:]
    return any(token.kind == "number" for token in [*before, *tokens[after : after + 1]])


def _why_unread(phrase: str, words: Lexicon) -> Why:
    """Why nothing came of the phrase."""
    tokens = tokens_of(phrase, words.ordinals)
    for at, token in enumerate(tokens[:-1]):  # at 9 · um 9: an hour
        bare = tokens[at + 1].kind == "number" and tokens[at + 2 : at + 3] == []
        if bare and any(entry.role == "clock_at" for entry, _ in words.phrases_at([token], 0)):
            return Why.CLOCK
    kinds = {token.kind for token in tokens}
    for kind, why in (("clock", Why.CLOCK), ("share", Why.SHARE)):
        if kind in kinds:
            return why
    refusal = _refusal(phrase, words)
    return Why(refusal) if refusal and refusal != "other" else Why.UNREAD
