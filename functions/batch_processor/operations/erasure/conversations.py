"""Conversations with batch-orchestrator-agent that name a batch: they may tell of its rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from batch_processor.aws import s3
from batch_processor.errors import SourceUnavailable
from batch_processor.operations.conversation.keeping import PREFIX


@dataclass(frozen=True, slots=True)
class Conversations:
    """All versions of the conversations in which the batch's name stands; each conversation is read for that."""

    bucket: str
    batch_name: str
    name: str = "conversations"
    unit: str = "versions"
    at_a_time: int = 1_000

    @property
    def where(self) -> str:
        return f"s3://{self.bucket}/{PREFIX}"

    def found(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Each version, with its size."""
        said = re.compile(rf"(?<![\w-]){re.escape(self.batch_name)}(?![\w-])".encode())
        for listed in s3.listed(self.bucket, PREFIX):
            if said.search(self._text(listed["Key"])):
                for version in s3.versions(self.bucket, listed["Key"]):
                    yield version, version.get("Size", 0)

    def remove(self, items: list[dict[str, Any]]) -> None:
        """Deletes the versions."""
        s3.delete_versions(self.bucket, items)

    def _text(self, key: str) -> bytes:
        try:
            return s3.read(self.bucket, key)
        except SourceUnavailable as exc:
            if getattr(exc.__cause__, "response", {}).get("Error", {}).get("Code") == "NoSuchKey":
                return b""  # it went meanwhile
            raise
