"""`intervision keys …`: the keys that protect every stored text, renewed while the program serves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common import AskerOption, ConfigOption, command_group, note_in_trails, run_async

keys = command_group("The keys that protect every stored text.")


@keys.command()
def status(config: ConfigOption = None) -> None:
    """Which keys there are and how many data keys each protects; keys themselves are never shown."""
    from storage.key_rotation import key_uses

    url, ring = _opened(config)
    for use in run_async(key_uses(url, ring)):
        state = "active" if use.active else "old" if use.known else "MISSING: add it to [keys]"
        print(f"{use.id}  {state}  {use.data_keys} data keys")


@keys.command()
def rotate(
    config: ConfigOption = None,
    new_key: Annotated[
        bool, typer.Option("--new-key/--no-new-key", help="Put a fresh key in front of the key file first.")
    ] = True,
) -> None:
    """Wrap every data key with a fresh key while the program serves; the old one stays until `keys forget`."""
    from storage.key_rotation import add_key, rewrap

    url, ring = _opened(config)
    if new_key:
        add_key(ring)
    count = run_async(rewrap(url, ring))
    run_async(note_in_trails(config, "keys_renewed", key=ring.active))
    print(f"{count} data keys are now protected by {ring.active}.")


@keys.command()
def forget(config: ConfigOption = None, asker: AskerOption = "") -> None:
    """Take old keys that protect nothing any more out of the key file; backups made under them become unreadable."""
    from storage.key_rotation import forget_unused

    run_async(_agreed(config, asker))
    url, ring = _opened(config)
    gone = run_async(forget_unused(url, ring))
    if gone:
        run_async(note_in_trails(config, "keys_forgotten", keys=" ".join(gone)))
    print(f"Forgotten: {', '.join(gone) or 'nothing'}. Backups made under a forgotten key cannot be opened any more.")


async def _agreed(config: Path | None, asker: str) -> None:
    """Every organisation whose rules want it has a second person who agreed. Raises SetupError."""
    from bot.admin.installation import require_second
    from bot.config import load
    from bot.main import build

    app = await build(load(config))
    try:
        await require_second(app.store, app.clock, app.tools, asker)
    finally:
        await app.store.close()


def _opened(config: Path | None) -> tuple[str, Any]:
    from bot.config import load
    from storage.keys import KeyRing

    settings = load(config)
    return settings.database.url, KeyRing.load(**settings.keys.model_dump())
