"""A data-protection officer's pages: find, export, erase, read the trail; the same steps as in the shell.

Exporting and erasing take a reason and a second person, who may be an administrator: they see the request, no data.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.app.context import Context
from bot.app.facts.audit_lines import unnamed
from bot.app.privacy.handlers import OnlyOnTheWeb
from bot.app.privacy.officer_views import (
    ALL,
    LINES,
    ask_form,
    request_rows,
    requests_form,
    start_form,
    subject_form,
    subject_rows,
    trail_form,
)
from bot.app.steps import data_requests
from bot.app.steps.access_request import find_person
from bot.domain.case import Case
from bot.domain.data_request import STEPS, DataAct, DataReason, DataRequest, RequestOver
from bot.domain.person import Person
from bot.errors import NotDone, SetupError
from bot.ports.records import Audited, AuditEntry
from bot.ports.unit_of_work import NotFound, Store
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Hand, Invalid, Outcome, Show, chosen, typed_text
from bot.ui.model import Document

SHORTEST = 3


async def open_officer(ctx: Context, event: ActionPressed) -> Outcome:
    """Search, and requests under way."""
    return Show(start_form(ctx, await request_rows(ctx)))


async def open_requests(ctx: Context, event: ActionPressed) -> Outcome:
    """Requests that wait for a second person."""
    return Show(await requests_form(ctx))


async def find(ctx: Context, event: FormSubmitted) -> Outcome:
    """People by e-mail or a part of their name, a case by its code."""
    given = typed_text(event, "subject").reveal()
    found = await _named(ctx, given)
    if not found:
        errors = {"subject": ctx.words("officer.nothing" if given else "field.needed")}
        return Invalid(start_form(ctx, await request_rows(ctx), given, errors))
    if len(found) == 1:
        return Show(await subject_form(ctx, found[0]))
    return Show(start_form(ctx, await request_rows(ctx), given, found=await subject_rows(ctx, found)))


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """What is stored about a person or a case, as counts."""
    return Show(await subject_form(ctx, await data_requests.subject(ctx, event.subject)))


async def open_export(ctx: Context, event: ActionPressed) -> Outcome:
    """What an export would hold, and the reason to ask a second person with."""
    person = await ctx.uow.get(Person, event.subject)
    await find_person(ctx, person)
    return Show(await ask_form(ctx, person, DataAct.EXPORT, None, {}))


async def try_erase(ctx: Context, event: ActionPressed) -> Outcome:
    """Erase, look at what went, and keep nothing of it; then a reason to ask a second person with."""
    about = await data_requests.subject(ctx, event.subject)
    form = await ask_form(ctx, about, DataAct.ERASE, (await _erased(ctx, about)).erasure, {})
    return Show(form, dry=True)


async def send_ask(ctx: Context, event: FormSubmitted) -> Outcome:
    """The request, which waits for a second person."""
    about = await data_requests.subject(ctx, event.subject)
    act, reason = event.state.get("act", ""), (chosen(event, "reason") or ("",))[0]
    if act not in {DataAct.EXPORT, DataAct.ERASE} or (act == DataAct.EXPORT and not isinstance(about, Person)):
        raise NotFound(act)
    if reason not in set(DataReason):
        erasure = (await _erased(ctx, about)).erasure if act == DataAct.ERASE else None
        return Invalid(await ask_form(ctx, about, DataAct(act), erasure, {"reason": ctx.words("field.choose")}))
    request = await data_requests.ask(ctx, ctx.me, about, DataAct(act), DataReason(reason))
    w, others = ctx.words, await data_requests.may_agree(ctx, ctx.me.id, about.id)
    day = w.day(request.expires_at.astimezone(ctx.zone).date() - timedelta(days=1))
    return Done(w("officer.asked", names=w.either([p.name for p in others]), day=day))


async def agree(ctx: Context, event: ActionPressed) -> Outcome:
    """The second person: an erasure is carried out at once, an export can be fetched by whoever asked."""
    agreed = await data_requests.agree(ctx, await _request(ctx, event.subject), ctx.me)
    if agreed.act == DataAct.EXPORT:
        return Done(ctx.words("officer.agreed.export"))
    if agreed.act in STEPS:
        return Done(ctx.words("officer.agreed.step"))
    try:
        done = await data_requests.carry_out(ctx, agreed, ctx.tools.backup_days)
    except SetupError as error:
        raise NotDone(why=str(error)) from None

    async def empty(store: Store) -> None:
        await data_requests.empty_drawers(store, done.contacts)

    ctx.afterwards.append(empty)
    return Done(ctx.words("officer.erased"))


async def confirm(ctx: Context, event: ActionPressed) -> Outcome:
    """Whom the shell named says that it is them who ask."""
    await data_requests.confirm(ctx, await _request(ctx, event.subject))
    return Done(ctx.words("officer.confirmed"))


async def withdraw(ctx: Context, event: ActionPressed) -> Outcome:
    """The request ends without anything done, by whoever asked or by a second person."""
    request = await _request(ctx, event.subject)
    if request.agreed_at and request.asked_by != ctx.me.id:
        raise RequestOver
    await data_requests.withdraw(ctx, request)
    return Done(ctx.words("officer.withdrawn"))


async def fetch(ctx: Context, event: ActionPressed) -> Outcome:
    """The file of an export that a second person agreed to, for whoever asked; on our own pages only."""
    request = await _request(ctx, event.subject)
    if request.asked_by != ctx.me.id:
        raise NotFound(event.subject)
    if not ctx.tools.own_pages(event.actor.platform):
        raise OnlyOnTheWeb(url=ctx.tools.public_url)
    content = await data_requests.fetch(ctx, request)
    name = f"intervision-{request.about}-{ctx.my_today.isoformat()}.json"
    return Hand(Document(name, "application/json", content), ctx.words("officer.fetched"))


async def open_trail(ctx: Context, event: ActionPressed) -> Outcome:
    """Filters of the audit trail; no line yet."""
    return Show(await trail_form(ctx, {}, {}, None, 0))


async def find_lines(ctx: Context, event: FormSubmitted) -> Outcome:
    """Lines that meet the filters; reading them is a line of its own.

    Asked for by who acted, lines whose author nobody is shown are left out: being found would name the author.
    """
    w, errors = ctx.words, dict[str, str]()
    given = {name: typed_text(event, name).reveal() for name in ("who", "about")}
    given["what"] = (chosen(event, "what") or (ALL,))[0]
    conditions: dict[str, Any] = {}
    if given["what"] in set(Audited):
        conditions["what"] = given["what"]
    for name, field in (("who", "actor"), ("about", "subject")):
        if given[name]:
            ids = [each.id for each in await _named(ctx, given[name])]
            conditions[f"{field}__in"] = ids
            errors |= {} if ids else {name: w("officer.nothing")}
    since = ctx.typed_day(typed_text(event, "since"), "since", errors, past=True)
    until = ctx.typed_day(typed_text(event, "until"), "until", errors, past=True)
    if since and until and until < since:
        errors["until"] = ctx.words("export.ends_before")
    if since:
        conditions["at__ge"] = datetime.combine(since, time(), ctx.zone).astimezone(UTC)
    if until:
        conditions["at__lt"] = datetime.combine(until + timedelta(days=1), time(), ctx.zone).astimezone(UTC)
    if errors:
        return Invalid(await trail_form(ctx, given, errors, None, 0))
    most = None if given["who"] else LINES  # of one person's lines those that name nobody are left out first
    lines = await ctx.uow.find(AuditEntry, order=("-number",), limit=most, **conditions)
    if given["who"]:
        hidden = await unnamed(ctx, lines)
        lines = [each for each in lines if each.number not in hidden]
    count = len(lines) if given["who"] or len(lines) < LINES else await ctx.uow.count(AuditEntry, **conditions)
    await ctx.uow.audit(Audited.TRAIL_READ, ctx.me.id, ctx.uow.organisation, ctx.now)
    return Show(await trail_form(ctx, given, {}, lines[:LINES], count))


async def _named(ctx: Context, given: str) -> list[Person | Case]:
    """People with this e-mail or a part of this name, also those who left; the case with this code."""
    if not given:
        return []
    people = await ctx.uow.find(Person, order=("name", "id"))
    exact = [p for p in people if p.email.casefold() == given.casefold()]
    near = [p for p in people if len(given) >= SHORTEST and given.casefold() in p.name.casefold()]
    cases = await ctx.uow.find(Case, code=given.upper())
    return [*(exact or near), *cases]


async def _request(ctx: Context, id: str) -> DataRequest:
    """A request that is not over. Raises RequestOver."""
    found = await ctx.uow.one(DataRequest, id=id)
    if found is None or found.expires_at <= ctx.now:
        raise RequestOver
    return found


async def _erased(ctx: Context, about: Person | Case) -> data_requests.Erased:
    try:
        return await data_requests.erase(ctx, about, ctx.me.id, ctx.tools.backup_days)
    except SetupError as error:
        raise NotDone(why=str(error)) from None
