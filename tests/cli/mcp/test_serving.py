"""The server as a process of its own over stdio, and over HTTP against clients with and without the token."""

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import anyio
import httpx2
import pytest
import uvicorn
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult

from batchctl.mcp.http import PATH, guarded, listening
from batchctl.project import ROOT
from tests.cli.command_line import exit_code
from tests.cli.mcp.fakes import CONFIG, STARTED, executes, operations, server

TOKEN = "token-of-this-start"
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "cli", ROOT / "functions", ROOT)))}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


async def agrees(context: Any, params: Any) -> ElicitResult:
    return ElicitResult(action="accept", content={"start": True})


async def started_over(transport: Any) -> Any:
    async with Client(transport, elicitation_callback=agrees) as client:
        assert len((await client.list_tools()).tools) > 10
        return await client.call_tool("execute_batch_processor", {"config": CONFIG})


def test_batch_starts_over_stdio_after_a_person_agreed() -> None:
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "tests.cli.mcp.fake_server"], env=ENVIRONMENT, cwd=ROOT
    )
    assert anyio.run(started_over, stdio_client(parameters)).structured_content == STARTED


def test_command_answers_before_it_looks_for_a_stack_and_ends_with_its_client() -> None:
    hello = {
        "jsonrpc": "2.0", "id": 0, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "batchctl", "mcp", "--stack", "no-such-stack"],
        input=json.dumps(hello) + "\n", env={**ENVIRONMENT, "AWS_DEFAULT_REGION": "eu-west-1"},
        capture_output=True, text=True, timeout=60, check=True, cwd=ROOT,
    )  # fmt: skip
    answer = json.loads(done.stdout.splitlines()[0])
    assert answer["result"]["serverInfo"]["name"] == "batch-processor"
    assert "only reads" in answer["result"]["instructions"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--allow-run"], "--max-rows"),
        (["--max-rows", "5"], "--allow-run"),
        (["--port", "8000"], "--http"),
        (["--folder", "/no/such"], "/no/such"),
    ],
)
def test_wrong_usage_ends_with_2_and_what_to_type(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("mcp", *arguments) == 2
    assert said in capsys.readouterr().err


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server over HTTP, as the command serves it."""
    with operations(execute_batch_processor=executes), listening(None) as listener:
        taken = listener.getsockname()[1]
        config = uvicorn.Config(guarded(server(), taken, TOKEN), log_level="warning", access_log=False, lifespan="on")
        serving = uvicorn.Server(config)
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield taken
        serving.should_exit = True
        thread.join(10)


def post(
    port: int, body: str = json.dumps(LIST), method: str = "POST", path: str = PATH, **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    given = {
        "Authorization": f"Bearer {TOKEN}", "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()},
    }  # fmt: skip
    connection.request(method, path, body, {name: value for name, value in given.items() if value})
    answer = connection.getresponse()
    text = answer.read().decode()
    assert not [name for name, _ in answer.getheaders() if name.lower().startswith("access-control")]
    connection.close()
    return answer.status, text


def test_batch_starts_over_http_with_the_token(port: int) -> None:
    async def main() -> Any:
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            return await started_over(streamable_http_client(f"http://127.0.0.1:{port}{PATH}", http_client=client))

    assert anyio.run(main).structured_content == STARTED


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"bearer {TOKEN}", TOKEN, "Basic eDp5"])
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_nobody_gets_in_without_the_token(port: int, given: str, method: str) -> None:
    status, text = post(port, method=method, Authorization=given)
    assert (status, "tools" in text) == (401, False)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"}, {"Host": "evil.example:80"}, {"Host": "127.0.0.1:1"}, {"Origin": "https://evil.example"},
        {"Origin": "null"}, {"Origin": "http://127.0.0.1"}, {"Sec_Fetch_Site": "cross-site"},
    ],
)  # fmt: skip
def test_no_page_gets_in_even_with_the_token(port: int, headers: dict[str, str]) -> None:
    assert post(port, **headers)[0] == 403


def test_preflight_and_other_paths_are_refused(port: int) -> None:
    assert post(port, method="OPTIONS")[0] == 403
    assert post(port, path="/")[0] == 404
    assert post(port, path="/", Authorization="")[0] == 401


def test_body_beyond_all_reason_is_refused(port: int) -> None:
    assert post(port, body=json.dumps({**LIST, "params": {"x": "y" * 5_000_000}}))[0] == 413


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", "[" * 100_000, '{"jsonrpc": "2.0", "id": 1, "method": "nope"}']
)
def test_nonsense_is_told_from_a_failure_of_ours(port: int, body: str) -> None:
    status, text = post(port, body=body)
    assert 400 <= status < 500 or "error" in text
    assert "Traceback" not in text
