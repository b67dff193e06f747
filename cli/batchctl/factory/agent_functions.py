"""The code of the agent's functions, and the data that it works on."""

import re
from pathlib import Path
from typing import Any

from batch_processor.document.json_path import MISSING
from batchctl.factory.canonical import Canonical
from batchctl.factory.sample import sample
from batchctl.factory.shared_code import CHECKING, RENDERING, copies
from batchctl.project import ROOT

_CODE = Path(__file__).parent / "agent_code"
# google-re2, jsonschema and pystache, with all that these bring along.
_NEEDED = (
    "attrs", "google-re2", "jsonschema", "jsonschema-specifications", "pystache", "referencing", "rpds-py",
    "typing-extensions",
)  # fmt: skip


def function_sources(canonical: Canonical) -> dict[str, str]:
    """Python modules by file name; the validator's is called after the extraction."""
    validator = canonical.names.validator
    return {
        path.name.replace("agent_validator", validator): path.read_text(encoding="utf-8").replace(
            "agent_validator", validator
        )
        for path in sorted(_CODE.glob("*.py"))
    }


def shared_sources() -> dict[str, str]:
    """The modules of the batch processor that the functions bring along, by their paths in it."""
    return copies(CHECKING, RENDERING, command="batchctl factory generate")


def requirements() -> str:
    """What those modules need, in the versions and with the hashes that the batch processor has."""
    lock = (ROOT / "functions" / "requirements.txt").read_text(encoding="utf-8")
    # A package and its hashes, which are indented.
    entries = re.findall(r"^\w.*\n(?:\s.*\n)*", lock, re.MULTILINE)
    return "".join(entry for entry in entries if entry.partition("==")[0] in _NEEDED)


def recorded_answers(canonical: Canonical) -> dict[str, Any]:
    """What the executor replays: the schema's examples, or, where it has none, a made-up answer to every input."""
    recordings = [example.model_dump() for example in canonical.shape.examples]
    made_up = MISSING if recordings else sample(canonical.output_schema)
    return {"recordings": recordings, "otherwise": None if made_up is MISSING else made_up}
