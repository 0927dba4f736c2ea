"""A person's own settings: `/settings`, `/settings language sv`, `/language sv`, `/settings connect K7QF-2M9P`."""

from __future__ import annotations

from dataclasses import replace

from bot.app.blocks.reachability import platform_name
from bot.app.context import Context
from bot.app.people.languages_read import about_reading, set_by_words
from bot.app.people.settings_views import AS_PROFILE, accounts_of, code_form, languages_of, settings_form
from bot.app.steps.account_linking import AccountTaken, code_in, disconnect, owner_of_code
from bot.domain.person import Person, Role
from bot.errors import Refusal
from bot.ui.inbound import ActionPressed, CommandTyped, Done, FormSubmitted, Invalid, Outcome, Show, chosen
from bot.ui.strings import LANGUAGES, language_named, own_name, supported, words


class UnknownLanguage(Refusal):
    """No language of the interface is called that; `options` lists those there are."""


def connecting_code(text: str) -> str:
    """The code after "connect" in whatever language, or standing alone; empty when there is none."""
    first, _, rest = text.strip().partition(" ")
    heard = {"connect", *(word for each in LANGUAGES for word in words(each)("typed.connect").casefold().split())}
    return code_in(rest) if first.casefold() in heard else code_in(text)


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """Open the settings, or set one of them by words."""
    text = event.text.reveal().strip()
    word, _, rest = text.partition(" ")
    if connecting_code(text):
        return await _own_code(ctx, connecting_code(text))
    if ctx.me.has(Role.THERAPIST) and about_reading(text):
        return await set_by_words(ctx, text)
    if word.casefold() in {"language", *ctx.words("command.language").casefold().split()} and rest.strip():
        return await _speak(ctx, rest)
    return Show(await settings_form(ctx))


async def typed_language(ctx: Context, event: CommandTyped) -> Outcome:
    """`/language sv`; without a language the settings open."""
    text = event.text.reveal().strip()
    if ctx.me.has(Role.THERAPIST) and about_reading(text):
        return await set_by_words(ctx, text)  # "languages I read: ..."
    return await _speak(ctx, text) if text else Show(await settings_form(ctx))


async def open_settings(ctx: Context, event: ActionPressed) -> Outcome:
    """The settings by a button."""
    return Show(await settings_form(ctx))


async def send(ctx: Context, event: FormSubmitted) -> Outcome:
    """Keep language, the languages they read, and the place for notices."""
    language = (chosen(event, "language") or (AS_PROFILE,))[0]
    place = (chosen(event, "notices") or ("",))[0]
    accounts = await accounts_of(ctx)
    own = place if place in {contact.platform for contact in accounts} else ""
    me = ctx.me
    if me.has(Role.THERAPIST):
        reads = languages_of(chosen(event, "languages"))
        if not reads:
            return Invalid(await settings_form(ctx, {"languages": ctx.words("settings.reads.none")}))
        if set(reads) != set(me.languages):
            me = replace(me, languages=reads, languages_chosen=True)
    if language in LANGUAGES:
        changed = replace(me, language=language, language_chosen=True, notify_on=own)
    else:
        latest = sorted(accounts, key=lambda c: c.seen_at or ctx.me.created_at, reverse=True)
        said = [supported(contact.language) for contact in latest if supported(contact.language)]
        language = (said or [me.language])[0]
        changed = replace(me, language=language, language_chosen=False, language_given=False, notify_on=own)
    return await _keep(ctx, changed)


async def silence_mail(ctx: Context, event: ActionPressed) -> Outcome:
    """What can wait no longer comes by mail: it goes to a chat of the person's, else it stands on the pages alone."""
    accounts = [c for c in await accounts_of(ctx) if c.platform not in ctx.tools.by_address and not c.failed_at]
    chats = [c.platform for c in accounts if ctx.tools.interrupts(c.platform) and ctx.tools.runs(c.platform)]
    pages = [name for name in ctx.tools.platforms if ctx.tools.own_pages(name) and ctx.tools.runs(name)]
    place = (chats or pages or [""])[0]
    await ctx.uow.save(replace(ctx.me, notify_on=place))
    return Done(ctx.words("settings.silenced_mail", platform=platform_name(ctx.words, place)))


async def open_code(ctx: Context, event: ActionPressed) -> Outcome:
    """A code to type in the other chat."""
    return Show(await code_form(ctx))


async def press_disconnect(ctx: Context, event: ActionPressed) -> Outcome:
    """Undo the connection of an account."""
    await disconnect(ctx, ctx.me, event.actor, event.subject)
    return Done(ctx.words("settings.disconnected"))


async def _speak(ctx: Context, typed: str) -> Outcome:
    language = language_named(typed)
    if not language:
        raise UnknownLanguage(options=tuple(own_name(each) for each in LANGUAGES))
    return await _keep(ctx, replace(ctx.me, language=language, language_chosen=True))


async def _keep(ctx: Context, changed: Person) -> Outcome:
    await ctx.uow.save(changed)
    return Done(words(changed.language)("settings.saved"))


async def _own_code(ctx: Context, code: str) -> Outcome:
    """The account is somebody's already: fine if it is the same person's, for an administrator otherwise."""
    if await owner_of_code(ctx, code) != ctx.me.id:
        raise AccountTaken
    return Done(ctx.words("connect.done"))
