"""Ask somebody outside the service to sign: a link for entries made by hand, to be handed on by the person."""

from __future__ import annotations

from collections.abc import Mapping

from bot.app.context import Context
from bot.app.facts.log_entries import entries_of
from bot.app.steps.outside_signature import LASTS, may_be_signed_outside, signing_address, told
from bot.domain.supervision import SupervisionEvent, current
from bot.ui.inbound import ActionPressed, FormSubmitted, Invalid, Outcome, Show, chosen
from bot.ui.model import Form, ManyField, Notice, Option, Text, Tone, code, line

AT_ONCE = 30


async def open_ask(ctx: Context, event: ActionPressed) -> Outcome:
    """Which entries a link is to be for."""
    return Show(await ask_form(ctx, {}))


async def send_ask(ctx: Context, event: FormSubmitted) -> Outcome:
    """Make the link and show it once."""
    known = {e.id for e in await _entries(ctx)}
    picked = [id for id in chosen(event, "entries") if id in known]
    if not picked:
        return Invalid(await ask_form(ctx, {"entries": ctx.words("sign.pick")}))
    url = await signing_address(ctx, ctx.me, picked)
    w = ctx.words
    until = w.day((ctx.now + LASTS).astimezone(ctx.zone).date(), year=True)
    body = (
        Text(line(code(url))),
        Notice(Tone.INFO, line(w.count("sign.outside.link", len(picked), day=until))),
    )
    return Show(Form("log.sign.outside.link", w("sign.outside"), body=body))


async def ask_form(ctx: Context, errors: Mapping[str, str]) -> Form:
    """The unsigned entries made by hand, oldest first."""
    w = ctx.words
    entries = await _entries(ctx)
    if not entries:
        return Form("log.sign.outside.send", w("sign.outside"), body=(Text(line(w("sign.outside.none"))),))
    options = tuple(Option(e.id, told(e, w)) for e in entries)
    return Form(
        key="log.sign.outside.send",
        title=w("sign.outside"),
        body=(Text(line(w("sign.outside.intro"))),),
        fields=(ManyField("entries", w("log.entries"), options, tuple(o.value for o in options), required=True),),
        submit=w("sign.outside.make"),
        errors=errors,
    )


async def _entries(ctx: Context) -> list[SupervisionEvent]:
    found = [e for e in current(await entries_of(ctx, ctx.me.id)) if may_be_signed_outside(e)]
    return found[:AT_ONCE]
