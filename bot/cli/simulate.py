"""`intervision simulate`: a year of rounds in a described group, one column a policy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.common import ConfigOption, OrgOption, run_async
from bot.errors import SetupError

if TYPE_CHECKING:
    from rich.console import Console

    from bot.app.facts.forecast_input import Outlook
    from bot.rotation.simulation import Year

STRICT = "strict"
BLOCKS = " ▁▂▃▄▅▆▇█"


def simulate(
    example: Annotated[str, typer.Option(help="Start from: equal, normal or tight.")] = "normal",
    members: Annotated[int | None, typer.Option(min=0, max=500, help="People in the group.")] = None,
    rounds: Annotated[int | None, typer.Option(min=1, max=520, help="Rounds to play.")] = None,
    between: Annotated[float | None, typer.Option(min=1, help="Rounds between two own cases of a person.")] = None,
    reviewers: Annotated[int | None, typer.Option(min=1, max=4, help="Reviewers per case.")] = None,
    away: Annotated[float | None, typer.Option(min=0, max=1, help="Chance a round that somebody goes away.")] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(help="Weight of a repeated meeting against load, or strict; repeat to compare."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another year.")] = 1,
    group: Annotated[
        str, typer.Option(help="Play the coming year of this group as it is: posts, modes, planned leave, targets.")
    ] = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw a chart to this file (.png, .svg, .pdf).")] = None,
) -> None:
    """Play rounds of a group under one or several policies and compare how they turn out."""
    if group:
        _play_group(group, org, config)
        return
    from dataclasses import replace

    from bot.rotation import PAIR_WEIGHT, Rules
    from bot.rotation.simulation import EXAMPLES, change_that_helps
    from bot.rotation.simulation import simulate as play

    if example not in EXAMPLES:
        raise typer.BadParameter(f"choose one of {', '.join(EXAMPLES)}", param_hint="--example")
    given: dict[str, Any] = {
        "members": members,
        "rounds": rounds,
        "rounds_between_cases": between,
        "reviewers": reviewers,
        "away": away,
    }
    described = replace(EXAMPLES[example], **{key: value for key, value in given.items() if value is not None})
    policies = {name: _weight(name) for name in policy or [STRICT, str(PAIR_WEIGHT)]}
    years = {name: play(described, Rules(pair_weight=weight), seed) for name, weight in policies.items()}
    _print(years)
    name, year = next(iter(years.items()))
    if year.full < 1:
        helps = change_that_helps(described, Rules(pair_weight=policies[name]), seed, year)
        told = (
            f"{helps[0]} (every reviewer for {helps[1].full:.1%} of cases, not {year.full:.1%})"
            if helps
            else "no single change"
        )
        typer.echo(f"Would help most: {told}.")
    if plot:
        _draw(years, plot)


def _play_group(name: str, org: str, config: Path | None) -> None:
    """The coming year of a real group: thin rounds, who will miss what, the one change that helps."""
    for told in run_async(_outlook(name, org, config)):
        typer.echo(told)


async def _outlook(name: str, org: str, config: Path | None) -> list[str]:
    from bot.admin.context import organisation_id
    from bot.app.context import Work
    from bot.app.facts.forecast_input import outlook_of
    from bot.app.steps.coming_rounds import coming_rounds, has_series
    from bot.config import load
    from bot.domain.organisation import Group
    from bot.main import build

    app = await build(load(config))
    try:
        async with app.store.begin(await organisation_id(app.store, org), write=False) as uow:
            groups = await uow.find(Group, order=("name",))
            found = [each for each in groups if each.name.casefold() == name.casefold()]
            if not found:
                raise SetupError(f"There is no group {name}; there are {', '.join(g.name for g in groups)}.")
            work = Work(uow, app.clock.now(), app.tools)
            days, planned = await coming_rounds(work, found[0]), await has_series(work, found[0])
            return _told((await outlook_of(work, found[0], days))(), planned=planned)
    finally:
        await app.store.close()


def _told(outlook: Outlook, *, planned: bool) -> list[str]:
    thin = [played for played in outlook.plan.rounds if played.thin]
    lines = [] if planned else ["Nobody has planned these rounds: the group has no series, its cadence is played."]
    lines.append(f"{len(outlook.plan.rounds)} rounds, {len(thin)} of them thin.")
    lines += [
        f"  {p.day}: {p.present} of {p.members} there, {p.cases} of {p.wanted} cases can be reviewed" for p in thin
    ]
    for each in outlook.plan.missed:
        what = "own case" if each.own_case else "any event"
        lines.append(f"  {outlook.people[each.person].name}: {what}, {each.days} days, allowed {each.allowed}")
    if not outlook.plan.missed:
        lines.append("Everybody can meet their targets.")
    names = {"weekly": "a round each week", "fewer_reviewers": "a reviewer fewer", "more_room": "one more open review"}
    of = len(outlook.plan.missed)
    lines += [f"Would help: {names[name]} ({len(each.missed)} instead of {of} missed)" for name, each in outlook.helps]
    if outlook.plan.missed and not outlook.helps:
        lines.append("None of these helps alone: " + ", ".join(names.values()) + ".")
    return lines


def _weight(name: str) -> int | None:
    if name == STRICT:
        return None
    if name.isdecimal() and int(name) <= 10_000:
        return int(name)
    raise typer.BadParameter(f"a whole number from 0 to 10000, or {STRICT}", param_hint="--policy")


def _print(years: dict[str, Year]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table("", *(f"{n} (load before pairs)" if n == STRICT else f"load + {n} · pair" for n in years))
    rows: dict[str, Callable[[Year], str]] = {
        "cases, of them with every reviewer": lambda y: f"{y.cases}, {y.full:.1%}",
        "cases that waited a round": lambda y: str(y.waited),
        "load spread (reviews, most minus least)": lambda y: f"{y.spread:.1f}",
        "pairs that met": lambda y: f"{y.met:.1%}",
        "repeats (cannot be below)": lambda y: f"{y.repeats} ({y.fewest_repeats})",
        "repeats while somebody new was eligible": lambda y: str(y.early_repeats),
        "rounds between own cases, mean and longest": lambda y: f"{y.mean_gap:.1f}, {y.longest_gap}",
    }
    for label, value in rows.items():
        table.add_row(label, *(value(y) for y in years.values()))
    console.print(table)
    for name, year in years.items():
        _print_curve(console, name, year)


def _print_curve(console: Console, name: str, year: Year) -> None:
    """Pairs met over time and everybody's balance as one line of blocks each."""
    met = "".join(BLOCKS[round(share * (len(BLOCKS) - 1))] for share in year.met_by_round)
    console.print(f"{name:>8}  pairs met, round by round   |{met}|", soft_wrap=True)
    low = min(year.balance.values(), default=0)
    span = max(year.spread, 1)
    people = sorted(year.balance.values())
    loads = "".join(BLOCKS[1 + round((value - low) / span * (len(BLOCKS) - 2))] for value in people)
    console.print(
        f"{name:>8}  balance, person by person    |{loads}|  from {low:+.1f} to {low + year.spread:+.1f}",
        soft_wrap=True,
    )


def _draw(years: dict[str, Year], path: Path) -> None:
    """Pairs met over time beside everybody's balance."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    over_time, at_end = figure.subplots(1, 2)
    for name, year in years.items():
        over_time.plot([100 * share for share in year.met_by_round], label=name)
        at_end.plot(sorted(year.balance.values()), marker="o", markersize=3, label=name)
    over_time.set(xlabel="round", ylabel="pairs that met (%)", ylim=(0, 105))
    at_end.set(xlabel="people, from least to most", ylabel="reviews above the fair share")
    at_end.axhline(0, linewidth=0.8, color="0.6")
    at_end.legend(title="policy")
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"the chart cannot be written: {error}", param_hint="--plot") from None
    typer.echo(f"chart: {path}")
