"""`intervision assign`: one round from `peer-assign/1` JSON to its plan, as JSON or in words."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from bot.rotation import Alternative, Fact, Instance, Plan, Remedy, Why

FileArgument = Annotated[Path | None, typer.Argument(help="A peer-assign/1 file; standard input if left out or -.")]
ExplainOption = Annotated[bool, typer.Option("--explain", help="The plan and its reasons in words instead of JSON.")]
WeightOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=10_000,
        help="Weigh a repeated meeting against load (90 is the product's choice); without it: strict.",
    ),
]


def assign(file: FileArgument = None, explain: ExplainOption = False, pair_weight: WeightOption = None) -> None:
    """Plan a round: who reviews which case, which reviews nobody takes and why."""
    from dataclasses import replace

    from bot.rotation import InstanceInvalid, parse_instance, plan_to_json
    from bot.rotation import assign as best_plan

    try:
        instance = parse_instance(_read(file))
    except InstanceInvalid as invalid:
        for mistake in invalid.mistakes:
            typer.echo(f"{mistake.path}: {mistake.problem}", err=True)
        raise typer.Exit(2) from None
    if pair_weight is not None:
        instance = replace(instance, rules=replace(instance.rules, pair_weight=pair_weight))
    plan = best_plan(instance)
    if explain:
        _tell(instance, plan)
    else:
        typer.echo(json.dumps(plan_to_json(plan), indent=1))


def _read(file: Path | None) -> object:
    """Parsed JSON; what cannot be read is said in one line."""
    named = file is not None and str(file) != "-"
    try:
        data = file.read_bytes() if file is not None and named else sys.stdin.buffer.read()
        return json.loads(data)
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
    except json.JSONDecodeError as error:
        problem = f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError):
        problem = "is not JSON that can be read (wrong encoding, or nested too deeply)"
    typer.echo(f"{file if named else 'standard input'} {problem}", err=True)
    raise typer.Exit(2)


def _tell(instance: Instance, plan: Plan) -> None:
    from rich.console import Console

    from bot.rotation import Explainer, remedies

    console = Console(highlight=False, markup=False, emoji=False)
    reasons = Explainer(instance, plan).all()
    for case in sorted((c for c in instance.cases if not c.on_hold), key=lambda c: c.id):
        mine = [w for w in reasons if w.case == case.id]
        console.print(f"Case {case.id}: {len(mine)} of {case.k} reviewers", style="bold")
        for why in mine:
            console.print(f"  {why.reviewer}: {_why(why)}", soft_wrap=True)
        _tell_shortfall(console, plan, case.id)
    if not plan.shortfalls:
        console.print("Every assignment is taken.")
        return
    if plan.bottleneck:
        console.print(f"Proof: even if all others were free for every case, {_listed(plan.bottleneck)} are used up.")
    found = remedies(instance, plan)
    console.print("What would help:" if found else "No single change would help; the cases wait with priority.")
    for remedy in found:
        console.print(f"  {_remedy(remedy)}", soft_wrap=True)


def _tell_shortfall(console: Console, plan: Plan, case: str) -> None:
    kinds = {
        "no_candidates": "fewer people may review it than it wants",
        "needs_experienced": "the last assignment is kept for somebody with experience",
        "contention": "the people it could have are needed on other cases",
    }
    for shortfall in plan.shortfalls:
        if shortfall.case == case:
            why = "; ".join(kinds[k] for k in shortfall.kinds)
            console.print(f"  {shortfall.missing} missing: {why}", style="yellow", soft_wrap=True)
            for member, reasons in shortfall.blocked.items():
                console.print(f"    not {member}: {', '.join(reasons).replace('_', ' ')}", soft_wrap=True)


def _why(why: Why) -> str:
    told = [text for text in (_fact(f) for f in why.facts) if text]
    return "; ".join([*told, _next(why.next)])


def _fact(fact: Fact) -> str:
    """One fact in words; empty for those that go without saying."""
    values = fact.values
    match fact.key:
        case "started":
            return "has started it already"
        case "kept":
            return "had it before"
        case "eligible":
            return f"one of {values['count']} who may review it (of {values['of']})"
        case "experience":
            return "the experienced reviewer it needs"
        case "balance":
            return _balance(int(str(values["tenths"])))
        case "met":
            return f"reviewed this presenter {_times(int(str(values['times'])))}"
        case "topic":
            return "knows the topic"
        case _:
            return ""


def _balance(tenths: int) -> str:
    if not tenths:
        return "has done exactly the fair share"
    return f"has done {abs(tenths) / 10:.1f} reviews {'more' if tenths > 0 else 'fewer'} than the fair share"


def _times(count: int) -> str:
    return {0: "never before", 1: "once before", 2: "twice before"}.get(count, f"{count} times before")


def _next(alternative: Alternative | None) -> str:
    if alternative is None:
        return "nobody else has room"
    decided = {
        "keep": "would have been a change",
        "load": "has done more",
        "pair": "has met the presenter more often",
        "expertise": "knows the topic less",
        "seed": "equal, decided by lot",
    }
    return f"next would be {alternative.member} ({decided[alternative.decided_by]})"


def _remedy(remedy: Remedy) -> str:
    gain = f"fills {remedy.gained} more"
    match remedy.kind:
        case "open_modes":
            return f"let members of other modes review: {gain}"
        case "raise_cap":
            return f"let {remedy.member} hold one more review: {gain}"
        case "widen_languages":
            return f"let case {remedy.case} be reviewed in any language: {gain}"
        case "ask":
            return f"ask {remedy.member} to take case {remedy.case}: {gain}"
        case "wait":
            return f"wait until {remedy.member} is back: {gain}"


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
