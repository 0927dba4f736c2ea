"""One round on two chats: the same texts on both sides, nothing tells who is where, one person has two accounts."""

from __future__ import annotations

import re

import pytest

from bot.app.context import Work
from bot.app.dependencies import Anonymiser
from bot.app.steps.clinic_split import part_ways
from bot.demo import story
from bot.demo.clinic import person_id
from bot.demo.story import Story
from bot.domain.assignment import Assignment
from bot.domain.organisation import Clinic
from bot.domain.person import Contact
from bot.domain.round import Round
from bot.ui.inbound import Done, Refused
from tests.e2e.slack.player import InSlack
from tests.e2e.teams.player import InTeams
from tests.gate import rules_alone
from tests.standins.both import IN_SLACK, IN_TEAMS, Both, both_chats
from tests.standins.teams.cards import texts

# What platforms like to change: markup, quotes, dashes, ligatures, composed letters, empty lines, emoji, indents.
AWKWARD = (
    "*stars* _12_ ~tilde~ `code` <b>bold</b> & [link](page) # head\n"
    '“quoted” ‘single’ – dash — "plain" it\'s\n\n'
    "å ä ö ø æ ß é ﬁ · • 🙂 :smile: 50 % < 60 > 40\n"
    "  - indented\n1. numbered"
)


@pytest.fixture(scope="module")
def gate() -> Anonymiser:
    """One for all tests here."""
    return rules_alone()


def awkward(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text of the story is awkward, and each one is told from the others by its number."""
    cases = tuple(
        {
            "title": f"case {n}",
            "programme": "",
            "week": "5",
            "weeks": "10",
            "background": f"background {n}\n{AWKWARD}",
            "key_question": f"question {n}?",
            "excerpt": "",
            "scores": "",
        }
        for n in range(6)
    )
    monkeypatch.setattr(story, "CASES", cases)
    monkeypatch.setattr(story, "REVIEWS", tuple((f"reflection {n}\n{AWKWARD}", f"suggestion {n}") for n in range(12)))


def read(player: object) -> str:
    """Every word this person was shown, in dialogs, cards and messages."""
    if isinstance(player, InSlack):
        return "\n".join([*player.read, player.person.everything])
    assert isinstance(player, InTeams)
    return "\n".join([*player.read, *map(texts, player.person.sees()), *player.person.reads()])


async def test_texts_cross_between_slack_and_teams_unchanged_and_tell_nothing(
    gate: Anonymiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    awkward(monkeypatch)
    async with both_chats(gate) as both:
        players = await both.everybody()
        await Story(both.world, lambda _: None, dict(players)).run()
        shown = {key: read(players[key]) for key in (*IN_SLACK, *IN_TEAMS)}
        round_ = (await both.world.find(Round, order=("-number",)))[0]
        crossed = set()
        for assignment in await both.world.find(Assignment, round=round_.id, ended_at=None):
            presenter, reviewer = (
                await _presenter(both, assignment.case),
                assignment.reviewer.removeprefix(person_id("")),
            )
            assert _as_written("background", shown[reviewer], reviewer), "the case as it was written"
            assert _as_written("reflection", shown[presenter], presenter), "the review as it was written"
            crossed.add((presenter in IN_SLACK, reviewer in IN_SLACK))
        assert {(True, False), (False, True)} <= crossed, "from Slack to Teams and back"
        _tells_nothing({key: text for key, text in shown.items() if key != "s"})


def _as_written(first: str, shown: str, key: str) -> bool:
    """The awkward text below its first line, letter by letter; Teams draws an empty line as a wider gap."""
    lines = AWKWARD.splitlines() if key in IN_SLACK else [line for line in AWKWARD.splitlines() if line]
    return re.search(rf"{first} \d+\n{re.escape(chr(10).join(lines))}", shown) is not None


def _tells_nothing(shown: dict[str, str]) -> None:
    """No name, platform, language tag, address or id of anybody else, on any surface of a therapist.

    The welcome names who looks after the group, whom everybody may turn to.
    """
    for key, said in shown.items():
        text = said.replace("Looking after the group: zzs.", "")
        others = {other for other in (*IN_SLACK, *IN_TEAMS) if other != key}
        assert not [other for other in others if re.search(rf"\bzz{other}\b", text)], key
        assert not re.search(r"slack|teams|mobile|desktop|en-GB|sv-SE|U0[A-Z]|29:|aaaaaaaa-", text, re.IGNORECASE), key


async def test_somebody_on_both_is_one_participant_and_is_told_once(gate: Anonymiser) -> None:
    async with both_chats(gate) as both:
        slack, teams = both.in_slack("a"), both.in_teams("a")
        await slack.person.opens_home()
        await teams.person.installs()
        accounts = await both.world.find(Contact, person=person_id("a"))
        assert {account.platform for account in accounts} == {"web", "slack", "teams"}
        await both.world.advance(minutes=1)
        before = len(slack.person.inbox), len(teams.person.sees())
        supervisor = both.in_slack("s")
        await supervisor.person.opens_home()
        await supervisor.send(await supervisor.open("round.new"), {})
        await both.world.advance(minutes=1)
        told = len(slack.person.inbox) - before[0], len(teams.person.sees()) - before[1]
        assert sorted(told) == [0, 1], "one notice of the new round, on one side"


async def test_a_code_typed_in_teams_joins_the_account_and_slack_can_undo_it(gate: Anonymiser) -> None:
    async with both_chats(gate) as both:
        slack = both.in_slack("a")
        await slack.person.opens_home()
        stranger = both.in_teams("a")
        both.teams.connector.members.clear()  # the tenant shows nobody's address
        await stranger.person.installs()
        assert not await both.world.find(Contact, platform="teams")
        form = await slack.open("settings.connect")
        typed = re.findall(r"/(settings connect \S+)", slack.person.reads)
        assert typed, form
        assert isinstance(await stranger.type(typed[0]), Done)
        [account] = await both.world.find(Contact, platform="teams")
        assert account.person == person_id("a")
        await both.world.advance(minutes=1)
        assert any("Your account in Microsoft Teams is connected" in message for message in slack.person.inbox)
        await slack.press("settings.disconnect", account.id)
        await stranger.person.types("home")
        assert "to add you" in stranger.person.reads()[-1]


async def test_whoever_removes_the_app_in_one_chat_is_reached_in_the_other(gate: Anonymiser) -> None:
    async with both_chats(gate) as both:
        slack, teams = both.in_slack("a"), both.in_teams("a")
        await slack.person.opens_home()
        await teams.person.installs()
        await slack.send(await slack.open("settings.open"), {"language": ("profile",), "notices": ("teams",)})
        await teams.person.post(teams.person.activity("installationUpdate", action="remove"))
        await _new_round(both)
        assert any("A new round" in message for message in slack.person.inbox)


async def _new_round(both: Both) -> None:
    supervisor = both.in_slack("s")
    await supervisor.person.opens_home()
    await supervisor.send(await supervisor.open("round.new"), {})
    await both.world.advance(minutes=1)


async def _presenter(both: Both, case: str) -> str:
    async with both.world.store.begin("org_demo", write=False) as uow:
        return (await uow.presenter(case)).removeprefix(person_id(""))


async def test_when_an_agreement_ends_neither_side_reads_the_other(
    gate: Anonymiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    awkward(monkeypatch)
    async with both_chats(gate) as both:
        players = await both.everybody()
        told = Story(both.world, lambda _: None, dict(players))
        round_ = await told._open_round()
        await told._present()
        await told._plan_and_publish(round_)
        await told._clarify(round_)
        await told._review(round_)
        async with both.world.store.begin("org_demo") as uow:
            work = Work(uow, both.world.clock.now(), both.world.tools)
            parted = await part_ways(work, await uow.get(Clinic, "cli_kiel"))
            await uow.commit()
        assert parted.reviews > 0
        crossed = 0
        for assignment in await both.world.find(Assignment, round=round_):
            presenter = await _presenter(both, assignment.case)
            reviewer = assignment.reviewer.removeprefix(person_id(""))
            across = (presenter in IN_SLACK) != (reviewer in IN_SLACK)
            crossed += across
            async with both.world.store.begin("org_demo", write=False) as uow:
                assert bool(await uow.texts(assignment.case, f"review:{assignment.id}")) == (not across)
            assert isinstance(await both.world.player(reviewer).press("review.open", assignment.id), Refused) == across
        assert crossed == parted.reviews
