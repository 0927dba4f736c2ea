"""The form of a case, empty, filled in by its author, or with the latest text to change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.anonymise import Sensitive
from bot.app.context import Context
from bot.app.facts.anonymity import anonymity_budget
from bot.app.facts.languages import text_language
from bot.app.facts.permissions import NotInAGroup, my_case, my_groups
from bot.app.facts.themes import theme_options
from bot.app.gate.treatment_start import draft_start
from bot.domain.anonymity_budget import Budget
from bot.domain.case import Case, CaseNotSentBack, CaseStatus
from bot.domain.message_review import CaseKind, drawn_message
from bot.domain.organisation import Group
from bot.domain.policy import Anonymity, SecondLookRule
from bot.domain.round import Round
from bot.ports.records import Draft
from bot.ui.forms.case import case_form, message_form, supervisors_line
from bot.ui.model import Form, FormBlock, Notice, Text, Tone, line
from bot.ui.strings import Words


async def filled_form(
    ctx: Context,
    draft: Draft,
    values: dict[str, Sensitive | tuple[str, ...]],
    errors: Mapping[str, str] | None = None,
) -> Form:
    """The form with the texts and the choices of a draft."""
    for name in ("mode", "language", "group", "objection", "risk", "kind"):
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
    values |= {"kind": (case.kind,), "mode": (case.mode,), "language": (case.language,), "themes": case.themes}
    values |= {name: Sensitive(str(n)) for name, n in (("week", case.week), ("weeks", case.weeks)) if n is not None}
    return await case_form_for(ctx, values, {}, "", case.id)


async def case_form_for(
    ctx: Context, values: Values, errors: Mapping[str, str], draft: str = "", changed: str = ""
) -> Form:
    """The form for a new case, or for one (`changed`) that was sent back and stays in its group.

    Where the values have the kind "message", it is the form for a message that is retold.
    """
    groups = [await ctx.uow.get(Group, (await my_case(ctx, changed)).group)] if changed else await my_groups(ctx)
    if not groups:
        raise NotInAGroup
    policies = [await ctx.policy(group) for group in groups]
    urgent = any(policy.urgent_cases for policy in policies)
    named = [g.name for g, policy in zip(groups, policies, strict=True) if policy.anonymity is Anonymity.OPEN]
    hidden = [g for g, policy in zip(groups, policies, strict=True) if policy.anonymity is not Anonymity.OPEN]
    language = chosen_value(values, "language") or await text_language(ctx, ctx.me)
    known = [
        (await anonymity_budget(ctx, group, ctx.me, language), (await ctx.policy(group)).small_group)
        for group in hidden
    ]
    least = min(known, key=lambda each: each[0].least, default=None)
    asks = least is not None and (least[0].least < least[1] or "guessable" in errors)
    if chosen_value(values, "kind") == CaseKind.MESSAGE:
        w = ctx.words
        notices: list[FormBlock] = [Notice(Tone.INFO, line(await drawn_line(ctx)))]
        if named:
            notices.append(Notice(Tone.WARN, line(w("case.form.named", groups=w.listing(named)))))
        if told := _look_told(ctx, {policy.second_look for policy in policies}):
            notices.append(Text(line(told)))
        if least:
            notices.append(Text(line(supervisors_line(w, urgent=urgent))))
            notices.append(Notice(Tone.WARN if asks else Tone.INFO, line(budget_line(w, least[0]))))
        return message_form(
            w,
            groups=[(g.id, g.name) for g in groups],
            notices=notices,
            asks=asks,
            values=values,
            errors=errors,
            draft=draft,
            subject=changed,
        )
    return case_form(
        ctx.words,
        groups=[(g.id, g.name) for g in groups],
        named=named,
        budget=budget_line(ctx.words, least[0]) if least else "",
        asks=asks,
        urgent=urgent,
        values=values,
        errors=errors,
        themes=await theme_options(ctx),
        second_look=_look_told(ctx, {policy.second_look for policy in policies}),
        draft=draft,
        subject=changed,
    )


async def drawn_line(ctx: Context) -> str:
    """Which message is to be retold, by lot: of the week before the round that collects now, else of last week."""
    groups = [group.id for group in await my_groups(ctx)]
    rounds = await ctx.uow.find(Round, group__in=groups, published_at=None, closed_at=None, cancelled_at=None)
    begun = max((each for each in rounds if each.opened_at <= ctx.now), key=lambda each: each.opened_at, default=None)
    day = begun.opened_at.astimezone(ctx.zone).date() if begun else ctx.my_today
    monday = day - timedelta(days=day.weekday() + 7)
    number = drawn_message(ctx.me.id, begun.id if begun else monday.isoformat())
    return ctx.words("message.drawn", number=number, monday=ctx.words.day(monday))


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
