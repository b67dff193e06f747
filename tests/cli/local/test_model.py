"""The local model answers as model servers do: over HTTP, counted, and only what can be asked."""

import http.client
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from batchctl.local.model import LocalModel

PROPERTIES: dict[str, Any] = {name: {} for name in ("headline", "description", "keywords", "category", "confidence")}
TOOL = {"type": "function", "function": {"name": "return_copy", "parameters": {"properties": PROPERTIES}}}
QUESTION = {"role": "user", "content": '{"title": "Fitness tracker", "features": "Sleep, steps and pulse"}'}


@pytest.fixture(scope="module")
def model() -> Iterator[LocalModel]:
    with LocalModel() as running:
        yield running


def ask(model: LocalModel, *messages: dict[str, Any], tools: Any = (TOOL,), path: str = "/v1/chat/completions") -> Any:
    """The status and the body of the answer."""
    body = json.dumps({"model": "m", "messages": messages, "tools": tools}).encode()
    request = urllib.request.Request(f"{model.url}{path}", data=body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code, json.load(exc)


def until_right(model: LocalModel, question: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """How often it was told off, and its message then."""
    messages = [question]
    for complaints in range(4):
        message = ask(model, *messages)[1]["choices"][0]["message"]
        call = (message.get("tool_calls") or [None])[0]
        try:
            if call and set(json.loads(call["function"]["arguments"])) == set(PROPERTIES):
                return complaints, message
        except ValueError:
            pass
        answer = (
            {"role": "tool", "tool_call_id": call["id"], "content": "no"} if call else {"role": "user", "content": "no"}
        )
        messages += [message, answer]
    raise AssertionError("It never learns.")


def test_it_answers_through_the_tool_with_its_tokens_counted(model: LocalModel) -> None:
    status, body = ask(model, QUESTION)
    [choice] = body["choices"]
    assert (status, choice["finish_reason"]) == (200, "tool_calls")
    assert choice["message"]["tool_calls"][0]["function"]["name"] == "return_copy"
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["prompt_tokens"] > usage["completion_tokens"] > 20


def test_the_same_question_has_the_same_answer_and_others_have_others(model: LocalModel) -> None:
    def arguments(question: dict[str, Any]) -> str:
        text: str = until_right(model, question)[1]["tool_calls"][0]["function"]["arguments"]
        return text

    other = {"role": "user", "content": QUESTION["content"].replace("Sleep", "Snoring")}
    assert arguments(QUESTION) == arguments(QUESTION) != arguments(other)


def test_it_errs_at_first_with_some_questions_and_gives_in_when_told(model: LocalModel) -> None:
    counts = [
        until_right(model, {"role": "user", "content": f'{{"title": "T{n}", "features": "f"}}'})[0] for n in range(40)
    ]
    assert set(counts) <= {0, 1, 2}
    assert {0, 1} <= set(counts)


def test_it_asks_back_where_there_is_nothing_to_go_by(model: LocalModel) -> None:
    _, body = ask(model, {"role": "user", "content": '{"title": "Box", "features": ""}'})
    assert "Which features does Box have?" in body["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("messages", "tools", "reason"),
    [
        (
            [QUESTION, {"role": "tool", "tool_call_id": "t9", "content": "no"}],
            [TOOL],
            "are not those of the tool calls",
        ),
        ([QUESTION, {"role": "assistant", "tool_calls": [{"id": "t1"}]}], [TOOL], "are not those of the tool calls"),
        ([], [TOOL], "IndexError"),
        ([QUESTION], [], "one tool"),
        ([QUESTION], [{"function": {"name": "f", "parameters": {"properties": {"price": {}}}}}], "not ['price']"),
    ],
)
def test_it_refuses_what_a_model_server_refuses(model: LocalModel, messages: Any, tools: Any, reason: str) -> None:
    status, body = ask(model, *messages, tools=tools)
    assert status == 400
    assert reason in body["error"]["message"]


def test_there_is_nothing_else(model: LocalModel) -> None:
    assert ask(model, QUESTION, path="/v1/models")[0] == 404


def test_it_can_be_throttled() -> None:
    with LocalModel(throttle_every=3) as model:
        assert [ask(model, QUESTION)[0] for _ in range(6)] == [200, 200, 429, 200, 200, 429]
        assert (model.requests, model.throttled) == (6, 2)


def test_it_listens_on_loopback_only(model: LocalModel) -> None:
    port = urlsplit(model.url).port
    with socket.socket() as probe:
        # Nobody else listens on this port, so another loopback address is free exactly when it is not taken.
        probe.bind(("127.0.0.2", port))


def status(model: LocalModel, *, method: str = "POST", **headers: str) -> int:
    """Of a request to its secret address as a page's script could send it."""
    address = urlsplit(f"{model.url}/v1/chat/completions")
    connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=5)
    body = json.dumps({"messages": [QUESTION], "tools": [TOOL]})
    connection.request(method, address.path, body, {"Content-Type": "text/plain", **headers})
    with connection.getresponse() as answer:
        names = [name.lower() for name, _ in answer.getheaders()]
        assert not any(name.startswith("access-control-") for name in names)
        connection.close()
        return answer.status


def test_it_answers_no_web_page_even_one_that_knows_its_address(model: LocalModel) -> None:
    before = model.requests
    assert status(model, Origin="https://evil.example") == 403
    assert status(model, Origin="null") == 403
    assert status(model, Host="evil.example") == 403
    assert status(model, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert status(model, method="OPTIONS") == 403
    assert model.requests == before
    assert status(model) == 200


def test_without_its_secret_address_it_answers_nobody(model: LocalModel) -> None:
    origin = model.url.rpartition("/")[0]
    for path in ("", "/guessed", f"/{'A' * 32}"):
        request = urllib.request.Request(f"{origin}{path}/v1/chat/completions", b"{}", method="POST")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=5)
        refused.value.close()
        assert refused.value.code == 404


def test_each_model_has_another_address(model: LocalModel) -> None:
    with LocalModel() as other:
        assert urlsplit(other.url).path != urlsplit(model.url).path
        assert len(urlsplit(other.url).path) > 30
