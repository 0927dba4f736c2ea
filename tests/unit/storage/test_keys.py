"""Keys come from four places, are renewed under a serving program, and losing one loses exactly what it protected."""

from __future__ import annotations

import asyncio
import base64
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.anonymise.text import AnonText
from bot.cli.main import app
from bot.demo.clock import VirtualClock
from bot.domain.organisation import Organisation
from bot.errors import SetupError
from bot.ports.records import Audited
from bot.ports.unit_of_work import Store
from storage import open_store
from storage.key_rotation import add_key, forget_unused, key_uses, rewrap
from storage.keys import KeyRing, key_id, seal, unseal

NOW = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)
ONE, TWO = b"1" * 32, b"2" * 32


def text_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


async def opened(url: str, ring: KeyRing) -> Store:
    return await open_store(url, ring, VirtualClock(NOW))


async def write(store: Store, case: str, text: str) -> None:
    async with store.begin("org") as uow:
        await uow.put_text(case, "case", {"background": AnonText.from_store(text)})
        await uow.commit()


async def read(store: Store, case: str) -> str | None:
    async with store.begin("org", write=False) as uow:
        found = await uow.texts(case, "case")
        return found["background"].text if found else None


@given(st.binary(), st.text(max_size=20), st.text(max_size=20))
def test_what_is_sealed_opens_only_with_its_key_in_its_place(plain: bytes, here: str, there: str) -> None:
    sealed = seal(ONE, plain, here)
    assert unseal(ONE, sealed, here) == plain
    for key, place in ((TWO, here), (ONE, there + "x" if there == here else there)):
        with pytest.raises(SetupError):
            unseal(key, sealed, place)
    for broken in (sealed[:-1], b"", sealed[:5], sealed[:-1] + bytes([sealed[-1] ^ 1])):
        with pytest.raises(SetupError):
            unseal(ONE, broken, here)


def test_a_missing_key_file_is_made_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "our.key"
    ring = KeyRing.load(file=str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.load(file=str(path)).active == ring.active


def test_keys_from_the_environment_and_from_a_key_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OUR_KEK", f"{text_of(TWO)} {text_of(ONE)}")
    assert KeyRing.load(environment="OUR_KEK").active == key_id(TWO)
    (tmp_path / "answer").write_text(text_of(ONE))
    service = f"{sys.executable} -c \"print(open('{tmp_path / 'answer'}').read())\""
    assert KeyRing.load(command=service).active == key_id(ONE)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"environment": "NOT_SET_ANYWHERE"}, "NOT_SET_ANYWHERE is not set"),
        ({"command": "/nonexistent/key-service"}, "cannot be run"),
        ({"command": f"{sys.executable} -c 'raise SystemExit(3)'"}, "ended with code 3"),
        ({"command": f"{sys.executable} -c 'print(1)'"}, "32 bytes in base64"),
        ({"value": "c2hvcnQ="}, "32 bytes in base64"),
        ({"command": "'"}, "cannot be run"),
    ],
)
def test_a_source_without_keys_says_so_and_never_what_it_held(options: dict[str, str], said: str) -> None:
    with pytest.raises(SetupError, match=said) as refused:
        KeyRing.load(**options)
    assert "c2hvcnQ" not in str(refused.value)


async def test_renewing_the_key_stops_nobody(url: str, tmp_path: Path) -> None:
    file = str(tmp_path / "our.key")
    serving = await opened(url, KeyRing.load(file=file))
    await write(serving, "cas_1", "before")
    await serving.drawer("slack").put("install", b"token")
    async with serving.begin("org") as uow:
        await uow.add(Organisation("org", "org", "Org", NOW))
        await uow.audit(Audited.EXPORTED, "per_1", "cas_1", NOW)
        await uow.commit()
    old = KeyRing.load(file=file).active

    shell = KeyRing.load(file=file)
    fresh = add_key(shell)
    await write(serving, "cas_2", "under way")  # the serving program takes the new file up by itself
    assert await rewrap(url, shell) == 3  # one case, the drawers, one audit trail; the second case is new already
    assert await read(serving, "cas_1") == "before"
    assert [(u.id, u.data_keys) for u in await key_uses(url, shell)] == [(fresh, 4), (old, 0)]
    assert await forget_unused(url, shell) == [old]
    assert await read(serving, "cas_2") == "under way"
    await serving.close()

    again = await opened(url, KeyRing.load(file=file))
    assert await read(again, "cas_1") == "before"
    assert await again.drawer("slack").get("install") == b"token"
    await again.close()


async def test_a_replica_that_knows_only_the_old_key_reads_what_was_wrapped_anew(url: str, tmp_path: Path) -> None:
    file = str(tmp_path / "our.key")
    first, second = await opened(url, KeyRing.load(file=file)), await opened(url, KeyRing.load(file=file))
    await write(first, "cas_1", "text")
    shell = KeyRing.load(file=file)
    add_key(shell)
    await rewrap(url, shell)
    assert await read(second, "cas_1") == "text"
    await first.close()
    await second.close()


async def test_writers_and_a_renewal_at_once_lose_nothing(url: str, tmp_path: Path) -> None:
    file = str(tmp_path / "our.key")
    serving = await opened(url, KeyRing.load(file=file))
    shell = KeyRing.load(file=file)

    async def writer() -> None:
        for n in range(30):
            await write(serving, f"cas_{n}", f"text {n}")

    async def renewer() -> None:
        for _ in range(3):
            add_key(shell)
            await rewrap(url, shell)

    await asyncio.gather(writer(), renewer())
    await rewrap(url, shell)
    await forget_unused(url, shell)
    await serving.close()
    again = await opened(url, KeyRing.load(file=file))
    assert [await read(again, f"cas_{n}") for n in range(30)] == [f"text {n}" for n in range(30)]
    await again.close()


async def test_a_used_key_is_not_forgotten(url: str, tmp_path: Path) -> None:
    file = str(tmp_path / "our.key")
    serving = await opened(url, KeyRing.load(file=file))
    await write(serving, "cas_1", "text")
    await serving.close()
    shell = KeyRing.load(file=file)
    add_key(shell)
    with pytest.raises(SetupError, match="keys rotate"):
        await forget_unused(url, shell)


async def test_shredding_one_case_leaves_the_next(url: str) -> None:
    store = await opened(url, KeyRing.of(ONE))
    await write(store, "cas_1", "one")
    await write(store, "cas_2", "two")
    async with store.begin("org") as uow:
        await uow.shred("cas_1")
        await uow.commit()
    assert (await read(store, "cas_1"), await read(store, "cas_2")) == (None, "two")
    await store.close()


def test_the_commands_say_what_they_did(url: str, tmp_path: Path) -> None:
    config = tmp_path / "intervision.toml"
    config.write_text(f'[database]\nurl = "{url}"\n[keys]\nfile = "{tmp_path / "our.key"}"\n')
    first = KeyRing.load(file=str(tmp_path / "our.key")).active
    run = CliRunner()
    shown = ""
    for words in (["status"], ["rotate"], ["forget"], ["status"]):
        result = run.invoke(app, ["keys", *words, "--config", str(config)])
        assert result.exit_code == 0, result.output
        shown += result.output
    assert f"{first}  active  0 data keys" in shown
    assert f"Forgotten: {first}" in shown
    assert (tmp_path / "our.key").read_text().strip() not in shown
