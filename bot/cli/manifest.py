"""`intervision manifest PLATFORM`: what an administrator gives to Slack or Teams to create the app there.

An adapter takes part by having a module `manifest` with `files(settings, public_url, now, earlier)`, the files by
name; `earlier` gives what a file of the folder holds from the last time. Secrets are not needed yet: the platform
issues them once the app exists.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import private_files
from bot.cli.common import ConfigOption
from bot.errors import SetupError


def manifest(
    platform: Annotated[str, typer.Argument(help="slack or teams")],
    config: ConfigOption = None,
    out: Annotated[Path, typer.Option(help="The folder to write into.")] = Path(),
) -> None:
    """Write the app manifest of a chat platform, made for this configuration."""
    for name, content in _files(platform, config, out).items():
        path = out / name
        try:
            private_files.write(path, content)
        except OSError as error:
            raise SetupError(f"{path} cannot be written: {error.strerror}. Choose another folder with --out.") from None
        print(path)


def _files(platform: str, config: Path | None, out: Path) -> dict[str, bytes]:
    from pydantic import ValidationError

    from adapters import discover
    from bot.config import Mistakes, load
    from bot.runtime.system import SystemClock

    plugins = discover()
    offered = [name for name in plugins if importlib.util.find_spec(f"adapters.{name}.manifest")]
    if platform not in offered:
        raise SetupError(f"There is no manifest for {platform!r}; there is one for {' and '.join(offered)}.")
    settings = load(config)
    try:
        section: Any = plugins[platform].settings.model_validate(
            settings.adapters.get(platform, {}), context={"manifest": True}
        )
    except ValidationError as wrong:
        where = f"adapters.{platform}"
        lines = [".".join([where, *map(str, each["loc"])]) + f": {each['msg']}" for each in wrong.errors()]
        raise Mistakes(str(config or "(defaults)"), lines) from None
    files: dict[str, bytes] = importlib.import_module(f"adapters.{platform}.manifest").files(
        section, settings.server.public_url.rstrip("/"), SystemClock().now(), lambda name: _read(out / name)
    )
    return files


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
