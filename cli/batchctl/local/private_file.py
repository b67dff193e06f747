"""Files that only their owner may read."""

import os
import secrets
from pathlib import Path

_OWNER_ONLY = 0o600


def write(path: Path, text: str) -> None:
    """Writes the file whole or not at all; at no moment may others read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        # Exclusively: whoever else may write in this folder cannot have it lie there already, readable or as a link.
        descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
