"""The code of the agent's functions, and the data that it works on."""

from pathlib import Path
from typing import Any

from batch_processor.json_path import MISSING

from .canonical import Canonical
from .sample import sample

_CODE = Path(__file__).parent / "agent_code"
# The validators of formats are those that jsonschema takes; its own list of them takes a second to import.
REQUIREMENTS = """\
fqdn==1.6.0
jsonschema==4.26.0
pystache==0.6.8
rfc3339-validator==0.1.4
rfc3986-validator==0.1.1
"""


def function_sources(canonical: Canonical) -> dict[str, str]:
    """Python modules by file name; the validator's is called after the extraction."""
    validator = canonical.names.validator
    return {
        path.name.replace("agent_validator", validator): path.read_text(encoding="utf-8").replace(
            "agent_validator", validator
        )
        for path in sorted(_CODE.glob("*.py"))
    }


def recorded_answers(canonical: Canonical) -> dict[str, Any]:
    """What the executor replays: the schema's examples, or, where it has none, a made-up answer to every input."""
    recordings = [example.model_dump() for example in canonical.shape.examples]
    made_up = MISSING if recordings else sample(canonical.output_schema)
    return {"recordings": recordings, "otherwise": None if made_up is MISSING else made_up}
