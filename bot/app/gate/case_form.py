"""The form of a case, empty, filled in by its author, or with the latest text to change."""

from __future__ import annotations

from collections.abc import Mapping

from bot.anonymise import Sensitive
from bot.app.context import Context
from bot.app.facts.anonymity import anonymity_budget
from bot.app.facts.languages import text_language
from bot.app.facts.permissions import NotInAGroup, my_case, my_groups
from bot.app.facts.themes import theme_options
from bot.app.gate.treatment_start import draft_start
from bot.domain.anonymity_budget import Budget
from bot.domain.case import Case, CaseNotSentBack, CaseStatus
from bot.domain.organisation import Group
from bot.domain.policy import Anonymity, SecondLookRule
from bot.ports.records import Draft
from bot.ui.forms.case import case_form
from bot.ui.model import Form
from bot.ui.strings import Words


async def filled_form(
    ctx: Context,
    draft: Draft,
    values: dict[str, Sensitive | tuple[str, ...]],
    errors: Mapping[str, str] | None = None,
) -> Form:
    """The form with the texts and the choices of a draft."""
    for name in ("mode", "language", "group", "objection", "risk"):
        if name in draft.state:
            values[name] = (draft.state[name],)
    for name in ("week", "weeks"):
        values[name] = Sensitive(draft.state.get(name, ""))
    start = await draft_start(ctx, draft)
    values["start"] = Sensitive(start.isoformat() if start else "")
    values["themes"] = chosen_themes(draft.state)
    return await case_form_for(ctx, values, errors or {}, draft.id, draft.subject)


async def changed_form(ctx: Context, case: Case) -> Form:
    """The form with the redacted text of a case that was sent back; the questions about risk are asked anew."""
    await case_to_change(ctx, case.id)
    ctx.tools.gate.warm()
    texts = await ctx.uow.texts(case.id, "case")
    values: dict[str, Sensitive | tuple[str, ...]] = {name: Sensitive(text.text) for name, text in texts.items()}
    values |= {"mode": (case.mode,), "language": (case.language,), "themes": case.themes}
    values |= {name: Sensitive(str(n)) for name, n in (("week", case.week), ("weeks", case.weeks)) if n is not None}
    return await case_form_for(ctx, values, {}, "", case.id)


async def case_form_for(
    ctx: Context, values: Values, errors: Mapping[str, str], draft: str = "", changed: str = ""
) -> Form:
    """The form for a new case, or for one (`changed`) that was sent back and stays in its group."""
    groups = [await ctx.uow.get(Group, (await my_case(ctx, changed)).group)] if changed else await my_groups(ctx)
    if not groups:
        raise NotInAGroup
    policies = [await ctx.policy(group) for group in groups]
    named = [g.name for g, policy in zip(groups, policies, strict=True) if policy.anonymity is Anonymity.OPEN]
    hidden = [g for g, policy in zip(groups, policies, strict=True) if policy.anonymity is not Anonymity.OPEN]
    language = chosen_value(values, "language") or await text_language(ctx, ctx.me)
    known = [
        (await anonymity_budget(ctx, group, ctx.me, language), (await ctx.policy(group)).small_group)
        for group in hidden
    ]
    least = min(known, key=lambda each: each[0].least, default=None)
    return case_form(
        ctx.words,
        groups=[(g.id, g.name) for g in groups],
        named=named,
        budget=budget_line(ctx.words, least[0]) if least else "",
        asks=least is not None and (least[0].least < least[1] or "guessable" in errors),
        values=values,
        errors=errors,
        themes=await theme_options(ctx),
        second_look=_look_told(ctx, {policy.second_look for policy in policies}),
        draft=draft,
        subject=changed,
    )


async def is_guessable(ctx: Context, group: Group, language: str) -> bool:
    """Whether colleagues could narrow the reader down to fewer than the group's rule asks for."""
    policy = await ctx.policy(group)
    if policy.anonymity is Anonymity.OPEN:
        return False
    return (await anonymity_budget(ctx, group, ctx.me, language)).least < policy.small_group


def budget_line(w: Words, budget: Budget) -> str:
    """To how many people colleagues can narrow down who presents."""
    key = "case.budget.no_supervisor" if budget.by_supervisors is None else "case.budget"
    return w(key, reviewers=budget.by_reviewers, supervisors=budget.by_supervisors or 0, of=budget.of)


def chosen_value(values: Values, name: str) -> str:
    """The option chosen in a field of a form's values; empty when none."""
    value = values.get(name)
    return value[0] if isinstance(value, tuple) and value else ""


def _look_told(ctx: Context, rules: set[SecondLookRule]) -> str:
    """Who else reads the text, said before a word is written."""
    if rules == {SecondLookRule.OFF}:
        return ""
    return ctx.words("case.form.look_always" if rules == {SecondLookRule.ALWAYS} else "case.form.look_flagged")


Values = Mapping[str, Sensitive | tuple[str, ...]]


async def case_to_change(ctx: Context, id: str) -> Case:
    """One's own case that a second look sent back."""
    case = await my_case(ctx, id)
    if case.status(ctx.now) is not CaseStatus.SENT_BACK:
        raise CaseNotSentBack
    return case


def chosen_themes(state: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(state["themes"].split("\n")) if state.get("themes") else ()
