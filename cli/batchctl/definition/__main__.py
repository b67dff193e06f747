"""`python -m batchctl.definition FOLDER …` writes the definition of each machine whose source is below the folders."""

import sys
from pathlib import Path

from batchctl.definition.errors import SourceError
from batchctl.definition.files import write


def main(folders: list[str]) -> int:
    """Writes the definitions and prints the files that have changed."""
    try:
        for path in write([Path(folder) for folder in folders]):
            print(path)
    except SourceError as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
