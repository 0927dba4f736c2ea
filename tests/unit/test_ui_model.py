"""Everything that can be shown can be built, and its optional parts are shared by nobody."""

from bot.ui.model import Action, line, plain, strong
from tests import gallery


def test_the_gallery_builds() -> None:
    assert gallery.cards()
    assert gallery.forms()


def test_two_actions_without_arguments_share_nothing() -> None:
    assert Action("a", "A").args is not Action("b", "B").args


def test_a_line_drops_empty_parts_and_reads_plainly() -> None:
    assert plain(line("Due ", strong("Mon"), "")) == "Due Mon"
