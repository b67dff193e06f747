"""Lets `--json` stand alone or have keys: `--json`, `--json status,cost`.

Click's options either have a value or have none. A word after `--json` that could be keys is taken for them; any other, as a
file or a batch whose name has a digit, is the command's own.
"""

import re
from collections.abc import Sequence

OPTION = "--json"
_KEYS = re.compile(r"[a-z_]+(,[a-z_]+)*")


def with_values(words: Sequence[str]) -> list[str]:
    """The words with the value of `--json` joined to it; where there is none, an empty one."""
    own = words.index("--") if "--" in words else len(words)
    joined: list[str] = []
    for word in words[:own]:
        if joined and joined[-1] == f"{OPTION}=" and _KEYS.fullmatch(word):
            joined[-1] += word
        else:
            joined.append(f"{OPTION}=" if word == OPTION else word)
    return [*joined, *words[own:]]


def is_asked(words: Sequence[str]) -> bool:
    """Whether the answer is to be a JSON document."""
    return any(word == OPTION or word.startswith(f"{OPTION}=") for word in words)
