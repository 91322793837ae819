"""What may be used once passes once, in every process. covers R-0401."""

from typing import Any

from oidc_auth.spent import Once
from runtime.database import Database


async def test_is_first_once(database: Database, clock: Any) -> None:
    once, elsewhere = (Once(database, clock, "logout token") for _ in range(2))
    assert await once.is_first("jti", ttl_s=60)
    assert not await once.is_first("jti", ttl_s=60)
    assert not await elsewhere.is_first("jti", ttl_s=60)
    assert await once.is_first("another", ttl_s=60)


async def test_is_first_keeps_purposes_apart(database: Database, clock: Any) -> None:
    assert await Once(database, clock, "a").is_first("same", ttl_s=60)
    assert await Once(database, clock, "b").is_first("same", ttl_s=60)
