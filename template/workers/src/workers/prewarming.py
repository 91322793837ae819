"""What a tenant asks again and again is embedded before it is asked the next time.

The model proxy remembers a text's embedding for a day; this asks for the popular ones again, so
that the first person of the morning does not wait for what the last one of the evening asked.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from runtime.database import Database
from runtime.database.models import Answer
from runtime.errors import ServiceError
from runtime.logs import logger
from workers.model import ModelProxy

EVERY_S = 3600.0
POPULAR = 32
"""How many questions, each asked at least twice within ``SINCE``."""
SINCE = timedelta(days=7)
MAX_TENANTS = 10_000


class Prewarming:
    """Warms each tenant's questions at most once an hour, while the tenant is at work."""

    def __init__(
        self, database: Database, model: ModelProxy, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._model = model
        self._clock = clock
        self._due: OrderedDict[UUID, float] = OrderedDict()

    async def run(self, tenant_id: UUID) -> None:
        """Warm the tenant's questions when it is time; a failure is logged and waits its turn."""
        if not self._take_turn(tenant_id):
            return
        try:
            questions = await self._popular(tenant_id)
            await self._model.embed(tenant_id, questions)
        except (ServiceError, SQLAlchemyError) as error:
            logger(__name__).warning("prewarming_failed", error=str(error))
            return
        logger(__name__).info("prewarmed", questions=len(questions))

    def _take_turn(self, tenant_id: UUID) -> bool:
        now = self._clock()
        if self._due.get(tenant_id, now) > now:
            return False
        self._due[tenant_id] = now + EVERY_S
        self._due.move_to_end(tenant_id)
        if len(self._due) > MAX_TENANTS:
            self._due.popitem(last=False)
        return True

    async def _popular(self, tenant_id: UUID) -> list[str]:
        asked = func.count().label("asked")
        statement = (
            select(Answer.question)
            .where(Answer.created_at > func.now() - SINCE)
            .group_by(Answer.question)
            .having(asked > 1)
            .order_by(asked.desc(), Answer.question)
            .limit(POPULAR)
        )
        async with self._database.tenant(tenant_id) as session:
            return list((await session.execute(statement)).scalars())
