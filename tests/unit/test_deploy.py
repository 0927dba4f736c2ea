"""The files under docs/deploy do what they say: units that systemd takes, metrics and commands that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from typer.core import TyperGroup as Group
from typer.main import get_command

from bot.cli.main import app
from bot.config import Settings
from bot.runtime.metrics import Metrics

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])


def metrics() -> set[str]:
    found: set[str] = set()
    for name, _ in Metrics().catalogue():
        found |= {name, f"{name}_bucket"}
    return found


def used(text: str) -> set[str]:
    return set(re.findall(r"\bintervision_[a-z_]+", text))


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("name", [p.name for p in DEPLOY.iterdir() if p.suffix != ".json"])
def test_every_command_that_a_file_runs_exists(name: str) -> None:
    known = set(cast("Group", get_command(app)).commands)
    text = (DEPLOY / name).read_text(encoding="utf-8")
    run = re.findall(r"bin/intervision (\w+)", text) + re.findall(r'(?:command: \[|CMD \[")(\w+)"?, "?--config', text)
    assert set(run) <= known


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_takes_the_units_and_finds_them_tight(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/intervision/.venv/bin/intervision", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    paths = [str(tmp_path / unit.name) for unit in UNITS]
    verified = subprocess.run(["systemd-analyze", "verify", *paths], check=False, capture_output=True, text=True)
    assert [line for line in verified.stderr.splitlines() if "intervision" in line] == []
    for unit in DEPLOY.glob("*.service"):
        rate = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)]
        rated = subprocess.run(rate, check=False, capture_output=True, text=True)
        assert rated.returncode == 0, rated.stdout[-300:]


def test_the_containers_own_configuration_is_one() -> None:
    raw = tomllib.loads((DEPLOY / "intervision.toml").read_text(encoding="utf-8"))
    secrets = {value["file"].rsplit("/", 1)[-1] for value in compose()["secrets"].values()}
    for section, keys in raw.items():
        for key, value in keys.items():
            if key.endswith("_file"):
                assert value.removeprefix("/run/secrets/") in secrets
                raw[section] = {**raw[section], key.removesuffix("_file"): "x"}
                del raw[section][key]
    made = Settings.model_validate(raw)
    assert made.log.json_lines
    assert made.monitor.replicas == compose()["services"]["app"]["deploy"]["replicas"], "fewer than started ring"


def test_containers_run_with_as_few_rights_as_they_need() -> None:
    services = compose()["services"]
    for name in ("migrate", "app"):
        assert services[name]["read_only"] and services[name]["cap_drop"] == ["ALL"], name
        assert services[name]["user"] != "0", name
    declared = set(compose()["secrets"])
    assert all(set(s.get("secrets", ())) <= declared for s in services.values())
    for needed in re.findall(r"^COPY (\S+) ", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.M):
        assert needed.startswith("--from") or (ROOT / needed).exists()


def test_dashboard_and_alerts_name_metrics_that_exist() -> None:
    board = json.loads((DEPLOY / "dashboard.json").read_text(encoding="utf-8"))
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))
    shown = {m for panel in board["panels"] for target in panel["targets"] for m in used(target["expr"])}
    watched = {m for rule in rules["groups"][0]["rules"] for m in used(rule["expr"])}
    assert shown | watched <= metrics()
    assert {m.removesuffix("_bucket") for m in shown} == {name for name, _ in Metrics().catalogue()}, "a panel for each"


def test_every_alert_says_what_to_do() -> None:
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert all({"summary", "remedy"} <= set(rule["annotations"]) for rule in rules)


def test_an_image_is_built_from_what_it_needs_and_no_secret_reaches_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    taken = {line[1:] for line in ignored if line.startswith("!")}
    file = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    copied = {source for words in re.findall(r"^COPY (?!--)(.+) \S+$", file, re.M) for source in words.split()}
    assert "*" in ignored and taken == copied
    assert all((ROOT / each).exists() for each in copied)
    locks = re.findall(r"--requirement (\S+)", file)
    assert locks and all("--hash=sha256:" in (ROOT / lock).read_text(encoding="utf-8") for lock in locks)


def test_every_replica_believes_the_proxy_of_its_own_network_and_is_asked_whether_it_is_ready() -> None:
    raw = tomllib.loads((DEPLOY / "intervision.toml").read_text(encoding="utf-8"))
    (network,) = compose()["networks"]["default"]["ipam"]["config"]
    assert raw["server"]["proxies"] == [network["subnet"]]
    asked = f"http://127.0.0.1:{Settings().server.port}/readyz"
    assert asked in compose()["services"]["app"]["healthcheck"]["test"][-1]
    assert asked in (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert f"server app:{Settings().server.port}" in (DEPLOY / "upstream.conf").read_text(encoding="utf-8")


def test_what_compose_mounts_is_there_or_is_made_by_the_guide() -> None:
    made = {"./tls", *(secret["file"] for secret in compose()["secrets"].values())}
    mounted = {v.split(":")[0] for s in compose()["services"].values() for v in s.get("volumes", ())}
    assert [m for m in mounted - made - set(compose()["volumes"]) if not (DEPLOY / m).exists()] == []
    guide = (DEPLOY / "index.md").read_text(encoding="utf-8")
    assert [name for name in made if name.removeprefix("./") not in guide] == []
