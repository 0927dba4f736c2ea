"""The section `[adapters.email]` of the configuration."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class BounceSettings(BaseModel):
    """The section `[adapters.email.bounces]`: the mailbox that mails come back to, read by IMAP."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1)
    port: int = Field(default=993, ge=1, le=65_535)
    security: Literal["tls", "starttls", "none"] = "tls"
    """`none` only for a server on this very machine."""
    ca_file: str = ""
    username: str = Field(min_length=1)
    password: SecretStr
    """Normally by `password_file`."""
    folder: str = "INBOX"
    every_seconds: int = Field(default=300, ge=5, le=86_400)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError("security: none is for a server on this machine only; choose tls or starttls")
        return self


class EmailSettings(BaseModel):
    """Which relay takes the mails, and who they come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1)
    """The SMTP relay of the organisation."""
    port: int = Field(default=587, ge=1, le=65_535)
    """587 for `starttls`, 465 for `tls`, mostly."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted; `none` only for a relay on this very machine."""
    ca_file: str = ""
    """Certificates (PEM) to trust instead of the machine's, where the organisation signs its own."""
    username: str = ""
    """For relays that ask who sends."""
    password: SecretStr = SecretStr("")
    """Normally by `password_file`."""
    sender: str
    """The address the mails come from, with or without a name: `Intervision <intervision@clinic.example>`."""
    connections: int = Field(default=4, ge=1, le=50)
    """Connections to the relay at the same time, kept open while there is something to send."""
    timeout: float = Field(default=15.0, gt=0, le=18.0)
    """Seconds for one answer of the relay."""
    bounces: BounceSettings | None = None
    """Where reports of mails that could not be delivered are read; without it nobody reads them."""

    @field_validator("sender")
    @classmethod
    def _is_an_address(cls, sender: str) -> str:
        _, address = parseaddr(sender)
        name, _, domain = address.rpartition("@")
        if not (name and domain) or not sender.isprintable():
            raise ValueError("write an address such as Intervision <intervision@clinic.example>")
        return sender

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError("security: none is for a relay on this machine only; choose starttls or tls")
        if bool(self.username) != bool(self.password.get_secret_value()):
            raise ValueError("username and password: give both or neither")
        return self

    @property
    def address(self) -> str:
        """The sender's bare address, for the envelope."""
        return parseaddr(self.sender)[1]

    @property
    def domain(self) -> str:
        """The sender's domain, for the ids of messages."""
        return self.address.rpartition("@")[2]
