"""How much the main jobs cost: presses, pages and screens of a desk, counted in the browser; what a page weighs."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.demo.clinic import GROUP, ORGANISATION
from bot.domain.organisation import Membership
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round
from tests.browser import IN_BROWSER
from tests.e2e.web.demo import Running
from tests.e2e.web.test_drafts import entered

pytestmark = [*IN_BROWSER, pytest.mark.slow]
DESK_HEIGHT = 900


class Counted:
    """A page that counts its presses, the pages it came through and the highest of them in screens."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses, self.pages, self.screens = 0, 0, 0.0

    async def press(self, name: str) -> None:
        main = self.page.get_by_role("main")
        await main.get_by_role("link", name=name).or_(main.get_by_role("button", name=name)).first.click()
        await self.page.wait_for_load_state()
        self.presses += 1

    async def measured(self) -> None:
        """The page that is worked on now: without the demo's bar, which no clinic has."""
        bar = await self.page.locator(".demo").bounding_box()
        height = await self.page.evaluate("document.documentElement.scrollHeight") - (bar["height"] if bar else 0)
        self.pages, self.screens = self.pages + 1, max(self.screens, height / DESK_HEIGHT)


async def counted(chromium: Browser, demo: Running, label: str) -> Counted:
    """Somebody on Home at a desk."""
    _, page = await entered(chromium, demo, label)
    await page.set_viewport_size({"width": 1280, "height": DESK_HEIGHT})
    return Counted(page)


async def test_presenting_a_case(chromium: Browser, demo: Running) -> None:
    at = await counted(chromium, demo, "Therapist B")
    await at.press("Present a case")
    await at.measured()
    await at.page.get_by_label("Title").fill("Stuck")
    await at.page.get_by_label("Background").fill("Writes daily.")
    await at.page.get_by_label("Key question").fill("What now?")
    await at.page.get_by_label("No objection").check()
    await at.page.get_by_label("No", exact=True).check()
    await at.press("Check what peers see")
    await at.measured()
    await at.press("Share this text")
    await expect(at.page.get_by_role("status").first).to_be_visible()
    assert (at.presses, at.pages) == (3, 2)
    assert at.screens <= 1.6, at.screens


async def more_people(demo: Running, count: int) -> None:
    """Bring the demo's group to so many members."""
    store = demo.app.store
    async with store.begin(ORGANISATION) as uow:
        (like, *_) = await uow.find(Person, id="per_demo_a")
        since = like.created_at.date()
        for number in range(8, count):
            roles = frozenset({Role.THERAPIST})
            one = replace(
                like, id=f"per_{number}", name=f"Colleague {number:03}", email=f"c{number}@demo.example", roles=roles
            )
            await uow.add(one)
            await uow.add(
                Contact(f"con_{number}", ORGANISATION, one.id, "web", ORGANISATION, one.id, seen_at=like.created_at)
            )
            await uow.add(Membership(f"mem_{number}", ORGANISATION, GROUP, one.id, since))
        await uow.commit()


@pytest.mark.parametrize(("people", "screens"), [(8, 1.0), (24, 1.5)])
async def test_planning_and_publishing(chromium: Browser, tmp_path: Path, people: int, screens: float) -> None:
    demo = await Running.begin(tmp_path)
    await more_people(demo, people)
    at = await counted(chromium, demo, "Supervisor")
    await at.press("Preview the plan")
    await at.measured()
    publish = at.page.get_by_role("button", name="Publish", exact=True)
    await expect(publish).to_be_in_viewport(ratio=0.9)
    await expect(at.page.get_by_text(f"{people} people hear of it")).to_be_in_viewport()
    await at.press("Publish")
    await expect(at.page.get_by_role("button", name="Take it back").first).to_be_in_viewport()
    assert (at.presses, at.pages) == (2, 1)
    assert at.screens <= screens, at.screens
    await demo.control.to_next_event()
    async with demo.app.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.count(Round, published_at__not=None, closed_at=None) == 2, "the one under way and this one"
    await demo.app.stop()


@pytest.mark.parametrize(("people", "screens"), [(24, 2.1), (60, 4.0), (200, 4.0)])
async def test_the_table_of_a_group_does_not_grow_without_end(
    chromium: Browser, tmp_path: Path, people: int, screens: float
) -> None:
    """Found without scrolling: who is overdue stands first, and one press shows nobody else."""
    demo = await Running.begin(tmp_path)
    await more_people(demo, people)
    at = await counted(chromium, demo, "Supervisor")
    await at.page.goto(f"{demo.address}/overview", timeout=60_000)
    await at.measured()
    assert at.screens <= screens, at.screens
    await expect(at.page.locator("tbody tr").first).to_be_in_viewport()
    assert await at.page.locator("tbody tr").count() == min(people, 60)
    await demo.app.stop()


async def test_several_are_reminded_by_keyboard_alone(chromium: Browser, tmp_path: Path) -> None:
    demo = await Running.begin(tmp_path)
    await demo.control.advance(16)
    at = await counted(chromium, demo, "Supervisor")
    page = at.page
    await page.goto(f"{demo.address}/overview")
    everybody = page.get_by_role("checkbox", name="Tick all")
    await everybody.focus()
    await page.keyboard.press("Space")
    ticked = await page.locator("tbody input:checked").count()
    assert ticked >= 6
    await expect(page.locator("[data-ticked]")).to_have_text(f"Chosen: {ticked}")
    await page.keyboard.press("j")
    await expect(page.locator("tbody tr:focus-within")).to_have_count(1)
    await page.get_by_role("button", name="Remind several").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text(f"{ticked} people were reminded.")
    await demo.app.stop()


SHIFT = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => { for (const each of list.getEntries()) sum += each.value; }).observe(
        { type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 300);
})"""


async def test_nothing_moves_while_a_page_comes(chromium: Browser, demo: Running) -> None:
    at = await counted(chromium, demo, "Supervisor")
    for path in ("/", "/cases", "/cases/new", "/reviews", "/log", "/overview", "/rounds", "/rounds/7", "/notices"):
        await at.page.goto(demo.address + path)
        assert await at.page.evaluate(SHIFT) < 0.01, path


async def test_writing_a_review(chromium: Browser, demo: Running) -> None:
    await demo.control.advance(3)
    at = await counted(chromium, demo, "Therapist A")
    await at.press("Write the review")
    await at.measured()
    await at.page.evaluate("document.querySelector('.demo').remove()")  # no clinic has it
    box = await at.page.locator("form.fields").bounding_box()
    assert box
    assert box["x"] > 500, "the text stands beside the case"
    await expect(at.page.get_by_role("button", name="Check and send")).to_be_in_viewport(ratio=0.9)
    await at.page.get_by_label("Reflection").fill("It sounds like a wish for company.")
    await at.page.get_by_label("Suggestion").fill("Ask less.")
    await at.press("Check and send")
    await expect(at.page.get_by_text("Your review is in")).to_be_visible()
    assert (at.presses, at.pages) == (2, 1)


async def test_who_is_late_is_read_without_a_press(chromium: Browser, demo: Running) -> None:
    await demo.control.advance(9)
    at = await counted(chromium, demo, "Supervisor")
    late = at.page.get_by_text("overdue").first
    await expect(late).to_be_in_viewport()
    assert at.presses == 0


async def test_a_first_visit_weighs_little(chromium: Browser, demo: Running) -> None:
    """The page, its styles, its script and its icon, as a proxy sends them."""
    context, page = await entered(chromium, demo, "Supervisor")
    await page.reload()
    await page.wait_for_load_state("networkidle")
    loaded = await page.evaluate("performance.getEntries().filter(e => 'decodedBodySize' in e).map(e => e.name)")
    sizes = {}
    for url in set(loaded):  # asked for once more: the browser may have let go of a body that it showed
        answer = await context.request.get(url)
        assert answer.ok, url
        sizes[url] = len(gzip.compress(await answer.body()))
    assert len(sizes) > 3
    assert sum(sizes.values()) <= 60_000, sizes
    await context.close()
