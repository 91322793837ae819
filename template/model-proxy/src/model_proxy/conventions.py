"""Names of span attributes: OpenTelemetry's GenAI conventions (development), and our own."""

from typing import Final

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
REQUEST_STREAM: Final = "gen_ai.request.stream"
RESPONSE_MODEL: Final = "gen_ai.response.model"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
ERROR_TYPE: Final = "error.type"

TENANT: Final = "app.tenant.id"
USE_CASE: Final = "app.use_case"
PROMPT_HASH: Final = "app.prompt.hash"
CACHE: Final = "app.cache"
COST_USD: Final = "app.cost_usd"
