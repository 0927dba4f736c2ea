"""Back from the preview to the form a text was typed in, with everything typed."""

from __future__ import annotations

from bot.anonymise import Sensitive
from bot.app.blocks.cases import answers_form, review_form, takeaway_form
from bot.app.blocks.exchange import answer_back_form, ask_back_form, follow_up_form
from bot.app.blocks.exemplars import exemplar_form
from bot.app.blocks.message_reviews import values_of
from bot.app.context import Context
from bot.app.facts.permissions import my_assignment, my_case
from bot.app.gate.case_form import filled_form
from bot.app.gate.handlers import draft_values, my_draft
from bot.app.steps.drafts import NAME, named
from bot.domain.message_review import Marks
from bot.ports.records import Draft
from bot.ui.inbound import ActionPressed, Outcome, Show
from bot.ui.model import Form


async def edit_draft(ctx: Context, event: ActionPressed) -> Outcome:
    """The form of the draft's kind."""
    draft = ctx.subject(my_draft)
    form = await _form(ctx, draft, {**await draft_values(ctx, draft)})
    return Show(named(form, draft.state.get(NAME, "")))


async def _form(ctx: Context, draft: Draft, values: dict[str, Sensitive | tuple[str, ...]]) -> Form:
    match draft.kind:
        case "question" | "review":
            ticked = tuple(key for key in draft.state.get("prompts", "").split(",") if key)
            values |= {**values_of(Marks.of(ticked)), "prompts": ticked}
            return await review_form(ctx, *await my_assignment(ctx, draft.subject), values, {})
        case "answer":
            return await answers_form(ctx, await my_case(ctx, draft.subject), values, {})
        case "takeaway":
            values["goal"] = ("yes",) if draft.state.get("goal") else ()
            values["used"] = tuple(letter for letter in draft.state.get("used", "").split(",") if letter)
            return await takeaway_form(ctx, await my_case(ctx, draft.subject), values, {})
        case "exemplar":
            values["behaviours"] = tuple(key for key in draft.state.get("behaviours", "").split(",") if key)
            return await exemplar_form(ctx, await my_case(ctx, draft.subject), values, {})
        case "ask_back":
            return await ask_back_form(ctx, await my_case(ctx, draft.subject), values, {})
        case "answer_back":
            return await answer_back_form(ctx, *await my_assignment(ctx, draft.subject), values, {})
        case "follow_up":
            return await follow_up_form(ctx, await my_case(ctx, draft.subject), values, {})
        case _:
            return await filled_form(ctx, draft, values)
