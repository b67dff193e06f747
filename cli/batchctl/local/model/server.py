"""The local model behind HTTP, on loopback only: `POST /v1/chat/completions`, as OpenAI and many others have it.

Below an address that has this start's secret in it, as whoever asks (MiniStack does) knows to send no key.
"""

import secrets
import threading
import uuid
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from batchctl.local.loopback import HOST, GuardedRequestHandler
from batchctl.local.model import copywriter, mistakes, orchestrator
from batchctl.local.model.chat import BadRequest, Chat, count_tokens, parsed, read_chat
from batchctl.local.model.memory import read_memory

_PATH = "/v1/chat/completions"
_SECRET_BYTES = 24


class LocalModel:
    """A context manager; inside it the model answers at `url`. Each `throttle_every`th request it refuses with 429."""

    def __init__(self, throttle_every: int | None = None) -> None:
        self._server = _Server(throttle_every)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """The server's address, which is secret; the API's own path follows on it."""
        return f"http://{HOST}:{self._server.server_port}{self._server.base_path}"

    @property
    def requests(self) -> int:
        """How many requests there were, refused ones included."""
        return self._server.requests

    @property
    def throttled(self) -> int:
        """How many requests were refused with 429."""
        return self._server.throttled

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def respond(body: bytes) -> dict[str, Any]:
    """The body of the answer to a request's: with one tool the model writes, with several it orchestrates."""
    document = parsed(body)
    return (
        complete(read_chat(document))
        if len(document.get("tools", [])) < 2
        else orchestrator.answer(read_memory(document))
    )


def complete(chat: Chat) -> dict[str, Any]:
    """The body of the answer."""
    try:
        arguments = copywriter.write(chat.question, chat.properties)
        reply = mistakes.replies(chat.question, arguments, chat.complaints)
    except copywriter.Unanswerable as exc:
        reply = {"content": str(exc)}
    except copywriter.Unlearnt as exc:
        raise BadRequest(str(exc)) from exc
    [text] = reply.values()
    output_tokens = count_tokens(text)
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "choices": [_choice(chat, reply)],
        "usage": {
            "prompt_tokens": chat.input_tokens,
            "completion_tokens": output_tokens,
            "total_tokens": chat.input_tokens + output_tokens,
        },
    }


def _choice(chat: Chat, reply: mistakes.Reply) -> dict[str, Any]:
    if "content" in reply:
        return {"index": 0, "message": {"role": "assistant", **reply}, "finish_reason": "stop"}
    call = {
        "id": f"tooluse_{uuid.uuid4().hex[:22]}",
        "type": "function",
        "function": {"name": chat.tool_name, "arguments": reply["arguments"]},
    }
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return {"index": 0, "message": message, "finish_reason": "tool_calls"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, throttle_every: int | None) -> None:
        super().__init__((HOST, 0), _Requests)
        self.base_path = f"/{secrets.token_urlsafe(_SECRET_BYTES)}"
        self._throttle_every = throttle_every
        self._lock = threading.Lock()
        self.requests = 0
        self.throttled = 0

    def is_too_much(self) -> bool:
        with self._lock:
            self.requests += 1
            refused = bool(self._throttle_every) and self.requests % (self._throttle_every or 1) == 0
            self.throttled += refused
            return refused


class _Requests(GuardedRequestHandler):
    server: _Server

    def do_POST(self) -> None:  # noqa: N802
        if not secrets.compare_digest(self.path.encode(), f"{self.server.base_path}{_PATH}".encode()):
            self.close_connection = True
            self.answer(HTTPStatus.NOT_FOUND, _error(f"There is only {_PATH}, below the address of this start."))
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.is_too_much():
            self.answer(HTTPStatus.TOO_MANY_REQUESTS, _error("Too many requests, please wait before trying again."))
            return
        try:
            self.answer(HTTPStatus.OK, respond(body))
        except BadRequest as exc:
            self.answer(HTTPStatus.BAD_REQUEST, _error(str(exc)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing: requests have rows in them."""


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error"}}
