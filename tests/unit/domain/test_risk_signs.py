"""How signs of danger meet, are denied, or lie in the past."""

from __future__ import annotations

import pytest

from bot.domain.risk_patterns import pattern
from bot.domain.risk_signs import shows_signs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She feels hopeless.", False),
        ("She feels hopeless and cancelled the paper.", True),  # one farewell beside hopelessness
        ("He cancelled the paper.", False),  # one farewell alone
        ("He cancelled the paper. He told the landlord.", True),
        ("A suicide attempt last year.", False),
        ("A suicide attempt last year and again yesterday.", True),
        ("A suicide attempt in the coming week unlikely.", False),  # the fifth word after it
        ("A suicide attempt in the very next week unlikely.", True),  # the sixth
        ("A suicide attempt is denied.", False),  # these words are looked at without what else denies
        ("A suicide attempt he then denied.", True),
        ("No word of any kind about a suicide attempt.", False),  # the seventh word before it
        ("No word of any other kind about a suicide attempt.", True),  # the eighth
        ("She said there is in her own view no suicide attempt.", False),
        ("Denies pain, a suicide attempt.", False),  # over the items of a list
        ("Denies pain, on the way home, a suicide attempt.", False),  # of four words at most
        ("Denies pain, on the way to home, a suicide attempt.", True),
        ("Cancelled the paper as homework. Told the landlord.", False),  # one farewell of two is treatment
        ("Cancelled the paper. In the novel he told the landlord.", False),  # or a story
        ("Suicidal thoughts are worse.", True),
        ("Suicidal thoughts are worse, no plan.", False),  # disclaimed
        ("He is worse. Suicidal thoughts.", False),  # not in one sentence
        ("Suicidal thoughts. He is worse.", False),
        ("He takes lithium and has a coarse tremor.", True),
        ("He takes lithium. He has a coarse tremor.", True),  # the one sentence that may stand beside
        ("He has a coarse tremor. He takes lithium.", True),
        ("He takes lithium; ; he has a coarse tremor.", True),  # nothing stands between them
        ("He takes lithium. He sleeps. He has a coarse tremor.", False),
        ("He has a coarse tremor. He sleeps. He takes lithium.", False),
        ("Is saving up digoxin.", True),  # a medicine by its name alone
        ("Is saving up stamps.", False),
        ("She is not safe, does not trust herself alone.", True),  # a sign made of a denial is not denied
        ("", False),
        (" . ", False),
    ],
)
def test_signs_in_a_text(text: str, expected: bool) -> None:
    assert shows_signs(text, "en", ()) is expected


@pytest.mark.parametrize(("read_over", "expected"), [("suicidal thoughts", False), ("worse", True), ("nothing", True)])
def test_fear_and_grief_are_read_over_where_danger_is_looked_for_and_nowhere_else(
    read_over: str, expected: bool
) -> None:
    assert shows_signs("Suicidal thoughts are worse.", "en", (pattern(read_over),)) is expected
