"""The Python runtime of the emulated Lambda: runs in a process of its own, with nothing but the standard library.

Speaks MiniStack's protocol for warm workers: one JSON line to begin, then one line an invocation and one line
an answer. Failures are described as AWS's runtime interface client does
(https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html), and a line on stderr marks where an
invocation's log ends, so that nobody waits to see whether more comes.
"""

import importlib
import json
import os
import sys
import time
import traceback
from typing import Any, TextIO

END_OF_LOG = "\x1eend of log"
# A file of this name stands for the code, and says where it is.
SHARED_CODE = "shared-code"
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAXIMUM_RESPONSE_BYTES = 6 * 1024 * 1024 + 100


class LambdaContext:
    """The second argument of a handler."""

    identity = None
    client_context = None

    def __init__(self, start: dict[str, Any], call: dict[str, Any]) -> None:
        self.function_name = start["function_name"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = start["memory"]
        self.invoked_function_arn = call["invoked_function_arn"]
        self.aws_request_id = call["request_id"]
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = time.monotonic() + call["timeout_ms"] / 1000

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is killed."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def describe(error: BaseException, error_type: str = "", message: str = "") -> dict[str, Any]:
    """AWS's error payload, without the request id."""
    return {
        "errorMessage": message or str(error),
        "errorType": error_type or type(error).__name__,
        "stackTrace": [
            line
            for line in traceback.format_list(traceback.extract_tb(error.__traceback__))
            if __file__ not in line and "importlib" not in line
        ],
    }


def task_root(code_dir: str) -> str:
    """The function's code, which all of its processes share: one compiles its sources and the others do not."""
    with open(os.path.join(code_dir, SHARED_CODE), encoding="utf-8") as file:
        folder = file.read()
    sys.dont_write_bytecode = False
    os.environ["LAMBDA_TASK_ROOT"] = folder
    os.chdir(folder)
    return folder


def load(start: dict[str, Any]) -> Any:
    """The handler; ImportError and its like as AWS names them."""
    layers = os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep)
    sys.path[:0] = [task_root(start["code_dir"]), *(os.path.join(layer, "python") for layer in layers if layer)]
    return getattr(importlib.import_module(start["module"]), start["handler"])


def describe_load(error: Exception, module: str) -> dict[str, Any]:
    """The error payload of a function that cannot be loaded."""
    if isinstance(error, ImportError):
        return describe(error, "Runtime.ImportModuleError", f"Unable to import module '{module}': {error}")
    if isinstance(error, SyntaxError):
        return describe(error, "Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}")
    if isinstance(error, AttributeError) and module in str(error):
        return describe(error, "Runtime.HandlerNotFound")
    return describe(error)


def invoke(handler: Any, event: Any, context: LambdaContext) -> dict[str, Any]:
    """One invocation's answer."""
    try:
        result = handler(event, context)
    except Exception as exc:
        failure = describe(exc)
        print(f"[ERROR] {failure['errorType']}: {failure['errorMessage']}", file=sys.stderr)
        print("Traceback (most recent call last):", *failure["stackTrace"], sep="\n", file=sys.stderr)
        return {"status": "error", "error": failure}
    try:
        text = json.dumps(result)
    except (TypeError, ValueError) as exc:
        message = f"Unable to marshal response: {exc}"
        return {"status": "error", "error": describe(exc, "Runtime.MarshalError", message)}
    if len(text) > MAXIMUM_RESPONSE_BYTES:
        message = f"Response payload size exceeded maximum allowed payload size ({MAXIMUM_RESPONSE_BYTES} bytes)."
        return {"status": "error", "error": describe(ValueError(), "Function.ResponseSizeTooLarge", message)}
    return {"status": "ok", "result": result}


def take_protocol_channel() -> TextIO:
    """The real stdout, out of the handler's reach: what it prints goes to the log."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return channel


def answer(channel: TextIO, document: dict[str, Any]) -> None:
    """Send one line."""
    print(json.dumps(document), file=channel, flush=True)


def run() -> None:
    """Serve invocations until stdin closes."""
    channel = take_protocol_channel()
    start = json.loads(sys.stdin.readline())
    os.environ.update(start["env"])
    try:
        handler = load(start)
    except Exception as exc:
        # MiniStack hands on nothing but a text.
        answer(channel, {"status": "error", "error": json.dumps(describe_load(exc, start["module"]))})
        return
    answer(channel, {"status": "ready"})
    for line in sys.stdin:
        call = json.loads(line)
        trace_id = call["ctx"].get("trace_id")
        if trace_id:
            os.environ["_X_AMZN_TRACE_ID"] = trace_id
        document = invoke(handler, call["event"], LambdaContext(start, call["ctx"]))
        sys.stderr.write(f"{END_OF_LOG}\n")
        sys.stderr.flush()
        answer(channel, document)


if __name__ == "__main__":
    run()
