"""A person's own settings: language, where notices come, and the accounts through which they take part."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.app.blocks.reachability import platform_name
from bot.app.context import Context
from bot.app.facts.languages import NORDIC
from bot.app.steps.account_linking import CODE_MINUTES, offer_code
from bot.domain.person import Contact, Role
from bot.ui.model import (
    Action,
    ChoiceField,
    Confirm,
    Form,
    FormBlock,
    Heading,
    ManyField,
    Option,
    Row,
    Text,
    code,
    line,
    strong,
)
from bot.ui.strings import LANGUAGES, own_name

AS_PROFILE = "profile"
LAST_SEEN = "last"
ALL_NORDIC = "nordic"


async def settings_form(ctx: Context, errors: Mapping[str, str] | None = None) -> Form:
    """Everything a person may set for themselves; nobody else sees it."""
    w, me = ctx.words, ctx.me
    accounts = await accounts_of(ctx)
    languages = (
        Option(AS_PROFILE, w("settings.language.auto")),
        *(Option(language, own_name(language)) for language in LANGUAGES),
    )
    chosen = me.language if me.language_chosen or me.language_given else AS_PROFILE
    platforms = list(dict.fromkeys(contact.platform for contact in accounts))
    places = (Option(LAST_SEEN, w("settings.notices.last")), *(Option(p, platform_name(w, p)) for p in platforms))
    rows = [await _account(ctx, contact) for contact in accounts if not ctx.tools.own_pages(contact.platform)]
    body: list[FormBlock] = [Heading(w("settings.accounts")), *rows] if rows else []
    return Form(
        "settings.send",
        w("settings.title"),
        body=tuple(body),
        fields=(
            ChoiceField("language", w("settings.language"), languages, chosen, hint=w("settings.language.hint")),
            *((_reads(ctx),) if me.has(Role.THERAPIST) else ()),
            ChoiceField(
                "notices",
                w("settings.notices"),
                places,
                me.notify_on if me.notify_on in platforms else LAST_SEEN,
                hint=w("settings.notices.hint"),
            ),
        ),
        submit=w("settings.submit"),
        errors=errors or {},
        actions=(
            Action("settings.connect", w("settings.connect"), opens=True),
            Action("privacy.sessions", w("settings.browsers"), opens=True),
        ),
    )


def _reads(ctx: Context) -> ManyField:
    """In which languages cases may come; the three Nordic ones are one tap."""
    w, mine = ctx.words, set(ctx.me.languages)
    together = Option(ALL_NORDIC, " · ".join(own_name(each) for each in NORDIC))
    options = (together, *(Option(each, own_name(each)) for each in LANGUAGES))
    all_three = mine >= set(NORDIC)
    single = tuple(each for each in LANGUAGES if each in (mine - set(NORDIC) if all_three else mine))
    chosen = (ALL_NORDIC, *single) if all_three else single
    return ManyField("languages", w("settings.reads"), options, chosen, hint=w("settings.reads.hint"))


def languages_of(chosen: Collection[str]) -> tuple[str, ...]:
    """The languages that a person ticked, the Nordic ones perhaps as one."""
    ticked = {*chosen, *(NORDIC if ALL_NORDIC in chosen else ())}
    return tuple(language for language in LANGUAGES if language in ticked)


async def code_form(ctx: Context) -> Form:
    """A fresh code and where to type it."""
    w = ctx.words
    typed = f"/settings {(w('typed.connect').split() or ['connect'])[0]} {await offer_code(ctx, ctx.me)}"
    body = (
        Text(line(w("connect.text", minutes=w.number(CODE_MINUTES)))),
        Text(line(code(typed))),
        Text(line(w("connect.one_person"))),
    )
    return Form("settings.connect", w("connect.title"), body=body)


async def accounts_of(ctx: Context) -> list[Contact]:
    """The person's accounts in the order in which they were connected."""
    return await ctx.uow.find(Contact, person=ctx.me.id, ended_at=None)


async def _account(ctx: Context, contact: Contact) -> Row:
    w = ctx.words
    name = platform_name(w, contact.platform)
    ask = Confirm(w("settings.disconnect.title"), w("settings.disconnect.text"), w("settings.disconnect"), w("keep"))
    end = Action("settings.disconnect", w("settings.disconnect"), contact.id, look="danger", confirm=ask)
    detail = w("settings.account.failed") if contact.failed_at else w("settings.account.works")
    given = contact.platform in ctx.tools.by_address  # it comes with the person's address, nobody connected it
    return Row(line(strong(name)), line(detail), () if given else (end,))
