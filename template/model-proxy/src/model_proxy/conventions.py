"""Names of span attributes and metrics, in one place.

OpenTelemetry's GenAI conventions are still in development, so a rename is an edit here and nowhere
else. What they have no name for is under ``app.``, our own namespace.
"""

from typing import Final

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
REQUEST_STREAM: Final = "gen_ai.request.stream"
REQUEST_MAX_TOKENS: Final = "gen_ai.request.max_tokens"
REQUEST_TEMPERATURE: Final = "gen_ai.request.temperature"
REQUEST_SEED: Final = "gen_ai.request.seed"
RESPONSE_MODEL: Final = "gen_ai.response.model"
RESPONSE_FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
RESPONSE_FIRST_CHUNK_S: Final = "gen_ai.response.time_to_first_chunk"
PROMPT_NAME: Final = "gen_ai.prompt.name"
PROMPT_VERSION: Final = "gen_ai.prompt.version"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
ERROR_TYPE: Final = "error.type"

TENANT: Final = "app.tenant.id"
USE_CASE: Final = "app.use_case"
PROMPT_HASH: Final = "app.prompt.hash"
DATASET: Final = "app.dataset"
ROUTED_MODEL: Final = "app.model"
CACHE: Final = "app.cache"
COST_USD: Final = "app.cost_usd"

MODEL_LABEL: Final = "gen_ai_request_model"
OPERATION_LABEL: Final = "gen_ai_operation_name"
KIND_LABEL: Final = "gen_ai_token_type"

DURATION_METRIC: Final = "gen_ai_client_operation_duration_seconds"
FIRST_CHUNK_METRIC: Final = "gen_ai_client_operation_time_to_first_chunk_seconds"
ANSWERS_METRIC: Final = "model_proxy_answers"
FINISHES_METRIC: Final = "model_proxy_finishes"
TOKENS_METRIC: Final = "model_proxy_tokens"
COST_METRIC: Final = "model_proxy_cost_usd"
IN_FLIGHT_METRIC: Final = "model_proxy_in_flight"
WAITING_METRIC: Final = "model_proxy_waiting"
# As the conventions advise for gen_ai.client.operation.duration.
BOUNDS_S: Final = (
    *(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64),
    *(1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92),
)
