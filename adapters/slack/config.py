"""The section `[adapters.slack]` of the configuration."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator

COMMANDS = ("caseload", "case", "review", "round", "supervision", "settings", "report")
"""The typed commands of the program; each may be called otherwise in Slack, because names collide there."""
_COMMAND_NAME = re.compile(r"/[^\s/A-Z]{1,31}")


class SlackSettings(BaseModel):
    """How this installation is registered with Slack, and what it may do there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["socket", "http"] = "socket"
    """`socket` needs no public address (right for a clinic's own server); `http` takes signed requests."""
    app_token: SecretStr = SecretStr("")
    """App-level token (`xapp-`, scope `connections:write`) for Socket Mode."""
    signing_secret: SecretStr = SecretStr("")
    """Signs every request in `http` mode."""
    bot_token: SecretStr = SecretStr("")
    """Token of the one workspace (`xoxb-`); empty when workspaces install the app by OAuth."""
    client_id: str = ""
    """OAuth client id: several workspaces, token rotation, org-wide installs."""
    client_secret: SecretStr = SecretStr("")
    """OAuth client secret."""
    config_token: SecretStr = SecretStr("")
    """App configuration token; with it `intervision check` reads the registered commands. Lives 12 hours."""
    app_id: str = ""
    """The app's id (`A…`), needed beside `config_token`."""
    api_url: str = "https://slack.com/api/"
    """Base address of the Web API."""
    authorize_url: str = "https://slack.com/oauth/v2/authorize"
    """Where an administrator is sent to install the app."""
    commands: dict[str, str] = Field(default_factory=lambda: {name: f"/{name}" for name in COMMANDS})
    """What each command is called in Slack; names left out keep their default."""
    submit_via: Literal["chat", "web"] = "chat"
    """`web`: case text is typed and read only on our own pages; Slack carries links."""
    allow_guests: bool = False
    """Whether Slack guests may take part (they are refused politely otherwise)."""
    announcements: bool = False
    """Post text-free round announcements in channels; adds the scopes `channels:read` and `groups:read`."""
    typed_messages: bool = False
    """Also take commands typed as direct messages; adds the scope `im:history`."""
    read_email: bool = True
    """Recognise people by the e-mail address in their Slack profile (scope `users:read.email`).

    Without it only those are recognised whose Slack identity is known already.
    """
    add_members: bool = True
    """Administrators may add the members of a channel or user group, by name and e-mail address.

    Adds the scopes `channels:read`, `groups:read` and `usergroups:read`; no message is read with them. Without it
    people are still picked one by one.
    """
    most_under_way: int = Field(default=300, ge=10, le=5000)
    """Requests answered at the same time; beyond that people are asked to try again in a moment."""

    @field_validator("api_url")
    @classmethod
    def _ends_with_slash(cls, value: str) -> str:
        return value if value.endswith("/") else f"{value}/"

    @field_validator("commands")
    @classmethod
    def _known_commands(cls, given: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(given) - set(COMMANDS))
        if unknown:
            raise ValueError(f"unknown commands {unknown}; there are {list(COMMANDS)}")
        names = {name: f"/{name}" for name in COMMANDS} | given
        wrong = sorted(typed for typed in names.values() if not _COMMAND_NAME.fullmatch(typed))
        if wrong:
            raise ValueError(f"{wrong}: a command is a slash and up to 31 lower-case characters without spaces")
        if len(set(names.values())) < len(names):
            raise ValueError("two commands have the same name")
        return names

    @model_validator(mode="after")
    def _complete(self, info: ValidationInfo) -> Self:
        """Every missing part in one sentence; the manifest is wanted before Slack has given out any secret."""
        missing = [] if info.context and info.context.get("manifest") else self._missing()
        if missing:
            raise ValueError("missing: " + "; ".join(missing))
        return self

    def _missing(self) -> list[str]:
        missing = []
        if self.mode == "socket" and not self.app_token.get_secret_value():
            missing.append("app_token (Socket Mode connects with it)")
        if self.mode == "http" and not self.signing_secret.get_secret_value():
            missing.append("signing_secret (it proves that a request comes from Slack)")
        if not self.by_oauth and not self.bot_token.get_secret_value():
            missing.append("bot_token (one workspace), or client_id and client_secret (many workspaces)")
        if bool(self.client_id) != bool(self.client_secret.get_secret_value()):
            missing.append("both of client_id and client_secret")
        if self.by_oauth and self.bot_token.get_secret_value():
            missing.append("a choice: bot_token is for one workspace, client_id for many")
        return missing

    @property
    def by_oauth(self) -> bool:
        """Whether workspaces install the app themselves."""
        return bool(self.client_id)

    @property
    def canonical(self) -> dict[str, str]:
        """Slack's command name → the program's: {"/fall": "case"}."""
        return {typed: name for name, typed in self.commands.items()}
