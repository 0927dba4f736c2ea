"""The demo's levers above the product's pages: become any persona, move the virtual clock. Absent outside the demo."""

from __future__ import annotations

from adapters.web.pages import DemoBar
from adapters.web.sessions import Visitor
from bot.ui.platform import Services


async def demo_bar(services: Services, visitor: Visitor) -> DemoBar | None:
    """What the bar shows to this visitor; None outside the demo."""
    if services.demo is None:
        return None
    personas = await services.demo.personas()
    me = next((p for p in personas if p.actor == visitor.actor), None)
    w = visitor.browser
    return DemoBar(personas, me, w.day(services.now().date(), year=True), w)
