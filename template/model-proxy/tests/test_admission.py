"""What the door says to those it does not let in."""

# covers R-0209

from typing import Any

PATH = "/v1/models"


async def test_admission_slows_one_key_down_and_no_other(start: Any) -> None:
    async with start(
        requests_per_s=0.001, requests_burst=1, model_proxy_more_keys="other, third"
    ) as client:
        async with client.get(PATH) as response:
            assert response.status == 200
        sent = {"X-Correlation-Id": "abcd-1234"}
        async with client.http.get(f"{client.url}{PATH}", headers=sent) as response:
            error = (await response.json())["error"]
            assert (response.status, error["code"]) == (429, "too_many_requests")
            assert 0 < int(response.headers["Retry-After"]) <= 1000
            assert error["correlation_id"] == "abcd-1234" == response.headers["X-Correlation-Id"]
        for key, status in (("other", 200), ("third", 200), ("fourth", 401)):
            sent = {"Authorization": f"Bearer {key}"}
            async with client.http.get(f"{client.url}{PATH}", headers=sent) as response:
                assert response.status == status


async def test_admission_leaves_operators_alone(start: Any) -> None:
    async with start(requests_per_s=0.001, requests_burst=1) as client:
        for _ in range(3):
            for path in ("/health", "/ready", "/metrics"):
                async with client.get(path) as response:
                    assert response.status == 200
