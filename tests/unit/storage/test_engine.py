"""The database's address: one server or several, and how long one that vanished is waited for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from storage.engine import async_url, make_engine

OPERATE = Path(__file__).parents[3] / "docs" / "operate.md"


def example() -> str:
    """The address of two servers in docs/operate.md."""
    blocks = OPERATE.read_text(encoding="utf-8").split("```toml")[1:]
    urls: list[str] = [tomllib.loads(block.split("```")[0]).get("database", {}).get("url", "") for block in blocks]
    return next(url for url in urls if "target_session_attrs" in url)


async def test_the_documented_address_of_two_servers_reaches_the_driver_whole() -> None:
    engine = make_engine(example())
    _, given = engine.dialect.create_connect_args(make_url(async_url(example())))
    await engine.dispose()
    assert given["host"] == "db1.example.org,db2.example.org"
    assert given["port"] == "5432,5432"
    assert given["target_session_attrs"] == "read-write"
    assert given["connect_timeout"] == "3"


@pytest.mark.postgres
async def test_a_server_that_vanishes_is_given_up_soon_and_the_address_has_the_last_word(postgres_url: str) -> None:
    async def patience(url: str) -> dict[str, str]:
        engine = make_engine(url)
        async with engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            found = driver.info.get_parameters()
        await engine.dispose()
        return {name: found[name] for name in ("connect_timeout", "tcp_user_timeout", "keepalives_idle")}

    assert await patience(postgres_url) == {
        "connect_timeout": "10", "tcp_user_timeout": "20000", "keepalives_idle": "10",
    }  # fmt: skip
    own = make_url(postgres_url).update_query_dict({"connect_timeout": "3", "keepalives_idle": "2"})
    assert await patience(own.render_as_string(hide_password=False)) == {
        "connect_timeout": "3", "tcp_user_timeout": "20000", "keepalives_idle": "2",
    }  # fmt: skip
