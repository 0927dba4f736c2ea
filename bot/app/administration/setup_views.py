"""An administrator's checklist until the first round is closed, on their start page; gone when all is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.anonymise import Sensitive
from bot.app.blocks.reachability import platform_name
from bot.app.context import Context
from bot.app.facts.duty import gaps_of
from bot.app.facts.reachability import count_reached
from bot.domain.organisation import Clinic, Membership, Workspace
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.ui.model import (
    Action,
    CardBlock,
    ChoiceField,
    Form,
    Heading,
    Option,
    Row,
    Text,
    TextField,
    line,
    muted,
    strong,
)

TENANT = 64
"""Characters of a workspace's or tenant's id; Slack's have about eleven, a Teams tenant's 36."""

MOST = 5
"""So many clinics are named in a line."""


_DELIVERY = ("operations.show", "operations.title")
"""Where an administrator sees what of a running round did not arrive: the button and its words."""


@dataclass(frozen=True)
class Step:
    """One line of the list: what it is about, where it stands, and the button that brings it on."""

    about: str
    says: str
    done: bool
    action: Action


async def setup_blocks(ctx: Context) -> list[CardBlock]:
    """The list, in the order in which things are done; nothing for who does not administer, or once all is done."""
    if not ctx.me.has(Role.ADMIN):
        return []
    oldest = ("opened_at",)
    begun = bool(await ctx.uow.find(Round, published_at__not=None, order=oldest, limit=1))
    over = begun and bool(await ctx.uow.find(Round, published_at__not=None, closed_at__not=None, order=oldest, limit=1))
    clinics = await ctx.uow.find(Clinic, closed_on=None, order=("name",))
    steps = [
        *await _workspaces(ctx),
        _clinics(ctx, clinics),
        await _people(ctx, begun=begun),
        await _duty(ctx, clinics, begun=begun),
        await _first_round(ctx, begun=begun, over=over),
    ]
    left = sum(not step.done for step in steps)
    if not left:
        return []
    told = ctx.words("setup.running") if begun and not over else ctx.words.count("setup.left", left)
    head = (Heading(ctx.words("setup.heading")), Text(line(told)))
    return [*head, *(_row(ctx, step) for step in steps)]


def chats_of(ctx: Context) -> list[str]:
    """The chat platforms that run here, by name; elsewhere nobody has to be let in."""
    tools = ctx.tools
    running = [p for p in tools.connected or () if tools.interrupts(p) and not tools.own_pages(p)]
    return sorted(p for p in running if p not in tools.by_address)


def workspace_form(
    ctx: Context, errors: Mapping[str, str], values: Mapping[str, str], listed: Mapping[str, tuple[str, ...]]
) -> Form:
    """Which workspace or tenant is the organisation's; those that are listed already are named."""
    w = ctx.words
    chats = chats_of(ctx)
    options = tuple(Option(name, platform_name(w, name)) for name in chats)
    known = [f"{platform_name(w, name)}: {w.listing(tenants)}" for name, tenants in listed.items()]
    chosen = values.get("platform", "")
    return Form(
        "setup.workspace.send",
        w("setup.workspace.title"),
        body=(Text(line(w("setup.workspace.intro"))), *(Text(line(muted(each))) for each in known)),
        fields=(
            ChoiceField("platform", w("setup.workspace.platform"), options, chosen if chosen in chats else chats[0]),
            TextField(
                "tenant",
                w("setup.workspace.tenant"),
                w("setup.workspace.hint"),
                Sensitive(values.get("tenant", "")),
                required=True,
                max_length=TENANT,
            ),
        ),
        submit=w("setup.workspace.submit"),
        errors=errors,
    )


def _row(ctx: Context, step: Step) -> Row:
    w = ctx.words
    state = w("setup.done") if step.done else w("setup.open")
    return Row(
        line(strong(w(f"setup.{step.about}"))),
        line(" · ".join(filter(None, (state, step.says)))),
        () if step.done else (step.action,),
    )


async def _workspaces(ctx: Context) -> list[Step]:
    """Where any workspace may install the app, one must be named as the organisation's."""
    chats = chats_of(ctx)
    if not chats:
        return []
    listed = {each.platform for each in await ctx.uow.find(Workspace, platform__in=chats)}
    missing = [name for name in chats if name in ctx.tools.listed_only and name not in listed]
    w = ctx.words
    named = w.listing([platform_name(w, name) for name in missing or chats])
    says = w("setup.workspace.missing" if missing else "setup.workspace.there", platforms=named)
    return [Step("workspace", says, not missing, Action("setup.workspace", w("setup.workspace.do"), opens=True))]


def _clinics(ctx: Context, clinics: list[Clinic]) -> Step:
    w = ctx.words
    says = w.listing([clinic.name for clinic in clinics[:MOST]]) or w("setup.clinic.missing")
    return Step("clinic", says, bool(clinics), Action("places.add_clinic", w("places.add_clinic"), opens=True))


async def _people(ctx: Context, *, begun: bool) -> Step:
    """Who takes part and can be reached; once a round went out, those who cannot are told of elsewhere."""
    w = ctx.words
    if begun:
        return Step("people", "", True, Action("staff.list", w("menu.staff"), opens=True))
    people: set[str] = set()
    for until in ({"left_on": None}, {"left_on__ge": ctx.my_today}):
        begun_by_now: dict[str, Any] = {"joined_on__le": ctx.my_today, **until}
        people |= {id for (id,) in await ctx.uow.columns(Membership, ("person",), **begun_by_now)}
    people &= {id for (id,) in await ctx.uow.columns(Person, ("id",), removed_at=None)}
    reached = await count_reached(ctx, people)
    counted = {"n": w.number(reached), "of": w.number(len(people))}
    says = w("setup.people.reached", **counted) if people else w("setup.people.none")
    done = len(people) > 1 and reached == len(people)
    key, label = ("staff.list", "menu.staff") if people else ("staff.add", "staff.add")
    return Step("people", says, done, Action(key, w(label), opens=True))


async def _duty(ctx: Context, clinics: list[Clinic], *, begun: bool) -> Step:
    """A risk concern must find somebody and a telephone number at every clinic.

    Once a round went out only who was never named: leave and roles of those who are stand on the page of places.
    """
    w = ctx.words
    gaps = {} if begun else await gaps_of(ctx, clinics)
    without = [clinic for clinic in clinics if (_nobody_named(clinic) if begun else gaps[clinic.id])]
    says = w.listing([clinic.name for clinic in (without or clinics)[:MOST]]) or w("setup.clinic.missing")
    subject = without[0].id if without else ""
    key = Action("places.duty", w("places.set_duty"), subject, opens=True) if subject else None
    done = bool(clinics) and not without
    return Step("duty", says, done, key or Action("places.list", w("places.title"), opens=True))


def _nobody_named(clinic: Clinic) -> bool:
    return not (clinic.duty_supervisor and (clinic.duty_phone or clinic.emergency_phone))


async def _first_round(ctx: Context, *, begun: bool, over: bool) -> Step:
    """A supervisor begins it; who administers and supervises nobody asks one. It is done when it is closed."""
    w = ctx.words
    if begun:
        key, label = ("supervision.overview", "overview.open") if ctx.me.has(Role.SUPERVISOR) else _DELIVERY
        return Step("round", "" if over else w("setup.round.running"), over, Action(key, w(label), opens=True))
    named = [p.name for p in await supervisors(ctx)]
    if ctx.me.has(Role.SUPERVISOR):
        action = Action("round.new", w("round.new"), opens=True)
    elif named:
        action = Action("setup.ask_round", w("setup.ask_round"))
    else:
        action = Action("staff.list", w("menu.staff"), opens=True)
    says = w("setup.round.by", names=w.either(named)) if named else w("setup.round.nobody")
    return Step("round", says, False, action)


async def supervisors(ctx: Context) -> list[Person]:
    """Everybody who may begin a round, by name."""
    return await ctx.uow.find(Person, removed_at=None, roles__has=Role.SUPERVISOR.value, order=("name",))
