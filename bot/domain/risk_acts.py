"""Acts that endanger somebody, read from what they are made of: a verb, whom, how, when, in whatever order they stand.

Languages part their verbs and turn their sentences round ("bringt sich am Freitag um", "on Friday he will hang
himself"), so an act is not looked for as a row of words: its parts must stand in one sentence, with a sign that it is
meant (an intention, a threat, a time, a means). Fear and obsession speak of the same acts and mean none.
The words stand in `risk_acts/<language>.toml`; `risk_words.py` reads whole phrases and asks here as well.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.domain.risk_patterns import pattern


@dataclass(frozen=True)
class Sentence:
    """One sentence in lower case; `danger` is without grief and denial, `detail` without plans of treatment."""

    danger: str
    detail: str
    whole: str
    """Up to the full stops, where the other two end at a semicolon as well."""
    when: bool
    """Whether a time is named."""
    weak: bool
    """Whether thoughts of death or of hurting oneself are named."""
    got: bool
    """Whether a means was got, a farewell said."""
    armed: bool
    """Whether a means is named."""
    how: bool
    """Whether a plan, a means or a preparation is named."""


@dataclass(frozen=True)
class _Words:
    oneself: re.Pattern[str]
    kill: re.Pattern[str]
    """With oneself: a thought until something concrete stands beside it."""
    method: re.Pattern[str]
    """With oneself: to kill oneself in a way that is named."""
    fall: re.Pattern[str]
    height: re.Pattern[str]
    lie: re.Pattern[str]
    track: re.Pattern[str]
    drive: re.Pattern[str]
    crash: re.Pattern[str]
    cut: re.Pattern[str]
    veins: re.Pattern[str]
    swallow: re.Pattern[str]
    doses: re.Pattern[str]
    end: re.Pattern[str]
    life: re.Pattern[str]
    lethal: re.Pattern[str]
    hit: re.Pattern[str]
    person: re.Pattern[str]
    pronoun: re.Pattern[str]
    child: re.Pattern[str]
    intent: re.Pattern[str]
    threat: re.Pattern[str]
    threatens: re.Pattern[str]
    """To threaten somebody with an act, whatever act it is."""
    again: re.Pattern[str]
    cry: re.Pattern[str]
    """What happened before, as in "like yesterday"."""
    afraid: re.Pattern[str]
    obsession: re.Pattern[str]
    past: re.Pattern[str]
    """Told of somebody, long over."""
    gone: re.Pattern[str]
    """No longer there."""
    does_it: re.Pattern[str]
    """To do "it"."""
    wound: re.Pattern[str]
    body: re.Pattern[str]
    dead: re.Pattern[str]
    """To be dead by then."""
    hurt: re.Pattern[str]
    """What was done to somebody before, told in the past."""
    will: re.Pattern[str]
    """What is said to happen, not what is only thought of."""
    selfharm: re.Pattern[str]
    decided: re.Pattern[str]
    threatens_with: re.Pattern[str]
    """Threatened with a thing."""
    despair: re.Pattern[str]
    """Not to bear it any longer: danger only beside a means that was got."""
    collects: re.Pattern[str]
    because: re.Pattern[str]
    die: re.Pattern[str]
    """With "because": something is done in order to die."""
    rather: re.Pattern[str]
    """To die rather than do something: an idiom, unless a means is at hand."""
    benign: re.Pattern[str]
    """What may be threatened without danger: to leave, to resign."""


def means_an_act(said: Sentence, language: str) -> bool:
    """Whether a sentence names an act against oneself or somebody else, and that it is meant."""
    words = _words(language)
    return _against_oneself(said, words) or _against_others(said, words) or _spoken_around(said, words)


def _spoken_around(said: Sentence, words: _Words) -> bool:
    """Gone by Friday, does it on Sunday, will not stop next time: beside a wish to be dead, or a means that was got."""
    if (
        words.wound.search(said.danger)
        and words.body.search(said.danger)
        and words.again.search(said.danger)
        and said.when
    ):
        return True
    if said.weak and words.again.search(said.danger) and said.when:
        return True
    if said.when and words.selfharm.search(said.danger) and words.will.search(said.detail):
        return not words.afraid.search(said.whole) and not words.past.search(said.danger)
    if words.despair.search(said.danger) and said.armed and (said.got or words.collects.search(said.detail)):
        return True
    if words.decided.search(said.danger) and words.die.search(said.danger):
        return True
    if words.because.search(said.danger) and words.die.search(said.danger) and not words.afraid.search(said.whole):
        return True
    if (said.armed or said.got) and words.rather.search(said.whole):
        return True
    around = bool(words.gone.search(said.danger) or words.does_it.search(said.danger))
    does_with = bool(words.does_it.search(said.danger)) and said.armed and not words.afraid.search(said.whole)
    return said.when and ((around and (said.weak or said.got)) or does_with)


def _against_oneself(said: Sentence, words: _Words) -> bool:
    danger = said.danger
    if words.obsession.search(said.whole) or words.past.search(danger):
        return False
    meant = bool(words.intent.search(said.detail)) or said.when
    if words.oneself.search(danger) and words.method.search(danger):
        return meant or not words.afraid.search(said.whole)
    kills = words.oneself.search(danger) and words.kill.search(danger)
    if kills and words.child.search(danger):
        return True
    if kills or (words.end.search(danger) and words.life.search(danger)):
        return said.when or said.how or said.got or bool(words.decided.search(danger))
    if words.dead.search(danger) and said.when and not words.afraid.search(danger):
        return True
    if words.afraid.search(said.whole) or not (meant or said.armed):
        return False
    pairs = (
        (words.fall, words.height),
        (words.lie, words.track),
        (words.drive, words.crash),
        (words.cut, words.veins),
        (words.swallow, words.doses),
    )
    return any(verb.search(danger) and place.search(danger) for verb, place in pairs)


def _against_others(said: Sentence, words: _Words) -> bool:
    danger = said.danger
    lethal, hit = words.lethal.search(danger), words.hit.search(danger)
    done_before = words.hurt.search(said.whole)
    hurts = done_before or words.lethal.search(said.whole) or words.hit.search(said.whole)
    if hurts and words.child.search(said.whole) and words.again.search(said.whole) and words.cry.search(said.whole):
        return True  # afraid to hit the baby again, as yesterday
    if words.obsession.search(said.whole) or words.past.search(danger):
        return False
    threatened = words.threatens.search(danger) or words.threatens_with.search(danger)
    if threatened and words.person.search(danger) and not words.benign.search(danger):
        return True
    if not (lethal or hit):
        return False
    if words.threat.search(danger) and (words.person.search(danger) or (lethal and words.pronoun.search(danger))):
        return True
    if words.afraid.search(said.whole) or not words.person.search(danger):
        return False
    if lethal and said.when:
        return True
    return bool(words.intent.search(said.detail)) and (
        said.when or (bool(lethal) and said.how) or (said.armed and said.got)
    )


def names_a_medicine(text: str) -> bool:
    """Whether a medicine is named of which too much kills. Brands and substances are alike in the six languages."""
    return bool(_medicines().search(text))


@cache
def _medicines() -> re.Pattern[str]:
    names = files(__package__).joinpath("risk_acts", "medicines.txt").read_text("utf-8").split()
    return pattern(" | ".join(names))


@cache
def _words(language: str) -> _Words:
    tables = tomllib.loads(files(__package__).joinpath("risk_acts", f"{language}.toml").read_text("utf-8"))
    return _Words(**{name: pattern(phrases) for name, phrases in tables.items()})
