"""How signs of danger meet, are denied, or lie in the past."""

from __future__ import annotations

import pytest

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
        ("", False),
        (" . ", False),
    ],
)
def test_signs_in_a_text(text: str, expected: bool) -> None:
    assert shows_signs(text, "en", ()) is expected
