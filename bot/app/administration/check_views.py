"""What is not ready, as administrators see it: the findings of `intervision check`, each with what to do."""

from __future__ import annotations

from bot.admin.readiness import Finding, findings
from bot.app.context import Context
from bot.ui.model import Action, Form, FormBlock, Notice, Row, Text, Tone, code, line, strong
from bot.ui.strings import own_name


async def check_form(ctx: Context) -> Form:
    """Each finding with its remedy and the page on which it is mended."""
    w = ctx.words
    found = await findings(ctx)
    state = Notice(Tone.OK, line(w("check.none")))
    if found:
        grave = Tone.DANGER if any(each.fatal for each in found) else Tone.WARN
        state = Notice(grave, line(w.count("check.found", len(found))))
    rows: list[FormBlock] = [_row(ctx, each) for each in found]
    program = Text(line(w("check.elsewhere"), " ", code("intervision check")))
    return Form("check.open", w("check.title"), body=(state, *rows, program))


def _row(ctx: Context, found: Finding) -> Row:
    w = ctx.words
    values = dict(found.values)
    if "language" in values:
        values["language"] = own_name(values["language"])
    person = found.key == "check.officer"
    opens = Action("staff.show" if person else "places.show", w("staff.open"), found.about, opens=True)
    return Row(line(strong(found.where), f": {w(found.key, **values)}"), line(w(found.mend)), (opens,))
