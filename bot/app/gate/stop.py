"""The page that stops a text about a current risk: whom to call, and a way to alert the duty supervisor."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.duty import first_on_duty
from bot.domain.organisation import Clinic
from bot.ports.records import Draft
from bot.ui.model import (
    Action,
    Facts,
    Form,
    Line,
    Notice,
    Text,
    Tone,
    line,
    muted,
    strong,
)


async def stop_page(ctx: Context, draft: Draft) -> Form:
    """A current risk is not handled by peers: whom to call now, and a way to alert the duty supervisor."""
    w = ctx.words
    return Form(
        key="risk.stop",
        title=w("risk.stop.title"),
        body=(
            Notice(Tone.DANGER, line(w("risk.stop.text"))),
            await contacts(ctx),
            Text(line(w("risk.stop.named"))),
            Text(line(w("risk.stop.kept", until=w.moment(draft.expires_at, ctx.me.timezone)))),
            Text(line(muted(w("risk.record")))),
        ),
        actions=(
            Action("risk.alert_duty", w("risk.alert_duty"), look="danger"),
            Action("text.edit", w("risk.handled"), subject=draft.id, opens=True),
        ),
    )


async def contacts(ctx: Context) -> Facts:
    """The emergency contact and the person on duty of the reader's own clinic."""
    w = ctx.words
    clinic = await ctx.uow.get(Clinic, ctx.me.clinic)
    rows = [(w("risk.contact.emergency"), line(strong(clinic.emergency_phone or w("risk.no_phone"))))]
    rows.append((w("risk.contact.duty"), await _on_duty(ctx, clinic)))
    return Facts(tuple(rows))


async def own_phone(ctx: Context) -> str:
    """The number to call now: whoever is on duty at the reader's own clinic, else its emergency contact."""
    clinic = await ctx.uow.get(Clinic, ctx.me.clinic)
    return clinic.duty_phone or clinic.emergency_phone or ctx.words("risk.no_phone")


async def _on_duty(ctx: Context, clinic: Clinic) -> Line:
    """Whoever can be alerted today; not the reader, who cannot take their own concern on."""
    person = await first_on_duty(ctx, clinic, without=ctx.me.id)
    told = " · ".join(part for part in (person.name if person else "", clinic.duty_phone) if part)
    return line(strong(told or ctx.words("risk.no_duty")))
