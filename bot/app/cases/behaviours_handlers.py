"""A group's page of message reviews: shares of a quarter, and the practice card made of them."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.message_shares import last_quarter, shares_of
from bot.app.facts.permissions import my_groups
from bot.domain.message_review import BEHAVIOURS, FEWEST_PEOPLE, GroupShares, Share
from bot.domain.organisation import Group
from bot.reports.periods import Quarter
from bot.ui.inbound import ActionPressed, Outcome, Say
from bot.ui.model import Card, CardBlock, Heading, Items, Notice, Table, Text, Tone, line, strong


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """The shares of each of the person's groups whose policy has message reviews."""
    w = ctx.words
    body: list[CardBlock] = [Text(line(w("behaviours.intro")))]
    groups = [group for group in await my_groups(ctx) if (await ctx.policy(group)).message_reviews]
    for group in groups:
        body += await _group_blocks(ctx, group)
    if not groups:
        body.append(Notice(Tone.INFO, line(w("refusal.message_reviews_off"))))
    return Say(Card("behaviours", w("behaviours.title"), tuple(body), summary=w("behaviours.title")))


async def _group_blocks(ctx: Context, group: Group) -> list[CardBlock]:
    w = ctx.words
    quarter = last_quarter(ctx, group)
    head = Heading(w("behaviours.group", group=group.name, number=quarter.number, year=quarter.year))
    shares = await shares_of(ctx, group, quarter)
    if shares is None:
        fewest = max(FEWEST_PEOPLE, (await ctx.policy(group)).report_minimum_group)
        return [head, Notice(Tone.INFO, line(w.count("behaviours.too_few", fewest)))]
    return [head, *_shares_blocks(ctx, shares, quarter)]


def _shares_blocks(ctx: Context, shares: GroupShares, quarter: Quarter) -> list[CardBlock]:
    w = ctx.words
    columns = (w("behaviours.behaviour"), w("message.seen"), w("message.grow"))
    rows = tuple(
        (line(w(f"prompt.{name}")), line(_said(ctx, shares.seen[name])), line(_said(ctx, shares.grow[name])))
        for name in BEHAVIOURS
    )
    blocks: list[CardBlock] = [Text(line(w.count("behaviours.of", shares.messages))), Table(columns, rows)]
    if shares.card:
        blocks += [Heading(w("behaviours.card")), Text(line(w("behaviours.card.intro")))]
        for name in shares.card:
            examples = {
                "rapport": w("behaviours.example.rapport"),
                "seeks_feedback": w("behaviours.example.seeks_feedback"),
                "symptom_feedback": w("behaviours.example.symptom_feedback"),
                "psychoeducation": w("behaviours.example.psychoeducation"),
                "understanding": w("behaviours.example.understanding"),
                "praise": w("behaviours.example.praise"),
                "practice": w("behaviours.example.practice"),
                "procedures": w("behaviours.example.procedures"),
                "clear": w("behaviours.example.clear"),
            }
            blocks += [Text(line(strong(w(f"prompt.{name}")))), Items((line(examples[name]),))]
    return blocks


def _said(ctx: Context, share: Share) -> str:
    """ "54 %", or nearly all, nearly none where a figure would tell of one person."""
    w = ctx.words
    if share.percent is None:
        return w("behaviours.nearly_all") if share.many else w("behaviours.nearly_none")
    return w("behaviours.percent", percent=share.percent)
