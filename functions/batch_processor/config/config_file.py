"""Reads a file that a configuration is in, or a part of one; what it names beside itself gets its whole URI."""

from collections.abc import Callable, Mapping
from typing import Any

from batch_processor.document.document_text import UnreadableDocument, read_object
from batch_processor.document.problem import Problem
from batch_processor.document.s3_uri import S3Uri, object_uri
from batch_processor.errors import InvalidConfiguration

# (bucket, key, version or None) to the object's bytes; InvalidConfiguration if it may be no configuration.
Read = Callable[[str, str, str | None], bytes]


def read_file(pointer: str, uri: Any, version_id: str | None, read: Read) -> dict[str, Any]:
    """The object in the file that the key at `pointer` names; InvalidConfiguration says what is wrong with it."""
    file = object_uri(uri) if isinstance(uri, str) else None
    if not (file and file.bucket and file.key):
        raise InvalidConfiguration([Problem(pointer, f"expected s3://BUCKET/KEY, got {uri!r}")])
    try:
        body = read(file.bucket, file.key, version_id)
    except InvalidConfiguration as exc:
        raise InvalidConfiguration([Problem(pointer, problem.message) for problem in exc.problems]) from exc
    try:
        return _located(read_object(str(file), body), file)
    except UnreadableDocument as exc:
        raise InvalidConfiguration([Problem("", fault) for fault in exc.faults]) from exc


def _located(document: dict[str, Any], file: S3Uri) -> dict[str, Any]:
    located = dict(document)
    if "defaults_s3_uri" in document:
        located["defaults_s3_uri"] = _beside(document["defaults_s3_uri"], file)
    if isinstance(document.get("agents"), Mapping):
        located["agents"] = {name: _agent(settings, file) for name, settings in document["agents"].items()}
    return located


def _agent(settings: Any, file: S3Uri) -> Any:
    if not isinstance(settings, Mapping) or "extraction" not in settings:
        return settings
    return {**settings, "extraction": _beside(settings["extraction"], file)}


def _beside(path: Any, file: S3Uri) -> Any:
    """The URI of a path that begins in the file's folder; what is none, or leads out of the bucket, stays as it is."""
    if not isinstance(path, str) or not path or "://" in path or path.startswith("/"):
        return path
    steps = file.key.split("/")[:-1]
    # Not as in a file system: in S3 the empty name between two slashes is one.
    for step in path.split("/"):
        if step == ".." and not steps:
            return path
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return str(S3Uri(file.bucket, "/".join(steps)))
