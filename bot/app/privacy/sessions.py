"""The browsers in which a person is signed in, the button that signs all of them out, and where passkeys are kept."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.sessions import ends_at
from bot.app.steps.sign_in import policy_of
from bot.ports.records import Session, SignInLink
from bot.ui.inbound import ActionPressed, Done, Outcome, Say
from bot.ui.model import Action, Buttons, Card, CardBlock, Confirm, Row, Text, line


async def show_sessions(ctx: Context, event: ActionPressed) -> Outcome:
    """Since when, and until when, each browser is signed in; what browser it is nobody keeps."""
    w = ctx.words
    policy = await policy_of(ctx, ctx.me)
    found = await ctx.uow.find(Session, person=ctx.me.id, expires_at__gt=ctx.now, order=("-created_at",))
    sessions = [session for session in found if ends_at(session, policy) > ctx.now]
    blocks: list[CardBlock] = [Text(line(w.count("sessions.count", len(sessions)) if sessions else w("sessions.none")))]
    for each in sessions:
        since, until = (w.moment(at, ctx.me.timezone) for at in (each.created_at, each.expires_at))
        blocks.append(Row(line(w("sessions.since", since=since, until=until))))
    ask = Confirm(w("sessions.end"), w("sessions.end.text"), w("sessions.end"), w("keep"))
    passkeys = Action("privacy.passkeys", w("passkeys.title"), opens=True)
    end = Action("privacy.sessions.end", w("sessions.end"), look="danger", confirm=ask)
    blocks.append(Buttons((passkeys, end)))
    return Say(Card("privacy.sessions", w("sessions.title"), tuple(blocks), summary=w("sessions.title")))


async def show_passkeys(ctx: Context, event: ActionPressed) -> Outcome:
    """In a chat: passkeys belong to browsers, so this says where they are; our pages show them themselves."""
    w = ctx.words
    body = (Text(line(w("passkeys.where"))), Text(line(f"{ctx.tools.public_url}/settings/passkeys")))
    return Say(Card("privacy.passkeys", w("passkeys.title"), body, summary=w("passkeys.title")))


async def end_sessions(ctx: Context, event: ActionPressed) -> Outcome:
    """Every browser is signed out, and no link that was sent signs anybody in any more."""
    sessions = await ctx.uow.find(Session, person=ctx.me.id)
    for session in sessions:
        await ctx.uow.remove(Session, session.id)
    for link in await ctx.uow.find(SignInLink, person=ctx.me.id, purpose="sign_in", used_at=None):
        await ctx.uow.remove(SignInLink, link.id)
    policy = await policy_of(ctx, ctx.me)
    live = sum(ends_at(session, policy) > ctx.now for session in sessions)
    return Done(ctx.words.count("sessions.ended", live) if live else ctx.words("sessions.none"))
