"""The way into MiniStack: a request comes in signed with a key of this start, and to AWS's paths alone."""

import json
import re
from http import HTTPStatus
from uuid import uuid4

from ministack import app as ministack
from ministack.core import router
from ministack.core.iam_evaluator import AuthError
from ministack.services.cloudformation import custom_resource

from batchctl.local.emulator import settings
from batchctl.local.emulator.access import signatures
from batchctl.local.emulator.access.signatures import Request
from batchctl.local.loopback import App, Message, Receive, Scope, Send, answer

# Pages of MiniStack's own: to reset, configure and look into it, and to call APIs and functions by URL. On AWS no path
# starts so, as no bucket's name may.
_OWN = "/_"
_HEALTH = ("/health", settings.HEALTH_PATH)
_HELP = "It must be signed with a key of the local stack's present start: type what `batchctl local` printed last."
_HELPED = {
    "MissingAuthenticationToken", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidToken",
    "SignatureDoesNotMatch",
}  # fmt: skip
_CUSTOM_RESOURCE_ANSWER = "/_ministack/cfn-response/"


class FrontDoor:
    """MiniStack as an ASGI application, for those who may use it."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say why not before MiniStack sees it."""
        if scope["type"] != "http" or _answers_cloudformation(scope):
            await self._app(scope, receive, send)
            return
        request = Request.of(scope)
        claim = signatures.claim(request)
        if isinstance(claim, AuthError):
            await _refuse(scope, request, claim, send)
        elif _is_closed(scope["path"], claim.is_of_root):
            reason = f"{scope['path']} is closed: the local stack answers on AWS's own paths. Use AWS's API."
            await answer(send, HTTPStatus.FORBIDDEN, {"message": reason})
        elif (body := await _read(receive)) is None:
            return
        elif failure := claim.failure(body):
            await _refuse(scope, request, failure, send)
        else:
            await self._app(scope, _again(body, receive), send)


def _answers_cloudformation(scope: Scope) -> bool:
    """Whether it is a custom resource's answer, for which AWS has a presigned URL.

    Here the URL itself is the secret: random, in nobody's hands but the function's, and good while CloudFormation waits
    for the one answer.
    """
    token = str(scope["path"]).removeprefix(_CUSTOM_RESOURCE_ANSWER)
    waiting = custom_resource._pending.get(token)
    is_answer = scope["method"] == "PUT" and scope["path"] == f"{_CUSTOM_RESOURCE_ANSWER}{token}"
    return is_answer and waiting is not None and not waiting["event"].is_set()


def _is_closed(path: str, is_of_root: bool) -> bool:
    if path in _HEALTH:
        return path != settings.HEALTH_PATH or not is_of_root
    return path.startswith(_OWN) or not path.startswith("/")


async def _refuse(scope: Scope, request: Request, failure: AuthError, send: Send) -> None:
    """Answers as the service does whose request it would have been, so that SDKs tell the reason."""
    service = router.detect_service(request.method, scope["path"], request.headers, request.query)
    status, headers, body = ministack._credential_failure(service, "", str(uuid4()), failure, request.headers)
    await ministack._send_response(send, status, headers, _with_help(body) if failure.code in _HELPED else body)


def _with_help(body: bytes) -> bytes:
    """The answer with what to do behind AWS's message: in XML, in JSON, or not in CBOR."""
    if b"</Message>" in body:
        return re.sub(rb"\.?</Message>", f". {_HELP}</Message>".encode(), body, count=1)
    if body.startswith(b"{"):
        document = json.loads(body)
        return json.dumps({**document, "message": f"{document['message'].removesuffix('.')}. {_HELP}"}).encode()
    return body


async def _read(receive: Receive) -> bytes | None:
    """The whole body, which MiniStack holds in memory, too; None if the client has gone."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives out the body that was read, and then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    return receive_again
