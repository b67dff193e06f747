"""The methods of extraction: each says where in an answer fields may stand. To add one: write a function, name it below."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from batch_processor.contract.rules import FieldRules, MethodName, Rule, Way
from batch_processor.document.json_value import parsed
from batch_processor.extraction.messages import find_messages, tool_calls, tool_results
from batch_processor.extraction.places import documents, structured_outputs
from batch_processor.extraction.values import NotFound, has_value, take_fields, take_value

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Extracted:
    """The fields, and the method that found them."""

    fields: dict[str, Any]
    method: str


@dataclass(frozen=True, slots=True)
class NothingExtracted:
    """Why each rule found no field, in order; the reasons hold nothing of the answer."""

    reasons: tuple[str, ...]


def extract(answer: Any, rules: Sequence[Mapping[str, Any]]) -> Extracted | NothingExtracted:
    """The fields of the first rule that finds any, or why none does; rules are in `compile_rules`' normal form."""
    answer = _unwrapped(parsed(answer))
    reasons = []
    for number, rule in enumerate(rules, start=1):
        outcome = _by_rule(answer, rule)
        if isinstance(outcome, Extracted):
            return outcome
        reasons.append(f"{number}. {outcome}")
    return NothingExtracted(tuple(reasons))


def _unwrapped(answer: Any) -> Any:
    """The answer with its JSON texts `Output` and `content` parsed, once for all rules."""
    if not isinstance(answer, Mapping):
        return answer
    return {**answer, **{key: parsed(answer[key]) for key in ("Output", "content") if key in answer}}


def _by_rule(answer: Any, rule: Mapping[str, Any]) -> Extracted | str:
    if "field_ways" in rule:
        return _by_ways(answer, cast("FieldRules", rule))
    return _by_method(answer, cast("Rule", rule))


def _by_method(answer: Any, rule: Rule) -> Extracted | str:
    label = _label(rule)
    reason = _NO_SOURCE[rule["by"]]
    for document in _documents(answer, rule):
        fields, missing = take_fields(rule["fields"], document) if "fields" in rule else _all_fields(document)
        if has_value(fields):
            return Extracted(fields, label)
        reason = _shortened(missing) or "all of it is null"
    return f"{label}: {reason}"


def _documents(answer: Any, rule: Rule) -> Iterable[Any]:
    sources = _SOURCES[rule["by"]](answer, rule.get("tool_name"))
    # Where all fields are wanted, they are those of what the answer wraps, and not the wrapper's.
    return reversed(list(sources)) if rule["by"] == "direct" and "fields" not in rule else sources


def _all_fields(document: Any) -> tuple[dict[str, Any], list[str]]:
    return (dict(document), ["it has no fields"]) if isinstance(document, Mapping) else ({}, ["it is no object"])


def _by_ways(answer: Any, rule: FieldRules) -> Extracted | str:
    fields: dict[str, Any] = {}
    used: dict[str, None] = {}
    missing = []
    for field in rule["field_ways"]:
        name = field["field"]
        for way in field["ways"]:
            try:
                fields[name] = _by_way(answer, way, name)
            except NotFound as exc:
                missing.append(f"{name}: {_label(way)}: {exc}")
                continue
            if fields[name] is not None:
                used[_label(way)] = None
                break
            # It is null, unless a later way finds more.
            missing.append(f"{name}: {_label(way)}: null stands there")
    if has_value(fields):
        return Extracted(fields, f"fields: {', '.join(used)}")
    return f"fields: {_shortened(missing)}"


def _by_way(answer: Any, way: Way, field: str) -> Any:
    """The field's first value that is not null; None if there are only nulls, NotFound if there is no value."""
    reason, is_null = NotFound(_NO_SOURCE[way["by"]]), False
    for document in _SOURCES[way["by"]](answer, way.get("tool_name")):
        try:
            value = take_value(way, document, field)
        except NotFound as exc:
            reason = exc
            continue
        if value is not None:
            return value
        is_null = True
    if is_null:
        return None
    raise reason


def _structured_outputs(answer: Any, tool_name: str | None) -> Iterator[Any]:
    """What stands at the usual places, then the inputs of the named tool, newest first, and then its results."""
    yield from (data for data in structured_outputs(answer) if isinstance(data, Mapping))
    if tool_name is None:
        return
    messages = find_messages(answer)
    failed = {result.id for result in tool_results(messages) if result.is_error and result.id is not None}
    for call in reversed(tool_calls(messages)):
        if call.name == tool_name and call.id not in failed and isinstance(call.input, Mapping):
            yield call.input
    for document in _tool_results(answer, tool_name):
        content = parsed(document["content"])
        if isinstance(content, Mapping):
            yield from (data for data in structured_outputs(content) if isinstance(data, Mapping))
            yield content


def _tool_results(answer: Any, tool_name: str | None) -> Iterator[dict[str, Any]]:
    """The results of the tool, or of any, the last one first; those that are errors do not count."""
    for result in reversed(tool_results(find_messages(answer))):
        if not result.is_error and tool_name in (None, result.name):
            yield {"content": result.content}


def _anywhere(answer: Any, tool_name: str | None) -> Iterable[Any]:  # noqa: ARG001
    return documents(answer)


_SOURCES: Final[dict[MethodName, Callable[[Any, str | None], Iterable[Any]]]] = {
    "structured_output": _structured_outputs,
    "tool_result": _tool_results,
    "jmespath": _anywhere,
    "results_array": _anywhere,
    "direct": _anywhere,
}
_NO_SOURCE: Final[dict[MethodName, str]] = {
    "structured_output": "the answer has none that is an object",
    "tool_result": "the answer has none that is no error",
    "jmespath": "there is no answer",
    "results_array": "there is no answer",
    "direct": "there is no answer",
}


def _label(rule: Rule | Way) -> str:
    return f"{rule['by']} ({rule['tool_name']})" if "tool_name" in rule else rule["by"]


def _shortened(missing: list[str]) -> str:
    text = "; ".join(missing)
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"
