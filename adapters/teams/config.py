"""The section `[adapters.teams]` of the configuration."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from adapters.teams.hosts import is_loopback

SERVICE_HOSTS = ("smba.trafficmanager.net", "*.botframework.com", "*.teams.microsoft.com", "*.teams.microsoft.us")
"""Where Microsoft runs the connector; a leading `*.` stands for any sub-domain."""
METADATA = "https://login.botframework.com/v1/.well-known/openidconfiguration"
ISSUER = "https://api.botframework.com"
LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com"
SSO_METADATA = "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"
SSO_ISSUER = "https://login.microsoftonline.com/{tenant}/v2.0"


class TeamsSettings(BaseModel):
    """How this installation is registered with Microsoft, and whom it listens to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: str = ""
    """Application (client) id of the Entra app registration that the Azure Bot uses."""
    app_secret: SecretStr = SecretStr("")
    """Its client secret (`app_secret_file` names a file that holds it); or `certificate`."""
    certificate: SecretStr = SecretStr("")
    """Private key and certificate of the app in PEM form, normally by `certificate_file`."""
    app_type: Literal["single", "multi"] = "single"
    """Single-tenant registration, or one of the older multi-tenant ones."""
    tenant_id: str = ""
    """The tenant in which a single-tenant app is registered."""
    allowed_tenants: tuple[str, ...] = ()
    """Tenants whose people may use the bot; for a single-tenant app its own when empty."""
    service_hosts: tuple[str, ...] = SERVICE_HOSTS
    """Hosts to which the bot may send; a service address elsewhere is refused."""
    metadata_url: str = METADATA
    """OpenID metadata whose keys sign what the connector sends."""
    issuer: str = ISSUER
    """Who issues those tokens (another one in US government clouds)."""
    login_url: str = LOGIN
    """Where the bot's own tokens come from (Entra ID; another one in US government clouds)."""
    token_scope: str = ISSUER
    """What those tokens are for: the connector (another one in US government clouds)."""
    activity_feed: bool = False
    """What cannot wait (risk alerts) also rings in the person's activity feed, wherever in Teams they are."""
    activity_feed_graph: bool = False
    """The same through Microsoft Graph, which rings although the chat is muted (permission: docs/teams.md)."""
    graph_url: str = GRAPH
    """Microsoft Graph (another address in US government clouds)."""
    anonymous: bool = False
    """Take unsigned activities, for the Agents Playground on this very machine; never with an `app_id`."""
    slash_triggers: bool = False
    """Offer the commands as slash commands too (in group chats and channels only; manifest 1.29)."""
    sso: bool = False
    """The personal tab signs people in by itself; the app registration must expose an API (docs/teams.md)."""
    sso_metadata_url: str = SSO_METADATA
    """OpenID metadata whose keys sign the tab's tokens."""
    sso_issuer: str = SSO_ISSUER
    """Who issues the tab's tokens; `{tenant}` stands for the tenant's id."""
    privacy_url: str = ""
    """The organisation's own privacy page for the manifest; ours at `/teams/privacy` when empty."""
    terms_url: str = ""
    """The organisation's own terms of use; a section of our privacy page when empty."""
    requests_per_second: int = Field(default=50, ge=1, le=50)
    """What Teams allows one app in one tenant; less when several installations share the app."""

    @field_validator("app_id", "tenant_id")
    @classmethod
    def _is_guid(cls, value: str) -> str:
        return _guid(value) if value else value

    @field_validator("metadata_url", "sso_metadata_url", "login_url", "graph_url")
    @classmethod
    def _is_secure(cls, value: str) -> str:
        where = urlsplit(value)
        if where.scheme != "https" and not (where.scheme == "http" and is_loopback(where.hostname)):
            raise ValueError(f"{value!r} is not an https address")
        return value

    @field_validator("allowed_tenants")
    @classmethod
    def _are_guids(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_guid(value) for value in values)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Every missing part in one sentence."""
        missing = list(self._anonymous_faults() if self.anonymous else self._signed_faults())
        if missing:
            raise ValueError("; ".join(missing))
        return self

    def _anonymous_faults(self) -> list[str]:
        named = self.app_id or self.app_secret.get_secret_value() or self.certificate.get_secret_value()
        return ["anonymous takes neither app_id nor app_secret nor certificate: remove it, or them"] if named else []

    def _signed_faults(self) -> list[str]:
        secret, certificate = bool(self.app_secret.get_secret_value()), bool(self.certificate.get_secret_value())
        checks = (
            (bool(self.app_id), "app_id is missing: copy it from the Azure Bot's configuration page"),
            (secret != certificate, "give either app_secret or certificate (or a file with one of them), not both"),
            (self.app_type == "multi" or bool(self.tenant_id), "tenant_id is missing: a single-tenant app needs it"),
            (
                self.app_type == "single" or bool(self.allowed_tenants),
                "allowed_tenants is empty: name the tenants that may use a multi-tenant app",
            ),
        )
        return [fault for holds, fault in checks if not holds]

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants that are let in; empty only in anonymous mode, which lets in the Playground's."""
        own = (self.tenant_id,) if self.app_type == "single" and self.tenant_id else ()
        return frozenset(self.allowed_tenants or own)


def _guid(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise ValueError(f"{value!r} is no id of the form 00000000-0000-0000-0000-000000000000") from None
