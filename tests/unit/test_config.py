"""Configuration: the example is complete and true, and every mistake is told at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from adapters import discover
from bot.config import Mistakes, Settings, load
from bot.errors import SetupError
from bot.main import check_sections

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def test_the_example_is_accepted_and_states_the_defaults() -> None:
    assert load(EXAMPLE) == Settings(adapters={"web": {"notices_days": 90}})


def test_the_example_names_every_key() -> None:
    written = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    for section, model in Settings.model_fields.items():
        if section not in {"anonymise", "adapters"}:
            assert set(written[section]) == set(model.default.model_fields_set | set(type(model.default).model_fields))


def test_every_key_has_its_meaning_beside_it() -> None:
    for text in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if "=" in text and not text.startswith("#"):
            assert "#" in text, text


def write(folder: Path, text: str) -> Path:
    path = folder / "intervision.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_mistake_is_told_at_once_with_its_path(tmp_path: Path) -> None:
    path = write(tmp_path, '[server]\nport = 99999\nhost = "x"\n[log]\nlevel = "loud"\n[databas]\nurl = ""\n')
    with pytest.raises(Mistakes) as caught:
        load(path)
    told = str(caught.value)
    for where in ("server.port", "server.host: unknown key", "log.level", "databas: unknown key"):
        assert where in told


def test_a_proxy_is_an_address_or_a_network_and_never_a_name(tmp_path: Path) -> None:
    load(write(tmp_path, '[server]\nproxies = ["192.0.2.7", "10.89.77.0/24", "2001:db8::/64"]\n'))
    with pytest.raises(Mistakes, match=r"server\.proxies\.0: value is not a valid IPv4 or IPv6 network"):
        load(write(tmp_path, '[server]\nproxies = ["proxy.example.org"]\n'))


@pytest.mark.parametrize(("text", "words"), [("[server", "not valid TOML"), (None, "There is no configuration file")])
def test_an_unreadable_file_is_one_sentence(tmp_path: Path, text: str | None, words: str) -> None:
    path = write(tmp_path, text) if text else tmp_path / "missing.toml"
    with pytest.raises(SetupError, match=words):
        load(path)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abc\n")
    settings = load(write(tmp_path, f'[keys]\nvalue_file = "{tmp_path / "key"}"\n'))
    assert settings.keys.value == "abc"


def test_the_file_of_certificates_is_a_path_and_no_secret(tmp_path: Path) -> None:
    text = f'[adapters.email]\nca_file = "{tmp_path / "ca.pem"}"\npassword_file = "{tmp_path / "key"}"\n'
    (tmp_path / "key").write_text("secret\n")
    section = load(write(tmp_path, text)).adapters["email"]
    assert (section["ca_file"], section["password"]) == (str(tmp_path / "ca.pem"), "secret")


def test_a_missing_secret_file_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match=r"keys\.value_file"):
        load(write(tmp_path, '[keys]\nvalue_file = "nowhere"\n'))


@pytest.mark.parametrize(
    ("adapters", "words"),
    [
        (
            {"email": {"host": "relay.example", "sender": "a@b.example"}},
            "adapters.email: leads people to pages that are switched off",
        ),
        ({"fax": {}}, "adapters.fax: there is no such adapter"),
        ({"web": {"colour": 1}}, "adapters.web.colour: unknown"),
    ],
)
def test_adapter_sections_are_checked_by_the_adapter(adapters: dict[str, Any], words: str) -> None:
    with pytest.raises(Mistakes, match=words):
        check_sections(Settings(adapters=adapters), discover())
