"""Members of channels and user groups as Slack names them: read for an administrator, refused by name, in pages."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.manifest import MEMBERS, bot_scopes
from bot.ui.inbound import Done, Event, FormSubmitted, Outcome, Show
from bot.ui.model import Form, TextField
from bot.ui.rosters import MOST, Account, Listed, Roster, RosterFailed, Selection, Sources
from tests.standins.slack.person import CannotPress
from tests.standins.slack.server import BOT
from tests.standins.slack.workspace import APP_SCOPES, MEMBER_SCOPES
from tests.standins.slack.world import World, connected

WITHOUT = APP_SCOPES.replace(f",{MEMBER_SCOPES}", "")


def somebody(world: World, user: str, **about: Any) -> str:
    return world.slack.kept.person(
        user, **{"profile": {"real_name": f"Name {user}", "email": f"{user.lower()}@clinic.example"}, **about}
    )


def people(world: World, count: int) -> list[str]:
    return [somebody(world, f"U{number:04}") for number in range(count)]


async def read(world: World, **wanted: Any) -> list[Account]:
    return list(await world.platform.accounts(world.actor(), Selection(**wanted)))


async def refused(world: World, **wanted: Any) -> str:
    with pytest.raises(RosterFailed) as failed:
        await read(world, **wanted)
    return failed.value.why


async def test_everybody_of_a_channel_a_user_group_and_the_picked_ones_once_each(http: World) -> None:
    kept = http.slack.kept
    users = people(http, 4)
    kept.filled("C0TEAM", *users[:3], "USLACKBOT")
    kept.user_group("S0ONE", "Psychologists", users[2], users[3])
    found = await read(http, accounts=(users[0],), channel="C0TEAM", listed="S0ONE")
    assert [account.user for account in found] == users
    assert found[0] == Account("U0000", "Name U0000", "u0000@clinic.example")
    assert http.slack.refusals == []


ABOUT = {
    "a closed account": ({"deleted": True}, None),
    "a bot": ({"is_bot": True}, None),
    "a guest": ({"is_restricted": True}, True),
    "a single-channel guest": ({"is_ultra_restricted": True}, True),
    "somebody of another organisation": ({"is_stranger": True}, True),
    "a member": ({}, False),
}


@pytest.mark.parametrize(("about", "outside"), ABOUT.values(), ids=ABOUT)
async def test_who_counts(http: World, about: dict[str, Any], outside: bool | None) -> None:
    user = somebody(http, "U0X", **about)
    http.slack.kept.filled("C0TEAM", user)
    found = await read(http, channel="C0TEAM")
    assert [account.outside for account in found] == ([] if outside is None else [outside])


async def test_a_channel_of_many_pages_is_read_whole_and_one_of_too_many_is_refused(http: World) -> None:
    users = people(http, MOST + 1)
    http.slack.kept.filled("C0FULL", *users[:MOST])
    assert [account.user for account in await read(http, channel="C0FULL")] == users[:MOST]
    assert len(http.slack.called("conversations.members")) > 1
    http.slack.kept.filled("C0MORE", *users)
    asked = len(http.slack.called("users.info"))
    assert await refused(http, channel="C0MORE") == "too_many"
    assert len(http.slack.called("users.info")) == asked, "nobody is looked up in vain"


async def test_which_channels_are_read(http: World) -> None:
    kept, actor = http.slack.kept, http.actor()
    user = somebody(http, "U0X")
    kept.filled("C0SHARED", user, is_ext_shared=True)
    kept.filled("C0PENDING", user, is_pending_ext_shared=True)
    kept.filled("C0OTHERS", user, is_private=True, app=True)
    kept.filled("C0WITHOUT", user, actor.user, is_private=True)
    kept.filled("C0MINE", user, actor.user, is_private=True, app=True)
    somebody(http, actor.user)
    assert await refused(http, channel="C0SHARED") == "shared"
    assert await refused(http, channel="C0PENDING") == "shared"
    assert await refused(http, channel="C0OTHERS") == "not_there", "who asks is not in it"
    assert await refused(http, channel="C0WITHOUT") == "not_there", "the app is not in it"
    assert await refused(http, channel="C0NOWHERE") == "not_there"
    assert await refused(http, channel=kept.direct(user)) == "not_there", "a conversation is no channel"
    assert await refused(http, listed="S0NOWHERE") == "not_there"
    assert len(await read(http, channel="C0MINE")) == 2


@pytest.mark.parametrize(
    ("method", "fault", "why"),
    [
        ("conversations.members", "rate", "silent"),
        ("conversations.members", "fetch_members_failed", "silent"),
        ("conversations.info", "missing_scope", "not_allowed"),
        ("usergroups.users.list", "missing_scope", "not_allowed"),
        ("users.info", "rate", "silent"),
        ("users.info", "invalid_auth", "silent"),
    ],
)
async def test_each_refusal_of_slacks_says_what_it_means(http: World, method: str, fault: str, why: str) -> None:
    http.slack.kept.filled("C0TEAM", somebody(http, "U0X"))
    http.slack.kept.user_group("S0ONE", "One", "U0X")
    http.slack.fail(method, fault, fault)
    assert await refused(http, channel="C0TEAM", listed="S0ONE") == why


async def test_where_people_can_be_chosen_from(http: World) -> None:
    http.slack.kept.user_group("S0ONE", "Psychologists")
    http.slack.kept.user_group("S0OFF", "Gone", date_delete=1)
    assert isinstance(http.platform, Roster)
    full = Sources(accounts=True, channels=True, lists=(Listed("S0ONE", "Psychologists"),))
    assert await http.platform.sources(http.actor()) == full
    http.slack.refuse("usergroups.list", "plan_upgrade_required")
    assert await http.platform.sources(http.actor()) == Sources(accounts=True, channels=True)
    http.slack.kept.tokens[BOT].scopes = WITHOUT
    assert await http.platform.sources(http.actor()) == Sources(accounts=True, closed=True)


async def test_switched_off_no_scope_is_asked_for_and_people_are_still_picked() -> None:
    async with connected("http", add_members=False) as world:
        world.slack.kept.tokens[BOT].scopes = WITHOUT
        assert await world.platform.sources(world.actor()) == Sources(accounts=True, closed=True)
        user = somebody(world, "U0X")
        assert [account.user for account in await read(world, accounts=(user,))] == [user]
        assert not MEMBERS & set(bot_scopes(world.platform._settings))
        assert await world.platform.check() == []


async def test_scopes_that_are_only_for_this_break_nothing_else(http: World) -> None:
    http.slack.kept.tokens[BOT].scopes = WITHOUT
    (problem,) = await http.platform.check()
    assert not problem.fatal
    assert "usergroups:read" in problem.what


FORM = Form(
    "roster.send",
    "People",
    fields=(
        TextField("people", "People", picks="accounts"),
        TextField("channel", "Channel", picks="channel"),
        TextField("person", "Person", picks="account"),
    ),
    submit="Look",
)


async def test_slacks_own_pickers_are_drawn_and_what_is_picked_arrives_as_ids(http: World) -> None:
    def answer(event: Event) -> Outcome:
        return Done("ok") if isinstance(event, FormSubmitted) else Show(FORM)

    http.core.answer = answer
    anna = http.person()
    await anna.types("/case new")
    await anna.until("People")
    kinds = [b["element"]["type"] for b in anna.modal.body["blocks"] if b["type"] == "input"]
    assert kinds == ["multi_users_select", "conversations_select", "users_select"]
    with pytest.raises(CannotPress):
        await anna.sends(people=[f"U{n}" for n in range(101)])
    await anna.sends(people=["U1", "U2"], channel="C1")
    (sent,) = http.core.of(FormSubmitted)
    assert {name: value.reveal() for name, value in sent.values.items()} == {"people": "U1 U2", "channel": "C1"}
