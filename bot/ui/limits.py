"""What every surface can show: of each limit the smallest of any platform, checked when something is made.

A view that one platform cannot draw is a mistake of the program. It is raised where the view is made, on every
platform and in every test, and not by one platform in front of one person. Sources: Slack's Block Kit reference
(text 1..75 in a button, 24 in a modal's title, 100/300/30 in a confirmation, an option's value 1..75 by its types),
Adaptive Cards 1.5 (every input has a label). Whatever a person wrote or is called may be longer: adapters split it.
"""

from __future__ import annotations

from collections.abc import Iterable

BUTTON = 75
FORM_TITLE = 24
CONFIRM = (100, 300, 30, 30)
"""A question's title, text, yes and no."""
OPTION_VALUE = 75
HINT = 2000


class CannotBeShown(ValueError):
    """A view with a part that some platform refuses; the message names the part and the limit, never a text."""


def words(text: str, part: str, most: int | None = None) -> None:
    """Words that must not be missing, of at most `most` characters. Raises CannotBeShown."""
    if not text.strip():
        raise CannotBeShown(f"{part} is empty")
    if most is not None and len(text) > most:
        raise CannotBeShown(f"{part} has {len(text)} characters, at most {most} can be shown")


def distinct(values: Iterable[str], part: str) -> None:
    """Values of which each stands once, and at least one. Raises CannotBeShown."""
    given = list(values)
    if not given:
        raise CannotBeShown(f"{part}: there is nothing to choose from")
    if len(given) != len(set(given)):
        raise CannotBeShown(f"{part}: a value stands twice")


def unless(fits: bool, part: str) -> None:
    """Raise CannotBeShown unless it fits."""
    if not fits:
        raise CannotBeShown(part)
