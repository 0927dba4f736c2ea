"""Where the key-encryption keys come from: a file, the configuration, an environment variable, or a key service.

Every source answers with text: keys of 32 bytes in base64, separated by white space, the active one first.
"""

from __future__ import annotations

import base64
import os
import secrets
import shlex
import subprocess  # runs the operator's own command, see CommandSource
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot import private_files
from bot.errors import SetupError

KEY_BYTES = 32
COMMAND_SECONDS = 15


class KeySource(Protocol):
    """A place that holds keys."""

    @property
    def where(self) -> str:
        """Its name in a sentence to the operator."""

    def read(self) -> str:
        """The keys as text. Raises SetupError with one clear sentence."""

    def mark(self) -> object:
        """Something cheap that differs once the source has changed; the same value where that cannot be seen."""


@dataclass(frozen=True)
class ValueSource:
    """Keys that stand in the configuration."""

    text: str
    where: str = "keys.value"

    def read(self) -> str:
        """The text itself."""
        return self.text

    def mark(self) -> object:
        """A value never changes."""
        return None


@dataclass(frozen=True)
class EnvironmentSource:
    """Keys in an environment variable."""

    name: str

    @property
    def where(self) -> str:
        """The variable's name."""
        return f"the environment variable {self.name}"

    def read(self) -> str:
        """The variable's value."""
        if self.name not in os.environ:
            raise SetupError(f"keys.environment: the environment variable {self.name} is not set.")
        return os.environ[self.name]

    def mark(self) -> object:
        """A running program's environment does not change from outside."""
        return None


@dataclass(frozen=True)
class CommandSource:
    """Keys that a key service hands out: the command's standard output. It runs without a shell."""

    command: str
    where: str = "keys.command"

    def read(self) -> str:
        """Run the command; what it printed is never shown, because it may be a key."""
        try:
            words = shlex.split(self.command)
            done = subprocess.run(words, capture_output=True, timeout=COMMAND_SECONDS, check=False, text=True)  # noqa: S603  # the words come from the configuration, no shell reads them
        except (OSError, ValueError, UnicodeDecodeError, subprocess.TimeoutExpired) as error:
            raise SetupError(f"keys.command: the command cannot be run ({type(error).__name__}).") from None
        if done.returncode:
            raise SetupError(f"keys.command: the command ended with code {done.returncode}; run it by hand to see why.")
        return done.stdout

    def mark(self) -> object:
        """Nobody asks a key service before every write; a key that is not known yet makes the program ask again."""
        return None


@dataclass
class FileSource:
    """Keys in a file with mode 0600, made when it is missing."""

    path: Path
    made: bool = field(default=False, init=False)

    @property
    def where(self) -> str:
        """The path."""
        return str(self.path)

    def read(self) -> str:
        """The file's text; a missing file is made with one fresh key, one that others may read is refused."""
        try:
            if not self.path.exists():
                self._make()
            private_files.require(self.path, "The key file")
            return self.path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise SetupError(
                f"The key file {self.path} cannot be read or made ({type(error).__name__}): "
                "check the folder's owner and rights."
            ) from None

    def take_back(self) -> None:
        """Remove the file if this program has just made it: it does not replace one that was lost."""
        if self.made:
            self.path.unlink(missing_ok=True)

    def mark(self) -> object:
        """Its inode, size and time of change."""
        try:
            seen = self.path.stat()
        except OSError:
            return None
        return seen.st_ino, seen.st_size, seen.st_mtime_ns

    def write(self, keys: list[bytes]) -> None:
        """Put other keys in place of the file in one step, so that a crash leaves no half of one."""
        text = "".join(base64.b64encode(key).decode() + "\n" for key in keys)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        with os.fdopen(handle, "w", encoding="ascii") as file:  # mkstemp's files have mode 0600
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self.path)

    def _make(self) -> None:
        private_files.folder(self.path.parent)
        made = base64.b64encode(secrets.token_bytes(KEY_BYTES))
        with private_files.new(self.path) as file:
            file.write(made + b"\n")
        self.made = True


def source_of(*, file: str = "", value: str = "", environment: str = "", command: str = "") -> KeySource:
    """The configured source; the file is the one when nothing else is named."""
    if command:
        return CommandSource(command)
    if environment:
        return EnvironmentSource(environment)
    if value.strip():
        return ValueSource(value)
    return FileSource(Path(file))
