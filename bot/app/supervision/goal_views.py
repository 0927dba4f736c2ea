"""The page of a learning goal and of a half-year: goals, themes counted against them, learning points, own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.anonymise import AnonText, Sensitive
from bot.app.context import Context
from bot.app.facts.log_entries import entries_of
from bot.app.facts.second_sending import SEEN, SINCE, seen_text
from bot.app.facts.themes import theme_options, theme_words
from bot.app.gate.private_notes import LONGEST
from bot.app.steps.learning_goals import GOAL, goal_of, goals_in
from bot.domain.learning_goal import HalfYear
from bot.domain.supervision import Role, SupervisionEvent, current
from bot.ui.model import (
    Action,
    Confirm,
    Facts,
    Field,
    Form,
    FormBlock,
    Heading,
    ManyField,
    Passage,
    Text,
    TextField,
    line,
    muted,
)

Values = Mapping[str, Sensitive | tuple[str, ...]]


async def goal_form(ctx: Context, values: Values, errors: Mapping[str, str]) -> Form:
    """One sentence, and the themes that it is about; beside what is kept where that was changed since (`SINCE`)."""
    w = ctx.words
    goal = await goal_of(ctx, ctx.me)
    kept = (await ctx.uow.texts(goal.id, GOAL)).get("note") if goal else None
    typed, ticked = values.get("note"), values.get("themes", goal.themes if goal else ())
    sentence = typed if isinstance(typed, Sensitive) else Sensitive(kept.text if kept else "")
    themes = ticked if isinstance(ticked, tuple) else ()
    half = Action("goal.half", w("goal.half.open"), opens=True)
    ask = Confirm(w("goal.end"), w("goal.end.ask"), w("goal.end"), w("keep"))
    end = (Action("goal.end", w("goal.end"), look="danger", confirm=ask),) if goal else ()
    body: list[FormBlock] = [Text(line(w("goal.intro")))]
    if SINCE in errors and goal and kept:
        body.append(Passage(w("goal.since", day=w.day(goal.set_on, year=True)), kept))
    return Form(
        "goal.send",
        w("goal.title"),
        body=tuple(body),
        fields=(
            TextField("note", w("goal.field"), w("goal.hint"), sentence, True, True, LONGEST["note"]),
            ManyField("themes", w("goal.themes"), await theme_options(ctx, themes), themes),
        ),
        submit=w("goal.submit"),
        actions=(half, *end),
        errors={"note": errors[SINCE]} if SINCE in errors else errors,
        state={SEEN: goal.id if goal else ""},
    )


async def half_form(ctx: Context, half: HalfYear, values: Values, errors: Mapping[str, str]) -> Form:
    """A half-year for the appraisal, or for nobody else at all."""
    w = ctx.words
    goals = await goals_in(ctx, ctx.me, half)
    entries = await _entries(ctx, half)
    wanted = {theme for goal in goals for theme in goal.themes}
    body: list[FormBlock] = [Text(line(muted(w("goal.half.only_you")))), Heading(_called(ctx, half))]
    for goal in goals:
        sentence = (await ctx.uow.texts(goal.id, GOAL)).get("note")
        if sentence:
            body.append(Passage(w("goal.since", day=w.day(goal.set_on, year=True)), sentence))
    body.append(Facts(tuple((label, line(value)) for label, value in _rows(ctx, entries, wanted))))
    points = await _points(ctx, entries)
    if points:
        body.append(Heading(w("goal.half.points")))
        body += [Passage(_of_entry(ctx, entry, wanted), text) for entry, text in points]
    field: tuple[Field, ...] = ()
    seen = await seen_half(ctx, half)
    if goals:
        kept = (await ctx.uow.texts(goals[-1].id, f"half:{half.key}")).get("learning_point")
        if SINCE in errors and kept:
            body.append(Passage(w("goal.half.field"), kept))
        typed = values.get("learning_point")
        own = typed if isinstance(typed, Sensitive) else Sensitive(kept.text if kept else "")
        label, longest = w("goal.half.field"), LONGEST["learning_point"]
        field = (TextField("learning_point", label, w("goal.half.hint"), own, False, True, longest),)
    else:
        body.append(Text(line(w("goal.half.no_goal"))))
    actions = (
        Action("goal.open", w("goal.open"), opens=True),
        Action("goal.half", w("goal.half.before"), args={"half": half.previous.key}, opens=True),
        Action("goal.file", w("goal.half.file"), args={"half": half.key}),
    )
    return Form(
        "goal.half.send",
        w("goal.half.title"),
        body=tuple(body),
        fields=field,
        submit=w("goal.half.submit") if field else "",
        actions=actions,
        errors={"learning_point": errors[SINCE]} if SINCE in errors else errors,
        state={"half": half.key, SEEN: seen},
    )


async def seen_half(ctx: Context, half: HalfYear) -> str:
    """A mark of what is kept of a half-year."""
    goals = await goals_in(ctx, ctx.me, half)
    return seen_text(goals[-1].id, await ctx.uow.texts(goals[-1].id, f"half:{half.key}")) if goals else ""


async def half_text(ctx: Context, half: HalfYear) -> str:
    """The same as plain text."""
    w = ctx.words
    goals, entries = await goals_in(ctx, ctx.me, half), await _entries(ctx, half)
    wanted = {theme for goal in goals for theme in goal.themes}
    lines = [f"{w('goal.half.title')} · {_called(ctx, half)}", ctx.me.name, ""]
    for goal in goals:
        sentence = (await ctx.uow.texts(goal.id, GOAL)).get("note")
        lines += [w("goal.since", day=w.day(goal.set_on, year=True)), sentence.text if sentence else "–", ""]
    lines += [f"{label}: {value}" for label, value in _rows(ctx, entries, wanted)]
    for entry, text in await _points(ctx, entries):
        lines += ["", _of_entry(ctx, entry, wanted), text.text]
    for goal in goals[-1:]:
        own = (await ctx.uow.texts(goal.id, f"half:{half.key}")).get("learning_point")
        lines += ["", w("goal.half.field"), own.text] if own else []
    return "\n".join(lines) + "\n"


async def _entries(ctx: Context, half: HalfYear) -> list[SupervisionEvent]:
    found = current(await entries_of(ctx, ctx.me.id))
    return [entry for entry in found if half.first <= entry.day <= half.last]


async def _points(ctx: Context, entries: Sequence[SupervisionEvent]) -> list[tuple[SupervisionEvent, AnonText]]:
    """Entries with their learning points, by day."""
    found = []
    for entry in entries:
        text = (await ctx.uow.texts(entry.chain, f"log:{entry.id}")).get("learning_point")
        if text:
            found.append((entry, text))
    return found


def _rows(ctx: Context, entries: Sequence[SupervisionEvent], wanted: set[str]) -> list[tuple[str, str]]:
    """How much there was, and the themes: those of the goal first, each also where there was nothing."""
    w = ctx.words
    counted = Counter(theme for entry in entries for theme in entry.themes)
    about = sum(bool(wanted & set(entry.themes)) for entry in entries)
    rows = [
        (w("goal.half.presented"), w.number(sum(entry.role is Role.PRESENTER for entry in entries))),
        (
            w("goal.half.reviewed"),
            w.number(sum(entry.role is Role.REVIEWER and entry.round is not None for entry in entries)),
        ),
        (w("log.minutes"), w.number(sum(entry.minutes for entry in entries))),
    ]
    if wanted:
        rows.append((w("goal.half.about"), w("goal.half.of", n=w.number(about), of=w.number(len(entries)))))
    order = [*sorted(wanted), *(theme for theme, _ in counted.most_common() if theme not in wanted)]
    names = theme_words(w, order)
    return rows + [(name, w.number(counted[theme])) for theme, name in zip(order, names, strict=True)]


def _of_entry(ctx: Context, entry: SupervisionEvent, wanted: set[str]) -> str:
    """The day of a learning point, and that it is about the goal's themes."""
    day = ctx.words.day(entry.day, year=True)
    return f"{day} · {ctx.words('goal.half.about_it')}" if wanted & set(entry.themes) else day


def _called(ctx: Context, half: HalfYear) -> str:
    w = ctx.words
    return f"{w.day(half.first, year=True)} – {w.day(half.last, year=True)}"
