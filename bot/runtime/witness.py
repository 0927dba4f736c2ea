"""A git remote as a witness of the audit trails: what it holds, nobody who rules this server can take back.

The ends of the trails (numbers and keyed hashes, no text and no name) are committed into a clone beside the file of
anchors and pushed, each program to a branch of its own. Give the server's key the right to push, not to rewrite or
delete: `receive.denyNonFastForwards` and `receive.denyDeletes` in a bare repository, a protected branch elsewhere.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess  # runs git on a repository of our own
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot import private_files
from bot.ports.records import Anchor, AuditFault
from bot.runtime.anchor_lines import anchors_in, line_of

FILE = "anchors.jsonl"
SECONDS = 20
"""How long one call of git may take; ssh is asked for nothing that somebody would have to type."""
_AS = ("-c", "user.name=intervision", "-c", "user.email=intervision@localhost", "-c", "commit.gpgsign=false")

_FETCHED = "+refs/heads/*:refs/remotes/origin/*"
_MADE_BY_GIT = {
    f"core.{name}"
    for name in (
        "repositoryformatversion",
        "filemode",
        "bare",
        "logallrefupdates",
        "ignorecase",
        "precomposeunicode",
        "symlinks",
    )
}
"""What `git init` writes by itself; none of it says where a push goes."""

_CREDENTIALS = re.compile(r"//[^/@\s]*@")
"""What git repeats of an address with a password in it."""


class WitnessAway(Exception):
    """The witness did not take or tell what was asked; the message is git's last line."""


@dataclass(frozen=True)
class GitWitness:
    """`remote` is any address that git takes; `folder` is where the clone is kept."""

    remote: str
    folder: Path
    _spoilt: list[AuditFault] = field(default_factory=list, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, remote: str, anchors: str) -> GitWitness | None:
        """None when no remote is configured; the clone stands beside the file of anchors."""
        return cls(remote, Path(f"{anchors}.witness")) if remote else None

    def note(self, anchors: Sequence[Anchor]) -> None:
        """Commit the ends into the clone. Raises WitnessAway."""
        self._must_lead_there()
        try:
            with private_files.added_to(self.folder / FILE) as file:
                file.writelines(line_of(anchor) for anchor in anchors)
        except OSError as error:
            raise WitnessAway(f"the clone cannot be written ({type(error).__name__})") from None
        self._git("add", FILE)
        self._git(*_AS, "commit", "--quiet", "--message", "Note the ends of the audit trails")

    def push(self) -> None:
        """Send everything that was committed and is not there yet. Raises WitnessAway."""
        self._must_lead_there()
        if (self.folder / FILE).exists():
            self._git("push", "--quiet", "origin", "HEAD")

    def read(self, organisation: str) -> list[Anchor]:
        """What the remote holds of one organisation, whichever program noted it. Raises WitnessAway.

        A clone that was led elsewhere is a fault and is not asked: the configured remote is read into another one.
        """
        self._spoilt.clear()
        if changed := self._led_elsewhere():
            with tempfile.TemporaryDirectory() as folder:
                other = GitWitness(self.remote, Path(folder) / "clone")
                found = other.read(organisation)
            self._spoilt.extend([AuditFault(0, changed), *other.spoilt()])
            return found
        self._clone()
        self._git("fetch", "--quiet", "--prune", "origin")
        return self._read(organisation)

    def _read(self, organisation: str) -> list[Anchor]:
        branches = self._git("for-each-ref", "--format=%(refname)", "refs/remotes/origin").split()
        found: list[Anchor] = []
        for branch in branches:
            try:
                found += anchors_in(self._git("show", f"{branch}:{FILE}").splitlines(), organisation)
            except (ValueError, KeyError, TypeError, RecursionError, WitnessAway):
                self._spoilt.append(
                    AuditFault(0, f"{FILE} of {branch} of the witness is missing or holds something else")
                )
        return sorted(found, key=lambda anchor: anchor.number)

    def spoilt(self) -> Sequence[AuditFault]:
        """The branches that could not be read when the remote was read last; the others were."""
        return tuple(self._spoilt)

    def _must_lead_there(self) -> None:
        if changed := self._led_elsewhere():
            raise WitnessAway(changed)
        self._clone()

    def _led_elsewhere(self) -> str:
        """What in the clone's own configuration is not as it was made: another address, a rewriting of addresses."""
        if not (self.folder / ".git").is_dir():
            return ""
        listed = self._git("config", "--local", "--null", "--list").split("\0")
        held = [(name.casefold(), value) for name, _, value in (each.partition("\n") for each in listed if each)]
        expected = {("remote.origin.url", self.remote), ("remote.origin.fetch", _FETCHED)}
        others = {name for name, value in held if (name, value) not in expected and name not in _MADE_BY_GIT}
        wrong = sorted(others | ({"remote.origin.url"} if expected - set(held) else set()))
        if not wrong:
            return ""
        # The name alone: an address may hold a password.
        return (
            f"the clone of the witness was changed ({', '.join(wrong)[:200]}): it no longer leads to the configured "
            f"remote. Find out by whom, then move {self.folder} away; it is made anew"
        )

    def _clone(self) -> None:
        if (self.folder / ".git").is_dir():
            return
        try:
            private_files.folder(self.folder)
        except OSError as error:
            raise WitnessAway(f"{self.folder} cannot be made ({type(error).__name__})") from None
        self._git("init", "--quiet")
        self._git("symbolic-ref", "HEAD", f"refs/heads/intervision-{secrets.token_hex(4)}")
        self._git("remote", "add", "origin", self.remote)

    def _git(self, *words: str) -> str:
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "SSH_AUTH_SOCK") if name in os.environ},
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
            "LC_ALL": "C",
        }
        try:
            done = subprocess.run(  # noqa: S603 words of ours and the configured remote, no shell reads them
                ["git", "-C", str(self.folder), *words],  # noqa: S607 the git of the service's own path
                capture_output=True,
                check=False,
                env=environment,
                text=True,
                timeout=SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise WitnessAway(f"git cannot be run ({type(error).__name__})") from None
        if done.returncode:
            said = done.stderr.strip().splitlines()
            told = said[-1].replace(self.remote, "the remote") if said else f"git ended with code {done.returncode}"
            raise WitnessAway(_CREDENTIALS.sub("//", told))
        return done.stdout
