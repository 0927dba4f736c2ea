"""Take along what is one's own: log, hours and texts in one archive, before the last day and at any time."""

from __future__ import annotations

from collections.abc import Mapping

from bot.app.context import Context
from bot.app.steps.leavers_files import LASTS, archive
from bot.ui.inbound import ActionPressed, FormSubmitted, Hand, Invalid, Outcome, Show, chosen
from bot.ui.model import ChoiceField, Form, Option, Text, line


async def open_leaving(ctx: Context, event: ActionPressed) -> Outcome:
    """By which rule set the log is counted."""
    return Show(_form(ctx, {}, own_pages=ctx.tools.own_pages(event.actor.platform)))


async def send_leaving(ctx: Context, event: FormSubmitted) -> Outcome:
    """The archive. A chat would keep a copy of the texts, so they are on our own pages only."""
    own_pages = ctx.tools.own_pages(event.actor.platform)
    rules = ctx.tools.rule_sets.get((chosen(event, "rules") or ("",))[0])
    if rules is None:
        return Invalid(_form(ctx, {"rules": ctx.words("field.choose")}, own_pages=own_pages))
    document = await archive(ctx, ctx.me, rules, texts=own_pages)
    note = ctx.words("leaving.done") if own_pages else ctx.words("leaving.done_chat", url=_page(ctx))
    return Hand(document, note)


def _form(ctx: Context, errors: Mapping[str, str], *, own_pages: bool) -> Form:
    w = ctx.words
    body = [Text(line(w.count("leaving.intro", LASTS.days)))]
    if not own_pages:
        body.append(Text(line(w("leaving.where", url=_page(ctx)))))
    sets = tuple(Option(r.id, r.called(w.language), r.statement(w.language)) for r in ctx.tools.rule_sets.values())
    return Form(
        key="leaving.send",
        title=w("leaving.title"),
        body=tuple(body),
        fields=(ChoiceField("rules", w("export.rules"), sets, "plain"),),
        submit=w("leaving.submit"),
        errors=errors,
    )


def _page(ctx: Context) -> str:
    return f"{ctx.tools.public_url}/log/take-along"
