"""What supervisors do about rounds, series of rounds and closed days: rows of the command table."""

from __future__ import annotations

from bot.app.access import Relation
from bot.app.closures import handlers as closures
from bot.app.command_row import PLANNER, SUPERVISOR, Command, Kind, does, hands, opens, sends
from bot.app.exclusions import handlers as pairs
from bot.app.overview import home_handlers as home
from bot.app.overview import reminding
from bot.app.rounds import handlers as rounds
from bot.app.rounds import place_handlers as places
from bot.app.rounds import sheet_handlers as sheet
from bot.app.series import change_handlers as series_change
from bot.app.series import handlers as series

ASSIGNMENT = Relation.ASSIGNMENT
GROUP = Relation.GROUP
ORGANISATION = Relation.ORGANISATION
OWN_STEP = Relation.OWN_STEP
ROUND = Relation.ROUND
SERIES = Relation.SERIES
SHOWN_ROUND = Relation.SHOWN_ROUND

ROUNDS: tuple[Command, ...] = (
    opens("round.list", SUPERVISOR, GROUP, rounds.show_list, "Open rounds"),
    opens("round.new", SUPERVISOR, GROUP, rounds.open_new, "Open the form for a new round"),
    sends("round.new.send", SUPERVISOR, GROUP, rounds.send_new, "Begin a round"),
    does("round.preview", SUPERVISOR, ROUND, rounds.press_preview, "Make the plan and show it with its reasons"),
    sends("round.what_if", SUPERVISOR, ROUND, rounds.send_what_if, "Try other caps and absences"),
    does("round.keep", SUPERVISOR, ROUND, rounds.press_keep, "Keep tried caps and absences for this round"),
    does("round.publish.soon", SUPERVISOR, ROUND, rounds.press_publish_soon, "Publish the plan in ten minutes"),
    does("round.publish", SUPERVISOR, ROUND, rounds.press_publish, "Publish the plan at once"),
    does("round.publish.back", SUPERVISOR, ROUND, rounds.press_take_back, "Take back a publication that waits"),
    opens("round.show", SUPERVISOR, SHOWN_ROUND, rounds.press_show, "Where a round stands"),
    opens("sheet.group", SUPERVISOR, GROUP, sheet.open_group_sheet, "Which days a group's attendance sheet is about"),
    hands(
        "sheet.group.send",
        Kind.SENT,
        SUPERVISOR,
        GROUP,
        sheet.send_group_sheet,
        "A group's attendance sheet of these days",
    ),
    hands(
        "round.sheet",
        Kind.PRESSED,
        SUPERVISOR,
        SHOWN_ROUND,
        sheet.make_sheet,
        "The attendance sheet of a round that is over",
    ),
    does("round.remind", SUPERVISOR, ROUND, reminding.remind_round, "Remind all whose review in a round is overdue"),
    does("round.fill", SUPERVISOR, ROUND, places.press_fill, "Find a reviewer for a place that is empty"),
    does("round.fewer", SUPERVISOR, ROUND, places.press_fewer, "Let a case have as many reviewers as it has"),
    does("round.fewer.undo", SUPERVISOR, OWN_STEP, places.undo_fewer, "Let a case want as many reviewers as before"),
    does("round.close", SUPERVISOR, ROUND, rounds.press_close, "Close a round"),
    does("round.cancel", SUPERVISOR, ROUND, rounds.press_cancel, "Cancel a round before it is published"),
    opens("review.reassign", SUPERVISOR, ASSIGNMENT, home.open_reassign, "Open the form to reassign a review"),
    sends("review.reassign.send", SUPERVISOR, ASSIGNMENT, home.send_reassign, "Give a review to somebody else"),
    does("review.cover", SUPERVISOR, ASSIGNMENT, home.cover, "Take a review over myself"),
    opens("pairs.open", SUPERVISOR, ORGANISATION, pairs.open_pairs, "Pairs that never review each other"),
    sends("pairs.add", SUPERVISOR, ORGANISATION, pairs.add, "Put two people on that list"),
    does("pairs.remove", SUPERVISOR, ORGANISATION, pairs.remove, "Take a pair off it"),
)

SERIES_AND_CLOSED_DAYS: tuple[Command, ...] = (
    opens("series.new", SUPERVISOR, GROUP, series.open_new, "Open the form for a series of rounds"),
    sends("series.preview", SUPERVISOR, GROUP, series.send_preview, "See the dates of a series before it begins"),
    sends("series.begin", SUPERVISOR, GROUP, series.begin, "Begin a series"),
    opens("series.list", SUPERVISOR, GROUP, series.show_list, "Every series with its next date"),
    opens("series.show", SUPERVISOR, SERIES, series.show, "The dates of a series, what moved and why"),
    opens(
        "series.change", SUPERVISOR, SERIES, series_change.open_change, "Open the form for another rhythm of a series"
    ),
    sends(
        "series.change.preview", SUPERVISOR, SERIES, series_change.send_preview, "See which dates another rhythm moves"
    ),
    sends("series.change.keep", SUPERVISOR, SERIES, series_change.keep, "Keep another rhythm; open rounds stay"),
    does("series.skip", SUPERVISOR, SERIES, series.press_skip, "Leave one date of a series out"),
    does("series.restore", SUPERVISOR, SERIES, series.press_restore, "Hold a skipped or moved date as planned"),
    does("series.said", SUPERVISOR, SERIES, series.press_said, "Change a series on the days that were meant"),
    opens("series.move", SUPERVISOR, SERIES, series.open_move, "Open the form to move a date"),
    sends("series.move.send", SUPERVISOR, SERIES, series.send_move, "Hold one date on another day"),
    opens("series.messages", SUPERVISOR, SERIES, series.open_messages, "Choose which rounds ask for a retold message"),
    sends("series.messages.send", SUPERVISOR, SERIES, series.send_messages, "Keep which rounds ask for a message"),
    opens("series.pause", SUPERVISOR, SERIES, series.open_pause, "Open the form to pause a series"),
    sends("series.pause.send", SUPERVISOR, SERIES, series.send_pause, "Pause a series"),
    does("series.resume", SUPERVISOR, SERIES, series.press_resume, "Go on after a pause"),
    does("series.end", SUPERVISOR, SERIES, series.press_end, "End a series"),
    opens("closures.show", PLANNER, ORGANISATION, closures.press_show, "The closed days of every clinic"),
    opens("closures.add", PLANNER, ORGANISATION, closures.open_add, "Open the form for closed days"),
    opens("closures.edit", PLANNER, ORGANISATION, closures.open_edit, "Change closed days"),
    sends("closures.send", PLANNER, ORGANISATION, closures.send, "Write closed days; deadlines and dates follow"),
    does("closures.remove", PLANNER, ORGANISATION, closures.press_remove, "Take closed days back"),
    does("closures.undo", PLANNER, OWN_STEP, closures.undo, "Put closed days back as they were ten minutes ago"),
)
