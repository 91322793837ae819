"""The production images as compose runs them: through the front door, each container, the end."""

import secrets
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
import pytest_asyncio
from infra.tests.stack.conftest import Containers
from tests.e2e.journey import ask, has_status, is_there, start_conversation, until, upload

from devstack.browser import Browser
from devstack.people import load_tenants

pytestmark = pytest.mark.e2e

OURS = ("gateway", "model-proxy", "workers")
KILLED = 137


@pytest_asyncio.fixture
async def browser(containers: Containers) -> AsyncIterator[Browser]:
    async with Browser(containers.public_url, containers.trust) as browser:
        await sign_in(containers, browser, load_tenants()[0].users[0].subject)
        yield browser


async def sign_in(containers: Containers, browser: Browser, subject: str) -> None:
    """Sign in as a browser does; the provider is reached at its published port."""
    started = await browser.request("POST", "/auth/login", json={"return_to": "/"})
    assert started.status_code == 200, started.text
    asked = urlsplit(started.json()["redirect_to"])
    hint = urlencode({"login_hint": subject})
    answer = await browser.http.get(f"{containers.identity}{asked.path}?{asked.query}&{hint}")
    returned = await browser.request("GET", answer.headers["Location"])
    home = urljoin(containers.public_url, returned.headers.get("Location", "/nowhere"))
    assert home.rstrip("/") == containers.public_url, returned.text


# covers R-0502
async def test_answer_comes_through_the_front_door_and_is_followed_by_one_id(containers, browser):
    correlation = secrets.token_hex(16)
    document = await upload(browser)
    await until(lambda: has_status(browser, document, "ready"))
    events = await ask(browser, await start_conversation(browser), correlation)
    said = "".join(data["text"] for name, data in events if name == "token")
    assert "47 crowns" in said
    assert document in {entry["document_id"] for entry in events[0][1]["citations"]}
    done = events[-1][1]
    assert done["correlation_id"] == correlation
    await until(lambda: is_there(browser, f"/api/answers/{done['answer_id']}"))
    for service in OURS:
        assert correlation in {line.get("correlation_id") for line in containers.log(service)}


async def test_door_leads_to_the_gateway_and_admits_nobody_without_a_session(containers):
    async with Browser(containers.public_url, containers.trust) as stranger:
        assert (await stranger.request("GET", "/api/me")).status_code == 401
        page = await stranger.request("GET", "/metrics")
        assert "http_requests" not in page.text
        token = await stranger.request("POST", "/oauth/token")
        assert "error" in token.json()


def test_containers_are_healthy_and_hold_few_rights(containers):
    for name, entry in containers.inspect().items():
        if name == "outside":
            continue
        assert faults(entry) == [], name
    assert all("Health" in containers.inspect()[name]["State"] for name in OURS)


def faults(entry: dict[str, Any]) -> list[str]:
    """What a running container should not be."""
    host, state = entry["HostConfig"], entry["State"]
    one_shot = host["RestartPolicy"]["Name"] in {"", "no"}
    found = {
        "writable": not host["ReadonlyRootfs"],
        "capable": host["CapDrop"] != ["ALL"],
        "root": entry["Config"]["User"] in {"", "root", "0"} and host["CapAdd"] is None,
        "failed": state["ExitCode"] != 0 or entry["RestartCount"] != 0,
        "ended": not one_shot and not state["Running"],
        "sick": state.get("Health", {}).get("Status", "healthy") != "healthy",
    }
    return [fault for fault, is_there in found.items() if is_there]


def test_fault_of_a_container_is_seen(containers):
    entry = containers.inspect()["gateway"]
    entry["HostConfig"]["ReadonlyRootfs"] = False
    entry["State"]["Health"]["Status"] = "unhealthy"
    assert faults(entry) == ["writable", "sick"]


def test_services_started_after_the_migrations(containers):
    states = {name: entry["State"] for name, entry in containers.inspect().items()}
    migrated = states["migrate"]["FinishedAt"].rstrip("Z")
    assert states["migrate"]["ExitCode"] == 0
    assert all(states[name]["StartedAt"].rstrip("Z") > migrated for name in ("gateway", "workers"))


def test_containers_write_nothing_but_json(containers):
    for service in (*OURS, "migrate"):
        lines = containers.lines(service)
        assert lines, service
        assert [line for line in lines if not line.startswith("{")] == []


def test_containers_end_by_themselves_when_they_are_asked(containers):
    containers.compose("stop", "--timeout", "30")
    codes = {name: entry["State"]["ExitCode"] for name, entry in containers.inspect().items()}
    assert {name for name, code in codes.items() if code == KILLED} == set()
    assert {name: codes[name] for name in OURS} == dict.fromkeys(OURS, 0)
