from collections.abc import Iterator

import pytest

from devstack.databases import fresh_database, shared_server


@pytest.fixture(scope="module")
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """A queue may have tables of its own."""
    with fresh_database(shared_server(), ports=["jobs"]) as urls:
        yield urls
