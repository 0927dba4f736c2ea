"""A person's supervision log: state, totals, entries with their history, the forms to add, correct, sign and export.

Facts, never case text. The learning point is the person's own: only they and their exports show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.anonymise import Sensitive
from bot.app.blocks.rhythm import rhythm_line
from bot.app.context import Context
from bot.app.facts.caseload import rhythm_of
from bot.app.facts.log_entries import PROFESSIONS, SUPERVISOR, entries_of
from bot.app.facts.permissions import person_policy
from bot.app.facts.second_sending import SINCE
from bot.app.facts.themes import theme_words
from bot.app.steps.log_file import changed_since_signed
from bot.app.supervision.entry_fields import SHORT, minutes_field, own_fields, same_field, short_field
from bot.domain.caseload import add_months
from bot.domain.frequency import Kind
from bot.domain.person import Person
from bot.domain.supervision import EventType, Medium, Method, SupervisionEvent, current
from bot.domain.supervision import Facts as LogFacts
from bot.reports.log import role_key
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    ChoiceField,
    Confirm,
    DateField,
    Facts,
    Field,
    Form,
    FormBlock,
    Heading,
    Line,
    Notice,
    NumberField,
    Option,
    Passage,
    Row,
    Text,
    Tone,
    line,
    muted,
    strong,
)

METHODS = tuple(method for method in Method if method is not Method.UNSAID)
PAGE = 10
"""Entries on one page of the log; older ones are a button away."""
YEARS = 3
"""Years that have a button of their own."""


@dataclass(frozen=True)
class Shown:
    """Which entries the log lists: after the first `skip`, of one year, of a span of days or of all, signed or not.

    A span includes both its days and takes the place of a year.
    """

    skip: int = 0
    year: int | None = None
    unsigned: bool = False
    span: tuple[date, date] | None = None

    def takes(self, entry: SupervisionEvent) -> bool:
        inside = self.span is None or self.span[0] <= entry.day <= self.span[1]
        return inside and self.year in (None, entry.day.year) and not (self.unsigned and entry.is_signed)

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day of what is listed; None where every day is."""
        if self.span or self.year is None:
            return self.span
        return date(self.year, 1, 1), date(self.year, 12, 31)

    @property
    def args(self) -> dict[str, str]:
        return {
            **({"skip": str(self.skip)} if self.skip else {}),
            **({"year": str(self.year)} if self.year else {}),
            **({"unsigned": "yes"} if self.unsigned else {}),
            **({"first": f"{self.span[0]}", "last": f"{self.span[1]}"} if self.span else {}),
        }


EVERY = Shown()


def shown_by(args: Mapping[str, str]) -> Shown:
    """What a button asked for; what cannot be read counts as not asked."""
    skip, year = (args.get(key, "") for key in ("skip", "year"))
    return Shown(
        int(skip) if skip.isdecimal() and len(skip) < 6 else 0,
        int(year) if year.isdecimal() and len(year) == 4 and int(year) else None,
        args.get("unsigned") == "yes",
        _span(args.get("first", ""), args.get("last", "")),
    )


def _span(first: str, last: str) -> tuple[date, date] | None:
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None


async def log_card(ctx: Context, shown: Shown = EVERY) -> Card:
    """State of both targets, totals for 12 months and 5 years, and the latest of the entries that were asked for."""
    w = ctx.words
    every = await entries_of(ctx, ctx.me.id, words=True)
    entries = current(every)
    policy = await person_policy(ctx, ctx.me)
    rhythm = await rhythm_of(ctx, ctx.me, policy, for_others=False)
    rows: list[tuple[str, Line]] = []
    for kind in Kind:
        state = rhythm[kind]
        rows.append((w(f"rhythm.{kind.value}"), line(rhythm_line(w, state))))
    today = ctx.my_today
    for key, months in (("log.year", 12), ("log.five_years", 60)):
        before = add_months(today, -months)
        inside = [e for e in entries if before < e.day <= today]
        rows.append((w(key), line(_total(ctx, inside))))
    blocks: list[CardBlock] = [
        Facts(tuple(rows)),
        Text(line(muted(w("overview.days")))),
        Buttons(_actions(ctx, shown, goals=policy.learning_goals)),
    ]
    broken = await changed_since_signed(ctx, ctx.me.id, every)
    if broken:
        blocks.insert(0, Notice(Tone.DANGER, line(w("refusal.signed_entry_changed", entry=broken))))
    blocks.append(Heading(w("log.entries")))
    blocks += _choices(ctx, shown, entries)
    latest = [e for e in entries[::-1] if shown.takes(e)]
    if named := _named(ctx, shown):
        blocks.append(Text(line(strong(named), " · ", _total(ctx, latest))))
    if not latest:
        blocks.append(Text(line(w("log.none_such" if entries else "log.none"))))
    page = latest[shown.skip : shown.skip + PAGE]
    blocks += [_row(ctx, e) for e in page]
    blocks += _pages(ctx, shown, len(latest))
    if any(e.minutes_estimated for e in page):
        blocks.append(Text(line(muted(w("log.estimates")))))
    return Card("log", w("log.title"), tuple(blocks), summary=w("log.title"))


async def entry_form(ctx: Context, entry: SupervisionEvent, versions: Sequence[SupervisionEvent]) -> Form:
    """One entry with all its facts and earlier versions, and what can be done with it."""
    w = ctx.words
    together = () if entry.round else entry.members  # who took part in a round would tell who presented in it
    names = await names_of(ctx, [*together, *(e.signed_by for e in versions if e.signed_by)])
    rows: list[tuple[str, Line]] = [
        (w("log.date"), line(", ".join(w.day(day, year=True) for day in entry.days))),
        (w("log.role"), line(w(role_key(entry)))),
        (w("log.mode"), line(w(f"log.mode.{entry.mode}"))),
        (w("log.type"), line(w(f"log.type.{entry.type}"), " · ", w(f"log.medium.{entry.medium}"))),
        (w("log.group"), line(w.number(entry.group_size))),
        (w("log.minutes"), line(minutes_of(ctx, entry))),
        (w("log.signed"), line(_signed(ctx, entry, names))),
    ]
    if together:
        rows.append((w("log.with"), line(w.listing(sorted(names[m] for m in together)))))
    if entry.method:
        rows.append((w("log.method"), line(w(f"log.method.{entry.method}"))))
    for name, label in SHORT.items():
        if sealed := await ctx.uow.sealed(entry.chain, f"{name}:{entry.id}"):
            rows.append((w(label), line(sealed.decode())))
    if entry.themes:
        rows.append((w("log.themes"), line(w.listing(theme_words(w, entry.themes)))))
    body: list[FormBlock] = [Facts(tuple(rows))]
    point = (await ctx.uow.texts(entry.chain, f"log:{entry.id}")).get("learning_point")
    if point:
        body.append(Passage(w("log.learning_point"), point))
    earlier = [e for e in versions if e.id != entry.id]
    if earlier:
        body.append(Heading(w("log.history")))
        body += [_version(ctx, e, names) for e in reversed(earlier)]
    ask = Confirm(w("log.withdraw"), w("log.withdraw.ask"), w("log.withdraw"), w("keep"))
    actions = (
        Action("log.correct", w("log.correct"), entry.id, look="primary", opens=True),
        Action("log.withdraw", w("log.withdraw"), entry.id, look="danger", confirm=ask),
    )
    return Form("log.entry", w("log.entry"), entry.id, body=tuple(body), actions=actions)


async def correction_form(
    ctx: Context,
    entry: SupervisionEvent,
    errors: Mapping[str, str],
    minutes: str | None = None,
    themes: tuple[str, ...] | None = None,
    learning_point: Sensitive | None = None,
    facts: LogFacts | None = None,
    same: SupervisionEvent | None = None,
) -> Form:
    """Own minutes, themes and learning point, of an entry made by hand every fact; the earlier version stays readable.

    What a round made keeps the round's day, kind and size. Where the entry was corrected since (`SINCE`), what is kept
    stands above.
    """
    w = ctx.words
    kept = (await ctx.uow.texts(entry.chain, f"log:{entry.id}")).get("learning_point")
    since: tuple[FormBlock, ...] = ()
    if SINCE in errors:
        errors = {"minutes": errors[SINCE]}
        since = (Text(line(minutes_of(ctx, entry))), *((Passage(w("log.learning_point"), kept),) if kept else ()))
    if learning_point is None:
        learning_point = Sensitive(kept.text if kept else "")
    intro = w("log.correct.signed") if entry.is_signed else w("log.correct.intro")
    return Form(
        "log.correct.send",
        w("log.correct.title"),
        entry.id,
        body=(Text(line(strong(w.day(entry.day, year=True)), " · ", w(role_key(entry)))), Text(line(intro)), *since),
        fields=(
            *(() if entry.round else _fact_fields(ctx, entry, facts)),
            minutes_field(ctx, f"{entry.minutes}" if minutes is None else minutes),
            *same_field(ctx, same),
            *(await own_fields(ctx, entry.themes if themes is None else themes, learning_point)),
        ),
        submit=w("log.correct.submit"),
        errors=errors,
    )


def _fact_fields(ctx: Context, entry: SupervisionEvent, facts: LogFacts | None) -> tuple[Field, ...]:
    """Day, kind, medium, method, size, supervisor and professions as they stand or were typed."""
    w = ctx.words
    now = facts or LogFacts(
        entry.day, entry.type, entry.medium, entry.group_size, entry.method, entry.supervisor, entry.professions
    )
    choices = (
        ("type", list(EventType), now.type),
        ("medium", list(Medium), now.medium),
        ("method", METHODS, now.method or None),
    )
    return (
        DateField("day", w("log.date"), now.day, required=True),
        *(
            ChoiceField(name, w(f"log.{name}"), tuple(Option(o, w(f"log.{name}.{o}")) for o in options), at)
            for name, options, at in choices
        ),
        NumberField("group_size", w("log.group"), now.group_size, 1, 200, w("log.group.hint")),
        short_field(ctx, SUPERVISOR, Sensitive(now.supervisor)),
        short_field(ctx, PROFESSIONS, Sensitive(now.professions)),
    )


def minutes_of(ctx: Context, entry: SupervisionEvent) -> str:
    """The minutes, marked while they are an estimate."""
    return ctx.words("log.minutes_estimated" if entry.minutes_estimated else "log.minutes_stated", n=entry.minutes)


def _in_words(ctx: Context, entry: SupervisionEvent) -> str:
    key = "log.row_minutes_estimated" if entry.minutes_estimated else "log.row_minutes"
    return ctx.words.count(key, entry.minutes)


async def names_of(ctx: Context, ids: Iterable[str]) -> dict[str, str]:
    """Names by id; somebody who is gone altogether keeps the id."""
    wanted = sorted(set(ids))
    people = await ctx.uow.find(Person, id__in=wanted) if wanted else []
    return {**{id: id for id in wanted}, **{p.id: p.name for p in people}}


def _actions(ctx: Context, shown: Shown, *, goals: bool) -> tuple[Action, ...]:
    """What can be done with the log; a file is made of the days that are listed."""
    w = ctx.words
    listed = {name: f"{day}" for name, day in zip(("first", "last"), shown.days or (), strict=False)}
    return (
        Action("log.add", w("log.add"), look="primary", opens=True),
        Action("log.rhythm", w("log.rhythm.open"), opens=True),
        Action("log.sign", w("log.sign"), opens=True),
        Action("log.sign.outside", w("sign.outside"), opens=True),
        Action("log.export", w("log.export"), opens=True, args=listed),
        Action("log.sign.given", w("sign.given"), opens=True),
        *((Action("goal.half", w("goal.half.open"), opens=True),) if goals else ()),
        *((Action("leaving.open", w("leaving.take"), opens=True),) if ctx.me.leaves_on else ()),
    )


def _choices(ctx: Context, shown: Shown, entries: Sequence[SupervisionEvent]) -> list[CardBlock]:
    """Ways to list fewer entries, where that is another list than the one shown, and back to all."""
    w = ctx.words
    now = replace(shown, skip=0)
    years = sorted({e.day.year for e in entries}, reverse=True)[:YEARS]
    named = [(Shown(year=year, unsigned=now.unsigned), w("log.of_year", year=str(year))) for year in years]
    if any(e.is_signed for e in entries) and not all(e.is_signed for e in entries):
        named.insert(0, (replace(now, unsigned=True), w("log.unsigned")))
    narrower = [(to, label) for to, label in named if to != now] if len(named) > 1 else []
    back = [(EVERY, w("log.all"))] if now != EVERY else []
    found = [Action("log.open", label, args=to.args, opens=True) for to, label in (*narrower, *back)]
    if len(entries) > 1:
        unsigned = {"unsigned": "yes"} if now.unsigned else {}
        found.append(Action("log.span", w("log.days"), opens=True, args=unsigned))
    return [Buttons(tuple(found))] if found else []


def _named(ctx: Context, shown: Shown) -> str:
    """What is listed, where it is less than everything: "1 Jan 2027 to 31 Mar 2027 · Not signed yet"."""
    days = period(ctx, *shown.days) if shown.days else ""
    return " · ".join(part for part in (days, ctx.words("log.unsigned") if shown.unsigned else "") if part)


def period(ctx: Context, first: date, last: date) -> str:
    """ "1 Jan 2027 to 31 Mar 2027"."""
    w = ctx.words
    return w("log.period", first=w.day(first, year=True), last=w.day(last, year=True))


def _pages(ctx: Context, shown: Shown, entries: int) -> list[CardBlock]:
    """Where older and newer entries are."""
    found = []
    if shown.skip:
        newer = replace(shown, skip=max(0, shown.skip - PAGE))
        found.append(Action("log.open", ctx.words("log.newer"), args=newer.args, opens=True))
    if entries > shown.skip + PAGE:
        older = replace(shown, skip=shown.skip + PAGE)
        found.append(Action("log.open", ctx.words("log.older"), args=older.args, opens=True))
    return [Buttons(tuple(found))] if found else []


def _row(ctx: Context, entry: SupervisionEvent) -> Row:
    w = ctx.words
    title = line(strong(w.day(entry.day, year=True)), " · ", w(f"log.type.{entry.type}"))
    signed = w("log.signed_yes" if entry.is_signed else "log.signed_no")
    minutes = _in_words(ctx, entry)
    detail = line(" · ".join((w(role_key(entry)), w(f"log.mode.{entry.mode}"), minutes, signed)))
    return Row(title, detail, (Action("log.entry", w("log.entry.open"), entry.id, opens=True),))


def _version(ctx: Context, entry: SupervisionEvent, names: Mapping[str, str]) -> Row:
    when = ctx.words("switch.recorded", when=ctx.words.moment(entry.recorded_at, ctx.me.timezone))
    title = _in_words(ctx, entry)
    return Row(line(title), line(when, " · ", _signed(ctx, entry, names)))


def _signed(ctx: Context, entry: SupervisionEvent, names: Mapping[str, str]) -> str:
    if entry.signed_by is None or entry.signed_at is None:
        return ctx.words("log.signed_no")
    day = ctx.words.day(entry.signed_at.astimezone(ctx.zone).date(), year=True)
    outside = ctx.words("log.signed_by_link", name=entry.signer) if entry.signer else ""
    return ctx.words("log.signed_by", name=outside or names.get(entry.signed_by, entry.signed_by), day=day)


def _total(ctx: Context, entries: Sequence[SupervisionEvent]) -> str:
    minutes = sum(e.minutes for e in entries)
    return ctx.words.count("log.total", len(entries), hours=ctx.words.number(round(minutes / 60, 1)))
