"""What can be typed, who runs this, and what meets a story typed where nobody reads it."""

from __future__ import annotations

from typing import Any

from bot.app.context import Context
from bot.app.facts.permissions import person_policy
from bot.domain.organisation import Clinic, Organisation
from bot.domain.person import Person, Role
from bot.ui.model import Action, Buttons, Card, CardBlock, Items, Notice, Text, Tone, code, line, strong
from bot.ui.strings import Words


def help_card(ctx: Context, title: str = "", about: str = "") -> Card:
    """What can be typed, a command that was asked `about` on top; an unknown word leads here too."""
    w = ctx.words
    names = commands_of(ctx)
    body: list[CardBlock] = []
    if w.has(f"help.{about}"):
        body.append(Text(line(strong(f"/{about}"), " ", w(f"help.{about}"))))
        names = [name for name in names if name != about]
    body.append(Items(tuple(line(code(f"/{name}"), " ", w(f"help.{name}")) for name in names)))
    home = Action("home.open", w("home.open"), look="primary", opens=True)
    example = Action("example.show", w("example.open"), opens=True)
    return Card("help", title or w("help.title"), tuple(body), (home, example), summary=w("help.title"))


def commands_of(ctx: Context) -> list[str]:
    """The commands that this person's roles include, in the order of help."""
    names = ["caseload", "case", "review", "supervision"]
    if ctx.me.has(Role.SUPERVISOR):
        names.append("round")
    if ctx.me.has(Role.SUPERVISOR, Role.THERAPIST):
        names.append("risk")
    names.append("settings")
    if ctx.me.has(Role.MANAGER):
        names.append("report")
    return names


async def story_card(ctx: Context) -> Card:
    """Nobody reads the chat: whom to call, to delete the message, and where its text belongs. Nothing of it is kept."""
    w = ctx.words
    clinic = await ctx.uow.get(Clinic, ctx.me.clinic)
    phone = clinic.emergency_phone or clinic.duty_phone or w("risk.no_phone")
    body = (
        Notice(Tone.DANGER, line(w("story.call", phone=phone))),
        Text(line(w("story.delete"))),
    )
    actions = [Action("help.open", w("help.open"), opens=True)]
    if ctx.me.has(Role.THERAPIST, Role.SUPERVISOR):
        actions.insert(0, Action("risk.open", w("risk.raise"), look="danger", opens=True))
    if ctx.me.has(Role.THERAPIST):
        actions.insert(0, Action("case.new", w("case.new"), look="primary", opens=True))
    return Card("help.story", w("story.title"), body, tuple(actions), summary=w("story.title"))


def foot(w: Words) -> Buttons:
    """What stands below every start page."""
    pages = ("about.privacy", "about.feedback", "about.setup")
    return Buttons(
        (Action("help.open", w("help.open"), opens=True), *(Action(page, w(page), opens=True) for page in pages))
    )


async def privacy_card(ctx: Context) -> Card:
    """What is kept of a person here, how long, and their own records."""
    w, days = ctx.words, (await person_policy(ctx, ctx.me)).text_days
    said: tuple[str, ...] = (w("about.privacy.hidden"), w.count("about.privacy.kept", days), w("about.privacy.chat"))
    asked: dict[str, Any] = {"removed_at": None, "roles__has": Role.DPO.value}
    officers = [person.name for person in await ctx.uow.find(Person, order=("name",), **asked)]
    if officers:
        said += (w("officer.where", names=w.listing(officers), url=ctx.tools.public_url),)
    actions = (Action("privacy.mine", w("privacy.mine")), Action("privacy.looked", w("looked.title"), opens=True))
    return _about(ctx, "about.privacy", said, actions)


async def feedback_card(ctx: Context) -> Card:
    """To whom one says what is missing or in the way."""
    return _about(ctx, "about.feedback", (ctx.words("about.feedback.text", names=await _administrators(ctx)),))


async def setup_card(ctx: Context) -> Card:
    """Who runs this, and who set it up."""
    organisation = await ctx.uow.get(Organisation, ctx.uow.organisation)
    text = ctx.words("about.setup.text", organisation=organisation.name, names=await _administrators(ctx))
    return _about(ctx, "about.setup", (text,))


def _about(ctx: Context, key: str, said: tuple[str, ...], actions: tuple[Action, ...] = ()) -> Card:
    home = Action("home.open", ctx.words("home.open"), opens=True)
    body = tuple(Text(line(each)) for each in said)
    return Card(key, ctx.words(key), body, (*actions, home), summary=ctx.words(key))


async def _administrators(ctx: Context) -> str:
    """Their names; where the shell alone is used nobody may be named."""
    asked: dict[str, Any] = {"removed_at": None, "roles__has": Role.ADMIN.value}
    named = [person.name for person in await ctx.uow.find(Person, order=("name",), **asked)]
    return ctx.words.listing(named) if named else ctx.words("about.nobody")
