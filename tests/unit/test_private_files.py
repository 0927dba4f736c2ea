"""Whatever the program writes is for its own user from the first byte, and what others may read is refused."""

from __future__ import annotations

import ast
import os
import stat
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.email.config import BounceSettings, EmailSettings
from adapters.slack.config import SlackSettings
from adapters.teams.config import TeamsSettings
from bot import private_files
from bot.cli import checks
from bot.config import SECRETS, Mistakes, Settings, load
from bot.errors import SetupError
from bot.ports.records import Anchor
from bot.runtime.housekeeping import AnchorFile
from bot.runtime.system import SystemClock
from storage import migrate
from storage.backup import write_into
from storage.key_sources import FileSource
from storage.keys import KeyRing
from tests.sources import ROOT, files, nodes

WRITES = {
    "write_text", "write_bytes", "mkdir", "makedirs", "mkstemp", "mkdtemp", "copyfile", "copy", "copy2", "copytree",
    "move", "touch", "fdopen", "NamedTemporaryFile",
}  # fmt: skip
ELSEWHERE = {
    "bot/private_files.py": "is the one place",
    "bot/scaffold/changes.py": "a developer's sources in a clone",
    "bot/anonymise/words/build.py": "makes the word lists of a release, in a clone",
    "storage/key_sources.py": "mkstemp, whose files have mode 0600",
    "bot/runtime/gate_process.py": "fdopen of a pipe",
}
"""Files of the code that write by themselves, and why that is no hole."""


def _writers() -> Iterator[tuple[str, int]]:
    for path in files("bot", "adapters", "storage"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and _writes(node):
                yield str(path.relative_to(ROOT)), node.lineno


def _writes(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in {"copy", "move"} and not (
        isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "shutil"
    ):
        return False
    modes = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    keywords = [each.value for each in call.keywords if each.arg == "mode" and isinstance(each.value, ast.Constant)]
    modes += [str(each.value) for each in keywords]
    opens = name == "open" and any(mode and set(mode) <= set("rwaxbt+") and set(mode) & set("wax+") for mode in modes)
    return name in WRITES or opens


def test_files_are_written_in_one_place() -> None:
    found = list(_writers())
    assert [place for place in found if place[0] not in ELSEWHERE] == []
    assert {place for place, _ in found} == set(ELSEWHERE), "a reason for what writes no more"


@pytest.fixture
def _open_to_all() -> Iterator[None]:
    """The worst a shell can set: nothing is kept from anybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes_beneath(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.rglob("*")}


@pytest.mark.usefixtures("_open_to_all")
async def test_nothing_it_writes_can_be_read_by_others(tmp_path: Path) -> None:
    home = tmp_path / "var" / "lib"
    url = f"sqlite:///{home / 'clinic.sqlite3'}"
    migrate.upgrade(url)
    source = FileSource(home / "keys" / "key")
    await write_into(url, KeyRing(source), home / "backups", 2, SystemClock().now())
    AnchorFile(home / "outside" / "anchors.txt").append([Anchor("org", 1, "00", SystemClock().now())])
    private_files.write(home / "report.pdf", b"%PDF")
    private_files.new(home / "export.json").close()
    modes = modes_beneath(tmp_path)
    assert len(modes) >= 10
    assert {path: mode for path, mode in modes.items() if mode not in {"0o600", "0o700"}} == {}


CALLED = """
import ctypes, os, resource, types
os.umask(0)
from bot.cli.main import root
root(types.SimpleNamespace(invoked_subcommand="{command}"))
dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if os.uname().sysname == "Linux" else 0
print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE), dumpable)
"""


def test_every_command_makes_private_files_leaves_no_core_and_is_not_dumpable() -> None:
    script = CALLED.format(command="serve")
    ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT)
    assert ran.stdout == "0o77 (0, 0) 0\n"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o660, 0o666])
def test_a_key_or_secret_that_others_may_read_is_refused_with_the_remedy(mode: int, tmp_path: Path) -> None:
    key = tmp_path / "key"
    FileSource(key).read()
    config = tmp_path / "intervision.toml"
    config.write_text(f'[keys]\nvalue_file = "{key}"\n', encoding="utf-8")
    key.chmod(mode)
    for refused in (lambda: FileSource(key).read(), lambda: load(config)):
        with pytest.raises(SetupError, match=f"chmod 600 {key}"):
            refused()
    key.chmod(0o640)
    assert FileSource(key).read()
    assert load(config).keys.value


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('[keys]\nvalue = "x"\n', "keys.value"),
        ('[adapters.slack]\nsigning_secret = "x"\n', "adapters.slack.signing_secret"),
        ('[adapters.email.bounces]\npassword = "x"\n', "adapters.email.bounces.password"),
        ('[database]\nurl = "postgresql://a:b@host/name"\n', "database.url"),
    ],
)
def test_a_configuration_with_a_secret_in_it_is_for_its_owner(text: str, secret: str, tmp_path: Path) -> None:
    config = tmp_path / "intervision.toml"
    config.write_text(text, encoding="utf-8")
    config.chmod(0o644)
    with pytest.raises(SetupError, match=rf"With {secret} in it, .*chmod 600"):
        load(config)
    config.chmod(0o640)
    try:
        load(config)
    except Mistakes as mistakes:
        assert "chmod" not in str(mistakes)


def test_a_configuration_without_a_secret_may_be_read_by_all(tmp_path: Path) -> None:
    config = tmp_path / "intervision.toml"
    config.write_text('[database]\nurl = "sqlite:///x"\n[keys]\nfile = "key"\n', encoding="utf-8")
    config.chmod(0o644)
    assert load(config).keys.file == "key"


def test_every_secret_of_an_adapter_is_known_as_one() -> None:
    models = (SlackSettings, TeamsSettings, EmailSettings, BounceSettings)
    secret = {name for model in models for name, field in model.model_fields.items() if field.annotation is SecretStr}
    assert len(secret) > 5
    assert [name for name in secret if not SECRETS.search(name)] == []


def test_check_names_files_of_earlier_releases_that_others_may_read(tmp_path: Path) -> None:
    database, anchors = tmp_path / "db", tmp_path / "anchors"
    for path in (database, anchors):
        path.write_bytes(b"")
    made = Settings.model_validate({"database": {"url": f"sqlite:///{database}"}, "audit": {"anchors": str(anchors)}})
    assert checks._modes(made) == []
    for path in (database, anchors):
        path.chmod(0o644)
    assert [(each.where, each.fatal) for each in checks._modes(made)] == [
        ("database.url", False),
        ("audit.anchors", False),
    ]


def test_a_key_file_that_others_could_replace_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = tmp_path / "open"
    around.mkdir()
    key = around / "keys"
    private_files.write(key, b"x")
    around.chmod(0o777)
    with pytest.raises(SetupError, match=f"chmod o-w {around}"):
        private_files.require(key, "The key file")
    around.chmod(0o1777)
    private_files.require(key, "The key file")
    around.chmod(0o755)
    private_files.require(key, "The key file")
    if key.stat().st_uid == 0:
        os.chown(key, 4242, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 4243)
    with pytest.raises(SetupError, match="belongs to somebody else"):
        private_files.require(key, "The key file")


def allow(path: Path, tag: int, rights: int, mask: int = 7) -> None:
    """Give user or group 4242 rights by an access control list, as `setfacl -m` does; skips where there are none."""
    none = 0xFFFFFFFF
    owner = 7 if path.is_dir() else 6
    entries = [(1, owner, none), *([(2, rights, 4242)] if tag == 2 else []), (4, 0, none)]
    entries += [*([(8, rights, 4242)] if tag == 8 else []), (16, mask, none), (32, 0, none)]
    packed = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(path, "system.posix_acl_access", packed)
    except (OSError, AttributeError):
        pytest.skip("no access control lists on this file system")


@pytest.mark.parametrize(("tag", "who"), [(2, "user:4242"), (8, "group:4242")])
@pytest.mark.parametrize("rights", [4, 6])
def test_a_key_file_that_a_list_opens_to_somebody_is_refused_with_the_remedy(
    tmp_path: Path, tag: int, who: str, rights: int
) -> None:
    key = tmp_path / "key"
    private_files.write(key, b"x")
    allow(key, tag, rights, mask=4)
    assert private_files.loose(key) == "", "the mode alone shows a group that may read"
    with pytest.raises(SetupError, match=f"{who} .*setfacl -b {key}"):
        private_files.require(key, "The key file")
    made = Settings.model_validate({"database": {"url": f"sqlite:///{key}"}})
    assert [(each.where, who in each.what) for each in checks._modes(made)] == [("database.url", True)]
    key.chmod(0o600)
    private_files.require(key, "The key file")


def test_a_key_in_a_folder_that_a_list_lets_somebody_write_in_is_refused(tmp_path: Path) -> None:
    around = tmp_path / "around"
    private_files.folder(around)
    key = around / "key"
    private_files.write(key, b"x")
    allow(around, 2, 5)
    private_files.require(key, "The key file")
    allow(around, 2, 7)
    with pytest.raises(SetupError, match=f"setfacl -b {around}"):
        private_files.require(key, "The key file")


@pytest.mark.parametrize("at", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_whole_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    report = tmp_path / "report.pdf"
    private_files.write(report, b"old")

    def fails(*_: object) -> None:
        assert report.read_bytes() == b"old", "nothing is cut off before the new one is whole"
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os if at == "fsync" else Path, at, fails)
        with pytest.raises(OSError, match="No space"):
            private_files.write(report, b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("report.pdf", b"old")]
    private_files.write(report, b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("report.pdf", b"new")]


def test_a_link_is_followed_and_stays_one(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    linked = tmp_path / "report"
    linked.symlink_to(tmp_path / "disk" / "real")
    private_files.write(linked, b"new")
    assert linked.is_symlink()
    assert (tmp_path / "disk" / "real").read_bytes() == b"new"
