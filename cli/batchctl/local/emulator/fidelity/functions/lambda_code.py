"""The code of a function, kept once for all functions that have it, and unpacked once for all of their processes.

MiniStack keeps it for each function, and unpacks it for each process.
"""

import functools
import hashlib
import io
import os
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

from ministack.services import lambda_svc

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


def _kept(package: bytes) -> bytes:
    """The same package as another function has it."""
    functions = [*lambda_svc._functions._data.values()]
    others = (function.get("code_zip") for function in functions)
    return next((other for other in others if other == package), package)


def apply() -> None:
    """Share what is fetched from S3."""
    fetch: Callable[..., bytes | None] = lambda_svc._fetch_code_from_s3

    def fetch_shared(*arguments: str, **options: str | None) -> bytes | None:
        package = fetch(*arguments, **options)
        return None if package is None else _kept(package)

    lambda_svc._fetch_code_from_s3 = fetch_shared
