"""A wrong section is explained with every missing part at once; anonymous mode stays on this machine."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.teams.config import TeamsSettings
from adapters.teams.hosts import allowed_service, is_loopback
from adapters.teams.plugin import PLUGIN
from bot.errors import SetupError
from tests.standins.teams.connector import APP_ID, TENANT
from tests.standins.teams.services import Clock, Core, services

GOOD: dict[str, Any] = {"app_id": APP_ID, "app_secret": "s", "tenant_id": TENANT}


def test_the_plugin_is_found() -> None:
    from adapters import discover

    assert discover()["teams"] is PLUGIN


def test_every_missing_part_is_named() -> None:
    with pytest.raises(ValidationError) as wrong:
        TeamsSettings()
    for part in ("app_id is missing", "either app_secret or certificate", "tenant_id is missing"):
        assert part in str(wrong.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"app_id": "x"}, "is no id of the form"),
        ({"app_type": "multi"}, "allowed_tenants is empty"),
        ({"certificate": "a"}, "not both"),
        ({"anonymous": True}, "anonymous takes neither"),
        ({"unknown": 1}, "Extra inputs"),
    ],
)
def test_a_wrong_part_is_explained(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        TeamsSettings(**{**GOOD, **change})


def test_the_secret_is_shown_nowhere() -> None:
    assert "hunter2" not in repr(TeamsSettings(**{**GOOD, "app_secret": "hunter2"}))


def test_a_single_tenant_app_lets_in_its_own_tenant_by_default() -> None:
    assert TeamsSettings(**GOOD).tenants == {TENANT}


def test_anonymous_mode_on_a_public_address_refuses_to_start() -> None:
    with pytest.raises(SetupError, match="it would let anybody in"):
        PLUGIN.create(TeamsSettings(anonymous=True), services(Core(), Clock()))
    PLUGIN.create(TeamsSettings(anonymous=True), services(Core(), Clock(), "http://localhost:8080"))


def test_an_unreadable_certificate_says_what_to_do() -> None:
    settings = TeamsSettings(app_id=APP_ID, tenant_id=TENANT, certificate="no PEM")
    with pytest.raises(SetupError, match="Put the private key and the certificate into one PEM file"):
        PLUGIN.create(settings, services(Core(), Clock()))


HOSTS = ("smba.trafficmanager.net", "*.botframework.com")


@pytest.mark.parametrize(
    ("url", "ok"),
    [
        ("https://smba.trafficmanager.net/emea/", True),
        ("https://eu.botframework.com", True),
        ("http://smba.trafficmanager.net/", False),
        ("https://botframework.com.evil.example/", False),
        ("https://evilbotframework.com/", False),
        ("https://smba.trafficmanager.net@evil.example/", False),
        ("http://127.0.0.1:1/", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_listed_hosts_are_written_to(url: str, ok: bool) -> None:
    assert allowed_service(url, HOSTS, loopback=False) is ok


def test_anonymous_mode_writes_to_this_machine_only() -> None:
    assert allowed_service("http://localhost:56150/_connector", HOSTS, loopback=True)
    assert not allowed_service("https://smba.trafficmanager.net/emea/", HOSTS, loopback=True)


def test_loopback_is_recognised() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.9.9.9", "::1")))
    assert not any(map(is_loopback, ("", None, "example.org", "10.0.0.1", "localhost.example.org")))
