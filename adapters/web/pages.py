"""Draws pages: one Jinja environment, one frame around every page, the same headers on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from adapters.web import render_context as drawing
from adapters.web.assets import ASSETS
from adapters.web.render_context import Sheet
from adapters.web.sessions import Visitor
from bot.ui.model import Action, plain
from bot.ui.platform import Around, Persona
from bot.ui.strings import Words

CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Helper(StrEnum):
    """What a browser offers to do with a page's text. Several send it to their maker; a clinic may allow it."""

    SPELLCHECK = "spellcheck"
    TRANSLATE = "translate"


@dataclass(frozen=True)
class DemoBar:
    """What the demo bar shows: who can be become, who one is, the virtual day, and what to try as that person.

    It speaks the browser's language, the page below it the persona's.
    """

    personas: Sequence[Persona]
    me: Persona | None
    day: str
    words: Words
    steps: Sequence[str] = ()

    def about(self, persona: Persona) -> str:
        """A persona's roles and language: "therapist (Swedish)"."""
        roles = ", ".join(self.words(f"web.demo_role.{role}") for role in persona.roles)
        return f"{roles} ({self.words(f'language.{persona.language}')})"


@dataclass(frozen=True)
class Frame:
    """What surrounds a page's content. `place` is the navigation entry it belongs to."""

    visitor: Visitor
    sheet: Sheet
    place: str = ""
    unread: int = 0
    note: str = ""
    undo: Action | None = None
    """What takes back the step that the note is about."""
    demo: DemoBar | None = None
    around: Around = field(default_factory=lambda: Around(""))
    helpers: frozenset[Helper] = frozenset()


_KEPT_HERE = {
    Helper.SPELLCHECK: Markup(' spellcheck="false" writingsuggestions="false"'),
    Helper.TRANSLATE: Markup(' translate="no" class="notranslate"'),
}
"""What everything in the page inherits; `notranslate` is how Chrome and Edge were told before the attribute."""


def kept_here(allowed: frozenset[Helper]) -> Markup:
    """The attributes of the page's element by which browsers send nothing that is typed or read to their maker."""
    return Markup("").join(said for helper, said in _KEPT_HERE.items() if helper not in allowed)


@cache
def _environment() -> Environment:
    """The templates, compiled once in a process."""
    env = Environment(
        loader=PackageLoader("adapters.web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(
        kept_here=kept_here,
        none_allowed=frozenset(),
        kind=drawing.kind,
        sections=drawing.sections,
        heads=drawing.heads,
        has_actions=drawing.has_actions,
        is_filled=drawing.is_filled,
        parted_body=drawing.parted_body,
        picture_url=drawing.picture_url,
        input_name=drawing.input_name,
        asset=ASSETS.url,
        picture_size=drawing.picture_size,
        is_listed=drawing.is_listed,
        breadth=drawing.breadth,
        parted=drawing.parted,
        SHRINKS=drawing.SHRINKS,
    )
    env.filters["plain"] = plain
    env.tests["reading"] = drawing.is_reading
    return env


def draw(template: str, frame: Frame, *, status: int, https: bool, content: Mapping[str, Any]) -> web.Response:
    """A page. It is private: nothing on the way may keep it."""
    page = _environment().get_template(template)
    return _private(page.render(frame=frame, w=frame.visitor.words, sheet=frame.sheet, **content), status, https)


def draw_away(w: Words, *, https: bool, phone: str, texts: Sequence[str]) -> web.Response:
    """The page for the time without a database: no frame, no form, what was typed, a number where one is known."""
    page = _environment().get_template("away.html")
    response = _private(page.render(w=w, phone=phone, texts=texts), 503, https)
    response.headers["Retry-After"] = "60"
    return response


def _private(html: str, status: int, https: bool) -> web.Response:
    response = web.Response(text=html, content_type="text/html", status=status)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY
    response.headers["Cache-Control"] = "no-store"
    if https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
