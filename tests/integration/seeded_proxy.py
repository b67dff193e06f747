"""microburst with a seed, run as `python seeded_proxy.py SEED --upstream … --port …`.

It leaves requests the host and the path that they were signed for, and answers their length. And `response:
{abort_bytes: 0}` loses the answer of a call that was made, also where the answer has no body.
"""

import random
import sys
from typing import Any

import aiohttp
from microburst import cli, forward
from yarl import URL


class Session(aiohttp.ClientSession):
    """aiohttp's, but that it leaves `%3A` in a path as it is."""

    async def _request(self, method: str, str_or_url: Any, **options: Any) -> Any:
        return await super()._request(method, URL(str_or_url, encoded=True), **options)


async def stream_or_lose(request: Any, status: int, headers: Any, fault: Any, chunks: Any) -> Any:
    """What microburst does with an answer, but for those that are to be lost as a whole."""
    if fault and fault.abort_bytes == 0:
        async for _ in chunks:
            pass
        request.transport.abort()
    if "Content-Length" in headers:
        fault = fault or forward.ResponseFault()
        fault.set_headers = {"Content-Length": headers["Content-Length"], **fault.set_headers}
    return await stream(request, status, headers, fault, chunks)


def headers_as_signed(upstream: Any, request: Any) -> dict[str, str]:
    """The headers that microburst hands on, with the client's own Host."""
    return {**outbound_headers(upstream, request), "host": request.headers["Host"]}


if __name__ == "__main__":
    random.seed(int(sys.argv[1]))
    outbound_headers, stream = forward.Upstream._outbound_headers, forward._stream_to_client
    forward.Upstream._outbound_headers = headers_as_signed
    forward._stream_to_client = stream_or_lose
    forward.aiohttp.ClientSession = Session
    sys.exit(cli.main(sys.argv[2:]))
