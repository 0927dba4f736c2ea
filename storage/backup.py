"""Encrypted backups of the whole database, the same file for SQLite and PostgreSQL, read back after it was written.

A file is a line of clear JSON (which key, which tables' version, when) and sealed blocks of rows. Every block
is bound to its place, and the last one counts the rows, so nothing can be cut, exchanged or added. The file's key is
wrapped like any data key: without the key-encryption key of that day it stays shut.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Table, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import private_files
from bot.errors import SetupError
from storage.engine import WRITES, make_engine
from storage.key_sources import KEY_BYTES
from storage.keys import KeyRing, seal, unseal
from storage.migrate import check_version, current, reason, upgrade
from storage.system import SqlSystemWork
from storage.tables import data_key, metadata
from storage.transfer import PASSING

MAGIC = b"intervision backup 1\n"
DONE = "backup"
"""What the database notes as last done."""
PREFIX, SUFFIX, PART = "intervision-", ".backup", ".part"
STALE = 86_400
"""Seconds after which a part belongs to no run any more."""
ROWS = 500
LARGEST_BLOCK = 64 * 1024 * 1024
"""Bytes; a length beyond this is damage, not data."""
LARGEST_TEXT = 4 * LARGEST_BLOCK
"""Bytes of a block once unpacked: 500 rows of the longest texts stay far below."""
_LENGTH = struct.Struct(">I")
_OWNER = "~backup"


@dataclass(frozen=True)
class Header:
    """What is readable without the key; `made_at` is ISO 8601 in UTC."""

    kek: str
    wrapped: str
    revision: str
    made_at: str


@dataclass(frozen=True)
class Contents:
    """What a backup holds: rows by table."""

    header: Header
    rows: Mapping[str, int]


async def write_backup(url: str, ring: KeyRing, path: Path, now: datetime, *, note: bool = True) -> Contents:
    """Write a backup of one moment of the database, read it back, and `note` in the database that it was made.

    It takes its name only then; a file of that name is replaced at once. Raises SetupError; then nothing has changed.
    """
    check_version(url)
    key = os.urandom(KEY_BYTES)
    kek, wrapped = ring.wrap(key, _OWNER)
    header = Header(kek, base64.b64encode(wrapped).decode(), current(url) or "", now.isoformat())
    # A name of this process's own: what an interrupted run left stands in nobody's way.
    part = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(3).hex()}{PART}")
    engine = make_engine(url)
    try:
        with private_files.new(part) as file:
            counts = await _write(engine, key, header, file)
            file.flush()
            os.fsync(file.fileno())
        found = read_contents(part, ring)
        if found.rows != counts:
            raise SetupError(f"The backup {path} does not read back as it was written: try another disk.")
        part.replace(path)
        if note:
            await _note(engine, now)
    except OSError as error:
        raise SetupError(f"The backup {path} cannot be written ({type(error).__name__}).") from None
    finally:
        part.unlink(missing_ok=True)
        await engine.dispose()
    return found


async def write_into(url: str, ring: KeyRing, folder: Path, keep: int, now: datetime) -> tuple[Path, Contents]:
    """Write a backup named after its moment into a folder; then delete all but the newest `keep`, and stale parts.

    Only files of these names are touched, and only after the new one is whole. Raises SetupError.
    """
    path = folder / f"{PREFIX}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}"
    try:
        await asyncio.to_thread(private_files.folder, folder)
        contents = await write_backup(url, ring, path, now)
        await asyncio.to_thread(_prune, folder, keep, now)
    except OSError as error:
        raise SetupError(f"The folder {folder} cannot be written ({type(error).__name__}).") from None
    return path, contents


def _prune(folder: Path, keep: int, now: datetime) -> None:
    for old in sorted(folder.glob(f"{PREFIX}[0-9]*Z{SUFFIX}"))[:-keep]:
        old.unlink(missing_ok=True)
    for part in folder.glob(f"{PREFIX}[0-9]*Z{SUFFIX}.*{PART}"):
        if now.timestamp() - part.stat().st_mtime > STALE:
            part.unlink(missing_ok=True)


def read_contents(path: Path, ring: KeyRing) -> Contents:
    """Open every block of a backup and count its rows. Raises SetupError for a damaged, cut or foreign file."""
    counts: Counter[str] = Counter()
    with _opened(path) as file:
        header = _header(file, path)
        for table, rows in _blocks(file, ring, header, path):
            counts[table] += len(rows)
    return Contents(header, dict(counts))


@dataclass(frozen=True)
class Restored:
    """What a restore filled in, and how many messages and steps it holds back."""

    contents: Contents
    messages: int
    steps: int


async def restore_backup(url: str, ring: KeyRing, path: Path, now: datetime, *, migrate: bool = False) -> Restored:
    """Fill an empty database, all or nothing; the whole file is proven first. Raises SetupError.

    What was due by now is held back: whether it was sent since the backup nobody knows here. With `migrate` the
    database may be one without tables: they are made as they were then, filled, and brought up to date.
    """
    contents = read_contents(path, ring)
    if migrate and current(url) is None:
        await asyncio.to_thread(upgrade, url, contents.header.revision)
    else:
        check_version(url)
    if contents.header.revision != current(url):
        raise SetupError(
            f"The backup is of version {contents.header.revision} of the tables. Restore it with --migrate into a "
            "database that has no tables yet, or with the program that made it."
        )
    await _fill(url, ring, path)
    if migrate:
        await asyncio.to_thread(upgrade, url)
    engine = make_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            messages, steps = await SqlSystemWork(connection).hold_due(now)
            await connection.commit()
    finally:
        await engine.dispose()
    return Restored(contents, messages, steps)


async def _fill(url: str, ring: KeyRing, path: Path) -> None:
    engine = make_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            await _must_be_empty(connection)
            with _opened(path) as file:
                header = _header(file, path)
                for table, rows in _blocks(file, ring, header, path):
                    await connection.execute(insert(metadata.tables[table]), rows)
            await _prove_keys(connection, ring)
            await _count_on(connection)
            await connection.commit()
    finally:
        await engine.dispose()


async def _note(engine: AsyncEngine, now: datetime) -> None:
    """So that the program can say how old the last backup is. Raises SetupError."""
    try:
        async with engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            await SqlSystemWork(connection).done(DONE, now)
            await connection.commit()
    except DBAPIError as error:
        raise SetupError(
            f"The backup is written, but the database did not take the note of it: {reason(error)}."
        ) from None


# ---- writing


async def _write(engine: AsyncEngine, key: bytes, header: Header, file: IO[bytes]) -> dict[str, int]:
    file.write(MAGIC + json.dumps(asdict(header)).encode() + b"\n")
    counts: Counter[str] = Counter()
    number = 0
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ")
        async for table, rows in _rows(connection):
            counts[table] += len(rows)
            _put(file, key, header, number, {"table": table, "rows": rows})
            number += 1
    _put(file, key, header, number, {"end": dict(counts)})
    return dict(counts)


async def _rows(connection: AsyncConnection) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """Every table's rows in batches, parents before children, all in one snapshot."""
    for table in _tables():
        result = await connection.stream(select(table))
        async for batch in result.mappings().partitions(ROWS):
            yield table.name, [{name: _plain(value) for name, value in row.items()} for row in batch]


def _tables() -> list[Table]:
    """Every table but what belongs to a running program or to the migrations, parents before children."""
    return [table for table in metadata.sorted_tables if table.name not in PASSING]


def _put(file: IO[bytes], key: bytes, header: Header, number: int, block: Mapping[str, Any]) -> None:
    packed = zlib.compress(json.dumps(block, ensure_ascii=False, separators=(",", ":")).encode())
    sealed = seal(key, packed, _about(header, number))
    file.write(_LENGTH.pack(len(sealed)) + sealed)


def _plain(value: Any) -> Any:
    match value:
        case bytes():
            return {"b": base64.b64encode(value).decode()}
        case datetime():
            return {"t": value.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case dict() | list():
            return {"j": value}
        case _:
            return value


# ---- reading


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise SetupError(f"The backup {path} cannot be read ({type(error).__name__}).") from None


def _header(file: IO[bytes], path: Path) -> Header:
    if file.readline(len(MAGIC)) != MAGIC:
        raise SetupError(f"{path} is no backup of Intervision.")
    try:
        return Header(**json.loads(file.readline(4096)))
    except (ValueError, TypeError):
        raise _damaged(path) from None


def _blocks(file: IO[bytes], ring: KeyRing, header: Header, path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    try:
        wrapped = base64.b64decode(header.wrapped)
    except ValueError:
        raise _damaged(path) from None
    try:
        key = ring.unwrap(header.kek, wrapped, _OWNER)
    except SetupError:
        raise SetupError(
            f"The backup {path} was made under the key {header.kek}, which is not configured or was forgotten."
        ) from None
    counts: Counter[str] = Counter()
    number = 0
    while True:
        block = _block(file, key, header, number, path)
        if "end" in block:
            if block["end"] != dict(counts) or file.read(1):
                raise _damaged(path)
            return
        counts[block["table"]] += len(block["rows"])
        yield block["table"], [{name: _value(held) for name, held in row.items()} for row in block["rows"]]
        number += 1


def _block(file: IO[bytes], key: bytes, header: Header, number: int, path: Path) -> dict[str, Any]:
    try:
        (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
        if length > LARGEST_BLOCK:
            raise _damaged(path)
        sealed = file.read(length)
        if len(sealed) < length:
            raise _damaged(path)  # the last block would open all the same
        packed = unseal(key, sealed, _about(header, number))
        block: dict[str, Any] = json.loads(_unpacked(packed))
    except (struct.error, SetupError, zlib.error, ValueError):
        raise _damaged(path) from None
    return block


def _unpacked(packed: bytes) -> bytes:
    """What was packed; more than a block can hold is no data. Raises ValueError, zlib.error."""
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(packed, LARGEST_TEXT)
    if not unpacking.eof:
        raise ValueError("cut, or larger than any block")
    return text


def _value(held: Any) -> Any:
    if not isinstance(held, dict):  # most are; a backup has millions
        return held
    match held:
        case {"b": coded}:
            return base64.b64decode(coded)
        case {"t": written}:
            return datetime.fromisoformat(written)
        case {"d": written}:
            return date.fromisoformat(written)
        case {"j": value}:
            return value
        case _:
            return held


def _about(header: Header, number: int) -> str:
    """Binds a block to its file, its tables' version and its place."""
    return f"backup|{header.wrapped}|{header.revision}|{header.made_at}|{number}"


def _damaged(path: Path) -> SetupError:
    return SetupError(f"The backup {path} is damaged or incomplete; nothing was restored.")


# ---- restoring


async def _must_be_empty(connection: AsyncConnection) -> None:
    there = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    for table in _tables():
        if table.name in there and (await connection.execute(select(func.count()).select_from(table))).scalar_one():
            raise SetupError("The database is not empty: restore into a fresh one, so that nothing is mixed or lost.")


async def _prove_keys(connection: AsyncConnection, ring: KeyRing) -> None:
    """Every data key opens; otherwise its texts would turn out to be lost only when somebody reads them."""
    for row in (await connection.execute(select(data_key))).mappings():
        ring.unwrap(row["kek"], row["wrapped"], row["owner"])


async def _count_on(connection: AsyncConnection) -> None:
    """PostgreSQL's counter does not see rows that bring their own number."""
    if connection.dialect.name == "postgresql":
        last = "(SELECT coalesce(max(number), 0) + 1 FROM authorship)"
        await connection.execute(text(f"SELECT setval(pg_get_serial_sequence('authorship', 'number'), {last}, false)"))
