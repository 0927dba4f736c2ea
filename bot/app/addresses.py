"""Addresses of what can be looked at: every button that only shows something has one, read with a plain GET.

An address says what it is about by a case's code, a round's number or an opaque id; never by words. It always shows
today's state, to whoever may see it. Codes are looked up for the person who asks: what they have no business with is
not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.app.address_table import ADDRESSES, PAGES, VIEWS, WRITES
from bot.app.command_row import Kind
from bot.app.commands import BY_KEY
from bot.app.context import Context
from bot.app.entry import Entry
from bot.app.facts.permissions import groups_for_planning, may_read, members_of, planned_only
from bot.app.overview.menu import menu
from bot.app.reports.views import quarter_word
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Role
from bot.domain.round import Round
from bot.ui.inbound import Actor
from bot.ui.model import Card, Form
from bot.ui.platform import Around, Found, Place


@dataclass
class AddressBook:
    """Implements `bot.ui.platform.Addresses` for whoever is known at the door."""

    entry: Entry

    async def place(self, actor: Actor, path: str) -> Place | None:
        """What an address shows to this person; None when it is none of ours."""
        async with self.entry.reading(actor) as ctx:
            found = await place(ctx, path) if ctx else None
            return replace(found, up=up(path)) if found else None

    @property
    def roots(self) -> frozenset[str]:
        """The first words of all addresses."""
        return frozenset(template.split("/")[1] for template in ADDRESSES.values() if template != "/") | {"at"}

    def shown(self, view: Card | Form) -> str:
        """Where a view can be read again; empty for what has no address of its own."""
        if view.key == "text.confirm" and isinstance(view, Form):
            return f"/drafts/{view.subject}"
        return ADDRESSES[VIEWS[view.key]] if view.key in VIEWS else ""

    async def find(self, actor: Actor, text: str) -> Sequence[Found]:
        """What is named."""
        async with self.entry.reading(actor) as ctx:
            return await named(ctx, text.strip()) if ctx and text.strip() else []

    async def around(self, actor: Actor, buttons: Sequence[tuple[str, str]]) -> Around:
        """The surroundings of a page with these buttons."""
        async with self.entry.reading(actor) as ctx:
            if ctx is None:
                return Around("")
            return Around(ctx.me.name, await menu(ctx), await paths(ctx, buttons))


_HOLE = re.compile(r"\{(\w+)\}")


def has_address(key: str) -> bool:
    """Whether a button with this key only shows something."""
    command = BY_KEY.get((Kind.PRESSED, key))
    return command is not None and (not command.changes or key in WRITES)


async def paths(ctx: Context, buttons: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The addresses of buttons, given as key and subject; those without one are left out."""
    shown = sorted({button for button in buttons if has_address(button[0])})
    codes = await _codes(ctx, shown)
    found = {}
    for key, subject in shown:
        template = ADDRESSES.get(key)
        hole = _HOLE.search(template) if template else None
        if template is None or bool(hole) != bool(subject):
            found[key, subject] = f"/at/{key}/{subject}" if subject else template or f"/at/{key}"
        else:
            word = codes.get((hole[1], subject), subject) if hole else ""
            found[key, subject] = _HOLE.sub(word, template)
    return found


async def place(ctx: Context, path: str) -> Place | None:
    """What an address shows to this person; None for none of ours."""
    parts = path.strip("/").split("/")
    if parts[0] == "at" and 2 <= len(parts) <= 3 and has_address(parts[1]):
        return Place(parts[1], parts[2] if len(parts) == 3 else "")
    for key, template in _BY_LENGTH.get(len(parts), ()):
        word = _word(template, parts)
        if word is not None and has_address(key):
            return await _place(ctx, key, template, word)
    return None


_CODE, _NUMBERED = re.compile(r"([A-Za-z]{2})[- ]?(\d{3})"), re.compile(r"(\D{4,12}?)\s*(\d{1,4})")
_ROUNDS = frozenset({"round", "runde", "ronde", "omgång"})


async def named(ctx: Context, text: str) -> list[Found]:
    """What somebody names in the box: a code, a round, a page or a person, as far as it is theirs."""
    if code := _CODE.fullmatch(text):
        case = await ctx.uow.one(Case, code=f"{code[1].upper()}-{code[2]}")
        theirs = case and (case.id in await ctx.uow.cases_of(ctx.me.id) or await _my_review(ctx, case.code))
        mine = case and (theirs or (case.id in await may_read(ctx, [case]) and ctx.me.has(Role.SUPERVISOR)))
        return [Found(f"/cases/{case.code}", case.code)] if case and mine else []
    numbered = _NUMBERED.fullmatch(text)
    if numbered and numbered[1].strip().casefold() in _ROUNDS and ctx.me.has(Role.SUPERVISOR):
        return await _rounds_named(ctx, int(numbered[2]))
    pages = await _pages_named(ctx, text.casefold())
    if len(pages) == 1:
        return pages
    groups, people = await _groups_named(ctx, text.casefold()), await _people_named(ctx, text.casefold())
    return [*pages, *groups, *people][:MOST_FOUND]


async def _rounds_named(ctx: Context, number: int) -> list[Found]:
    rounds = await _rounds_numbered(ctx, number)
    groups = (
        {g.id: g.name for g in await ctx.uow.find(Group, id__in=sorted({r.group for r in rounds}))} if rounds else {}
    )
    found = await paths(ctx, [("round.show", each.id) for each in rounds])
    titles = {each.id: ctx.words("round.number", group=groups[each.group], number=number) for each in rounds}
    return sorted((Found(found["round.show", id], title) for id, title in titles.items()), key=lambda each: each.label)


async def _pages_named(ctx: Context, text: str) -> list[Found]:
    there = [Found(entry.path, entry.label) for entry in await menu(ctx)]
    for key, words in PAGES.items():
        command = BY_KEY.get((Kind.PRESSED, key))
        if command and ctx.me.has(*command.roles):
            there.append(Found(ADDRESSES.get(key, f"/at/{key}"), ctx.words(words)))
    exact = [each for each in there if each.label.casefold() == text]
    near = exact or [each for each in there if len(text) >= _SHORTEST and text in each.label.casefold()]
    return sorted({each.path: each for each in near}.values(), key=lambda each: each.label)


async def _groups_named(ctx: Context, text: str) -> list[Found]:
    """Groups a supervisor plans for, of all of them."""
    if not ctx.me.has(Role.SUPERVISOR) or len(text) < _SHORTEST:
        return []
    mine: dict[str, Any] = {"id__in": ids} if (ids := (await planned_only(ctx)).get("group__in")) else {}
    rows = await ctx.uow.columns(Group, ("id", "name"), closed_on=None, **mine)
    near = [Found(f"/overview/{id}", name) for id, name in rows if text in name.casefold()]
    exact = [each for each in near if each.label.casefold() == text]
    return exact or sorted(near, key=lambda each: each.label)


async def _people_named(ctx: Context, text: str) -> list[Found]:
    """Members of the groups a supervisor plans for."""
    if not ctx.me.has(Role.SUPERVISOR) or len(text) < _SHORTEST:
        return []
    inside = await members_of(ctx, await groups_for_planning(ctx))
    people = {p.id: p.name for its in inside.values() for p in its}
    near = [Found(f"/people/{id}", name) for id, name in people.items() if text in name.casefold()]
    exact = [each for each in near if each.label.casefold() == text]
    return exact or sorted(near, key=lambda each: each.label)


MOST_FOUND = 20
_SHORTEST = 3


def up(path: str) -> str:
    """Where one comes back to from an address: the nearest address above it."""
    parts = path.strip("/").split("/")
    if parts[0] == "people":
        return f"/people/{parts[1]}" if len(parts) > 2 else "/overview"
    for length in range(len(parts) - 1, 0, -1):
        above = parts[:length]
        if any(_word(template, above) is not None for _, template in _BY_LENGTH.get(length, ())):
            return "/" + "/".join(above)
    return "/"


# ---- from ids to words of an address, and back ------------------------------------------------


def _by_length() -> Mapping[int, Sequence[tuple[str, str]]]:
    """Templates by their number of parts, those without a hole first: "/cases/new" is no case."""
    sorted_ = sorted(ADDRESSES.items(), key=lambda item: (bool(_HOLE.search(item[1])), item[0]))
    found: dict[int, list[tuple[str, str]]] = {}
    for key, template in sorted_:
        found.setdefault(len(template.strip("/").split("/")), []).append((key, template))
    return found


_BY_LENGTH = _by_length()


def _word(template: str, parts: Sequence[str]) -> str | None:
    """What stands in the hole of a template ("" without a hole); None when the parts are of another address."""
    word = ""
    for wanted, given in zip(template.strip("/").split("/"), parts, strict=True):
        if _HOLE.fullmatch(wanted):
            word = given
        elif wanted != given:
            return None
    return word


async def _codes(ctx: Context, buttons: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """By kind of hole and id the word that stands for it."""
    wanted: dict[str, set[str]] = {"case": set(), "review": set(), "round": set(), "quarter": set()}
    for key, subject in buttons:
        hole = _HOLE.search(ADDRESSES.get(key, ""))
        if hole and subject and hole[1] in wanted:
            wanted[hole[1]].add(subject)
    found = {("quarter", subject): quarter_word(subject) for subject in wanted["quarter"]}
    assignments = await ctx.uow.find(Assignment, id__in=sorted(wanted["review"])) if wanted["review"] else []
    ids = sorted(wanted["case"] | {assignment.case for assignment in assignments})
    codes = {case.id: case.code for case in await ctx.uow.find(Case, id__in=ids)} if ids else {}
    found |= {("case", id): codes[id] for id in wanted["case"] if id in codes}
    found |= {
        ("review", assignment.id): codes[assignment.case] for assignment in assignments if assignment.case in codes
    }
    for round_ in await ctx.uow.find(Round, id__in=sorted(wanted["round"])) if wanted["round"] else []:
        if [r.id for r in await _rounds_numbered(ctx, round_.number)] == [round_.id]:
            found["round", round_.id] = str(round_.number)
    return found


async def _rounds_numbered(ctx: Context, number: int) -> list[Round]:
    mine: dict[str, Any] = dict(await planned_only(ctx))
    return await ctx.uow.find(Round, number=number, **mine)


async def _place(ctx: Context, key: str, template: str, word: str) -> Place:
    hole = _HOLE.search(template)
    match hole[1] if hole else "":
        case "case":
            return await _of_case(ctx, key, word)
        case "review":
            assignment = await _my_review(ctx, word)
            return Place(key, assignment.id if assignment else word)
        case "round" if word.isdecimal() and len(word) < 6:
            rounds = await _rounds_numbered(ctx, int(word))
            return Place(key, rounds[0].id if len(rounds) == 1 else word)
        case "quarter":
            return Place(key, word.replace("-", "-q", 1))
        case _:
            return Place(key, word)


async def _of_case(ctx: Context, key: str, code: str) -> Place:
    """A case's own page is that of its presenter; a reviewer's and a supervisor's way to it are others.

    Who has no business with a code is refused alike, whether there is such a case or not.
    """
    case = await ctx.uow.one(Case, code=code)
    if case is None or key != "case.page" or case.id in await ctx.uow.cases_of(ctx.me.id):
        return Place(key, case.id if case else code)
    assignment = await _my_review(ctx, code)
    if assignment:
        return Place("review.open", assignment.id)
    return Place("case.read" if ctx.me.has(Role.SUPERVISOR) else key, case.id)


async def _my_review(ctx: Context, code: str) -> Assignment | None:
    case = await ctx.uow.one(Case, code=code)
    mine = await ctx.uow.find(Assignment, case=case.id, reviewer=ctx.me.id, order=("ended_at",)) if case else []
    return next((assignment for assignment in mine if assignment.readable), mine[0] if mine else None)
