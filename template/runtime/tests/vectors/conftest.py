from collections.abc import Iterator

import pytest

from devstack.databases import fresh_database, shared_server


@pytest.fixture(scope="module")
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """A store may have tables of its own."""
    with fresh_database(shared_server(), ports=["vectors"]) as urls:
        yield urls
