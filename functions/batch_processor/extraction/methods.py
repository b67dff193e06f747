"""The methods of extraction: each says where in an answer fields may stand. To add one: write a function, name it below."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from batch_processor.contract.rules import FieldRules, MethodName, Rule, Way
from batch_processor.document.json_path import MISSING
from batch_processor.document.json_value import kind, parsed
from batch_processor.extraction.blocks import Block
from batch_processor.extraction.messages import called_names, find_messages, said_object, tool_calls, tool_results
from batch_processor.extraction.places import documents, structured_output
from batch_processor.extraction.values import NotFound, Reached, has_value, take_fields, take_value

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Extracted:
    """The fields, and the method that found them."""

    fields: dict[str, Any]
    method: str


@dataclass(frozen=True, slots=True)
class NothingExtracted:
    """Why each rule found no field, that of the rule that got furthest first; they hold nothing of the answer."""

    reasons: tuple[str, ...]


def extract(answer: Any, rules: Sequence[Mapping[str, Any]]) -> Extracted | NothingExtracted:
    """The fields of the first rule that finds any, or why none does; rules are in `compile_rules`' normal form."""
    answer = _unwrapped(parsed(answer))
    failed = []
    for number, rule in enumerate(rules, start=1):
        try:
            return _by_rule(answer, rule)
        except NotFound as exc:
            failed.append((exc.reached, f"{number}. {exc}"))
    furthest_first = sorted(failed, key=lambda outcome: outcome[0], reverse=True)
    return NothingExtracted(tuple(reason for _, reason in furthest_first))


def _unwrapped(answer: Any) -> Any:
    """The answer with its JSON texts `Output` and `content` parsed, once for all rules."""
    if not isinstance(answer, Mapping):
        return answer
    return {**answer, **{key: parsed(answer[key]) for key in ("Output", "content") if key in answer}}


def _by_rule(answer: Any, rule: Mapping[str, Any]) -> Extracted:
    if "field_ways" in rule:
        return _by_ways(answer, cast("FieldRules", rule))
    return _by_method(answer, cast("Rule", rule))


def _by_method(answer: Any, rule: Rule) -> Extracted:
    label = _label(rule)
    failure = NotFound(_NO_SOURCE[rule["by"]], Reached.NOTHING)
    try:
        for document in _documents(answer, rule):
            fields, missing = take_fields(rule["fields"], document) if "fields" in rule else _all_fields(document)
            if has_value(fields):
                return Extracted(fields, label)
            failure = max(failure, _joined(missing), key=lambda each: each.reached)
    except NotFound as exc:  # of a source that knows why there is no document
        failure = max(failure, exc, key=lambda each: each.reached)
    raise NotFound(f"{label}: {failure}", failure.reached)


def _documents(answer: Any, rule: Rule) -> Iterable[Any]:
    sources = _SOURCES[rule["by"]](answer, rule.get("tool_name"))
    # Where all fields are wanted, they are those of what the answer wraps, and not the wrapper's.
    return reversed(list(sources)) if rule["by"] == "direct" and "fields" not in rule else sources


def _all_fields(document: Any) -> tuple[dict[str, Any], list[NotFound]]:
    if not isinstance(document, Mapping):
        return {}, [NotFound("it is no object")]
    return dict(document), [NotFound("all of it is null" if document else "it has no fields", Reached.VALUE)]


def _joined(missing: Sequence[NotFound]) -> NotFound:
    return NotFound(_shortened(list(map(str, missing))), max(each.reached for each in missing))


def _by_ways(answer: Any, rule: FieldRules) -> Extracted:
    fields: dict[str, Any] = {}
    used: dict[str, None] = {}
    missing: list[NotFound] = []
    for field in rule["field_ways"]:
        name = field["field"]
        for way in field["ways"]:
            try:
                fields[name] = _by_way(answer, way, name)
            except NotFound as exc:
                missing.append(NotFound(f"{name}: {_label(way)}: {exc}", exc.reached))
                continue
            if fields[name] is not None:
                used[_label(way)] = None
                break
            # It is null, unless a later way finds more.
            missing.append(NotFound(f"{name}: {_label(way)}: null stands there", Reached.VALUE))
    if has_value(fields):
        return Extracted(fields, f"fields: {', '.join(used)}")
    failure = _joined(sorted(missing, key=lambda each: each.reached, reverse=True))
    raise NotFound(f"fields: {failure}", failure.reached)


def _by_way(answer: Any, way: Way, field: str) -> Any:
    """The field's first value that is not null; None if there are only nulls, NotFound if there is no value."""
    reason, is_null = NotFound(_NO_SOURCE[way["by"]], Reached.NOTHING), False
    try:
        for document in _SOURCES[way["by"]](answer, way.get("tool_name")):
            try:
                value = take_value(way, document, field)
            except NotFound as exc:
                reason = exc
                continue
            if value is not None:
                return value
            is_null = True
    except NotFound as exc:  # of a source that knows why there is no document
        reason = max(reason, exc, key=lambda each: each.reached)
    if is_null:
        return None
    raise reason


def _structured_outputs(answer: Any, tool_name: str | None) -> Iterator[Any]:
    """What stands at the usual places; the named tool's last input, and its last result; what the model said at last."""
    own = structured_output(answer)
    if isinstance(own, Mapping):
        yield own
    messages = find_messages(answer)
    if tool_name is not None:
        yield from _given_and_answered(messages, tool_name)
    said = said_object(messages) if own is MISSING or own is None else MISSING
    if said is not MISSING:
        yield said
    elif own is not MISSING and not isinstance(own, Mapping):
        raise NotFound(f"it is not an object but {kind(own)}", Reached.VALUE)
    elif messages:
        raise NotFound(_without_output(messages, tool_name))


def _given_and_answered(messages: list[Block], tool_name: str) -> Iterator[Any]:
    results = [result for result in tool_results(messages) if result.name == tool_name]
    refused = {result.id for result in results if result.is_error and result.id is not None}
    given = [call for call in tool_calls(messages) if call.name == tool_name]
    calls = [call for call in given if call.id not in refused]
    # Before the last call and the last result there may be others: drafts, which do not count.
    if calls:
        if not isinstance(calls[-1].input, Mapping):
            raise NotFound(f"its last call has no object as its input but {kind(calls[-1].input)}", Reached.VALUE)
        yield calls[-1].input
    elif given:
        raise NotFound("the tool refused what it was given", Reached.VALUE)
    contents = [parsed(result.content) for result in results if not result.is_error]
    if contents and isinstance(contents[-1], Mapping):
        own = structured_output(contents[-1])
        yield from (document for document in (own, contents[-1]) if isinstance(document, Mapping))


def _without_output(messages: list[Block], tool_name: str | None) -> str:
    called = called_names(messages)
    names = f"calls of {', '.join(called)}" if called else "no call of a tool"
    advice = "; name the tool as tool_name" if called and tool_name is None else ""
    return f"{_NO_SOURCE['structured_output']}; the messages have {names}{advice}"


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
