"""Several messages to one queue."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from batch_processor.aws import sqs
from batch_processor.aws.client import clients_from

URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/letters"


class Queue:
    """Answers requests with what is scripted for each: places that fail with a code, or an error."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[list[str]]()

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 # botocore's
        self.asked.append([entry["Id"] for entry in Entries])
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, Exception):
            raise answer
        return {"Failed": [{"Id": place, "Code": code, "SenderFault": ours} for place, (code, ours) in answer.items()]}


def send(queue: Queue, count: int) -> dict[int, str]:
    with clients_from(lambda _: queue):
        return sqs.send_all(URL, [f"letter {place}" for place in range(count)])


def test_ten_are_sent_at_a_time() -> None:
    queue = Queue()
    assert send(queue, 25) == {}
    assert [len(places) for places in queue.asked] == [10, 10, 5]


def test_what_the_queue_failed_to_take_is_sent_again_and_what_it_refuses_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    queue = Queue({"1": ("ServiceUnavailable", False), "2": ("InvalidMessageContents", True)})
    assert send(queue, 3) == {2: "InvalidMessageContents"}
    assert queue.asked == [["0", "1", "2"], ["1"]]


def test_queue_that_cannot_be_reached_is_tried_once_for_all() -> None:
    queue = Queue({}, EndpointConnectionError(endpoint_url=URL))
    assert send(queue, 400) == dict.fromkeys(range(10, 400), "StorageUnavailable")
    assert len(queue.asked) == 2
