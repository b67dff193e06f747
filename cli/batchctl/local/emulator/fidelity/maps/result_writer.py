"""Where the results of a Distributed Map go: files in S3, or the state's result.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html. AWS starts another file of a kind
after 5 GB; here there is one of each.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ministack.services import s3, stepfunctions

from batchctl.local.emulator.fidelity.executions.execution_history import json_text
from batchctl.local.emulator.fidelity.expressions import templates
from batchctl.local.emulator.fidelity.maps import child_executions
from batchctl.local.emulator.fidelity.maps.item_batcher import ChildInput
from batchctl.local.emulator.fidelity.maps.map_run_record import MapRunRecord
from batchctl.local.emulator.fidelity.tasks import role_policies

FAILED = "States.ResultWriterFailed"

Execution = dict[str, Any]


class ResultWriter:
    """The ResultWriter of a Map state, its arguments evaluated before anything starts."""

    def __init__(self, state: dict[str, Any], data: Any, execution: Execution, context: dict[str, Any]) -> None:
        writer = templates.field(state, "ResultWriter", data, context) if "ResultWriter" in state else {}
        config = {"OutputType": "JSON", **writer.get("WriterConfig", {})}
        self._execution = execution
        self._arguments: Any = writer.get("Arguments")
        self.exports = "Resource" in writer
        self._transformation = config.get("Transformation", "NONE" if self.exports else "COMPACT")
        self._is_lines = config["OutputType"] == "JSONL"

    def results(self, children: Sequence[Execution]) -> list[Any]:
        """The results as the state's result, in the items' order."""
        return [value for child in children for value in self._transformed(child)]

    def export(self, record: MapRunRecord, children: Sequence[Execution], pending: Iterable[ChildInput]) -> Any:
        """Write the files; the state's result, which tells where the manifest is."""
        bucket, prefix = self._arguments["Bucket"], self._arguments.get("Prefix", "").rstrip("/")
        folder = f"{prefix}/{record.uuid}" if prefix else record.uuid
        names = {child["status"]: child["status"] for child in children} | {"TIMED_OUT": "FAILED", "ABORTED": "FAILED"}
        values: dict[str, list[Any]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
        for child in children:
            values[names[child["status"]]] += self._transformed(child)
        values["PENDING"] = [child_executions.describe_pending(child_input) for child_input in pending]
        files = {kind: self._write_results(bucket, folder, kind, values[kind]) for kind in values}
        manifest = {"DestinationBucket": bucket, "MapRunArn": record.arn, "ResultFiles": files}
        key = f"{folder}/manifest.json"
        self._put(bucket, key, json_text(manifest))
        record.results_written()
        return {"MapRunArn": record.arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}

    @property
    def describes_successes(self) -> bool:
        """Whether more than the output of a child that succeeded is among the results."""
        return bool(self._transformation == "NONE")

    def _transformed(self, child: Execution) -> list[Any]:
        if child["status"] != "SUCCEEDED" or self._transformation == "NONE":
            return [child_executions.describe(child)]
        output = json.loads(child["output"])
        return output if self._transformation == "FLATTEN" and isinstance(output, list) else [output]

    def _write_results(self, bucket: str, folder: str, kind: str, values: list[Any]) -> list[dict[str, Any]]:
        if not values:
            return []
        key = f"{folder}/{kind}_0.{'jsonl' if self._is_lines else 'json'}"
        texts = map(json_text, values)
        size = self._put(bucket, key, "\n".join(texts) if self._is_lines else f"[{','.join(texts)}]")
        return [{"Key": key, "Size": size}]

    def _put(self, bucket: str, key: str, text: str) -> int:
        role_policies.check_action(self._execution, "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}", FAILED)
        body = text.encode()
        status, _, _ = s3._put_object(bucket, key, body, {"content-type": "application/json"})
        if status != 200:
            message = f"The object {key} could not be written to the bucket {bucket} (Status Code: {status})"
            raise stepfunctions._ExecutionError(FAILED, message)
        return len(body)
