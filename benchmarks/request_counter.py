"""Counts what functions ask of S3 and DynamoDB: a proxy between them and the embedded AWS.

Only functions whose AWS_ENDPOINT_URL names it go through it. Requests that Step Functions makes by itself (reading the
rows of a Distributed Map, writing its results: a few a batch) do not.
"""

import http.client
import json
import math
import re
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from benchmarks.histories import Usage

_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/(\w+)/aws4_request")
_WRITE_UNIT_BYTES = 1024
_READ_UNIT_BYTES = 4096
# Only an item of the batches table is updated: it has more than 1 KB and less than 2, and its keys, which the indexes have, stay.
_UPDATE_UNITS = 2
# Not sent on: about the connection, or answered by the proxy itself.
_HOP = {"connection", "keep-alive", "transfer-encoding", "expect", "content-length"}


class RequestCounter:
    """A context manager; inside it `url` is where functions are to go, and `usage` adds up by names of prices."""

    def __init__(self) -> None:
        self.usage: Usage = defaultdict(float)
        self._lock = threading.Lock()
        counter = self

        class Handler(_Handler):
            def count(self, body: bytes, answer: bytes) -> None:
                counter.count(self.command, self.path, dict(self.headers.items()), body, answer)

        self._handler = Handler
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"

    def forward_to(self, endpoint_url: str) -> None:
        """Says where the embedded AWS is, which must know `host` for one of its names before it starts."""
        self._handler.target = urlsplit(endpoint_url).netloc

    def count(self, method: str, path: str, headers: dict[str, str], body: bytes, answer: bytes) -> None:
        """Adds one request that was answered."""
        signed = {name.lower(): value for name, value in headers.items()}
        service = _SERVICE.search(signed.get("authorization", ""))
        with self._lock:
            if service and service[1] == "s3":
                self._count_s3(method, path)
            elif service and service[1] == "dynamodb":
                self._count_dynamodb(signed["x-amz-target"].rsplit(".", 1)[1], json.loads(body), json.loads(answer))

    def _count_s3(self, method: str, path: str) -> None:
        if method == "DELETE":
            return  # free
        is_listing = method == "GET" and "list-type=2" in path
        self.usage["s3_put" if method in ("PUT", "POST") or is_listing else "s3_get"] += 1

    def _count_dynamodb(self, operation: str, request: dict[str, Any], answer: dict[str, Any]) -> None:
        if operation == "PutItem":
            self._count_written(request["Item"])
        elif operation == "BatchWriteItem":
            for put in (put for puts in request["RequestItems"].values() for put in puts):
                self._count_written(put["PutRequest"]["Item"])
        elif operation == "UpdateItem":
            self.usage["dynamodb_write_unit"] += _UPDATE_UNITS
            self.usage["dynamodb_request"] += 1
        elif operation == "BatchGetItem":
            self.usage["dynamodb_request"] += 1
            for item in (item for items in answer["Responses"].values() for item in items):
                self.usage["dynamodb_read_unit"] += math.ceil(max(_item_bytes(item), 1) / _READ_UNIT_BYTES)
        else:
            items = answer.get("Items", [answer["Item"]] if "Item" in answer else [])
            # What a projection leaves out is read, too; a KB an item stands for it.
            size = sum(max(_item_bytes(item), _WRITE_UNIT_BYTES) for item in items)
            share = 1 if request.get("ConsistentRead") else 0.5
            self.usage["dynamodb_read_unit"] += share * max(math.ceil(size / _READ_UNIT_BYTES), 1)
            self.usage["dynamodb_request"] += 1

    def _count_written(self, item: dict[str, Any]) -> None:
        self.usage["dynamodb_request"] += 1
        size = _item_bytes(item)
        copies = 2 if "failed_batch" in item else 1  # the index on failures has its own
        units = copies * math.ceil(size / _WRITE_UNIT_BYTES)
        self.usage["dynamodb_write_unit"] += units
        self.usage["dynamodb_item_unit"] += units
        self.usage["dynamodb_byte"] += copies * (size + 100)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Sends each request on as it came, its Host and so its signature included."""

    protocol_version = "HTTP/1.1"
    # Head and body are two writes; held back, the second would wait 40 ms for the first one's acknowledgement.
    disable_nagle_algorithm = True
    target = ""

    def count(self, body: bytes, answer: bytes) -> None:
        raise NotImplementedError

    def _forward(self) -> None:
        body = self._body()
        connection = http.client.HTTPConnection(self.target, timeout=900)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in _HOP:
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        answer = response.read()
        self.count(body, answer)
        self._answer(response, answer)
        connection.close()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _forward  # noqa: N815

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, response: http.client.HTTPResponse, answer: bytes) -> None:
        self.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        length = response.getheader("Content-Length") if self.command == "HEAD" else str(len(answer))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: standard error is for what a person should see."""


def _item_bytes(item: dict[str, Any]) -> int:
    """An item's size as DynamoDB counts it, near enough: its names, and its values as text."""
    return sum(len(name.encode()) + len(str(next(iter(value.values()))).encode()) for name, value in item.items())
