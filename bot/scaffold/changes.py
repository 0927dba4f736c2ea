"""Files to make and places to change in a clone: looked at first, written together or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.errors import SetupError

LANGUAGES = ("da", "de", "en", "nb", "nl", "sv")


def check_title(title: str) -> str:
    """Words that may stand in Python, catalogues and data files as they are. Raises SetupError for others."""
    if not title.strip() or len(title) > 60 or set(title) & set('"\\{}\n'):
        raise SetupError("--title is up to 60 characters without double quotes, backslashes and braces")
    return title


class Changes:
    """What would be written below `root`; nothing is before `write`. Raises SetupError where this is no clone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._texts: dict[Path, str] = {}
        if not (root / "bot" / "app" / "commands.py").is_file() or not (root / "tests").is_dir():
            raise SetupError(f"{root.resolve()} is no clone of Intervision; go to its top folder and try again")

    def create(self, path: str, text: str) -> None:
        """A new file. Raises SetupError when it is there already."""
        if (self.root / path).exists():
            raise SetupError(f"{path} is there already; choose another name or take that file away")
        self._texts[self.root / path] = text

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        """Another text for a file that is there."""
        self._texts[self.root / path] = change(self.read(path))

    def read(self, path: str) -> str:
        """A file as it would be."""
        return self._texts.get(self.root / path) or (self.root / path).read_text(encoding="utf-8")

    def find(self, folder: str, pattern: str) -> str:
        """The one file of a folder in which a pattern stands. Raises SetupError for none or several."""
        found = [
            path.relative_to(self.root).as_posix()
            for path in sorted((self.root / folder).rglob("*.py"))
            if re.search(pattern, path.read_text(encoding="utf-8"), re.M)
        ]
        if len(found) != 1:
            raise SetupError(f"{folder}: {len(found)} files have the line {pattern!r}, where one was looked for")
        return found[0]

    def catalogues(self, name: str, entries: Iterable[tuple[str, str]]) -> None:
        """A catalogue of its own in each language, with the English words until they are translated."""
        rows = "\n".join(f'msgid "{key}"\nmsgstr "{text}"\n' for key, text in entries)
        for language in LANGUAGES:
            head = (
                'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
                f'"Language: {language}\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
            )
            reviewed = "" if language == "en" else '"X-Reviewed: no\\n"\n'
            self.create(f"bot/ui/strings/{language}/{name}.po", f"{head}{reviewed}\n{rows}")

    def tell(self, line: str) -> None:
        """A line of what is unreleased, in the changelog."""
        self.edit("CHANGELOG.md", lambda text: text.replace("### Added\n\n", f"### Added\n\n- {line}\n", 1))

    def write(self) -> list[str]:
        """Write everything; the paths, sorted."""
        for path, text in self._texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return sorted(path.relative_to(self.root).as_posix() for path in self._texts)
