"""What the demo's bar suggests to try names what stands on the page below it."""

from __future__ import annotations

import pytest

from adapters.web.demo_bar import GUIDES, steps
from bot.ui.inbound import Actor
from bot.ui.platform import Persona
from bot.ui.strings import LANGUAGES, words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", GUIDES)
def test_steps_are_told_in_the_browsers_language_with_the_pages_words(role: str, language: str) -> None:
    me = Persona(Actor("web", "org", "p"), "X", (role,), "sv")
    told = steps(me, words(language))
    assert len(told) == len(GUIDES[role])
    assert "{" not in " ".join(told)
    button = {"therapist": "case.new", "supervisor": "round.preview", "manager": "quarter.open", "dpo": "home.dpo"}[
        role
    ]
    assert words("sv")(button) in told[0]


def test_whoever_has_several_roles_is_shown_the_rarest() -> None:
    both = Persona(Actor("web", "org", "p"), "X", ("supervisor", "therapist"), "en")
    assert words("en")("round.preview") in steps(both, words("en"))[0]
