"""The server over streamable HTTP: on loopback alone, behind the rules of local servers and a token of each start's own."""

import secrets
import socket
import sys
from http import HTTPStatus

import uvicorn
from mcp.server.mcpserver import MCPServer

from batchctl.errors import Expected
from batchctl.local.loopback import HOST, App, Guarded, Loopback, Receive, Scope, Send, answer, decoded

PATH = "/mcp"
_TOKEN_BYTES = 32


class PortTaken(Expected):
    """The port cannot be listened on."""


class WithToken:
    """An ASGI application for those who bring the token."""

    def __init__(self, app: App, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it before its body is read."""
        if scope["type"] == "http" and not self._is_brought(scope):
            said = (
                "Authorization is missing or not this start's, expected `Bearer` and the token that the start printed."
            )
            await answer(send, HTTPStatus.UNAUTHORIZED, {"message": said})
        else:
            await self._app(scope, receive, send)

    def _is_brought(self, scope: Scope) -> bool:
        given = [value for name, value in decoded(scope["headers"]) if name == "authorization"]
        return len(given) == 1 and secrets.compare_digest(given[0].encode(), self._expected)


def guarded(server: MCPServer, port: int, token: str) -> App:
    """What is served on that port."""
    return Guarded(
        WithToken(server.streamable_http_app(streamable_http_path=PATH, host=HOST), token), Loopback.at(port)
    )


async def serve_http(server: MCPServer, port: int | None) -> None:
    """Serves until it is interrupted; the address and the token are told on stderr."""
    with listening(port) as listener:
        taken = listener.getsockname()[1]
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        # Without an access log: it would have what clients ask.
        config = uvicorn.Config(
            guarded(server, taken, token), log_level="warning", access_log=False, server_header=False, lifespan="on"
        )
        print(f"MCP: http://{HOST}:{taken}{PATH}\nAuthorization: Bearer {token}", file=sys.stderr, flush=True)
        await uvicorn.Server(config).serve(sockets=[listener])


def listening(port: int | None) -> socket.socket:
    """A socket on that port, or on a free one; PortTaken."""
    try:
        return socket.create_server((HOST, port or 0))
    except OSError as exc:
        raise PortTaken(
            f"--port: {HOST}:{port} cannot be listened on: {exc.strerror}. Give another one, or none."
        ) from exc
