"""Requests as no SDK sends them: with any headers, signed with any key, from anywhere."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGION = "us-east-1"


@dataclass(frozen=True)
class Call:
    """A request to one service, not yet signed, as a form or a script of a page would write it."""

    service: str
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Answer(NamedTuple):
    """What came back; header names are in lower case."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def cors(self) -> list[str]:
        return [name for name in self.headers if name.startswith("access-control-")]


def signed(call: Call, credentials: Credentials, host: str) -> Call:
    """The call, signed for a host by the Authorization header."""
    request = _request(call, host)
    (S3SigV4Auth if call.service == "s3" else SigV4Auth)(credentials, call.service, REGION).add_auth(request)
    return Call(call.service, call.method, call.path, call.body, dict(request.headers))


def presigned(call: Call, credentials: Credentials, host: str, seconds: int = 60) -> Call:
    """The call, signed for a host by its query: all that it takes is an address."""
    request = _request(call, host)
    auth = S3SigV4QueryAuth if call.service == "s3" else SigV4QueryAuth
    auth(credentials, call.service, REGION, expires=seconds).add_auth(request)
    address = urlsplit(request.url)
    return Call(call.service, call.method, f"{address.path}?{address.query}", call.body, call.headers)


def send(call: Call, port: int, **headers: str) -> Answer:
    """Sends it to a port of this machine; an underscore in the name of a header stands for a hyphen."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        given = {**call.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.putrequest(call.method, call.path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": f"127.0.0.1:{port}", **given, "Content-Length": str(len(call.body))}.items():
            connection.putheader(name, value)
        connection.endheaders(call.body)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read().decode())
    finally:
        connection.close()


def json_call(service: str, target: str, document: object) -> Call:
    """A call of a service whose operations a header names."""
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}
    return Call(service, "POST", "/", json.dumps(document).encode(), headers)


def _request(call: Call, host: str) -> AWSRequest:
    return AWSRequest(call.method, f"http://{host}{call.path}", dict(call.headers), call.body)
