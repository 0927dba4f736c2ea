"""Steps of setting a clinic up that no other page holds: a workspace is let in, a supervisor is asked to begin."""

from __future__ import annotations

from collections import defaultdict

from bot.admin import people
from bot.app.administration.event_admin import EventAdmin, done, may_wait
from bot.app.administration.setup_views import TENANT, chats_of, supervisors, workspace_form
from bot.app.context import Context
from bot.domain.organisation import Workspace
from bot.ports.records import Audited
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text


async def open_workspace(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a workspace or tenant, filled in with the one that a notice told of."""
    if not chats_of(ctx):
        return Done(ctx.words("setup.workspace.no_chat"))
    return Show(workspace_form(ctx, {}, event.args, await _listed(ctx)))


@may_wait
async def send_workspace(ctx: Context, event: FormSubmitted) -> Outcome:
    """People are recognised there from now on, and only in what is listed."""
    if not chats_of(ctx):
        return Done(ctx.words("setup.workspace.no_chat"))
    platform, tenant = (chosen(event, "platform") or ("",))[0], typed_text(event, "tenant").reveal().strip()
    listed = await _listed(ctx)
    wrong = ""
    if not tenant or len(tenant) > TENANT or not tenant.replace("-", "").isalnum():
        wrong = "setup.workspace.wrong"
    elif tenant in listed.get(platform, ()):
        wrong = "setup.workspace.known"
    if wrong or platform not in chats_of(ctx):
        errors = {"tenant": ctx.words(wrong)} if wrong else {"platform": ctx.words("field.choose")}
        return Invalid(workspace_form(ctx, errors, {"platform": platform, "tenant": tenant}, listed))
    (made,) = await done(people.workspace(EventAdmin(ctx), "", platform, tenant))
    await ctx.uow.audit(Audited.PLACE_CHANGED, ctx.me.id, made.id, ctx.now, change="workspace")
    return Done(ctx.words("setup.workspace.done"))


async def ask_round(ctx: Context, event: ActionPressed) -> Outcome:
    """Everybody who may begin the first round is asked to."""
    asked = await supervisors(ctx)
    if not asked:
        return Done(ctx.words("setup.round.nobody"))
    for person in asked:
        await ctx.tell(person.id, "first_round", ctx.uow.organisation, key=f"{ctx.my_today}")
    return Done(ctx.words("setup.asked", names=ctx.words.listing([person.name for person in asked])))


async def _listed(ctx: Context) -> dict[str, tuple[str, ...]]:
    """The tenants of each platform that count as the organisation's."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in await ctx.uow.find(Workspace, order=("platform", "tenant")):
        found[each.platform].append(each.tenant)
    return {platform: tuple(tenants) for platform, tenants in found.items()}
