"""The rules that requests are held to, put together from the files that people edit."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from model_proxy.attempts import Attempts, Figures
from model_proxy.breakers import Breakers
from model_proxy.budgets import load_budgets
from model_proxy.controls import Controls
from model_proxy.hedging import Hedges
from model_proxy.invariants import load_invariants
from model_proxy.ledgers import Ledger
from model_proxy.providers import Provider
from model_proxy.quality import Judge
from model_proxy.routing import Router
from model_proxy.rules import load_rules
from model_proxy.selection import Selection
from model_proxy.settings import ProxySettings
from model_proxy.shadow import Shadow
from model_proxy.sources import ConfigurationError
from model_proxy.switches import Switchboard
from runtime.caches import Cache
from runtime.flags import FlagsError
from runtime.prompts import PromptError


@dataclass(frozen=True)
class Governance:
    """What decides before a call, during it, and beside it."""

    controls: Controls
    attempts: Attempts
    shadow: Shadow
    switchboard: Switchboard

    @asynccontextmanager
    async def running(self, providers: Mapping[str, Provider], cache: Cache) -> AsyncIterator[None]:
        """Follow ``flags.yaml``, share budgets and compare shadows while the context is open."""
        watching = asyncio.create_task(self.switchboard.watch())
        try:
            async with self.controls.ledger.sharing(cache), self.shadow.running(providers):
                yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


def open_governance(
    settings: ProxySettings, router: Router, metrics: CollectorRegistry
) -> Governance:
    """Return the rules of this process; ``ConfigurationError`` says which file is wrong."""
    folder = settings.registry_folder
    rules = load_rules(folder)
    try:
        switchboard = Switchboard(
            settings.flags_path, metrics, look_every_s=settings.flags_look_every_s
        )
        invariants = load_invariants(
            settings.prompts_path, pinned=settings.environment == "production"
        )
    except (FlagsError, PromptError) as error:
        raise ConfigurationError(str(error)) from error
    ledger = Ledger(load_budgets(folder), clock=time.time, share=settings.model_proxy_replicas)
    breakers = Breakers(router.registry.models, rules.breaker, metrics)
    hedges = Hedges(rules.hedging, ledger.reserve, metrics)
    return Governance(
        Controls(Selection(router, rules), switchboard, ledger),
        Attempts(breakers, Judge(rules.quality), invariants, Figures(metrics), hedges),
        Shadow(router, rules, switchboard, ledger, metrics),
        switchboard,
    )
