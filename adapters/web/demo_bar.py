"""The demo's levers above the product's pages: become any persona, move the virtual clock, what to try."""

from __future__ import annotations

from adapters.web.pages import DemoBar
from adapters.web.sessions import Visitor
from bot.ui.platform import Persona, Services
from bot.ui.strings import Words, words

GUIDES = {
    "manager": ("web.demo_try.manager.1", "web.demo_try.manager.2"),
    "dpo": ("web.demo_try.dpo.1", "web.demo_try.dpo.2", "web.demo_try.dpo.3"),
    "supervisor": (
        "web.demo_try.supervisor.1",
        "web.demo_try.supervisor.2",
        "web.demo_try.supervisor.3",
        "web.demo_try.supervisor.4",
        "web.demo_try.supervisor.5",
    ),
    "therapist": (
        "web.demo_try.therapist.1",
        "web.demo_try.therapist.2",
        "web.demo_try.therapist.3",
        "web.demo_try.therapist.4",
        "web.demo_try.therapist.5",
        "web.demo_try.therapist.6",
    ),
}
"""What to try as each role, in steps; whoever has several roles is shown the first."""

LABELS = {
    "present": "case.new",
    "ask": "review.ask",
    "write": "review.write",
    "preview": "round.preview",
    "group": "menu.group",
    "report": "quarter.open",
    "people": "menu.staff",
    "administration": "administration.title",
    "officer": "home.dpo",
    "audit": "audit.open",
    "concern": "risk.raise",
    "messages": "series.messages",
}
"""What a step calls a button or place of the page below, by the sentence that stands there."""


async def demo_bar(services: Services, visitor: Visitor) -> DemoBar | None:
    """What the bar shows to this visitor; None outside the demo."""
    if services.demo is None:
        return None
    personas = await services.demo.personas()
    me = next((p for p in personas if p.actor == visitor.actor), None)
    w = visitor.browser
    return DemoBar(personas, me, w.day(services.now().date(), year=True), w, steps(me, w) if me else ())


def steps(me: Persona, w: Words) -> tuple[str, ...]:
    """What to try as this persona: in the browser's language, with the page's own words for what is to be pressed."""
    page = words(me.language)
    labels = {name: page(key) for name, key in LABELS.items()} | {"day": w("web.demo_day"), "next": w("web.demo_next")}
    labels |= {"pick": "/case pick", "retell": "/case message"}
    guide = next((GUIDES[role] for role in GUIDES if role in me.roles), ())
    return tuple(w(key, **labels) for key in guide)
