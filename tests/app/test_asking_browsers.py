"""A sign-in link works in the browser that asked for it; another one needs the code that the first one shows."""

from __future__ import annotations

import pytest

from bot.app.steps.asking_browsers import WRONG_CODES, code_of
from bot.app.steps.sign_in import LINKS_AT_ONCE, SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from bot.ui.model import plain
from bot.ui.sign_in import CodeWrong
from tests.world import World

HERE, THERE, STRANGE = "browser-here", "browser-there", "browser-of-a-stranger"


@pytest.fixture
def service(world: World) -> SignInService:
    return SignInService(world.store, world.clock, world.tools)


async def asked(world: World, service: SignInService, *browsers: str) -> list[str]:
    """The tokens that reached somebody who asked from these browsers, in turn."""
    (person,) = await world.find(Person, id=person_id("a"))
    for browser in browsers:
        await service.request(person.email, browser)
    await world.settle()
    cards = [m.card for _, m in world.platform.sent if m.card.key == "notice.sign_in"]
    return [plain(card.body[1].line).rpartition("/")[2] for card in cards]  # type: ignore[union-attr]  # a Text


@pytest.mark.parametrize(
    ("browser", "code", "opens"),
    [
        (HERE, "", True),
        (HERE, "999999x", True),
        (THERE, code_of(HERE), True),
        (THERE, f" {code_of(HERE)[:3]} {code_of(HERE)[3:]} ", True),
        (THERE, "", False),
        (THERE, code_of(THERE), False),
        (THERE, "0", False),
        ("", "", False),
        ("", code_of(HERE), True),
    ],
)
async def test_who_may_use_a_link(world: World, service: SignInService, browser: str, code: str, opens: bool) -> None:
    (token,) = await asked(world, service, HERE)
    for _ in range(3):
        await service.named(token)  # a program that looks ahead at links
    named = await service.named(token, browser)
    assert named
    assert named.needs_code is (browser != HERE)
    if opens:
        assert await service.redeem(token, browser, code)
        assert await service.named(token, HERE) is None, "once"
    else:
        with pytest.raises(CodeWrong):
            await service.redeem(token, browser, code)
        assert await service.redeem(token, HERE), "the browser that asked is still let in"


async def test_a_few_wrong_codes_use_the_link_up_and_empty_ones_do_not_count(
    world: World, service: SignInService
) -> None:
    (token,) = await asked(world, service, HERE)
    for code in ["", ""] + [f"wrong{n}" for n in range(WRONG_CODES)]:
        with pytest.raises(CodeWrong):
            await service.redeem(token, THERE, code)
    assert await service.redeem(token, THERE, code_of(HERE)) is None
    assert await service.redeem(token, HERE) is None


async def test_a_strangers_asking_keeps_nobody_out(world: World, service: SignInService) -> None:
    tokens = await asked(world, service, *[STRANGE] * LINKS_AT_ONCE, HERE)
    for token in tokens:
        named = await service.named(token, HERE)
        assert named
        assert not named.needs_code
    assert await service.redeem(tokens[-1], HERE)


async def test_a_link_of_the_shell_opens_in_any_browser(service: SignInService) -> None:
    token = (await service.link_for_person(ORGANISATION, person_id("a"))).rpartition("/")[2]
    named = await service.named(token, THERE)
    assert named
    assert not named.needs_code
    assert await service.redeem(token, THERE)


def test_a_code_is_six_digits_and_tells_browsers_apart() -> None:
    codes = {code_of(f"browser {n}") for n in range(500)}
    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(codes) > 495
