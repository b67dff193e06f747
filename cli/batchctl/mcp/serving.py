"""Builds the server and serves it, over stdio or over HTTP."""

import sys

import anyio
from mcp.server.mcpserver import MCPServer

from batchctl import __version__
from batchctl.errors import WrongUsage
from batchctl.mcp.allowance import Allowance
from batchctl.mcp.calls import Calls
from batchctl.mcp.resources import add_resources
from batchctl.mcp.stack import Stack
from batchctl.mcp.texts import instructions
from batchctl.mcp.tools import refuse_unallowed, tools_of
from batchctl.where import Where

_NAME = "batch-processor"


def build(calls: Calls) -> MCPServer:
    """The server with its tools and resources."""
    server = MCPServer(
        _NAME,
        title="Batch processor",
        version=__version__,
        instructions=instructions(calls.allowance),
        tools=tools_of(calls),
        # What the SDK logs below has what clients gave.
        log_level="ERROR",
        middleware=[refuse_unallowed(calls.allowance)],
    )
    add_resources(server, calls)
    return server


def serve(allowance: Allowance, where: Where, *, over_http: bool = False, port: int | None = None) -> None:
    """Serves until the client goes, or until it is interrupted."""
    if port is not None and not over_http:
        raise WrongUsage("--port is for --http; add it, or leave the port out.")
    with Stack(where) as stack:
        server = build(Calls(stack, allowance))
        if over_http:
            from batchctl.mcp.http import serve_http

            anyio.run(serve_http, server, port)
            return
        if sys.stdin.isatty():
            said = "Speaking MCP on stdin and stdout, which an assistant starts: docs/assistants.md. Ctrl-C ends it."
            print(said, file=sys.stderr)
        server.run("stdio")
