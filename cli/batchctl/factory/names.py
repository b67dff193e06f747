"""Names for all that is generated, legal wherever they are used, from any extraction name."""

import hashlib
import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

# A tool's name has at most 64 characters (Bedrock), and "print_…_output" takes 13 of them. A state machine's has 80,
# of which an environment may take 20 and the hyphen before it one; CloudFormation refuses a prefix beyond the rest.
_LONGEST = 50
_DIGEST_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class Names:
    """What an extraction is called: `module` in Python, files and tools, `agent` in AWS, `logical` in CloudFormation."""

    module: str
    agent: str
    logical: str

    @classmethod
    def of(cls, extraction_name: str) -> "Names":
        """The names of an extraction; a name that is legal as it is stays as it is."""
        module = _identifier(extraction_name)
        words = module.strip("_").split("_")
        return cls(module, "-".join(words), "".join(word.capitalize() for word in words))

    @property
    def output_tool(self) -> str:
        return f"print_{self.module}_output"

    @property
    def validator(self) -> str:
        return f"{self.module}_validator"

    @property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs by what they are; one account's stacks must not share a name."""
        return {"agent_arn": f"{self.logical}AgentArn", "agent_name": f"{self.logical}AgentName",
                "output_tool_arn": f"{self.logical}OutputToolArn"}  # fmt: skip


def collisions(extraction_names: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield (file, other file, name) for files whose extractions, {file: extraction name}, would share a name."""
    first: dict[str, str] = {}
    for file, extraction_name in extraction_names.items():
        for name in _spellings(Names.of(extraction_name)):
            if name in first:
                yield file, first[name], name
                break
        first |= {name: file for name in _spellings(Names.of(extraction_name)) if name not in first}


def _spellings(names: Names) -> Iterable[str]:
    # File systems and some of AWS do not tell A from a. The empty word parts the kinds of names.
    return names.module.lower(), f"-{names.agent.lower()}", f"{names.logical.lower()}-"


def _identifier(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", ascii_text.lower()).strip("_")
    if not name:
        return f"extraction_{_digest(text)}"
    if name[0].isdigit():
        name = f"x_{name}"
    if len(name) > _LONGEST:
        name = f"{name[: _LONGEST - _DIGEST_CHARACTERS - 1].rstrip('_')}_{_digest(text)}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]
