"""The server on fake operations, over stdio: a process of its own for the SDK's client."""

from tests.cli.mcp.fakes import executes, operations, server

if __name__ == "__main__":
    with operations(execute_batch_processor=executes):
        server().run("stdio")
