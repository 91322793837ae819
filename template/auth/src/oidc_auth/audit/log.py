"""Recording: at once where an action must not happen unrecorded, buffered on the hot path.

- ``append``: in the action's own transaction; both are kept or neither.
- ``AuditLog.record``: at once; without the database the request fails (503).
- ``AuditLog.note``: within ``flush_s``. While the database is away up to ``buffer_entries`` wait;
  then requests fail. What a stopping process can't write goes to its log, whole.
"""

import asyncio
from collections import deque
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Self

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.audit import storage
from oidc_auth.audit.chain import AuditKeys, Head
from oidc_auth.audit.checkpoints import (
    Anchor,
    Checkpointing,
    CheckpointStore,
    FiledCheckpoints,
    LoggedCheckpoints,
)
from oidc_auth.audit.entries import Decision, Entry
from oidc_auth.config import AuditSettings, Clock, system_clock
from oidc_auth.errors import AuditUnavailableError
from oidc_auth.policy.audit import AuditPolicy
from runtime.database import Database
from runtime.logs import logger

_BATCH = 500
_AGAIN_S = 1.0
_KEY = "oidc_auth.audit"


class AuditLog:
    """Seals decisions and writes them; one per process."""

    def __init__(
        self,
        database: Database,
        keys: AuditKeys,
        *,
        policy: AuditPolicy | None = None,
        policy_version: str = "",
        clock: Clock = system_clock,
        stores: tuple[CheckpointStore, ...] = (),
    ) -> None:
        self.database, self.keys, self.policy = database, keys, policy or AuditPolicy()
        self._version, self.clock, self._stores = policy_version, clock, stores
        self._checkpoints = Checkpointing(
            stores, clock, self.policy.checkpoint_s, self.policy.checkpoint_entries
        )
        self._head = Head(0, b"")
        self._waiting: deque[Entry] = deque()
        self._wake, self._writing = asyncio.Event(), asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        database.info[_KEY] = self

    @classmethod
    def open(
        cls,
        database: Database,
        settings: AuditSettings,
        policy: AuditPolicy,
        *,
        policy_version: str = "",
        clock: Clock = system_clock,
    ) -> Self:
        """Return the deployment's log, which sends its checkpoints to where they are wanted."""
        stores: tuple[CheckpointStore, ...] = (LoggedCheckpoints(),)
        if settings.audit_checkpoint_file:
            stores = (*stores, FiledCheckpoints(Path(settings.audit_checkpoint_file)))
        return cls(
            database,
            AuditKeys.read(settings),
            policy=policy,
            policy_version=policy_version,
            clock=clock,
            stores=stores,
        )

    @property
    def waiting(self) -> int:
        """How many entries are not written yet."""
        return len(self._waiting)

    def entry(self, decision: Decision) -> Entry:
        """Return a decision as it will be kept."""
        return Entry.of(decision, now=self.clock(), policy_version=self._version)

    async def record(self, decision: Decision) -> None:
        """Append a decision now; raises ``AuditUnavailableError`` if that can't be done."""
        try:
            head = await self._write([self.entry(decision)])
        except (SQLAlchemyError, OSError) as error:
            raise AuditUnavailableError from error
        self._checkpoints.reached(head, self.keys.current)

    def note(self, decision: Decision) -> None:
        """Append a decision soon; raises ``AuditUnavailableError`` when too many wait."""
        if len(self._waiting) >= self.policy.buffer_entries:
            raise AuditUnavailableError
        self._waiting.append(self.entry(decision))
        self._wake.set()
        if self._task is None:
            self._task = asyncio.create_task(self._write_behind(), name="audit log")

    async def flush(self) -> None:
        """Write what waits now; raises when the database does not answer."""
        async with self._writing:
            left = len(self._waiting)  # not what comes meanwhile: it makes the next batch
            while left:
                batch = list(islice(self._waiting, min(_BATCH, left)))
                left -= len(batch)
                head = await self._write(batch)
                for _ in batch:
                    self._waiting.popleft()
                self._checkpoints.reached(head, self.keys.current)

    async def close(self) -> None:
        """Write what waits and a last checkpoint; what can't be written is logged instead."""
        if self._task is not None:
            async with self._writing:  # never in the middle of a transaction
                self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        try:
            await self.flush()
            async with self.database.session() as session:
                head = await storage.read_head(session)
            self._checkpoints.reached(head, self.keys.current, is_last=True)
        except (SQLAlchemyError, OSError) as error:
            logger(__name__).error("audit_ends_early", entries=self.waiting, error=str(error))
            for entry in self._waiting:
                logger(__name__).error("audit_unwritten", entry=entry.content())

    def keep(self, anchor: Anchor) -> None:
        """Tell the world outside the database up to where entries have left."""
        try:
            for store in self._stores:
                store.put(anchor)
        except OSError as error:  # the database has it, under our seal
            logger(__name__).error("audit_anchor_not_kept", error=str(error))

    async def _write(self, entries: list[Entry]) -> Head:
        """Write entries behind the end that we know; somebody else's may have come after it."""
        key = self.keys.current
        head = await storage.write_after(self.database, self._head, entries, key)
        if head is None:
            async with self.database.session() as session:
                head = await storage.write_rest(session, entries, key)
        self._head = head
        return head

    async def _write_behind(self) -> None:
        pause = self.policy.flush_s
        while True:
            await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(pause)
            try:
                await self.flush()
                pause = self.policy.flush_s
            except (SQLAlchemyError, OSError) as error:
                logger(__name__).error("audit_waits", entries=self.waiting, error=str(error))
                pause = _AGAIN_S
                self._wake.set()


async def append(session: AsyncSession, decision: Decision) -> None:
    """Append a decision to a transaction, so that it is kept exactly if the action is.

    Let it be the transaction's last statement: the chain is locked until the end.
    """
    log: AuditLog = session.info[_KEY]
    await storage.write(session, [log.entry(decision)], log.keys.current)
