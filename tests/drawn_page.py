"""What is wrong with a view on the web page: drawn as a browser gets it, and read as a screen reader would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

from adapters.web.pages import Frame, draw
from adapters.web.render_context import Sheet
from adapters.web.sessions import Visitor
from adapters.web.tickets import Kind, TicketRefused, Tickets
from bot.app import command_row
from bot.app.commands import BY_KEY
from bot.ui.inbound import Actor
from bot.ui.model import Card, Form
from bot.ui.strings import Words

BINDING = "b" * 32
TICKETS = Tickets(b"k" * 32)
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
CONTROLS = frozenset({"input", "select", "textarea"})
POSTED = {"/press": (Kind.PRESS, command_row.Kind.PRESSED), "/submit": (Kind.SUBMIT, command_row.Kind.SENT)}


@dataclass
class Element:
    """One element of the page, with everything it holds."""

    tag: str
    given: Mapping[str, str]
    parent: Element | None
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and all within it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def within(self, tag: str) -> Element | None:
        """The innermost element of a kind around this one."""
        at = self.parent
        while at is not None and at.tag != tag:
            at = at.parent
        return at

    @property
    def said(self) -> str:
        """What is read of it: its label, or its words and those of its pictures."""
        own = " ".join("".join(self.texts).split())
        return self.given.get("aria-label", "") or " ".join(
            filter(None, [own, self.given.get("alt", ""), *(child.said for child in self.children)])
        )


class Reader(HTMLParser):
    """A parser that forgives nothing: every element is closed, in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self._at = Element("page", {}, None)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        twice = [name for name, n in Counter(name for name, _ in attrs).items() if n > 1]
        self.faults += [f"<{tag}> has {name} twice" for name in twice]
        made = Element(tag, {name: value or "" for name, value in attrs}, self._at)
        self._at.children.append(made)
        if tag not in VOID:
            self._at = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != self._at.tag or self._at.parent is None:
            self.faults.append(f"</{tag}> closes <{self._at.tag}>")
            return
        self._at = self._at.parent

    def handle_data(self, data: str) -> None:
        self._at.texts.append(data)


def page_faults(view: Card | Form, words: Words) -> list[str]:
    """Everything a reader of the page would stumble over."""
    visitor = Visitor(BINDING, words, words, Actor("web", "org_demo", "per_demo_a"))
    numbers = iter(range(1_000_000))
    sheet = Sheet(TICKETS, BINDING, lambda kind: f"{kind}_{next(numbers)}")
    template, content = ("form.html", {"form": view}) if isinstance(view, Form) else ("card.html", {"card": view})
    drawn = draw(template, Frame(visitor, sheet), status=200, https=True, content=content)
    return html_faults(drawn.text or "", words.language)


def html_faults(html: str, language: str) -> list[str]:
    """The same of a page that is drawn already."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    everything = [each for each in reader.root.walk() if each.within("dialog") is None and each.tag != "dialog"]
    ids = Counter(each.given["id"] for each in everything if "id" in each.given)
    found = reader.faults + [f"id {id} stands twice" for id, n in ids.items() if n > 1]
    if not any(each.tag == "html" and each.given.get("lang") == language for each in everything):
        found.append(f"the page does not say that it is in {language}")
    labelled = {each.given.get("for") for each in everything if each.tag == "label" and each.said}
    for each in everything:
        found += _naming(each, labelled) + _pointing(each, ids) + _leading(each)
    return found


def _naming(each: Element, labelled: set[str | None]) -> list[str]:
    """Whatever can be reached has a name, and a choice something to choose."""
    shown = f"<{each.tag} {each.given.get('name') or each.given.get('href') or each.given.get('id', '')}>"
    if each.tag in {"button", "a", "option", "legend", "summary", "h1", "h2", "h3", "th", "title"} and not each.said:
        return [f"{shown} says nothing"]
    if each.tag in CONTROLS and each.given.get("type") != "hidden":
        around = each.within("label")
        named = each.given.get("aria-label") or each.given.get("id") in labelled or (around is not None and around.said)
        if not named:
            return [f"{shown} has no label"]
    if each.tag == "select" and not any(child.tag == "option" for child in each.walk()):
        return [f"{shown} offers nothing"]
    if each.tag == "fieldset" and not any(child.tag in CONTROLS for child in each.walk()):
        return [f"{shown} offers nothing"]
    if each.tag == "img" and "alt" not in each.given:
        return [f"{shown} is not described"]
    return []


def _pointing(each: Element, ids: Mapping[str, int]) -> list[str]:
    """What is referred to is there."""
    named = [id for kind in ("aria-describedby", "aria-labelledby", "for") for id in each.given.get(kind, "").split()]
    if each.given.get("href", "").startswith("#"):
        named.append(each.given["href"][1:])
    return [f"<{each.tag}> points to {id}, which is not there" for id in named if id not in ids]


def _leading(each: Element) -> list[str]:
    """A button, a link and a form lead to a command that there is."""
    if each.tag == "form" and each.given.get("action") in POSTED:
        sealed = [e.given.get("value", "") for e in each.walk() if e.given.get("name") == "ticket"]
        kind, arrives = POSTED[each.given["action"]]
    elif each.tag == "a" and urlsplit(each.given.get("href", "")).path == "/open":
        sealed = parse_qs(urlsplit(each.given["href"]).query).get("t", [])
        kind, arrives = Kind.OPEN, command_row.Kind.PRESSED
    else:
        return []
    if len(sealed) != 1:
        return [f"<{each.tag}> carries {len(sealed)} tickets"]
    try:
        ticket = TICKETS.open(sealed[0], BINDING, kind)
    except TicketRefused:
        return [f"<{each.tag}> carries a ticket that is no {kind}"]
    return [] if (arrives, ticket.key) in BY_KEY else [f"<{each.tag}> leads to {ticket.key}, which is no command"]
