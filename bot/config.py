"""Configuration: one TOML file → frozen settings, every mistake told at once with its path.

A key `<name>_file` holds the path of a file with the value of `<name>` (secrets of a container).
Unknown keys are mistakes. Sections `[adapters.<name>]` are checked by the adapter's own model.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, ValidationError, model_validator

from bot import private_files
from bot.errors import SetupError


class Section(BaseModel):
    """A section: frozen, unknown keys forbidden."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerSettings(Section):
    """The one web server of all adapters. `metrics`: who may read `/metrics`; "local" is a caller on this machine."""

    bind: str = "127.0.0.1"
    port: int = Field(default=8377, ge=1, le=65535)
    public_url: str = "http://127.0.0.1:8377"
    proxies: tuple[IPvAnyNetwork, ...] = (IPv4Network("127.0.0.1"), IPv6Network("::1"))
    metrics: Literal["off", "local", "all"] = "local"


class DatabaseSettings(Section):
    """Where everything is kept: SQLite by path, or PostgreSQL for several replicas."""

    url: str = "sqlite:///var/intervision.sqlite3"


class KeySettings(Section):
    """Where the key comes from that wraps every case's own key; the file when nothing else is named."""

    file: str = "var/intervision.key"
    value: str = Field(default="", repr=False)
    environment: str = ""
    command: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> KeySettings:
        if sum(map(bool, (self.value.strip(), self.environment, self.command))) > 1:
            raise ValueError("name one source: value, environment or command")
        return self


class AuditSettings(Section):
    """Where the ends of the audit trails are noted after each batch of lines; without a file only in the log.

    `witness` is a git remote that they are pushed to as well.
    """

    anchors: str = ""
    witness: str = Field(default="", repr=False)

    @model_validator(mode="after")
    def _beside_a_file(self) -> AuditSettings:
        if self.witness and not self.anchors:
            raise ValueError("witness needs anchors: its clone is kept beside that file")
        return self


class BackupSettings(Section):
    """How many days backups are kept before you destroy them; erasure reports name the day."""

    keep_days: int = Field(default=35, ge=1, le=3650)


class LogSettings(Section):
    """Logs of ids on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    json_lines: bool = False


class ClockSettings(Section):
    """How often the ticker looks at what is due, in seconds."""

    tick_seconds: float = Field(default=2, ge=1, le=30)


class MonitorSettings(Section):
    """An address asked once a minute while everything is well (a dead man's switch, such as healthchecks.io).

    `replicas` is how many programs are to be at work; with fewer an alarm rings.
    """

    ping_url: str = Field(default="", pattern=r"^(https?://\S+)?$", repr=False)
    replicas: int = Field(default=1, ge=1)


class ReportSettings(Section):
    """The supervision log's exports: a folder with rule sets of your own (*.toml), beside the built-in ones."""

    rule_sets: str = ""


class FhirSettings(Section):
    """A server of health records in FHIR R4, of which private worksheets read scores; none without `server`."""

    server: str = Field(default="", pattern=r"^(https://[^\s/@?#]+(/[^\s@?#]*)?)?$")
    token_url: str = Field(default="", pattern=r"^(https://[^\s/@?#]+(/[^\s@?#]*)?)?$")
    client_id: str = ""
    client_secret: str = Field(default="", repr=False)
    scope: str = "system/Observation.read system/QuestionnaireResponse.read"
    codes: tuple[str, ...] = ()
    private_network: bool = False

    @model_validator(mode="after")
    def _whole(self) -> FhirSettings:
        if self.server and not (self.token_url and self.client_id and self.client_secret):
            raise ValueError("a server needs token_url, client_id and client_secret (or client_secret_file)")
        return self


class Settings(Section):
    """The whole file."""

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    keys: KeySettings = KeySettings()
    audit: AuditSettings = AuditSettings()
    backup: BackupSettings = BackupSettings()
    log: LogSettings = LogSettings()
    clock: ClockSettings = ClockSettings()
    reports: ReportSettings = ReportSettings()
    monitor: MonitorSettings = MonitorSettings()
    fhir: FhirSettings = FhirSettings()
    anonymise: dict[str, Any] = {}
    adapters: dict[str, dict[str, Any]] = {"web": {}}


class Mistakes(SetupError):
    """Everything wrong with the configuration, one line each."""

    def __init__(self, source: str, lines: list[str]) -> None:
        super().__init__(f"The configuration {source} has mistakes:\n" + "\n".join(f"  {line}" for line in lines))
        self.lines = lines


def load(path: Path | None) -> Settings:
    """Read and check a configuration file; without one the defaults hold. Raises SetupError, Mistakes."""
    if path is None:
        return Settings()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SetupError(f"There is no configuration file {path}; copy config.example.toml and edit it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"The configuration file {path} cannot be read: {type(error).__name__}.") from None
    except tomllib.TOMLDecodeError as error:
        raise SetupError(f"The configuration file {path} is not valid TOML: {error}.") from None
    lines: list[str] = []
    if secret := private(raw):
        private_files.require(path, f"With {secret} in it, the configuration file")
    filled = with_files(raw, lines)
    settings = checked(Settings, filled, "", lines)
    if lines or not isinstance(settings, Settings):
        raise Mistakes(str(path), lines)
    return settings


def checked(model: type[Any], values: Mapping[str, Any], where: str, lines: list[str]) -> Any:
    """Validate a section; mistakes are appended to `lines` as "path: what", and None is returned."""
    try:
        return model.model_validate(values)
    except ValidationError as wrong:
        for each in wrong.errors(include_url=False, include_input=False):
            path = ".".join([where, *map(str, each["loc"])] if where else map(str, each["loc"]))
            lines.append(f"{path}: {_sentence(each['type'], each['msg'])}")
        return None


PATHS = frozenset({"ca_file"})
"""Settings whose value is the path itself: libraries read certificates from their file."""


def with_files(values: Mapping[str, Any], lines: list[str], where: str = "") -> dict[str, Any]:
    """Replace every `<name>_file` (except `keys.file` and certificates) by `<name>` with the file's content."""
    filled: dict[str, Any] = {}
    for name, value in values.items():
        path = f"{where}.{name}" if where else name
        if isinstance(value, Mapping):
            filled[name] = with_files(value, lines, path)
        elif name.endswith("_file") and name not in PATHS and isinstance(value, str):
            try:
                private_files.require(Path(value), f"{path}: the file")
                filled[name.removesuffix("_file")] = Path(value).read_text(encoding="utf-8").strip()
            except SetupError as loose:
                lines.append(str(loose))
            except OSError as error:
                lines.append(f"{path}: the file {value} cannot be read ({type(error).__name__})")
        else:
            filled[name] = value
    return filled


SECRETS = re.compile(r"(^|_)(value|password|secret|token|certificate|ping_url)$")
"""Names of settings that are secrets; an address with a password in it is one, too."""
_PASSWORD_INSIDE = re.compile(r"^[a-z0-9+]+://[^/@:]*:[^/@]+@")


def private(values: Mapping[str, Any], where: str = "") -> str:
    """The first setting with a secret in the file itself; "" when it holds none."""
    for name, value in values.items():
        path = f"{where}.{name}" if where else name
        if isinstance(value, Mapping):
            if found := private(value, path):
                return found
        elif isinstance(value, str) and value and (SECRETS.search(name) or _PASSWORD_INSIDE.match(value)):
            return path
    return ""


def _sentence(kind: str, message: str) -> str:
    return {
        "missing": "missing",
        "extra_forbidden": "unknown key; see config.example.toml for the keys there are",
    }.get(kind, message[0].lower() + message[1:])
