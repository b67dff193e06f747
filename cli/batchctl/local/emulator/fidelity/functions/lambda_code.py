"""The code of a function, unpacked once for all of its processes; MiniStack unpacks it for each."""

import functools
import hashlib
import io
import os
import tempfile
import threading
import zipfile
from pathlib import Path

from batchctl.local.emulator.fidelity.functions.lambda_bootstrap import SHARED_CODE

_unpacking = threading.Lock()


@functools.lru_cache(maxsize=64)
def stand_in(package: bytes) -> bytes:
    """A package with nothing but the name of the folder that has the code."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(SHARED_CODE, str(_folder(package)))
    return archive.getvalue()


def _folder(package: bytes) -> Path:
    folder = Path(tempfile.gettempdir()) / f"lambda-code-{hashlib.sha256(package).hexdigest()}"
    with _unpacking:
        if not folder.exists():
            unpacked = tempfile.mkdtemp(prefix="lambda-code-")
            with zipfile.ZipFile(io.BytesIO(package)) as file:
                file.extractall(unpacked)
            os.rename(unpacked, folder)
    return folder
