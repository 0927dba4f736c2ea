"""A clinic from a staff file whose people never touched the app runs a whole round, from the welcome on.

Against both chats' stand-ins: every step but the supervisor's typed `round new` is a button of a message that came.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from adapters.slack import payload_ids as wire
from bot.admin.context import AdminContext
from bot.admin.people import group
from bot.admin.roster import Wanted, apply_file
from bot.app.context import Work
from bot.app.dependencies import Anonymiser
from bot.app.steps.sign_in import SignInService
from bot.delivery.introductions import Introducer
from bot.demo.clinic import ORGANISATION
from bot.demo.player import Player
from bot.demo.texts import ANSWER, CASES, QUESTION, REVIEWS, TAKEAWAY
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Contact, Person, Reach
from bot.domain.round import Round
from bot.ports.records import LogEntry, OutboxEntry
from bot.ui.inbound import Done, Invalid, Outcome, Refused, Show
from bot.ui.model import Form
from bot.ui.strings import words
from tests.e2e.slack.player import InSlack
from tests.e2e.teams.player import InTeams
from tests.gate import rules_alone
from tests.standins.slack.workspace import Json, texts
from tests.standins.slack.world import World as SlackWorld
from tests.standins.slack.world import connected, until
from tests.standins.teams.cards import texts as card_texts
from tests.standins.teams.client import Person as TeamsPerson
from tests.standins.teams.clinic import teams_clinic
from tests.standins.teams.connector import personal_chat
from tests.witness import Witness
from tests.world import World, make_world

KEYS = ("n1", "n2", "n3", "n4", "n5", "n6", "n7")
PRESENTERS = ("n2", "n3", "n4")
TEAM = "19:south@thread.tacv2"
CHOICES = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",), "guessable": ("yes",)}
ROLES = dict.fromkeys(KEYS, "Therapeut") | {"n1": "Therapeutin, Supervisorin"}
FILE = "Name;E-Mail;Klinik;Gruppe;Rolle;Sprache\n" + "".join(
    f"Therapist {key};{key}@demo.example;Kiel;South;{role};Englisch\n" for key, role in ROLES.items()
)


class SlackMessages(InSlack):
    """Somebody who has never opened the app: presses only what a message or an open view shows."""

    def told(self) -> list[str]:
        """The words of each message, oldest first."""
        return self.person.inbox

    def blocked(self, yes: bool) -> None:
        """Slack refuses messages to this person."""
        self._slack.kept.channels[f"D{self.person.user}"]["is_archived"] = yes

    async def closes_account(self) -> None:
        """Slack tells every app that knows this person."""
        user = self._slack.kept.people[self.person.user]
        user["deleted"] = True
        await self.person.brings({"type": "user_change", "user": user})

    async def press(self, key: str, subject: str = "", **args: str) -> Outcome:
        before = set(self._witness.outcomes)
        await self._slack.bring("interaction", self._pressing(key, subject, args))
        return await self._shown(before)

    def _pressing(self, key: str, subject: str, args: Mapping[str, str]) -> Json:
        view = self._slack.kept.view(self.person.user)
        if view is not None and (found := _button(view.body, key, subject, args)):
            body = self.person._interaction("block_actions") | {"actions": [found], "view": view.payload()}
            return body | {"container": {"type": "view", "view_id": view.id}}
        for message in reversed(self._slack.kept.inbox(self.person.user)):
            if found := _button(message, key, subject, args):
                channel = f"D{self.person.user}"
                container = {"type": "message", "message_ts": message["ts"], "channel_id": channel}
                body = self.person._interaction("block_actions") | {"actions": [found], "container": container}
                return body | {"channel": {"id": channel}, "response_url": self.person._response_url()}
        raise AssertionError(f"{self.key}: no message shows {key} {subject}; there are {self.told()}")


def _button(shown: Json, key: str, subject: str, args: Mapping[str, str]) -> Json | None:
    for block in shown.get("blocks", ()):
        elements = [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]
        for element in elements:
            if element.get("type") != "button" or not str(element.get("action_id", "")).startswith(f"{wire.DO}:"):
                continue
            found, of, more = wire.read_action(element["value"])
            if found == key and subject in {"", of} and args.items() <= more.items():
                sent = {name: element[name] for name in ("action_id", "value")}
                return {"type": "button", "block_id": block.get("block_id", ""), **sent}
    return None


class TeamsMessages(InTeams):
    """The same in Teams."""

    def told(self) -> list[str]:
        return [card_texts(card) for card in self.person.sees()]

    async def press(self, key: str, subject: str = "", **args: str) -> Outcome:
        assert self._find(key, subject, args), f"{self.key}: no card shows {key} {subject}; there are {self.told()}"
        return await super().press(key, subject, **args)


@dataclass
class South:
    """The clinic, its people by key, and the directories that know them."""

    world: World
    introducer: Introducer
    people: dict[str, SlackMessages] | dict[str, TeamsMessages]

    async def person(self, key: str) -> Person:
        return (await self.world.find(Person, email=f"{key}@demo.example"))[0]

    async def by_id(self, id: str) -> SlackMessages | TeamsMessages:
        (found,) = await self.world.find(Person, id=id)
        return self.people[found.email.partition("@")[0]]


@asynccontextmanager
async def in_slack(gate: Anonymiser) -> AsyncIterator[South]:
    platforms: dict[str, object] = {}
    world = await make_world(gate, platforms=platforms, connected={"web", "slack"})  # type: ignore[arg-type]  # filled below
    witness = Witness(world)
    async with connected("http", handle=witness.handle) as slack:
        platforms |= {"slack": slack.platform, "web": world.platform}
        people = {key: SlackMessages(world, slack, witness, key) for key in KEYS}
        yield South(world, _introducer(world), people)
        assert [r for r in slack.slack.refusals if r[1]["error"] not in _HARMLESS] == []
        _nothing_leaks(slack)


_HARMLESS = {"hash_conflict", "is_archived", "not_found", "users_not_found"}


def _nothing_leaks(slack: SlackWorld) -> None:
    posted = "\n".join(texts(m) for box in slack.slack.kept.messages.values() for m in box.values())
    for secret in ("twelve days", "07700", "door stays open"):
        assert secret not in posted


@asynccontextmanager
async def in_teams(gate: Anonymiser) -> AsyncIterator[South]:
    async with teams_clinic(gate, connected={"web", "teams"}) as teams:
        members = [
            {"id": f"29:{_aad(key)}", "name": key, "aadObjectId": _aad(key), "email": f"{key}@demo.example"}
            for key in KEYS
        ]
        teams.connector.members[TEAM] = [{**member, "userRole": "user"} for member in members]
        clients = {key: TeamsPerson(teams.bot, teams.connector, _aad(key), name=key) for key in KEYS}
        owner = TeamsPerson(teams.bot, teams.connector, "owner", chat=TEAM, kind="channel")
        activity = owner.activity("installationUpdate", action="add")
        activity["channelData"] = {**activity["channelData"], "team": {"id": TEAM}}
        await owner.post(activity)
        people = {key: TeamsMessages(teams.world, teams.witness, clients[key], key) for key in KEYS}
        yield South(teams.world, _introducer(teams.world), people)


def _aad(key: str) -> str:
    return f"bbbbbbbb-0000-4000-8000-{int(key[1:]):012}"


def _introducer(world: World) -> Introducer:
    return Introducer(world.store, world.clock, world.log, world.dispatcher.platforms)


CHATS = {"slack": in_slack, "teams": in_teams}


@pytest.fixture(scope="module")
def gate() -> Anonymiser:
    """One for both."""
    return rules_alone()


BLOCKED = {"slack": "is_archived", "teams": "MessageWritesBlocked"}


@pytest.mark.parametrize("chat", CHATS)
async def test_after_a_block_the_first_press_opens_the_address_and_brings_what_waited_within_seconds(
    chat: str, gate: Anonymiser, tmp_path: Path
) -> None:
    """The wire says that the person is out of reach; one old button later everything has come as one message."""
    async with CHATS[chat](gate) as at:
        await _imported(at, tmp_path)
        await at.introducer.meet()
        await at.world.settle()
        person, player = await at.person("n6"), at.people["n6"]
        block(player)
        for number in range(2):
            await _tell(at.world, person.id, number)
            await at.world.settle()
            at.world.clock.advance(timedelta(minutes=2))
        (contact,) = await at.world.find(Contact, person=person.id, platform=chat)
        assert contact.failure.endswith(BLOCKED[chat])
        assert contact.reach is (Reach.BLOCKED if chat == "teams" else Reach.LEFT)
        told = "\n".join(at.people["n1"].told())
        assert "Therapist n6 cannot be reached" in told
        assert len(player.told()) == 1, "nothing came but the welcome"
        unblock(player)
        since, sending = monotonic(), asyncio.create_task(at.world.dispatcher.run())
        await player.press("settings.open")
        await until(lambda: len(player.told()) > 1, 10)
        assert monotonic() - since < 10
        at.world.dispatcher.stop()
        await sending
        (waited,) = player.told()[1:]
        assert "Somebody 0" in waited
        assert "Somebody 1" in waited, "as one message"
        (contact,) = await at.world.find(Contact, person=person.id, platform=chat)
        assert contact.reach is Reach.REACHABLE


@pytest.mark.parametrize("chat", CHATS)
async def test_an_account_closed_in_mid_round_is_told_and_its_reviews_move_by_one_press(
    chat: str, gate: Anonymiser, tmp_path: Path
) -> None:
    """The platform's own event; the supervisor presses one button of the message that it brings."""
    async with CHATS[chat](gate) as at:
        round_ = await _under_review(at, chat, tmp_path)
        before = await at.world.find(Assignment, round=round_, ended_at=None)
        own = {(await at.person(key)).id for key in ("n1", *PRESENTERS)}
        theirs = next(each for each in before if each.reviewer not in own)
        gone = await at.by_id(theirs.reviewer)
        await leaves(gone)
        await at.world.settle()
        supervisor = at.people["n1"]
        assert f"Therapist {gone.key} cannot be reached" in supervisor.told()[-1]
        assert isinstance(await supervisor.press("supervision.hand_over"), Done)
        await at.world.settle()
        after = await at.world.find(Assignment, round=round_, ended_at=None)
        assert len(after) == len(before), "somebody else has each of them"
        assert theirs.reviewer not in {each.reviewer for each in after}
        heir = next(each for each in after if each.id not in {one.id for one in before})
        assert isinstance(await (await at.by_id(heir.reviewer)).press("review.open", heir.id), Show)


async def leaves(player: SlackMessages | TeamsMessages) -> None:
    """Slack: the account is closed. Teams: the app is removed."""
    if isinstance(player, TeamsMessages):
        await player.person.post(player.person.activity("installationUpdate", action="remove"))
    else:
        await player.closes_account()


async def _tell(world: World, person: str, number: int) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        await work.tell(person, "not_reached", f"x{number}", name=f"Somebody {number}", code=f"AB-{number}")
        await uow.commit()


def block(player: SlackMessages | TeamsMessages) -> None:
    """From now on the platform refuses every message to this person."""
    if isinstance(player, TeamsMessages):
        player.person.connector.blocked |= {player.person.id, personal_chat(player.person.id)}
    else:
        player.blocked(True)


def unblock(player: SlackMessages | TeamsMessages) -> None:
    """And takes them again."""
    if isinstance(player, TeamsMessages):
        player.person.connector.blocked -= {player.person.id, personal_chat(player.person.id)}
    else:
        player.blocked(False)


async def send(player: Player, form: Form, values: Mapping[str, Sequence[str]]) -> None:
    """What of the values the form asks for; a preview is agreed to."""
    asked = {field.name for field in form.fields}
    _, outcome = await player.send_and_confirm(form, {k: v for k, v in values.items() if k in asked})
    assert not isinstance(outcome, Refused | Invalid), outcome


@pytest.mark.parametrize("chat", CHATS)
async def test_a_clinic_that_never_touched_the_app_runs_a_round_from_the_welcome_on(
    chat: str, gate: Anonymiser, tmp_path: Path
) -> None:
    async with CHATS[chat](gate) as at:
        round_ = await _under_review(at, chat, tmp_path)
        await _clarified(at, round_)
        await _reviewed(at, round_)
        entries = await at.world.find(LogEntry, round=round_)
        assert len(entries) == 3 * len(PRESENTERS), "each case has its presenter and two reviewers"
        assert await at.world.find(Round, id=round_, closed_at__not=None)
        lost = [e.card for e in await at.world.find(OutboxEntry, failed_at__not=None)]
        assert set(lost) <= {"out_of_reach"}, "the demo's own people have no chat"


@pytest.mark.parametrize("chat", CHATS)
async def test_what_was_imported_wins_over_the_language_of_the_chat(
    chat: str, gate: Anonymiser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chat of everybody here says English."""
    swedish = FILE.replace(
        "n2@demo.example;Kiel;South;Therapeut;Englisch", "n2@demo.example;Kiel;South;Therapeut;Schwedisch"
    )
    assert swedish != FILE
    monkeypatch.setattr(f"{__name__}.FILE", swedish)
    async with CHATS[chat](gate) as at:
        await _imported(at, tmp_path)
        await at.introducer.meet()
        await at.world.settle()
        player = at.people["n2"]
        assert words("sv")("notice.welcome.title") in player.told()[0]
        await player.press("settings.open")
        assert (await at.person("n2")).language == "sv", "also after they acted there"
        assert words("en")("notice.welcome.title") in at.people["n3"].told()[0]


async def _imported(at: South, tmp_path: Path) -> None:
    world = at.world
    admin = AdminContext(world.store, world.clock, world.tools, SignInService(world.store, world.clock, world.tools))
    await group(admin, "", "South", "Europe/Berlin")
    file = tmp_path / "staff.csv"
    file.write_text(FILE, encoding="utf-8")
    assert len(await apply_file(admin, "", file, Wanted())) == len(KEYS)
    await world.settle()
    assert all(player.told() == [] for player in at.people.values())


async def _welcomed(at: South, chat: str) -> None:
    """Nobody has done anything: each is found, written to once, and can look at an example."""
    assert await at.introducer.meet() == len(KEYS)
    await at.world.settle()
    for key, player in at.people.items():
        (welcome,) = player.told()
        assert "Demo service has set up Intervision" in welcome, key
        assert "South, with 6 colleagues" in welcome
        assert "Show me an example" in welcome
        contacts = await at.world.find(Contact, person=(await at.person(key)).id, platform=chat)
        assert [contact.seen_at for contact in contacts] == [None]
    curious = at.people["n5"]
    step = await curious.press("example.show")
    while isinstance(step, Show) and step.form.actions:
        step = await curious.press("example.show", **step.form.actions[0].args)
    assert isinstance(step, Show)
    assert "closes the case" in repr(step.form.body)


async def _collected(at: South) -> str:
    """The supervisor types two words; everybody is invited by a message and three present from it."""
    supervisor = at.people["n1"]
    outcome = await supervisor.type("/round new")
    assert isinstance(outcome, Show)
    assert "cannot be reached" not in repr(outcome.form.body)
    assert isinstance(await supervisor.send(outcome.form, {}), Done)
    await at.world.advance(minutes=2)
    (south,) = await at.world.find(Group, name="South")
    (round_,) = await at.world.find(Round, group=south.id)
    for number, key in enumerate(PRESENTERS):
        player = at.people[key]
        await send(player, await player.open("case.new"), {**CASES[number], **CHOICES})
    return round_.id


async def _published(at: South, round_: str) -> None:
    """The day before, the plan comes as a new message and is acted on there; its end is read by everybody once."""
    supervisor = at.people["n1"]
    before = len(supervisor.told())
    await at.world.advance(days=4, hours=2)
    ready = [told for told in supervisor.told()[before:] if "The plan is ready" in told]
    assert len(ready) == 1, "a message of its own, and one"
    plan = await supervisor.open("round.preview", round_)
    assert "2 of 2" in repr(plan.body)
    counts = {key: len(player.told()) for key, player in at.people.items()}
    waits = await supervisor.press("round.publish.soon", round_)
    assert isinstance(waits, Done), waits
    await until(lambda: any("Publish now" in told for told in supervisor.told()), 5)
    outcome = await supervisor.press("round.publish", round_)
    assert isinstance(outcome, Done), outcome
    assert "The plan is published." in outcome.note
    await at.world.advance(hours=1)
    assert not [told for told in supervisor.told() if "Preview the plan" in told], "nothing asks for it any more"
    for key, player in at.people.items():  # in Teams the supervisor's presses are answered by cards, too
        assert key == "n1" or len(player.told()) - counts[key] <= 1, f"{key} hears of it in one message"
    for key in PRESENTERS:
        assert "Your case is with reviewers" in "".join(at.people[key].told()[counts[key] :])


async def _under_review(at: South, chat: str, tmp_path: Path) -> str:
    """From the staff file to a published round."""
    await _imported(at, tmp_path)
    await _welcomed(at, chat)
    round_ = await _collected(at)
    await _published(at, round_)
    return round_


async def _clarified(at: South, round_: str) -> None:
    assignment = (await at.world.find(Assignment, round=round_, ended_at=None))[0]
    reviewer = await at.by_id(assignment.reviewer)
    form = await reviewer.open("review.open", assignment.id)
    await send(reviewer, form, {"question": QUESTION})
    await at.world.settle()
    presenter = await _presenter(at, assignment.case)
    answers = await presenter.open("question.open", assignment.case)
    await send(presenter, answers, {answers.fields[0].name: ANSWER})
    await at.world.advance(days=5)


async def _reviewed(at: South, round_: str) -> None:
    for number, assignment in enumerate(await at.world.find(Assignment, round=round_, ended_at=None)):
        reviewer = await at.by_id(assignment.reviewer)
        form = await reviewer.open("review.open", assignment.id)
        reflection, suggestion = REVIEWS[number % len(REVIEWS)]
        await send(reviewer, form, {"reflection": reflection, "suggestion": suggestion})
    await at.world.advance(hours=1)
    for case in await at.world.find(Case, round=round_):
        presenter = await _presenter(at, case.id)
        await presenter.open("case.reviews", case.id)
        await send(presenter, await presenter.open("takeaway.open", case.id), {"takeaway": TAKEAWAY})
    await at.world.advance(days=4)


async def _presenter(at: South, case: str) -> SlackMessages | TeamsMessages:
    async with at.world.store.begin(ORGANISATION, write=False) as uow:
        id = await uow.presenter(case)
    return await at.by_id(id)
