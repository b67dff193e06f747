"""The manifest.json of a Map Run: which files its ResultWriter wrote."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# The order of the rows in the output, where nothing says which items they are of.
GROUPS = ("SUCCEEDED", "FAILED", "PENDING")


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file of children of one group: a JSON array, or JSON Lines if its name ends so."""

    group: str
    bucket: str
    key: str
    size_bytes: int

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def is_lines(self) -> bool:
        return self.key.endswith(".jsonl")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The Map Run and its files, those of successes first."""

    map_run_arn: str
    files: tuple[ResultFile, ...]

    @property
    def map_run(self) -> str:
        """The Map Run's own name, a UUID."""
        return self.map_run_arn.rpartition(":")[2]

    @property
    def state_machine(self) -> str:
        """The name of the state machine that has the Map."""
        return self.map_run_arn.split(":")[6].partition("/")[0]


def parse_manifest(body: bytes) -> Manifest:
    """The manifest in its normal form; ValueError if the bytes are not a manifest."""
    try:
        document = json.loads(body)
        manifest = Manifest(document["MapRunArn"], tuple(_files(document)))
        manifest.state_machine  # noqa: B018 - fails where that is no Map Run's ARN
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError) as exc:
        raise ValueError(
            "it is no manifest of a Map Run, which has DestinationBucket, MapRunArn and ResultFiles; name the manifest.json "
            "that the ResultWriter wrote"
        ) from exc
    return manifest


def _files(document: dict[str, Any]) -> Iterator[ResultFile]:
    for group in GROUPS:
        for file in document["ResultFiles"].get(group, []):
            yield ResultFile(group, document["DestinationBucket"], str(file["Key"]), int(file["Size"]))
