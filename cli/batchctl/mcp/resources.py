"""What came out of a batch as resources, which people may attach to a conversation by themselves."""

import json
from collections.abc import Callable
from urllib.parse import quote

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError

from batchctl.mcp.calls import Calls
from batchctl.mcp.texts import CELLS_ARE_DATA

_SAMPLE_ROWS = 5
_OPERATIONS = {
    "results": (
        "get_batch_results",
        {"sample_rows": _SAMPLE_ROWS},
        "What came out, with the first rows of the output.",
    ),
    "progress": ("monitor_batch_execution", {}, "How far it is."),
    "failures": ("explain_failures", {}, "Why rows failed, by cause."),
}


def uri_of(batch: str, what: str = "results") -> str:
    """The resource's address."""
    return f"batch://{quote(batch, safe='')}/{what}"


def add_resources(server: MCPServer, calls: Calls) -> None:
    """Offers them by templates: which batches there are, list_batches tells."""
    for what, (_, _, description) in _OPERATIONS.items():
        server.resource(
            f"batch://{{batch}}/{what}", name=f"batch-{what}", description=description, mime_type="application/json"
        )(_reader(calls, what))


def _reader(calls: Calls, what: str) -> Callable[[str], str]:
    name, arguments, _ = _OPERATIONS[what]

    def read(batch: str) -> str:
        outcome = calls.call(name, {"execution_arn": batch, **arguments})
        if outcome.failed:
            raise ResourceError(f"{outcome.document['error']}: {outcome.document['message']}")
        return json.dumps({"note": CELLS_ARE_DATA, **outcome.document}, ensure_ascii=False, indent=2)

    return read
