"""A database that was put back within the day is found: by the file of anchors, a git remote, the program's own log."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.admin.installation import note
from bot.admin.privacy import Office, faults
from bot.cli import checks
from bot.config import Settings
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from bot.errors import SetupError
from bot.ports.records import Audited, AuditEntry
from bot.runtime.housekeeping import AnchorFile, Housekeeper
from bot.runtime.witness import GitWitness, WitnessAway
from tests.world import World

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git on this machine")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository that takes pushes, and nothing back."""
    bare = tmp_path / "remote.git"
    for words in (["init", "--quiet", "--bare"], ["config", "receive.denyNonFastForwards", "true"]):
        bare.mkdir(exist_ok=True)
        subprocess.run(["git", "-C", str(bare), *words], check=True)
    return bare


@pytest.fixture
async def keeper(world: World, remote: Path, tmp_path: Path) -> AsyncIterator[Housekeeper]:
    anchors = str(tmp_path / "anchors.jsonl")
    yield Housekeeper(
        world.store, world.clock, world.tools, world.log, AnchorFile.of(anchors), GitWitness.of(str(remote), anchors)
    )


def failing(keeper: Housekeeper) -> float:
    """What the alarm about the ends of trails looks at."""
    return float(keeper.metrics._anchors._value.get())


async def some_lines(world: World, number: int = 3) -> None:
    for _ in range(number):
        async with world.store.begin(ORGANISATION) as uow:
            await uow.audit(Audited.ROLE_CHANGED, "admin", person_id("a"), world.clock.now())
            await uow.commit()


async def put_back(world: World, number: int = 2) -> int:
    """The trail as it was that many lines ago: whole in itself."""
    async with world.store.begin(ORGANISATION) as uow:
        gone = await uow.find(AuditEntry, order=("-number",), limit=number)
        for entry in gone:
            await uow.remove(AuditEntry, entry.id)
        await uow.commit()
    return gone[0].number


async def office(world: World, **given: Any) -> Office:
    email = {p.id: p for p in await world.find(Person)}[person_id("p")].email
    return replace(Office(world.store, world.clock, world.tools, ORGANISATION, email), **given)


async def test_whatever_noted_the_end_finds_that_it_was_put_back(world: World, keeper: Housekeeper) -> None:
    await some_lines(world)
    await keeper.anchor_if_moved()
    logged = [
        f"Jan 11 09:00:00 host intervision[1]: info audit.anchor organisation={values['organisation']} "
        f"count={values['count']} subject={values['subject']}"
        for action, values in world.log.records
        if action == "audit.anchor"
    ]
    assert keeper.anchors and keeper.witness and logged
    outside = {"anchors": keeper.anchors, "witness": keeper.witness, "log_lines": logged}
    for place, held in outside.items():
        found, _, counts = await faults(await office(world, **{place: held}))
        assert (found, list(counts.values())) == ([], [1]), place
    await put_back(world)
    assert (await faults(await office(world)))[0] == [], "nothing inside is broken"
    for place, held in outside.items():
        broken, _, _ = await faults(await office(world, **{place: held}))
        assert "an anchor knows this one" in broken[0].what, place


async def test_what_was_rewritten_to_the_same_length_is_found_too(world: World, keeper: Housekeeper) -> None:
    await some_lines(world)
    await keeper.anchor_if_moved()
    await put_back(world)
    world.clock.advance(timedelta(minutes=1))
    await some_lines(world, 2)
    found, *_ = await faults(await office(world, witness=keeper.witness))
    assert [fault.what for fault in found] == ["this line is not the one that an anchor knows"]


async def test_the_remote_keeps_what_the_server_takes_away(world: World, keeper: Housekeeper, tmp_path: Path) -> None:
    await some_lines(world)
    await keeper.anchor_if_moved()
    await put_back(world)
    (tmp_path / "anchors.jsonl").unlink()
    shutil.rmtree(tmp_path / "anchors.jsonl.witness")
    assert (await faults(await office(world, witness=keeper.witness)))[0]


def push_a_branch(remote: Path, spoil: Path, content: str) -> None:
    """A branch `aa` whose file of anchors holds this; without content it has none."""
    spoil.mkdir()
    (spoil / ("anchors.jsonl" if content else "other")).write_text(content or "x", encoding="utf-8")
    author = ("-c", "user.name=a", "-c", "user.email=a@demo.example")
    push = ("push", "--quiet", str(remote), "HEAD:refs/heads/aa")
    for words in (("init", "--quiet"), ("add", "."), (*author, "commit", "--quiet", "-m", "x"), push):
        subprocess.run(["git", "-C", str(spoil), *words], check=True)


async def test_a_file_of_anchors_that_was_taken_away_is_a_fault(world: World, keeper: Housekeeper) -> None:
    await some_lines(world)
    await keeper.anchor_if_moved()
    assert keeper.anchors
    keeper.anchors.path.unlink()
    found, _, _ = await faults(await office(world, anchors=keeper.anchors))
    assert [fault.number for fault in found] == [0]
    assert "is missing" in found[0].what


@pytest.mark.parametrize("content", ["", "nonsense", '{"organisation": "org_demo"}', "[" * 200_000])
async def test_a_spoilt_branch_is_a_fault_and_the_others_are_read(
    world: World, keeper: Housekeeper, remote: Path, tmp_path: Path, content: str
) -> None:
    await some_lines(world)
    await keeper.anchor_if_moved()
    push_a_branch(remote, tmp_path / "spoil", content)
    found, _, counts = await faults(await office(world, witness=keeper.witness))
    assert ([fault.number for fault in found], counts) == ([0], {"of the witness": 1})
    assert "origin/aa" in found[0].what


def git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout


LED_ELSEWHERE = {
    "another address": ("remote.origin.url", "{other}"),
    "another address to push to": ("remote.origin.pushurl", "{other}"),
    "addresses rewritten": ("url.{other}.insteadOf", "{remote}"),
    "addresses rewritten for pushes": ("url.{other}.pushInsteadOf", "{remote}"),
    "another ssh": ("core.sshCommand", "true"),
    "hooks": ("core.hooksPath", "/tmp"),
    "a file with more of it": ("include.path", "/dev/null"),
}


@pytest.mark.parametrize("how", LED_ELSEWHERE)
async def test_a_clone_that_leads_elsewhere_is_a_fault_and_the_true_remote_is_read(
    world: World, keeper: Housekeeper, remote: Path, tmp_path: Path, how: str
) -> None:
    await some_lines(world)
    await keeper.anchor_if_moved()
    assert keeper.witness
    assert (await faults(await office(world, witness=keeper.witness)))[0] == []
    other = tmp_path / "other.git"
    words = [each.format(other=other, remote=remote) for each in LED_ELSEWHERE[how]]
    git("init", "--quiet", "--bare", str(other))
    git("-C", str(keeper.witness.folder), "config", *words)
    await put_back(world)
    found, _, counts = await faults(await office(world, witness=keeper.witness))
    assert "the clone of the witness was changed" in " ".join(fault.what for fault in found)
    assert "an anchor knows this one" in " ".join(fault.what for fault in found), "the remote was read all the same"
    assert counts == {"of the witness": 1}
    await some_lines(world)
    await keeper.anchor_if_moved()
    assert failing(keeper) == 1, "nothing is sent there, and the alarm rings"
    assert git("-C", str(other), "for-each-ref") == ""


async def test_a_witness_that_is_away_is_told_and_gets_everything_later(
    world: World, keeper: Housekeeper, remote: Path
) -> None:
    assert keeper.witness
    away = await asyncio.to_thread(remote.rename, remote.with_name("away.git"))
    await some_lines(world)
    for _ in range(3):
        await keeper.anchor_if_moved()
    assert [action for action, _ in world.log.records].count("audit.witness_away") == 1, "once a minute"
    assert failing(keeper) == 1
    with pytest.raises(SetupError, match="does not answer"):
        await faults(await office(world, witness=keeper.witness))
    await asyncio.to_thread(away.rename, remote)
    keeper._pushed_at = keeper.uptime() - 61
    await keeper.anchor_if_moved()
    assert failing(keeper) == 0
    assert await asyncio.to_thread(keeper.witness.read, ORGANISATION)


def test_no_password_of_the_remote_is_told(tmp_path: Path) -> None:
    witness = GitWitness(f"file://user:secret@{tmp_path}/none.git", tmp_path / "clone")
    with pytest.raises(WitnessAway) as away:
        witness.read(ORGANISATION)
    assert "secret" not in str(away.value)


async def test_check_finds_it_without_being_asked_to_verify(world: World, keeper: Housekeeper, tmp_path: Path) -> None:
    await some_lines(world)
    await keeper.anchor_if_moved()
    audit = Settings.model_validate(
        {"audit": {"anchors": str(tmp_path / "anchors.jsonl"), "witness": str(tmp_path / "remote.git")}}
    )
    app: Any = SimpleNamespace(store=world.store, settings=audit)
    assert await checks._trails(app) == []
    last = await put_back(world)
    problems = await checks._trails(app)
    assert [(each.where, each.fatal) for each in problems] == [("audit.anchors", True), ("audit.witness", True)]
    assert str(last) in problems[0].what


async def test_keys_and_restores_are_lines_of_every_trail(world: World) -> None:
    for what in (Audited.KEYS_RENEWED, Audited.KEYS_FORGOTTEN, Audited.RESTORED):
        await note(world.store, world.clock, what, "root", key="k")
        async with world.store.begin(ORGANISATION, write=False) as uow:
            (line,) = await uow.find(AuditEntry, order=("-number",), limit=1)
        assert (line.what, line.detail) == (what.value, {"login": "root", "key": "k"})
