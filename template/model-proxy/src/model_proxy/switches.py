"""What ``flags.yaml`` says right now about models, for each tenant.

Flags are evaluated through OpenFeature once per tenant and change of the file; a request then costs
one look into a dictionary.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from openfeature.client import OpenFeatureClient
from prometheus_client import CollectorRegistry, Counter

from runtime.flags import FlagsError, WatchedFlags, tenant_context
from runtime.logs import logger

ALL = "*"
LOOK_EVERY_S = 1.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Switches:
    """One tenant's view; the defaults are what a flag that isn't there means.

    Attributes:
        stopped: models that nobody is sent to; ``*`` is all of them.
        first: for each alias, the model to ask first.
        has_tools: whether requests may offer tools.
        prompt_tokens: the longest prompt; 0 is any.
        output_tokens: the longest answer; 0 is any.
    """

    stopped: frozenset[str] = frozenset()
    first: str = ""
    has_tools: bool = True
    prompt_tokens: int = 0
    output_tokens: int = 0
    has_canary: bool = True
    has_shadow: bool = True

    def stops(self, model: str) -> bool:
        """Say whether nobody is sent to the model."""
        return bool(self.stopped) and (model in self.stopped or ALL in self.stopped)


class Switchboard:
    """The switches by tenant, always those of the file as it is."""

    def __init__(
        self, path: Path, metrics: CollectorRegistry, *, look_every_s: float = LOOK_EVERY_S
    ) -> None:
        """Read the file; raises ``FlagsError`` when it can't be used."""
        self._look_every_s = look_every_s
        self._known: dict[str, Switches] = {}
        self._flags = WatchedFlags(path, on_change=self._known.clear)
        self._reloads = Counter(
            "model_flags_reloads_total",
            "Times that flags.yaml was read anew",
            ["outcome"],
            registry=metrics,
        )

    def of(self, tenant: str) -> Switches:
        """Return the tenant's switches."""
        known = self._known.get(tenant)
        if known is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self._known[tenant] = evaluate(self._flags.client, tenant)
        return known

    def refresh(self) -> None:
        """Look at the file once; one that can't be used is logged, and the last good one holds."""
        try:
            if self._flags.refresh():
                self._reloads.labels("ok").inc()
                logger(__name__).info("flags_changed")
        except FlagsError as error:
            self._reloads.labels("refused").inc()
            logger(__name__).error("flags_refused", error=str(error))

    async def watch(self) -> None:
        """Look at the file again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._look_every_s)
            self.refresh()


def evaluate(client: OpenFeatureClient, tenant: str) -> Switches:
    """Return one tenant's switches."""
    context, plain = tenant_context(tenant), Switches()
    return Switches(
        stopped=frozenset(map(str, client.get_object_value("model-stop", [], context))),
        first=client.get_string_value("model-answer", plain.first, context),
        has_tools=client.get_boolean_value("model-tools", plain.has_tools, context),
        prompt_tokens=client.get_integer_value("model-prompt-tokens", plain.prompt_tokens, context),
        output_tokens=client.get_integer_value("model-output-tokens", plain.output_tokens, context),
        has_canary=client.get_boolean_value("model-canary", plain.has_canary, context),
        has_shadow=client.get_boolean_value("model-shadow", plain.has_shadow, context),
    )
