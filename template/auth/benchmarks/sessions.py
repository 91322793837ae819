"""What ten thousand sessions weigh, in the database and in the process that reads them."""

import psutil
import psycopg

from oidc_auth.grants import Grant

from .figures import Figure
from .world import World

_MEGABYTE = 1024 * 1024
PER_10_000 = 10_000
DATABASE_MB, PROCESS_MB = 40.0, 20.0
_SIZE = "SELECT pg_total_relation_size('sessions')"


async def session_figures(world: World, count: int) -> list[Figure]:
    """Start sessions and read each; scale what they weigh to ten thousand."""
    scale = PER_10_000 / count / _MEGABYTE
    table, resident = _table(world), psutil.Process().memory_info().rss
    grant = Grant("i" * 1200, refresh_token="r" * 200)  # as large as a provider's usually are
    for _ in range(count):
        sid = await world.sessions.start(world.person, grant)
        await world.sessions.read(sid)
    stored = (_table(world) - table) * scale
    kept = max(0, psutil.Process().memory_info().rss - resident) * scale
    return [
        Figure(
            "10,000 sessions in the database",
            stored,
            "MB",
            goal=f"at most {DATABASE_MB:g} MB",
            is_met=stored <= DATABASE_MB,
        ),
        Figure(
            "10,000 sessions in the process",
            kept,
            "MB",
            goal=f"at most {PROCESS_MB:g} MB" if count >= PER_10_000 else "",
            is_met=count < PER_10_000 or kept <= PROCESS_MB,
        ),
    ]


def _table(world: World) -> int:
    with psycopg.connect(world.owner_url) as owner:
        row = owner.execute(_SIZE).fetchone()
    return int(row[0]) if row else 0
