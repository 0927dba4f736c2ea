"""The overview of a supervisor who plans for very many groups: a row a group, worst first, and a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.anonymise import Sensitive
from bot.app.blocks.tables import PAGE, Entry, Listing
from bot.app.context import Context
from bot.app.facts.group_standings import LOOK_BACK, GroupStanding, group_standings
from bot.app.facts.groups import NAME_LENGTH
from bot.app.facts.permissions import every_group_for_planning
from bot.app.overview.duty_views import duty_blocks
from bot.ui.model import Action, Form, FormBlock, Line, Notice, Row, Text, TextField, Tone, line, muted, strong

PARTS = ("concerns", "still", "late", "undelivered", "waiting")
"""What the table can be narrowed down to; also its columns, but for the last round."""


async def groups_form(ctx: Context, args: Mapping[str, str], name: str = "") -> Form:
    """Every group with what needs somebody there; `args` say how the table is looked at, `name` what is looked for."""
    w = ctx.words
    standings = await group_standings(ctx, await every_group_for_planning(ctx))
    weeks = w.number(LOOK_BACK.days // 7)
    body: list[FormBlock] = [
        *await duty_blocks(ctx, most=1),
        Text(line(w.count("overview.groups", len(standings)))),
        Text(line(muted(w("overview.groups.about", weeks=weeks)))),
    ]
    if name:
        parts = name.casefold().split()
        standings = [each for each in standings if all(part in each.group.name.casefold() for part in parts)]
    body += _table(ctx, standings, {} if name else args, cut=bool(name))
    field = TextField("text", w("overview.groups.name"), "", Sensitive(name), max_length=NAME_LENGTH)
    title = w("overview.groups.title")
    return Form("overview.find", title, body=tuple(body), fields=(field,), submit=w("search.submit"), aside=True)


def _table(ctx: Context, standings: list[GroupStanding], args: Mapping[str, str], *, cut: bool) -> list[FormBlock]:
    """All of them, a page at a time; of a search the first page, as no address says what was looked for."""
    w = ctx.words
    if not standings:
        return [Notice(Tone.INFO, line(w("overview.groups.none_named")))]
    columns = [("name", w("round.group")), ("concerns", w("overview.part.concerns"))]
    columns += [("out", w("overview.last_out"))]
    columns += [(part, w(f"overview.part.{part}")) for part in ("late", "undelivered", "waiting")]
    parts = [] if cut else [(part, w(f"overview.part.{part}")) for part in PARTS]
    listing = Listing("supervision.overview", "", columns, parts, args=args)
    if not cut:
        return [*listing.blocks(w, [_entry(ctx, each) for each in standings])]
    first = [replace(_entry(ctx, each), keys={}) for each in standings[:PAGE]]
    more = [Text(line(muted(w("table.rows", first=1, last=PAGE, n=len(standings)))))] if len(standings) > PAGE else []
    return [*more, *listing.blocks(w, first)]


def _entry(ctx: Context, each: GroupStanding) -> Entry:
    w = ctx.words
    counts = {part: getattr(each, part) for part in PARTS if part != "still"}
    shows = {part for part, number in counts.items() if number} | ({"still"} if each.stands_still else set())
    out = w.day_of_month(each.last_out) if each.last_out else w("overview.none_out")
    cells: list[Line] = [line(each.group.name), _number(counts["concerns"], urgent=True)]
    cells += [line(strong(out)) if each.stands_still else line(out)]
    cells += [_number(counts[part], urgent=part == "late") for part in ("late", "undelivered", "waiting")]
    told = [f"{w(f'overview.part.{part}')}: {w.number(number)}" for part, number in counts.items() if number]
    detail = " · ".join([*told, f"{w('overview.last_out')}: {out}"])
    opens = Action("overview.group", w("overview.member.open"), each.group.id, opens=True)
    keys: dict[str, Any] = {part: (-number, each.needs) for part, number in counts.items()}
    keys |= {"name": each.group.name.casefold(), "out": (each.last_out or date.min, each.needs)}
    return Entry(Row(line(strong(each.group.name)), line(detail), (opens,), tuple(cells)), keys, frozenset(shows))


def _number(number: int, *, urgent: bool) -> Line:
    if not number:
        return line("–")
    return line(strong(f"{number}")) if urgent else line(f"{number}")
