"""What every HTTP server of ours on this machine asks of a request before it reads or does anything.

Any web page may send requests to 127.0.0.1, and may read the answers once its own name leads there (DNS rebinding). A
page cannot leave out `Origin` where it matters, nor choose `Host`; a program on this machine sends no `Origin`, and a
`Host` of loopback. So:
- listen on HOST alone;
- refuse what `Loopback.refusal` gives a reason against, by `Guarded` (ASGI) or `GuardedRequestHandler` (http.server);
- send no `Access-Control-*`;
- and want a secret of this start, which these rules do not replace.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Self

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost", "[::1]")
_FROM_ANOTHER_SITE = ("cross-site", "same-site")
_CORS = b"access-control-"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Loopback:
    """The values of `Host`, names with ports, under which a server is asked by this machine's programs."""

    hosts: frozenset[str]

    @classmethod
    def at(cls, port: int, others: Iterable[str] = ()) -> Self:
        """Those of a server on this port, and `others`: names, with a port of their own if they have one."""
        return cls(frozenset(name if _has_port(name) else f"{name}:{port}" for name in (*_NAMES, *others)))

    def refusal(self, method: str, headers: Iterable[tuple[str, str]]) -> str | None:
        """Why a request is refused, whatever it asks for; None if it is not."""
        pairs = [(name.lower(), value) for name, value in headers]
        hosts = [value.lower() for name, value in pairs if name == "host"]
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return (
                f"Host is {', '.join(hosts) or 'missing'}, expected one of {', '.join(sorted(self.hosts))}: "
                "this server is for programs on its own machine. Call it by one of these."
            )
        if origin := next((value for name, value in pairs if name == "origin"), None):
            return f"Origin is {origin}, expected none: no web page may use this server. Call it from a program."
        site = next((value for name, value in pairs if name == "sec-fetch-site"), "")
        if site in _FROM_ANOTHER_SITE:
            return f"Sec-Fetch-Site is {site}: no web page may use this server. Call it from a program."
        if method == "OPTIONS":
            return "OPTIONS is what a web page asks with, and none may use this server. Call it from a program."
        return None


def _has_port(name: str) -> bool:
    return name.rpartition(":")[2].isdigit() and not name.endswith("]")


class Guarded:
    """An ASGI application behind these rules; it serves no WebSockets, and whatever it answers has no CORS headers."""

    def __init__(self, app: App, loopback: Loopback) -> None:
        self._app = app
        self._loopback = loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it before its body is read."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif reason := self._loopback.refusal(scope["method"], decoded(scope["headers"])):
            await answer(send, HTTPStatus.FORBIDDEN, {"message": reason})
        else:
            await self._app(scope, receive, _without_cors(send))


def decoded(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """The headers of an ASGI scope as text, names in lower case."""
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]


async def answer(send: Send, status: HTTPStatus, document: dict[str, Any]) -> None:
    """Answer an ASGI request with JSON."""
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _without_cors(send: Send) -> Send:
    async def send_without(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", ()) if not pair[0].lower().startswith(_CORS)]
            message = {**message, "headers": kept}
        await send(message)

    return send_without


class GuardedRequestHandler(BaseHTTPRequestHandler):
    """A handler for http.server behind these rules."""

    server: HTTPServer

    def parse_request(self) -> bool:
        """Read the head of a request; False if it is refused, which it then has been told."""
        if not super().parse_request():
            return False
        reason = Loopback.at(self.server.server_port).refusal(self.command, self.headers.items())
        if reason:
            self.close_connection = True
            self.answer(HTTPStatus.FORBIDDEN, {"error": {"message": reason}})
        return not reason

    def answer(self, status: HTTPStatus, document: dict[str, Any]) -> None:
        """Answer with JSON."""
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
