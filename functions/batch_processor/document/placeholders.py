"""Placeholders of deployed names, as `${BUCKET}`: a front end fills them in; where one is left, nothing is called so."""

import re

PLACEHOLDER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


def placeholders(text: str) -> list[str]:
    """Those in the text, as they stand there, each once."""
    return list(dict.fromkeys(match[0] for match in PLACEHOLDER.finditer(text)))


def left_in(text: str) -> str:
    """What to do about the first placeholder of a text in which none may be left; empty if there is none."""
    found = placeholders(text)
    return (
        f"{found[0]} was left in: write what it stands for, or start the batch with `batchctl run CSV --config FILE`, which "
        "fills it in"
        if found
        else ""
    )
