"""What an answer costs whom: the port, and the hook that the product was built with.

A hook is a module of this package named as in ``product.toml`` (``billing = "stripe"``) with one
function: ``def open_hook(settings: RuntimeSettings, database: Database) -> BillingHook``. It may
have a ``router``, as the modules of ``gateway.routes`` do: that is served where the hook is chosen.
"""

import asyncio
from dataclasses import dataclass, field
from types import ModuleType
from typing import Protocol
from uuid import UUID

from runtime.adapters import load_adapter
from runtime.database import Database
from runtime.errors import ServiceError
from runtime.logs import logger
from runtime.settings import RuntimeSettings

NONE = "none"


@dataclass(frozen=True)
class Consumption:
    """What one answer took; ``answer_id`` makes reporting it twice harmless."""

    tenant_id: UUID
    answer_id: UUID
    input_tokens: int
    output_tokens: int


class BillingHook(Protocol):
    """Tells a payment provider what was used."""

    async def record_usage(self, used: Consumption) -> None:
        """Report it; raises a ``ServiceError`` when the provider does not take it."""

    async def close(self) -> None:
        """Close connections."""


class NoBilling:
    """Nobody pays."""

    async def record_usage(self, used: Consumption) -> None:
        """Forget it."""

    async def close(self) -> None:
        """Do nothing."""


def open_hook(settings: RuntimeSettings, database: Database) -> BillingHook:
    """Return the hook that ``settings.billing`` names; raises ``SettingsError`` without it."""
    if settings.billing == NONE:
        return NoBilling()
    module = load_adapter("billing", settings.billing, of="gateway")
    hook: BillingHook = module.open_hook(settings, database)
    return hook


def hook_routes(settings: RuntimeSettings) -> list[ModuleType]:
    """Return the hook's module if it has routes; raises ``SettingsError`` as ``open_hook`` does."""
    if settings.billing == NONE:
        return []
    module = load_adapter("billing", settings.billing, of="gateway")
    return [module] if hasattr(module, "router") else []


@dataclass
class Meter:
    """Reports beside the request: an answer never waits for the payment provider, nor fails by it.

    The stored answers remain the record: a report that was lost is in the log with its answer's id.
    """

    hook: BillingHook
    _reports: set[asyncio.Task[None]] = field(default_factory=set)

    def note(self, used: Consumption) -> None:
        """Report in the background."""
        task = asyncio.create_task(self._report(used))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    async def close(self) -> None:
        """Wait for the reports that are on their way."""
        await asyncio.gather(*self._reports)
        await self.hook.close()

    async def _report(self, used: Consumption) -> None:
        try:
            await self.hook.record_usage(used)
        except ServiceError as error:
            logger(__name__).error(
                "usage_not_reported", answer_id=str(used.answer_id), reason=error.detail
            )
