"""The logs of Python functions."""

from typing import Any

from tests.emulator.local_aws import LocalAws, caught, over_items, task
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


def logged(aws: LocalAws, function: str) -> dict[str, list[str]]:
    """The lines of each of the function's log streams."""
    logs, group = aws.client("logs"), f"/aws/lambda/{function}"
    names = [stream["logStreamName"] for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]]
    pages = {name: logs.get_log_events(logGroupName=group, logStreamName=name)["events"] for name in names}
    return {name: [event["message"] for event in page] for name, page in pages.items()}


def own_lines(lines: list[str]) -> list[str]:
    """Those that the function wrote itself."""
    return [line for line in lines if not line.startswith(("START ", "END ", "REPORT "))]


@item("lambda_logs", True)
def a_function_knows_the_stream_that_its_process_writes_to(aws: LocalAws) -> Any:
    function = aws.function("return context.log_stream_name")
    states = over_items({"Task": task(function)}, MaxConcurrency=1)
    streams = aws.output({"Map": states}, {"items": [1, 2, 3]})
    return set(streams) == set(logged(aws, function)) and len(set(streams)) < 3


@item("lambda_logs", [["START", "one", "END", "REPORT"], ["START", "two", "END", "REPORT"]])
def a_stream_tells_of_one_call_after_the_other(aws: LocalAws) -> Any:
    function = aws.function("print(event['say'], flush=True)")
    for say in ("one", "two"):
        aws.output({"Task": task(function, {"say": say})})
    (lines,) = logged(aws, function).values()
    words = [line.split()[0] for line in lines]
    return [words[:4], words[4:]]


@item("lambda_logs", ["said at its start"])
def a_process_that_does_not_start_has_a_log(aws: LocalAws) -> Any:
    function = aws.function_with_code("print('said at its start')\nimport no_such_module_at_all")
    aws.output(caught(task(function)))
    (lines,) = logged(aws, function).values()
    return own_lines(lines)[:1]


def test_what_children_and_libraries_write_is_in_the_log(patched: LocalAws) -> None:
    body = "print('first'); os.system('echo second; echo third >&2'); os.write(2, b'fourth\\n'); print('fifth', end='')"
    function = patched.function(body)
    patched.output({"Task": task(function)})
    (lines,) = logged(patched, function).values()
    assert own_lines(lines) == ["first", "second", "third", "fourth", "fifth"]


def test_a_function_that_writes_much_is_not_held_up(patched: LocalAws) -> None:
    function = patched.function("[print('x' * 150) for _ in range(2400)]; return os.getpid()")
    pids = patched.output({"Map": over_items({"Task": task(function)}, MaxConcurrency=1)}, {"items": [1, 2, 3, 4]})
    lines = [line for stream in logged(patched, function).values() for line in own_lines(stream)]
    assert len(pids) == 4
    assert lines == ["x" * 150] * 9600


def test_the_last_words_of_a_killed_process_are_in_its_log(patched: LocalAws) -> None:
    function = patched.function("print('last words', flush=True); os.kill(os.getpid(), 9)")
    patched.output(caught(task(function)))
    (lines,) = logged(patched, function).values()
    assert own_lines(lines)[0] == "last words"
    assert own_lines(lines)[1].endswith("Runtime exited with error: signal: killed")


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
