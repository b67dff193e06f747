"""A batch in the Express tier, whose children's rows are stored as the state machine stores them."""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from batch_processor.aws.client import client
from batch_processor.contract.number import CONTRACT
from batch_processor.contract.stored_answer import unless_answered
from batch_processor.handlers import aggregate_results, extract_structured_output
from batch_processor.results.stored_row import failures_key, partition, row_id
from tests.functional.batches import as_json
from tests.functional.large_batches import LargeBatch
from tests.functional.tables import TABLE

AT = "2026-11-21T09:35:00.000Z"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:tool-lookup"
TOOL = {"type": "tool", "arn": ARN, "name": "lookup", "input_format": "structured"}


class ExpressBatch(LargeBatch):
    """The batch after LoadCSVData; its target is a function."""

    def __init__(self, content: bytes, **sections: Any) -> None:
        storage = {"mode": "dynamodb", "fingerprint": "5ca1ab1e"}
        super().__init__(content, **{"target": TOOL, "storage": storage, **sections})
        express: Any = {
            "attempt_seconds": 30,
            "last_start_ms": 200_000,
            "extracted_by_ms": 260_000,
            "carried_bytes": 500,
            "unless_answered": unless_answered(self.loaded["storage"]),
        }
        self.loaded["tier"] = "express"
        self.loaded["storage"]["partition_rows"] = 60
        self.loaded["fan_out"]["express"] = express

    def answer(
        self, index: int, answer: Any, *, attempt: int = 1, first_attempt: int = 1, **others: Any
    ) -> dict[str, Any]:
        """StoreAnswer, of the batch's so manyth attempt; returns the iteration's result.

        An answer that another one has come before goes along with it.
        """
        if first_attempt > 1:
            others["attempt"] = {"N": str(first_attempt + attempt - 1)}
        text = json.dumps({"answer": answer}, ensure_ascii=False)
        item = {"answer": {"S": text}, **self._input(index), **others}
        if self._put(index, "ANSWERED", attempt, item):
            return {"index": index}
        return {"index": index, "answer": answer, "attempt": attempt, "at": AT, "ms": 120}

    def fail(self, index: int, error: str, reason: str, *, attempt: int = 1) -> dict[str, Any]:
        """StoreFailure; returns the iteration's result."""
        letter = {"attempts": attempt, "error": error, "reason": reason, "cause": f'{{"errorMessage": "{reason}"}}'}
        item = {
            "error_message": {"S": f"{error}: {reason}"},
            "failed_batch": {"S": failures_key(self.loaded["storage"], index)},
            "letter": {"S": json.dumps(letter)},
            **self._input(index),
        }
        self._put(index, "TIMEOUT" if error == "States.Timeout" else "FAILED", attempt, item)
        return {"index": index}

    def extract(
        self, first: int, last: int, results: Iterable[Mapping[str, Any]], *, began: float = 0, context: Any = None
    ) -> Any:
        """ExtractAnswers of a child that began so many seconds ago."""
        event = {
            "contract": CONTRACT,
            "plan": self.plan,
            "loaded": self.row_batch(first, last),
            "results": list(results),
            "started_ms": int((time.time() - began) * 1000),
        }
        return as_json(extract_structured_output.handle(as_json(event), context))

    def finish_with(self, first: int, last: int, results: Iterable[Mapping[str, Any]]) -> Any:
        """Ends a row batch with these results of its iterations as they are."""
        event = {"plan": self.plan, "loaded": self.row_batch(first, last), "results": list(results)}
        return aggregate_results.handle(as_json(event), None)

    def _input(self, index: int) -> dict[str, Any]:
        return {"input_data": {"S": json.dumps({"contact": f"{index}@x.org"})}}

    def _put(self, index: int, status: str, attempt: int, more: dict[str, Any]) -> bool:
        """False if an answer stands."""
        store = self.loaded["storage"]
        item = {
            "batch_id": {"S": partition(store, index)},
            "row_id": {"S": row_id(index)},
            "status": {"S": status},
            "timestamp": {"S": AT},
            "ttl": {"N": "1796000000"},
            "since": {"S": store["since"]},
            "fingerprint": {"S": store["fingerprint"]},
            "execution_time_ms": {"N": "120"},
            **({"calls": {"N": str(attempt)}} if attempt > 1 else {}),
            **more,
        }
        condition = self.loaded["fan_out"]["express"]["unless_answered"]
        try:
            client("dynamodb").put_item(TableName=TABLE, Item=item, **condition)
        except client("dynamodb").exceptions.ConditionalCheckFailedException:
            return False
        return True


def said(category: str, score: Any = 3) -> dict[str, Any]:
    """A tool's answer."""
    return {"type": "structured_output", "tool_use_id": "1", "content": {"category": category, "score": score}}
