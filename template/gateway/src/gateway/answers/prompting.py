"""Which prompt answers: the flag ``answer-prompt`` gives tenants another one, and takes it back."""

from dataclasses import dataclass
from uuid import UUID

from runtime.flags import FlagsError, WatchedFlags, tenant_context
from runtime.logs import logger
from runtime.prompts import Prompt, PromptLibrary

FLAG = "answer-prompt"
USUAL = "answer"
INPUTS = {"context", "question"}


@dataclass(frozen=True)
class PromptChoice:
    """The product's prompts, and the flags that choose among them."""

    prompts: PromptLibrary
    flags: WatchedFlags

    def of(self, tenant_id: UUID) -> Prompt:
        """Return the tenant's prompt; a name that can't answer questions gives the usual one."""
        self._follow()
        context = tenant_context(str(tenant_id))
        name = self.flags.client.get_string_value(FLAG, USUAL, context)
        if name in self.prompts and set(self.prompts[name].inputs) == INPUTS:
            return self.prompts[name]
        logger(__name__).error("prompt_refused", prompt=name)
        return self.prompts[USUAL]

    def _follow(self) -> None:
        try:
            self.flags.refresh()
        except FlagsError as error:
            logger(__name__).error("flags_refused", error=str(error))
