"""People added from the chat that an administrator is in: picked, from a channel, a user group or a team.

The chat is asked before the unit of work begins, and only for an administrator of the organisation whose workspace or
tenant it is. What is chosen is looked at first and read anew when it is done: a channel may have changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.admin import adding_undo
from bot.admin.accounts import Into, Result, add_accounts, known
from bot.admin.second_person import StepWaits
from bot.app.administration.event_admin import EventAdmin
from bot.app.administration.people_views import ALL, Places, person_form, places
from bot.app.administration.roster_views import (
    FIELDS,
    NEW_GROUP,
    added_card,
    choose_form,
    find_form,
    offer_card,
    preview_form,
)
from bot.app.context import Context
from bot.app.steps.account_linking import WorkspaceNotJoined, accepts
from bot.app.steps.undo import remember
from bot.domain.organisation import Clinic
from bot.domain.person import Role
from bot.errors import NotDone, Refusal, SetupError
from bot.ui.inbound import ActionPressed, Actor, Done, FormSubmitted, Invalid, Outcome, Say, Show, chosen, typed_text
from bot.ui.rosters import Account, RosterFailed, Selection, Sources

MOST_PICKED = 100


class NoRosterHere(Refusal):
    """This platform names nobody: people are added one by one or by a staff file."""


@dataclass(frozen=True)
class Read:
    """What a chat said: where to choose from, who was chosen, or why it named nobody."""

    sources: Sources
    accounts: tuple[Account, ...] = ()
    failed: str = ""


# ---- before the unit of work: the chat is asked --------------------------------------------


async def prepare_open(ctx: Context, event: ActionPressed) -> Read:
    """Where people can be chosen from. Raises NoRosterHere, WorkspaceNotJoined."""
    return await _read(ctx, event.actor, Selection())


async def prepare_send(ctx: Context, event: FormSubmitted) -> Read:
    """Who was chosen in the form."""
    return await _read(ctx, event.actor, _selection(_given(event)))


async def prepare_add(ctx: Context, event: ActionPressed) -> Read:
    """Who was looked at a moment ago."""
    return await _read(ctx, event.actor, _selection(event.args))


async def prepare_find(ctx: Context, event: FormSubmitted) -> Read:
    """The one who was picked."""
    picked = typed_text(event, "person").reveal().split()
    return await _read(ctx, event.actor, Selection(accounts=tuple(picked[:1])))


async def _read(ctx: Context, actor: Actor, wanted: Selection) -> Read:
    roster = ctx.tools.roster(actor.platform)
    if roster is None:
        raise NoRosterHere
    if not await accepts(ctx.uow, actor, ctx.tools):
        raise WorkspaceNotJoined
    sources = await roster.sources(actor)
    if wanted == Selection():
        return Read(sources)
    try:
        return Read(sources, tuple(await roster.accounts(actor, wanted)))
    except RosterFailed as failed:
        return Read(sources, failed=failed.why)


# ---- adding ---------------------------------------------------------------------------------


async def open_roster(ctx: Context, event: ActionPressed) -> Outcome:
    """The form that asks whom to add and where."""
    there = await _places(ctx)
    if not there.clinics:
        return Done(ctx.words("places.clinic_first"))
    given = dict(event.args)
    given["clinic"] = given.get("clinic") or ctx.me.clinic
    return Show(choose_form(ctx, _said(ctx).sources, there, given, {}))


async def offer(ctx: Context, event: ActionPressed) -> Outcome:
    """What a team that has just got the app could become, for whoever added it."""
    read, listed = _said(ctx), event.args.get("listed", "")
    name = next((each.name for each in read.sources.lists if each.id == listed), "")
    if not name or read.failed:
        return Done(ctx.words(f"roster.failed.{read.failed or 'not_there'}"))
    here = await known(ctx.uow, event.actor.platform, event.actor.tenant, read.accounts)
    strangers = [account for account in read.accounts if account.user not in here]
    outside = sum(account.outside or not account.email for account in strangers)
    return Say(offer_card(ctx, name, listed, (len(read.accounts), len(strangers) - outside, outside)))


async def send(ctx: Context, event: FormSubmitted) -> Outcome:
    """What would become of everybody chosen; nothing is kept."""
    there, given = await _places(ctx), _given(event)
    if not there.clinics:
        return Done(ctx.words("places.clinic_first"))
    errors = _faults(ctx, there, given)
    if errors:
        return Invalid(choose_form(ctx, _said(ctx).sources, there, given, errors))
    try:
        found = await _added(ctx, event.actor, there, given)
    except SetupError as error:
        return Invalid(choose_form(ctx, _said(ctx).sources, there, given, {"new_group": str(error)}))
    return Show(preview_form(ctx, found, given), dry=True)


async def add(ctx: Context, event: ActionPressed) -> Outcome:
    """Everybody who was looked at belongs here from now on."""
    there, given = await _places(ctx), {name: event.args.get(name, "") for name in FIELDS}
    errors = _faults(ctx, there, given)
    if errors:
        raise NotDone(why=" ".join(errors.values()))
    before = await adding_undo.noted_before(ctx)
    try:
        found = await _added(ctx, event.actor, there, given)
    except SetupError as error:
        raise NotDone(why=str(error)) from None
    step = await remember(ctx, ctx.me.id, "added", await adding_undo.noted(ctx, before))
    return Say(added_card(ctx, found, step))


async def _added(ctx: Context, actor: Actor, there: Places, given: Mapping[str, str]) -> Result:
    is_new = given["group"] == NEW_GROUP
    into = Into(
        there.clinics[given["clinic"]],
        given["new_group"] if is_new else there.groups.get(given["group"], ""),
        is_new,
        frozenset(Role(role) for role in given["roles"].split()),
    )
    try:
        return await add_accounts(EventAdmin(ctx), "", actor.platform, actor.tenant, _said(ctx).accounts, into)
    except StepWaits:
        # What is looked at first keeps nothing, so that no request could be made here.
        raise SetupError(
            "An officer or administrator needs a second person here: add or change them one by one, under People."
        ) from None


def _faults(ctx: Context, there: Places, given: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the choice, by field; also that the chat named nobody."""
    w, read = ctx.words, _said(ctx)
    errors: dict[str, str] = {}
    if given["clinic"] not in there.clinics:
        errors["clinic"] = w("field.choose")
    if given["group"] == NEW_GROUP and not given["new_group"]:
        errors["new_group"] = w("field.needed")
    elif given["group"] not in {ALL, NEW_GROUP, *there.groups}:
        errors["group"] = w("field.choose")
    if not given["roles"] or not set(given["roles"].split()) <= set(Role):
        errors["roles"] = w("field.choose")
    if read.failed:
        errors[""] = w(f"roster.failed.{read.failed}")
    elif _selection(given) == Selection():
        errors[""] = w("roster.nobody")
    elif len(given["people"].split()) > MOST_PICKED:
        errors[""] = w("roster.failed.too_many")
    return errors


# ---- one person -----------------------------------------------------------------------------


async def open_find(ctx: Context, event: ActionPressed) -> Outcome:
    """The form that asks for one account."""
    if not _said(ctx).sources.accounts:
        raise NoRosterHere
    return Show(find_form(ctx, {}))


async def find(ctx: Context, event: FormSubmitted) -> Outcome:
    """The person behind an account, with the ways to change their roles, groups and details."""
    read = _said(ctx)
    if read.failed or not read.accounts:
        return Invalid(find_form(ctx, {"person": ctx.words(f"roster.failed.{read.failed or 'not_there'}")}))
    here = await known(ctx.uow, event.actor.platform, event.actor.tenant, read.accounts)
    person = here.get(read.accounts[0].user)
    if person is None:
        return Invalid(find_form(ctx, {"person": ctx.words("roster.stranger")}))
    return Show(await person_form(ctx, person))


# ---- pieces ---------------------------------------------------------------------------------


def _said(ctx: Context) -> Read:
    assert isinstance(ctx.prepared, Read)
    return ctx.prepared


def _given(event: FormSubmitted) -> dict[str, str]:
    """The form's values as text, to be carried by the preview's buttons: ids, a group's name, roles."""
    texts = {name: typed_text(event, name).reveal() for name in ("people", "channel", "new_group")}
    picked = {name: (chosen(event, name) or ("",))[0] for name in ("listed", "clinic", "group")}
    listed = "" if picked["listed"] == ALL else picked["listed"]
    return {**texts, **picked, "listed": listed, "roles": " ".join(chosen(event, "roles"))}


def _selection(given: Mapping[str, str]) -> Selection:
    people = tuple(given.get("people", "").split())[: MOST_PICKED + 1]
    return Selection(people, given.get("channel", ""), given.get("listed", ""))


async def _places(ctx: Context) -> Places:
    """Clinics and groups that are not closed."""
    there = await places(ctx)
    open_clinics = {id for (id,) in await ctx.uow.columns(Clinic, ("id",), closed_on=None)}
    return Places({id: name for id, name in there.clinics.items() if id in open_clinics}, there.groups)
