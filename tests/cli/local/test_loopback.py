"""The rules of local servers by themselves, and that any ASGI application is behind them."""

import asyncio
import re
from typing import Any

import pytest

from batchctl.local.loopback import Guarded, Loopback
from batchctl.project import ROOT

PORT = 8080
SERVER = re.compile(
    # The SDK of MCP speaks over stdio too; what serves it over HTTP is one of its applications.
    r"^\s*(?:from|import) (?:http\.server|socketserver|wsgiref|hypercorn|uvicorn|aiohttp|starlette)\b"
    r"|\b(?:streamable_http_app|sse_app|run_streamable_http_async|run_sse_async)\b|[\"'](?:streamable-http|sse)[\"']",
    re.MULTILINE,
)
Headers = list[tuple[str, str]]


def test_every_server_of_ours_is_behind_the_rules() -> None:
    modules = {path: path.read_text(encoding="utf-8") for path in (ROOT / "cli").rglob("*.py")}
    servers = {
        path.relative_to(ROOT / "cli/batchctl").as_posix(): text
        for path, text in modules.items()
        if SERVER.search(text)
    }
    assert {"local/loopback.py", "local/emulator/server.py", "local/model/server.py", "mcp/http.py"} <= set(servers)
    del servers["local/loopback.py"]
    assert [
        name for name, text in servers.items() if not re.search(r"\b(Guarded\(|GuardedRequestHandler\b)", text)
    ] == []


def reason(method: str, *headers: tuple[str, str]) -> str | None:
    return Loopback.at(PORT).refusal(method, headers)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "LocalHost:8080", "[::1]:8080"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD"])
def test_programs_of_this_machine_are_let_in(host: str, method: str) -> None:
    assert reason(method, ("Host", host), ("User-Agent", "Boto3"), ("Sec-Fetch-Site", "none")) is None


@pytest.mark.parametrize(
    "hosts",
    [
        [], [""], ["localhost"], ["localhost:80"], ["localhost:8080:8080"], ["evil.example:8080"], ["localhost.:8080"],
        ["localhost.evil.example:8080"], ["127.0.0.2:8080"], ["127.1:8080"], ["2130706433:8080"], ["0.0.0.0:8080"],
        ["user@localhost:8080"], ["localhost:8080, evil.example:8080"], ["localhost:8080", "localhost:8080"],
        ["localhost:8080", "evil.example:8080"], ["b.localhost:8080"], ["::1:8080"], ["host.docker.internal:8080"],
    ],
)  # fmt: skip
def test_other_names_are_refused_by_name(hosts: list[str]) -> None:
    said = reason("GET", *(("host", host) for host in hosts))
    assert said is not None
    assert said.startswith(f"Host is {', '.join(hosts) or 'missing'}, expected one of 127.0.0.1:8080, ")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:8080", "http://127.0.0.1:8080", "null"])
@pytest.mark.parametrize("name", ["Origin", "origin", "ORIGIN"])
def test_pages_of_every_origin_are_refused(name: str, origin: str) -> None:
    said = reason("POST", ("Host", "localhost:8080"), (name, origin))
    assert said == f"Origin is {origin}, expected none: no web page may use this server. Call it from a program."


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_had_the_browser_fetch_is_refused(site: str) -> None:
    assert f"Sec-Fetch-Site is {site}" in str(reason("GET", ("Host", "localhost:8080"), ("Sec-Fetch-Site", site)))


def test_preflights_are_refused_even_without_an_origin() -> None:
    assert "OPTIONS is what a web page asks with" in str(reason("OPTIONS", ("Host", "localhost:8080")))


def test_a_server_may_be_called_by_more_names_with_its_port_or_with_one_of_their_own() -> None:
    loopback = Loopback.at(PORT, ["host.docker.internal", "127.0.0.1:9"])
    assert loopback.refusal("GET", [("host", "host.docker.internal:8080")]) is None
    assert loopback.refusal("GET", [("host", "127.0.0.1:9")]) is None
    assert loopback.refusal("GET", [("host", "host.docker.internal:9")])


def served(scope: dict[str, Any], *headers: tuple[bytes, bytes]) -> tuple[list[dict[str, Any]], list[str]]:
    """What a guarded application sends, and whether it was called, and read."""
    sent: list[Any] = []
    done: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        done.append("called")
        start = [(b"Access-Control-Allow-Origin", b"*"), (b"access-control-max-age", b"1"), (b"X-Kept", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": start})
        await send({"type": "http.response.body", "body": b"answer"})

    async def receive() -> Any:
        done.append("read")
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    guarded = Guarded(application, Loopback.at(PORT))
    asyncio.run(guarded({"headers": list(headers), **scope}, receive, send))
    return sent, done


def test_no_answer_has_cors_headers() -> None:
    sent, _ = served({"type": "http", "method": "GET"}, (b"Host", b"localhost:8080"))
    assert sent[0]["headers"] == [(b"X-Kept", b"1")]
    assert sent[1]["body"] == b"answer"


def test_refused_request_is_neither_read_nor_served() -> None:
    headers = [(b"host", b"localhost:8080"), (b"origin", b"null")]
    sent, done = served({"type": "http", "method": "POST"}, *headers)
    assert sent[0]["status"] == 403
    assert b"Origin is null" in sent[1]["body"]
    assert done == []


def test_web_sockets_are_refused() -> None:
    sent, done = served({"type": "websocket"}, (b"host", b"localhost:8080"))
    assert [message["type"] for message in sent] == ["websocket.close"]
    assert "called" not in done
