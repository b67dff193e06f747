"""MiniStack with nothing of ours before it and no port: `python bare_ministack.py` answers requests from its standard input.

A list of `[method, path, headers, body]`, of which it writes a list of `[status, headers, text]`; then the key that MiniStack
gives to a function.
"""

import asyncio
import json
import sys
from typing import Any

CONFIG = {
    "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
    "FunctionName": "f",
    "Role": "arn:aws:iam::000000000000:role/r",
}


async def ask(method: str, path: str, headers: dict[str, str], body: str) -> list[Any]:
    from ministack import app

    address, _, query = path.partition("?")
    scope = {
        "type": "http", "method": method, "path": address, "raw_path": address.encode(), "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()], "scheme": "http",
        "client": ("127.0.0.1", 1),
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body.encode(), "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app.app(scope, receive, send)
    found = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return [sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:]).decode()]


async def main() -> None:
    from ministack.core import lambda_runtime

    answers = [await ask(*request) for request in json.load(sys.stdin)]
    json.dump([answers, lambda_runtime.execution_credentials(CONFIG)], sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
