"""The languages somebody reads, by typed words: `/settings reads da, sv`, "I read Danish", "I also read Dutch".

Every word is used: a language, a word around it, "also" (adds), "not" (takes away). Any other word refuses the whole.
"""

from __future__ import annotations

from dataclasses import replace

from bot.app.context import Context
from bot.errors import Refusal
from bot.ui.inbound import CommandTyped, Done, Outcome
from bot.ui.strings import LANGUAGES, languages_in, own_name, words

LONGEST, SHOWN = 300, 40
"""Characters: all languages fit in the first, and a refusal repeats so many of what is longer."""


class UnknownLanguagesRead(Refusal):
    """Typed words that name no supported language; `words` names them, `options` lists the languages there are."""


class NoLanguageRead(Refusal):
    """Whoever reviews reads at least one language."""


def about_reading(text: str) -> bool:
    """Whether one of the words is "read", in any language."""
    return any(word in _all("command.reads") for word, _ in languages_in(text))


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """Set, add or take away languages; without any, say which hold now and how to change them."""
    return await set_by_words(ctx, event.text.reveal())


async def set_by_words(ctx: Context, text: str) -> Outcome:
    """The languages read as typed, and the answer with what holds now.

    Raises UnknownLanguagesRead, NoLanguageRead; then nothing is changed.
    """
    new, held = _read(text, ctx.me.languages), ctx.me.languages
    if new is None:
        return Done(ctx.words("settings.reads.state", languages=_named(ctx, held), example=_example(ctx)))
    if not new:
        raise NoLanguageRead
    if set(new) != set(held):
        await ctx.uow.save(replace(ctx.me, languages=new, languages_chosen=True))
    return Done(ctx.words("settings.reads.now", languages=_named(ctx, new)))


def _read(text: str, held: tuple[str, ...]) -> tuple[str, ...] | None:
    """What is meant to hold, None where no language is named. Raises UnknownLanguagesRead."""
    if len(text) > LONGEST:
        shown = f"{text[:SHOWN]} …"
        raise UnknownLanguagesRead(words=shown, options=tuple(own_name(each) for each in LANGUAGES))
    around = frozenset[str]().union(*(_all(f"typed.{key}") for key in ("around", "thanks", "and")))
    around |= _all("command.language") | _all("command.reads")
    also, without = _all("typed.also"), _all("typed.not")
    said, gone, unknown = set[str](), set[str](), list[str]()
    adds = takes = False
    for word, language in languages_in(text):
        if language:
            (gone if takes else said).add(language)
        elif word in without:
            takes = True
        elif word in also:
            adds = True
        elif word not in around:
            unknown.append(word)
    if unknown:
        raise UnknownLanguagesRead(words=", ".join(unknown), options=tuple(own_name(each) for each in LANGUAGES))
    if not said and not gone:
        return None
    kept = said if said and not adds else said | set(held)
    return tuple(language for language in LANGUAGES if language in kept - gone)


def _named(ctx: Context, languages: tuple[str, ...]) -> str:
    return ctx.words.listing([own_name(each) for each in languages])


def _example(ctx: Context) -> str:
    return f"{ctx.words('command.reads').split()[0]} {own_name('da')}, {own_name('sv')}"


def _all(key: str) -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in words(language)(key).casefold().split())
