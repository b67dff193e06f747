"""microburst with a seed, run as `python seeded_proxy.py SEED --upstream … --port …`.

Also makes `response: {abort_bytes: 0}` lose the answer of a call that was made, when the answer has no body either.
"""

import random
import sys
from typing import Any

from microburst import cli, forward


def main() -> int:
    """Runs microburst's own command line."""
    random.seed(int(sys.argv[1]))
    stream = forward._stream_to_client

    async def stream_or_lose(request: Any, status: int, headers: Any, fault: Any, chunks: Any) -> Any:
        if fault and fault.abort_bytes == 0:
            async for _ in chunks:
                pass
            request.transport.abort()
        return await stream(request, status, headers, fault, chunks)

    forward._stream_to_client = stream_or_lose
    return int(cli.main(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
