"""What administrators do about people and places: rows of the command table."""

from __future__ import annotations

from bot.app.access import Relation
from bot.app.administration import people_handlers as staff
from bot.app.administration import places_handlers as places
from bot.app.administration import policy_handlers as policies
from bot.app.administration import roster_handlers as roster
from bot.app.administration import setup_handlers as setup
from bot.app.administration import staff_file_handlers as staff_file
from bot.app.administration import start_handlers as start
from bot.app.command_row import Command, Handler, Kind, Preparation, does, opens, sends
from bot.domain.person import Role

ADMIN = frozenset({Role.ADMIN})
ORGANISATION, OWN_STEP = Relation.ORGANISATION, Relation.OWN_STEP

STAFF: tuple[Command, ...] = (
    opens("staff.list", ADMIN, ORGANISATION, staff.open_list, "Everybody of the organisation, with search and filters"),
    sends("staff.find", ADMIN, ORGANISATION, staff.find, "Search people", again=staff.find),
    opens("staff.show", ADMIN, ORGANISATION, staff.show, "One person, and the ways to change them"),
    opens("staff.add", ADMIN, ORGANISATION, staff.open_add, "Open the form for a new person"),
    sends("staff.add.send", ADMIN, ORGANISATION, staff.send_add, "Add a person"),
    opens("staff.change", ADMIN, ORGANISATION, staff.open_change, "Open the form with somebody's details"),
    sends("staff.change.send", ADMIN, ORGANISATION, staff.send_change, "Change somebody's details"),
    opens("staff.roles", ADMIN, ORGANISATION, staff.open_roles, "Open the form with somebody's roles"),
    sends("staff.roles.send", ADMIN, ORGANISATION, staff.send_roles, "Change somebody's roles"),
    opens("staff.join", ADMIN, ORGANISATION, staff.open_join, "Open the form for a group to join"),
    sends("staff.join.send", ADMIN, ORGANISATION, staff.send_join, "Make somebody a member of a group"),
    opens("staff.leave", ADMIN, ORGANISATION, staff.open_leave, "Open the form for a group to leave"),
    sends("staff.leave.send", ADMIN, ORGANISATION, staff.send_leave, "End somebody's membership of a group"),
    opens("staff.remove", ADMIN, ORGANISATION, staff.open_remove, "Open the form for somebody's last day"),
    sends("staff.remove.send", ADMIN, ORGANISATION, staff.send_remove, "Let somebody leave the service"),
    does("staff.stay", ADMIN, ORGANISATION, staff.stay, "Give up a last day that was set"),
    does("staff.return", ADMIN, ORGANISATION, staff.come_back, "Let somebody who left come back"),
    opens("staff.file", ADMIN, ORGANISATION, staff_file.open_file, "Open the form for a staff file"),
    sends("staff.file.send", ADMIN, ORGANISATION, staff_file.send_file, "Look at a staff file, or take it over"),
    does("staff.undo", ADMIN, OWN_STEP, staff.undo, "Put somebody's details or roles back"),
)


def _asks(
    key: str, kind: Kind, handler: Handler, about: str, prepare: Preparation, *, changes: bool = False
) -> Command:
    """A row for which the chat is asked for its members first."""
    return Command(key, kind, ADMIN, ORGANISATION, handler, about, changes, prepare)


ROSTERS: tuple[Command, ...] = (
    _asks("roster.open", Kind.PRESSED, roster.open_roster, "Choose people of the chat to add", roster.prepare_open),
    _asks("roster.offer", Kind.PRESSED, roster.offer, "What a team with the app could become", roster.prepare_add),
    _asks("roster.send", Kind.SENT, roster.send, "Look at who would be added", roster.prepare_send, changes=True),
    _asks("roster.add", Kind.PRESSED, roster.add, "Add the people looked at", roster.prepare_add, changes=True),
    _asks("roster.find", Kind.PRESSED, roster.open_find, "Pick a person of the chat", roster.prepare_open),
    _asks(
        "roster.find.send", Kind.SENT, roster.find, "The person behind an account", roster.prepare_find, changes=True
    ),
)

PLACES: tuple[Command, ...] = (
    opens("places.list", ADMIN, ORGANISATION, places.open_places, "Every clinic and group, and gaps of duty"),
    opens("places.show", ADMIN, ORGANISATION, places.show, "One clinic or group, and who is reachable for duty"),
    opens("places.rename", ADMIN, ORGANISATION, places.open_rename, "Open the form for another name"),
    sends("places.rename.send", ADMIN, ORGANISATION, places.send_rename, "Rename a clinic or a group"),
    opens("places.merge", ADMIN, ORGANISATION, places.open_merge, "Open the form to merge a clinic or a group"),
    sends("places.merge.send", ADMIN, ORGANISATION, places.send_merge, "Merge a clinic or a group with another"),
    does("places.close", ADMIN, ORGANISATION, places.close, "Close a clinic or a group"),
    does("places.close.look", ADMIN, ORGANISATION, places.look_at_closing, "What would end with a group; nothing ends"),
    does("places.undo", ADMIN, OWN_STEP, places.undo, "Part two places that I merged"),
    opens("places.duty", ADMIN, ORGANISATION, places.open_duty, "Open the form for who is on duty"),
    sends("places.duty.send", ADMIN, ORGANISATION, places.send_duty, "Name duty supervisor and deputy"),
    opens("places.add_clinic", ADMIN, ORGANISATION, places.open_add_clinic, "Open the form for a new clinic"),
    sends("places.add_clinic.send", ADMIN, ORGANISATION, places.send_add_clinic, "Add a clinic"),
    opens("places.add_group", ADMIN, ORGANISATION, places.open_add_group, "Open the form for a new group"),
    sends("places.add_group.send", ADMIN, ORGANISATION, places.send_add_group, "Add a group"),
)

SETTING_UP: tuple[Command, ...] = (
    opens("setup.workspace", ADMIN, ORGANISATION, setup.open_workspace, "Open the form to let a workspace in"),
    sends("setup.workspace.send", ADMIN, ORGANISATION, setup.send_workspace, "Let a workspace or tenant in"),
    does("setup.ask_round", ADMIN, ORGANISATION, setup.ask_round, "Ask supervisors to begin the first round"),
    opens("administration.open", ADMIN, ORGANISATION, start.open_administration, "Every page of administration"),
    opens("check.open", ADMIN, ORGANISATION, start.open_check, "What is not ready, each with what to do"),
)

POLICIES: tuple[Command, ...] = (
    opens("policies.list", ADMIN, ORGANISATION, policies.open_policies, "Every number that holds, and who set it"),
    sends("policies.find", ADMIN, ORGANISATION, policies.find, "The numbers of another part", again=policies.find),
    opens("policies.change", ADMIN, ORGANISATION, policies.open_change, "Open the form for one number"),
    sends("policies.change.send", ADMIN, ORGANISATION, policies.send_change, "Set a number"),
    does("policies.reset", ADMIN, ORGANISATION, policies.reset, "Let a number be what holds above"),
    does("policies.undo", ADMIN, OWN_STEP, policies.undo, "Put a number back"),
)
