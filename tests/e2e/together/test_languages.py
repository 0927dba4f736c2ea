"""The round in each language, half the group in Slack and half in Teams: no word that is not of that language."""

from __future__ import annotations

import re

import pytest

from bot.app.dependencies import Anonymiser
from bot.demo import story
from bot.demo.story import Story
from bot.ui.strings import LANGUAGES
from tests.e2e.slack.player import InSlack
from tests.e2e.teams.player import InTeams
from tests.gate import rules_alone
from tests.standins.both import IN_SLACK, IN_TEAMS, both_chats
from tests.standins.teams.cards import texts
from tests.untranslated import foreign_words


@pytest.fixture(scope="module")
def gate() -> Anonymiser:
    """One for all tests here."""
    return rules_alone()


def wordless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of the story in no language, so that any other word on a screen is ours."""
    case = {
        "title": "zztitle",
        "programme": "zzprogramme",
        "week": "5",
        "weeks": "10",
        "background": "zzback zzground\nzzline zztwo 07700 900123",
        "key_question": "zzkey zzquestion?",
        "excerpt": "zzexcerpt",
        "scores": "PHQ-9: 17, 15",
    }
    monkeypatch.setattr(story, "CASES", (case,) * 6)
    monkeypatch.setattr(story, "REVIEWS", (("zzreflection", "zzsuggestion"),))
    monkeypatch.setattr(story, "QUESTION", "zzquestion?")
    monkeypatch.setattr(story, "ANSWER", "zzanswer.")
    monkeypatch.setattr(story, "TAKEAWAY", "zztakeaway.")


@pytest.mark.parametrize(
    "language", [pytest.param(each, marks=() if each == "de" else pytest.mark.slow) for each in LANGUAGES]
)
async def test_the_story_in_one_language_on_both_chats(
    language: str, gate: Anonymiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    wordless(monkeypatch)
    async with both_chats(gate, language) as both:
        players = await both.everybody()
        said: list[str] = []
        await Story(both.world, said.append, dict(players)).run()
        for key in ("a", "d"):
            for command in ("/help", "/home", "/caseload", "/case", "/review", "/settings", "/caseload zzz"):
                await players[key].type(command)
        assert any("12 reviews written" in line for line in said)
        shown = {key: _seen(players[key]) for key in (*IN_SLACK, *IN_TEAMS)}
        assert all(len(text) > 500 for text in shown.values())
        foreign = {key: sorted(set(foreign_words(text, language))) for key, text in shown.items()}
        assert {key: found for key, found in foreign.items() if found} == {}
        cut = {key: re.findall(r"\w+…", text) for key, text in shown.items()}
        assert {key: found for key, found in cut.items() if found} == {}


def _seen(player: object) -> str:
    if isinstance(player, InSlack):
        return "\n".join([*player.read, player.person.everything])
    assert isinstance(player, InTeams)
    return "\n".join([*player.read, *map(texts, player.person.sees()), *player.person.reads()])
