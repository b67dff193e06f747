"""The Python runtime of the emulated Lambda: runs in a process of its own, with nothing but the standard library.

Begins as MiniStack's warm workers do, with one JSON line each way; then there is one JSON line an invocation, and an
answer is a line with its status and its length in bytes, and its payload. Events are read, answers written and failures
described as AWS's runtime interface client does it (awslambdaric 4.2.2,
https://github.com/aws/aws-lambda-python-runtime-interface-client). The log is a file, which has room for all that the
function, its children and its libraries write, and which whoever has the answer finds whole.
"""

import decimal
import importlib
import json
import os
import re
import sys
import time
import traceback
import uuid
from typing import Any, BinaryIO

# What the process writes to its standard output and error, beside the folder of the code.
LOG = "log"
# A file of this name stands for the code, and says where it is.
SHARED_CODE = "shared-code"
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAXIMUM_RESPONSE_BYTES = 6 * 1024 * 1024 + 100
# Where AWS has a function's code, as stack traces name it.
TASK_ROOT = "/var/task"
# Answers of older runtimes are ASCII.
ASCII_RUNTIMES = ("python3.8", "python3.9", "python3.10", "python3.11")

# What the process keeps of the emulator's environment: how programs and temporary files are found on this machine, the
# credentials and the endpoint that MiniStack gives a function, and what it tells this module.
INHERITED = (
    "PATH",
    "HOME",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "PYTHON",
    "AWS_",
    "LAMBDA_TASK_ROOT",
    "_LAMBDA_",
)


class Fault(Exception):
    """A failure that AWS's runtime names itself."""

    def __init__(self, error_type: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.error_type, self.trace = error_type, trace or []


class LambdaContext:
    """The second argument of a handler."""

    identity = None
    client_context = None
    tenant_id = None

    def __init__(self, start: dict[str, Any], call: dict[str, Any]) -> None:
        self.function_name = start["function_name"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.invoked_function_arn = call["invoked_function_arn"]
        self.aws_request_id = call["request_id"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = time.monotonic() + call["timeout_ms"] / 1000

    def log(self, message: object) -> None:
        """Write to the function's log."""
        sys.stdout.write(str(message))

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is killed."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def describe(error: BaseException, request_id: str = "") -> dict[str, Any]:
    """AWS's error payload."""
    if isinstance(error, Fault):
        error_type, trace = error.error_type, error.trace
    else:
        error_type, trace = type(error).__name__, stack_trace(error)
    return {"errorMessage": str(error), "errorType": error_type, "requestId": request_id, "stackTrace": trace}


def stack_trace(error: BaseException) -> list[str]:
    """The lines of a stack trace, from where this module is left."""
    frames = traceback.extract_tb(error.__traceback__)
    while frames and frames[0].filename == __file__:
        del frames[0]
    # As tuples: without the marks below a line that StackSummary.format adds.
    lines = traceback.format_list([(frame.filename, frame.lineno or 0, frame.name, frame.line) for frame in frames])
    return [line.replace(os.environ["LAMBDA_TASK_ROOT"], TASK_ROOT) for line in lines]


def to_json(value: Any, *, is_ascii: bool) -> str:
    """JSON as awslambdaric writes it with simplejson: Decimals as numbers, named tuples as objects, bytes as text."""
    numbers: list[str] = []
    mark = f"decimal {uuid.uuid4().hex} "

    def default(item: Any) -> Any:
        if isinstance(item, bytes):
            return item.decode()
        if not isinstance(item, decimal.Decimal):
            raise TypeError(f"Object of type {type(item).__name__} is not JSON serializable")
        if item.is_nan():
            return float("nan")
        numbers.append(str(item))
        return f"{mark}{len(numbers) - 1}"

    text = json.dumps(with_named_tuples_as_objects(value), ensure_ascii=is_ascii, default=default)
    return re.sub(f'"{mark}([0-9]+)"', lambda found: numbers[int(found[1])], text) if numbers else text


def with_named_tuples_as_objects(value: Any) -> Any:
    """The value as simplejson sees it."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {name: with_named_tuples_as_objects(inner) for name, inner in value.items()}
    return [with_named_tuples_as_objects(inner) for inner in value] if isinstance(value, list | tuple) else value


def marshalled(result: Any) -> str:
    """The answer's payload; Runtime.MarshalError for what is no JSON."""
    if isinstance(result, bytes):
        return result.decode(errors="replace")
    try:
        return to_json(result, is_ascii=is_ascii_runtime(os.environ["AWS_EXECUTION_ENV"]))
    except Exception as exc:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {exc}") from exc


def is_ascii_runtime(name: str) -> bool:
    """Whether the answers of this runtime, called as the function's setting or the variable has it, are ASCII."""
    return name.removeprefix("AWS_Lambda_") in ASCII_RUNTIMES


def task_root(code_dir: str) -> str:
    """The function's code, which all of its processes share: one compiles its sources and the others do not."""
    with open(os.path.join(code_dir, SHARED_CODE), encoding="utf-8") as file:
        folder = file.read()
    sys.dont_write_bytecode = False
    os.environ["LAMBDA_TASK_ROOT"] = folder
    os.chdir(folder)
    return folder


def load(start: dict[str, Any]) -> Any:
    """The handler; Fault as AWS names it."""
    layers = os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep)
    sys.path[:0] = [task_root(start["code_dir"]), *(os.path.join(layer, "python") for layer in layers if layer)]
    name, handler = start["module"], start["handler"]
    if name.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {name} as a handler module")
    try:
        module = importlib.import_module(name)
    except ImportError as exc:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{name}': {exc}") from exc
    except SyntaxError as exc:
        place = f'  File "{exc.filename}" Line {exc.lineno}\n    {exc.text}'
        trace = [place.replace(os.environ["LAMBDA_TASK_ROOT"], TASK_ROOT)]
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{name}': {exc}", trace) from exc
    try:
        return getattr(module, handler)
    except AttributeError as exc:
        raise Fault("Runtime.HandlerNotFound", f"Handler '{handler}' missing on module '{name}'") from exc


def invoke(handler: Any, event: Any, context: LambdaContext) -> tuple[str, bytes]:
    """One invocation's status, "ok" or "error", and the payload of its answer."""
    try:
        payload = marshalled(handler(event, context)).encode("utf-8", "surrogatepass")
        if len(payload) > MAXIMUM_RESPONSE_BYTES:
            limit = f"maximum allowed payload size ({MAXIMUM_RESPONSE_BYTES} bytes)"
            raise Fault("Function.ResponseSizeTooLarge", f"Response payload size exceeded {limit}.")
    except Exception as exc:
        failure = describe(exc, context.aws_request_id)
        log(failure)
        return "error", json.dumps(failure).encode()
    return "ok", payload


def log(failure: dict[str, Any]) -> None:
    """A failure in the function's log."""
    print(f"[ERROR] {failure['errorType']}: {failure['errorMessage']}", file=sys.stderr)
    print("Traceback (most recent call last):", *failure["stackTrace"], sep="\n", file=sys.stderr)


def take_protocol_channel(code_dir: str) -> BinaryIO:
    """The real stdout, out of the handler's reach: what it prints goes to the log."""
    channel = os.fdopen(os.dup(1), "wb")
    file = os.open(os.path.join(os.path.dirname(code_dir), LOG), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    sys.stdout = sys.stderr
    return channel


def take_environment(variables: dict[str, str]) -> None:
    """The function's variables, and none of the emulator's own."""
    for name in [*os.environ]:
        if not name.startswith(INHERITED):
            del os.environ[name]
    os.environ.update(variables)
    time.tzset()


def say(channel: BinaryIO, *parts: bytes) -> None:
    """Send something at once."""
    channel.write(b"".join(parts))
    channel.flush()


def run() -> None:
    """Serve invocations until stdin closes."""
    start = json.loads(sys.stdin.readline())
    channel = take_protocol_channel(start["code_dir"])
    take_environment(start["env"])
    try:
        handler = load(start)
    except Exception as exc:
        # MiniStack hands on nothing but a text.
        say(channel, json.dumps({"status": "error", "error": json.dumps(describe(exc))}).encode(), b"\n")
        return
    say(channel, json.dumps({"status": "ready"}).encode(), b"\n")
    for line in sys.stdin:
        call = json.loads(line)
        os.environ["_X_AMZN_TRACE_ID"] = call["ctx"]["trace_id"]
        status, payload = invoke(handler, call["event"], LambdaContext(start, call["ctx"]))
        sys.stderr.flush()
        say(channel, f"{status} {len(payload)}\n".encode(), payload)


if __name__ == "__main__":
    run()
