"""Which entry of the navigation is marked as the place where one is."""

from __future__ import annotations

import pytest

from adapters.web.base_view import _place_of
from bot.ui.platform import MenuEntry

MENU = [
    MenuEntry("home", "/", "Home"),
    MenuEntry("reports", "/reports/2026-4", "Reports"),
    MenuEntry("staff", "/administration/people", "People"),
    MenuEntry("administration", "/administration", "Administration"),
]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "home"),
        ("/reports/2026-3", "reports"),
        ("/administration", "administration"),
        ("/administration/places/cli_kiel", "administration"),
        ("/administration/people", "staff"),
        ("/administration/people/new?text=x", "staff"),
        ("/at/policies.list/cli_kiel", ""),
    ],
)
def test_the_nearest_entry_above_a_page_is_marked(path: str, name: str) -> None:
    assert _place_of(path, MENU) == name
