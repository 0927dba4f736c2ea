"""An invented case for whoever wants to see how a round goes before there is one."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.people.welcome_views import STEPS, example_form
from bot.ui.inbound import ActionPressed, Outcome, Show


async def show_example(ctx: Context, event: ActionPressed) -> Outcome:
    """One step of it; anything that is no step begins anew."""
    given = event.args.get("step", "")
    return Show(example_form(ctx, int(given) if given in map(str, range(1, STEPS + 1)) else 1))
