"""Which agents and tools batches of the local stack may call."""

import re
from collections.abc import Sequence

from batchctl.errors import WrongUsage
from batchctl.local.stack import EXAMPLES_PATTERN

# As AgentNamePattern and ToolNamePattern of template.yaml have it.
_PATTERN = re.compile(r"[A-Za-z0-9_*-]+")
# Whoever has the machine may run all that is on it; an account's stack names what batches may call.
_ALL = "*"


def allowed_names(option: str, given: Sequence[str]) -> str:
    """The parameter's value: the examples' names and the given ones, each of which may be a list with commas; else all."""
    patterns = [pattern.strip() for each in given for pattern in each.split(",")]
    if wrong := [pattern for pattern in patterns if not _PATTERN.fullmatch(pattern)]:
        raise WrongUsage(
            f"{option}: {wrong[0]!r} is no name of a state machine or function. Give names, not ARNs, of letters, digits, "
            f"- and _, with * for any; several with commas, as {option} 'my-*,enrich'."
        )
    return ",".join(dict.fromkeys([EXAMPLES_PATTERN, *patterns])) if patterns else _ALL
