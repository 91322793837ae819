"""What the alerts read is really there. covers R-0602."""

from typing import Any

from devstack.metrics import metric_faults, read_catalogue
from runtime.product import root


async def test_model_proxy_exposes_what_the_objectives_read(start: Any) -> None:
    catalogue = read_catalogue(root())
    async with start() as client:
        body = {"model": "answer", "messages": [{"role": "user", "content": "Hello"}]}
        async with client.post("/v1/chat/completions", body, X_Use_Case="general") as response:
            status = response.status
        async with client.get("/metrics") as response:
            exposed = await response.text()
    assert metric_faults(catalogue, "model-proxy", exposed) == []
    assert f'http_response_status_code="{status}",http_route="/v1/chat/completions"' in exposed
