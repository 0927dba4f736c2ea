"""Every button that only shows something has an address, and an address shows today's state to whoever may see it."""

from __future__ import annotations

import re

from bot.app.address_table import ADDRESSES, PAGES, VIEWS
from bot.app.addresses import AddressBook, has_address, up
from bot.app.command_row import Kind
from bot.app.commands import BY_KEY, COMMANDS
from bot.demo.player import Player
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ui.inbound import HomeOpened, Outcome, Refused, Say, Show
from bot.ui.model import Buttons, Card, Form, Row
from bot.ui.platform import Place
from bot.ui.strings import words
from tests.app.risk import scene
from tests.world import World

EN = words("en")
SHAPE = re.compile(r"/|(/[A-Za-z0-9._-]+){1,4}")


def buttons(view: Card | Form) -> list[tuple[str, str]]:
    actions = list(view.actions)
    for block in view.body:
        if isinstance(block, Row | Buttons):
            actions += block.actions
    return [(a.key, a.subject) for a in actions]


async def followed(world: World, player: Player, path: str) -> Outcome:
    place = await AddressBook(world.entry).place(player.actor, path)
    assert place, path
    return await player.press(place.key, place.subject)


async def test_every_button_of_home_and_of_what_it_opens_leads_back_to_itself(world: World) -> None:
    at = await scene(world)
    book = AddressBook(world.entry)
    for key in ("a", "b", "s", "m", "p"):
        player = world.player(key)
        home = await world.entry.handle(HomeOpened(event_id=f"home-{key}", actor=player.actor))
        assert isinstance(home, Say)
        seen, todo = set[tuple[str, str]](), buttons(home.card)
        while todo:
            button = todo.pop()
            if button in seen or not has_address(button[0]):
                continue
            seen.add(button)
            path = (await book.around(player.actor, [button])).paths[button]
            assert SHAPE.fullmatch(path), path
            place = await book.place(player.actor, path)
            assert place == Place(*button, up=up(path)), (path, button)
            outcome = await player.press(*button)
            if len(seen) < 60 and isinstance(outcome, Say | Show):
                todo += buttons(outcome.card if isinstance(outcome, Say) else outcome.form)
        assert seen, key
    assert at.case.code in str((await book.around(at.presenter.actor, [("case.page", at.case.id)])).paths)


async def test_a_case_has_one_address_for_everybody_who_may_see_it(world: World) -> None:
    at = await scene(world)
    path = f"/cases/{at.case.code}"
    own = await followed(world, at.presenter, path)
    assert isinstance(own, Show)
    assert own.form.key == "case.page"
    theirs = await followed(world, at.reviewer, path)
    assert isinstance(theirs, Show)
    assert theirs.form.subject == at.assignment.id
    supervisors = await followed(world, world.player("s"), path)
    assert isinstance(supervisors, Show | Refused)


async def test_a_code_of_others_and_a_code_of_nobody_are_refused_alike(world: World) -> None:
    at = await scene(world, "a", ("b", "e"))
    stranger = world.player("g")
    for tail in ("", "/reviews", "/takeaway", "/questions", "/change"):
        there = await followed(world, stranger, f"/cases/{at.case.code}{tail}")
        nowhere = await followed(world, stranger, f"/cases/ZZ-999{tail}")
        assert isinstance(there, Refused), tail
        assert there == nowhere
    review = f"/reviews/{at.case.code}"
    assert await followed(world, stranger, review) == await followed(world, stranger, "/reviews/ZZ-999")


async def test_a_round_is_found_by_its_number(world: World) -> None:
    await scene(world)
    supervisor = world.player("s")
    [round_] = await world.find(Round, closed_at=None, cancelled_at=None)
    book = AddressBook(world.entry)
    paths = (await book.around(supervisor.actor, [("round.show", round_.id)])).paths
    assert list(paths.values()) == [f"/rounds/{round_.number}"]
    shown = await followed(world, supervisor, f"/rounds/{round_.number}")
    assert isinstance(shown, Say)
    assert shown.card.key == "round.card"
    assert isinstance(await followed(world, world.player("a"), f"/rounds/{round_.number}"), Refused)


async def test_a_report_is_found_by_its_quarter(world: World) -> None:
    shown = await followed(world, world.player("m"), "/reports/2026-4")
    assert isinstance(shown, Say)
    assert shown.card.key == "report"


async def test_the_address_of_reports_lists_every_quarter_and_year_that_has_one(world: World) -> None:
    shown = await followed(world, world.player("m"), "/reports")
    assert isinstance(shown, Say)
    offered = [button for block in shown.card.body if isinstance(block, Buttons) for button in block.actions]
    assert [(each.label, each.subject) for each in offered] == [
        ("Year 2026", "2026"), ("Quarter 4 of 2026", "2026-q4"), ("Quarter 3 of 2026", "2026-q3"),
    ]  # fmt: skip
    for each in offered:
        assert isinstance(await world.player("m").press(each.key, each.subject), Say)
    report = await followed(world, world.player("m"), "/reports/2026-4")
    assert isinstance(report, Say)
    assert "All reports" in [b.label for block in report.card.body if isinstance(block, Buttons) for b in block.actions]
    assert up("/reports/2026-4") == "/reports"
    assert isinstance(await followed(world, world.player("a"), "/reports"), Refused)


async def test_the_navigation_is_that_of_the_role_and_counts_what_waits(world: World) -> None:
    at = await scene(world)
    book = AddressBook(world.entry)
    names = {
        key: [e.name for e in (await book.around(world.player(key).actor, [])).menu] for key in ("a", "s", "m", "p")
    }
    assert names["a"] == ["home", "cases", "reviews", "log"]
    assert names["s"] == ["home", "cases", "reviews", "log", "overview", "rounds"]
    assert names["m"] == ["home", "reports", "staff", "administration", "closures"]
    assert names["p"] == ["home", "officer"]
    around = await book.around(at.reviewer.actor, [])
    assert next(e.waiting for e in around.menu if e.name == "reviews") == 1
    for key in names:
        for entry in (await book.around(world.player(key).actor, [])).menu:
            assert not isinstance(await followed(world, world.player(key), entry.path), Refused), entry


async def test_the_box_finds_cases_rounds_pages_and_people(world: World) -> None:
    at = await scene(world)
    book = AddressBook(world.entry)
    code = at.case.code
    for player, typed, path in (
        (at.presenter, code.lower(), f"/cases/{code}"),
        (at.reviewer, code.replace("-", " "), f"/cases/{code}"),
        (world.player("g"), code, ""),
        (world.player("s"), "round 1", "/rounds/1"),
        (world.player("s"), "Therapist B", f"/people/{world.player('b').actor.user}"),
        (world.player("s"), "therapist", ""),
        (world.player("a"), "Therapist B", ""),
        (world.player("a"), "log", "/log"),
        (world.player("a"), "settings", "/settings"),
        (world.player("a"), "delivery", ""),
        (world.player("m"), "delivery", "/delivery"),
        (world.player("a"), "zzz", ""),
    ):
        await player.type("language en")
        found = [each.path for each in await book.find(player.actor, typed)]
        assert (found == [path]) if path else (len(found) != 1), (player.key, typed, found)


async def test_what_several_things_are_called_is_listed_for_whom_it_concerns(world: World) -> None:
    book = AddressBook(world.entry)
    listed = await book.find(world.player("s").actor, "therapist")
    assert [each.label for each in listed] == sorted(each.label for each in listed)
    assert {each.label[:11] for each in listed} == {f"Therapist {letter}" for letter in "ABCDEFG"}
    for key in "amp":
        assert await book.find(world.player(key).actor, "therapist") == []


async def test_every_page_that_can_be_named_is_reached_by_its_name_and_by_nobody_else(world: World) -> None:
    book, seen = AddressBook(world.entry), set()
    for key in "asmp":
        player = world.player(key)
        for page, words_of_it in PAGES.items():
            label = EN(words_of_it)
            found = [each.path for each in await book.find(player.actor, label)]
            roles = BY_KEY[Kind.PRESSED, page].roles
            theirs = bool(roles & (await world.find(Person, id=player.actor.user))[0].roles)
            if not theirs:
                assert ADDRESSES.get(page, f"/at/{page}") not in found, (key, page)
                continue
            seen.add(page)
            assert found, (key, page, label)
            assert not isinstance(await followed(world, player, found[0]), Refused), (key, page)
    assert seen == set(PAGES)


async def test_whoever_is_not_known_finds_nothing(world: World) -> None:
    book = AddressBook(world.entry)
    stranger = Player(world.entry, "a", "org_elsewhere")
    assert await book.place(stranger.actor, "/cases") is None
    assert (await book.around(stranger.actor, [("case.new", "")])).paths == {}


def test_addresses_are_of_buttons_that_only_show() -> None:
    pressed = {c.key: c for c in COMMANDS if c.kind is Kind.PRESSED}
    for key in [*ADDRESSES, *VIEWS.values()]:
        assert key in pressed, key
        assert has_address(key), key
    assert not has_address("round.publish")
    assert len(set(ADDRESSES.values())) == len(ADDRESSES)
