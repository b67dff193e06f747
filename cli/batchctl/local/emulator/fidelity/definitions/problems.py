"""What is wrong with a definition, told as CreateStateMachine and ValidateStateMachineDefinition tell it.

The form of a message, and the words for required and unsupported fields, kinds of states, targets, unreachable states,
query languages and what Express machines cannot do, are recorded or quoted in public; the other rules are those of
https://states-language.net/spec.html and of AWS's documentation, in words of ours.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from batchctl.local.emulator.fidelity.definitions import fields

Object = dict[str, Any]

_SCHEMA = "SCHEMA_VALIDATION_FAILED"
_TARGET = "MISSING_TRANSITION_TARGET"
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, and state-map-distributed.html for labels.
_MAXIMUM_NAME_LENGTH = 80
_MAXIMUM_LABEL_LENGTH = 40
_FORBIDDEN_IN_LABEL = re.compile(r"""[\s?*<>{}\[\]:;,\\|^~$#%&`"\x00-\x1f\x7f-\x9f]""")
_WAITS = ("Seconds", "Timestamp", "SecondsPath", "TimestampPath")


class Problem(NamedTuple):
    """One thing that is wrong, and the place of it; none where there is nothing to point into."""

    code: str
    message: str
    location: str | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" at {self.location}" if self.location else "")


class _Machine(NamedTuple):
    language: str
    is_express: bool


def find(text: str, *, is_express: bool) -> list[Problem]:
    """All problems of a definition."""
    try:
        definition = json.loads(text or "null", object_pairs_hook=_object)
    except _Duplicate as exc:
        return [Problem("INVALID_JSON_DESCRIPTION", f"Duplicate field '{exc}'")]
    except json.JSONDecodeError as exc:
        place = f"[Source: (String); line: {exc.lineno}, column: {exc.colno}]"
        return [Problem("INVALID_JSON_DESCRIPTION", exc.msg, place)]
    if not isinstance(definition, dict):
        return [Problem(_SCHEMA, "Definition must be a valid JSON object")]
    language = definition.get("QueryLanguage", "JSONPath")
    if language not in ("JSONPath", "JSONata"):
        return [_wrong_value("QueryLanguage", ("JSONPath", "JSONata"), "/QueryLanguage")]
    return [*_scope(definition, "", fields.MACHINE, _Machine(language, is_express)), *_twins(definition)]


class _Duplicate(ValueError):
    """A name that stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> Object:
    names = Counter(name for name, _ in pairs)
    if twice := [name for name, count in names.items() if count > 1]:
        raise _Duplicate(twice[0])
    return dict(pairs)


def _wrong_value(field: str, values: tuple[str, ...], location: str) -> Problem:
    return Problem(_SCHEMA, f"The field '{field}' should have one of these values: [{', '.join(values)}]", location)


def _unsupported(names: Any, allowed: frozenset[str], location: str) -> Iterator[Problem]:
    for name in names:
        if name not in allowed:
            yield Problem(_SCHEMA, f"Field '{name}' is not supported", location or "/")


def _scope(scope: Object, path: str, allowed: frozenset[str], machine: _Machine) -> Iterator[Problem]:
    """The problems of a machine, a branch or an ItemProcessor."""
    if not isinstance(scope, dict):
        yield Problem(_SCHEMA, "This must be an object with States and StartAt", path)
        return
    yield from _unsupported(scope, allowed, path)
    missing = [name for name in ("States", "StartAt") if name not in scope]
    if missing:
        yield Problem(_SCHEMA, f"These fields are required: [{', '.join(missing)}]", path or "/")
        return
    states = scope["States"]
    if not isinstance(states, dict) or not states or not all(isinstance(state, dict) for state in states.values()):
        yield Problem(_SCHEMA, "The field 'States' must be an object of states", f"{path}/States")
        return
    for name, state in states.items():
        yield from _state(name, state, f"{path}/States/{name}", machine)
    yield from _transitions(scope["StartAt"], states, path)


def _state(name: str, state: Object, path: str, machine: _Machine) -> Iterator[Problem]:
    if len(name) > _MAXIMUM_NAME_LENGTH:
        yield Problem(_SCHEMA, f"State names have at most {_MAXIMUM_NAME_LENGTH} characters", path)
    kind, language = state.get("Type"), state.get("QueryLanguage", machine.language)
    if kind is None:
        yield Problem(_SCHEMA, "These fields are required: [Type]", path)
    elif kind not in fields.KINDS:
        yield _wrong_value("Type", fields.KINDS, f"{path}/Type")
    elif language not in ("JSONPath", "JSONata"):
        yield _wrong_value("QueryLanguage", ("JSONPath", "JSONata"), f"{path}/QueryLanguage")
    elif language == "JSONPath" and machine.language == "JSONata":
        words = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
        yield Problem(_SCHEMA, words, path)
    else:
        yield from _fields(state, kind, language, path)
        yield from _PARTS.get(kind, _nothing)(state, path, language, machine)
        yield from _handlers(state, path)


def _fields(state: Object, kind: str, language: str, path: str) -> Iterator[Problem]:
    foreign = [name for name in state if fields.is_of_other_language(name, kind, language)]
    for name in foreign:
        other = "JSONPath" if language == "JSONata" else "JSONata"
        words = (
            f"The field '{name}' is only supported for the query language {other}, but that of the state is {language}"
        )
        yield Problem(_SCHEMA, words, path)
    own = [name for name in state if name not in foreign]
    yield from _unsupported(own, fields.of_state(kind, language), path)
    missing = [name for name in fields.REQUIRED.get(kind, ()) if name not in state]
    if missing:
        yield Problem(_SCHEMA, f"These fields are required: [{', '.join(missing)}]", path)
    if kind not in fields.WITHOUT_NEXT and ("Next" in state) == (state.get("End") is True):
        yield Problem(_SCHEMA, "Exactly one of these fields is required: [Next, End]", path)


def _nothing(_state: Object, _path: str, _language: str, __machine: _Machine) -> Iterator[Problem]:
    return iter(())


def _task(state: Object, path: str, _language: str, machine: _Machine) -> Iterator[Problem]:
    resource = state.get("Resource", "arn:")
    if not isinstance(resource, str) or _is_expression(resource) or not resource.startswith("arn:"):
        words = f"The resource provided {resource} is not recognized. The value is not a valid resource ARN"
        yield Problem(_SCHEMA, words, f"{path}/Resource")
    elif machine.is_express and resource.endswith(".waitForTaskToken"):
        words = "Express state machine does not support '.waitForTaskToken' service integration "
        yield Problem(_SCHEMA, words, f"{path}/Resource")
    elif machine.is_express and re.search(r"\.sync(:2)?$", resource):
        yield Problem(_SCHEMA, "Express state machine does not support '.sync' service integration", f"{path}/Resource")
    elif machine.is_express and ":activity:" in resource:
        yield Problem(_SCHEMA, "Express state machine does not support Activity ARN", f"{path}/Resource")


def _wait(state: Object, path: str, _language: str, __machine: _Machine) -> Iterator[Problem]:
    if sum(name in state for name in _WAITS) != 1:
        yield Problem(_SCHEMA, f"Exactly one of these fields is required: [{', '.join(_WAITS)}]", path)


def _choice(state: Object, path: str, language: str, __machine: _Machine) -> Iterator[Problem]:
    rules = state.get("Choices", [None])
    if not isinstance(rules, list) or not rules:
        yield Problem(_SCHEMA, "The field 'Choices' must be an array with at least one rule", f"{path}/Choices")
        return
    for number, rule in enumerate(rules):
        place = f"{path}/Choices[{number}]"
        if not isinstance(rule, dict):
            continue
        required = ["Next", "Condition"] if language == "JSONata" else ["Next"]
        missing = [name for name in required if name not in rule]
        if missing:
            yield Problem(_SCHEMA, f"These fields are required: [{', '.join(missing)}]", place)
        if language == "JSONata":
            yield from _unsupported(rule, fields.CHOICE_RULE, place)
        elif "Condition" in rule:
            yield from _unsupported(["Condition"], frozenset(), place)


def _parallel(state: Object, path: str, _language: str, machine: _Machine) -> Iterator[Problem]:
    branches = state.get("Branches", [{}])
    if not isinstance(branches, list) or not branches:
        yield Problem(_SCHEMA, "The field 'Branches' must be an array with at least one branch", f"{path}/Branches")
        return
    if "Branches" in state:
        for number, branch in enumerate(branches):
            yield from _scope(branch, f"{path}/Branches[{number}]", fields.BRANCH, machine)


def _map(state: Object, path: str, _language: str, machine: _Machine) -> Iterator[Problem]:
    names = [name for name in ("ItemProcessor", "Iterator") if name in state]
    if len(names) != 1:
        yield Problem(_SCHEMA, "These fields are required: [ItemProcessor]", path)
        return
    processor, place = state[names[0]], f"{path}/{names[0]}"
    config = processor.get("ProcessorConfig", {}) if isinstance(processor, dict) else {}
    mode, kind = config.get("Mode", "INLINE"), config.get("ExecutionType")
    if mode not in ("INLINE", "DISTRIBUTED"):
        yield _wrong_value("Mode", ("INLINE", "DISTRIBUTED"), f"{place}/ProcessorConfig/Mode")
    elif mode == "DISTRIBUTED" and kind not in ("STANDARD", "EXPRESS"):
        yield _wrong_value("ExecutionType", ("STANDARD", "EXPRESS"), f"{place}/ProcessorConfig/ExecutionType")
    if mode == "DISTRIBUTED" and machine.is_express:
        yield Problem(_SCHEMA, "Express state machine does not support 'DISTRIBUTED' mode", f"{place}/ProcessorConfig")
    yield from _label(state, path)
    children = machine._replace(is_express=machine.is_express or kind == "EXPRESS")
    yield from _scope(processor, place, fields.PROCESSOR, children)


def _label(state: Object, path: str) -> Iterator[Problem]:
    label = state.get("Label", "label")
    if not isinstance(label, str) or not 1 <= len(label) <= _MAXIMUM_LABEL_LENGTH:
        yield Problem(_SCHEMA, f"The field 'Label' must have 1 to {_MAXIMUM_LABEL_LENGTH} characters", f"{path}/Label")
    elif found := _FORBIDDEN_IN_LABEL.search(label):
        yield Problem(_SCHEMA, f"The field 'Label' must not contain {found[0]!r}", f"{path}/Label")


_PARTS = {"Task": _task, "Wait": _wait, "Choice": _choice, "Parallel": _parallel, "Map": _map}


def _handlers(state: Object, path: str) -> Iterator[Problem]:
    for name in ("Retry", "Catch"):
        handlers = state.get(name, [])
        if not isinstance(handlers, list) or not all(isinstance(handler, dict) for handler in handlers):
            yield Problem(_SCHEMA, f"The field '{name}' must be an array of objects", f"{path}/{name}")
            continue
        for number, handler in enumerate(handlers):
            place, names = f"{path}/{name}[{number}]", handler.get("ErrorEquals")
            required = ("ErrorEquals", "Next") if name == "Catch" else ("ErrorEquals",)
            missing = [field for field in required if not handler.get(field)]
            if missing:
                yield Problem(_SCHEMA, f"These fields are required: [{', '.join(missing)}]", place)
            elif "States.ALL" in names and (len(names) > 1 or number < len(handlers) - 1):
                words = "States.ALL must appear alone, and last"
                yield Problem(_SCHEMA, words, f"{place}/ErrorEquals")
            if name == "Retry":
                yield from _retrier(handler, place)


def _retrier(retrier: Object, place: str) -> Iterator[Problem]:
    whole = {"IntervalSeconds": 1, "MaxAttempts": 0, "MaxDelaySeconds": 1}
    for field, value in retrier.items():
        if _is_expression(value):
            yield Problem(_SCHEMA, f"The field '{field}' does not support expressions", f"{place}/{field}")
        elif field in whole and (not isinstance(value, int) or isinstance(value, bool) or value < whole[field]):
            yield Problem(
                _SCHEMA, f"The field '{field}' must be an integer of at least {whole[field]}", f"{place}/{field}"
            )
        elif field == "BackoffRate" and (isinstance(value, bool) or not isinstance(value, int | float) or value < 1):
            yield Problem(_SCHEMA, "The field 'BackoffRate' must be a number of at least 1.0", f"{place}/{field}")
        elif field == "JitterStrategy" and value not in ("FULL", "NONE"):
            yield _wrong_value(field, ("FULL", "NONE"), f"{place}/{field}")


def _is_expression(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{%")


def _transitions(start: Any, states: Object, path: str) -> Iterator[Problem]:
    """Targets that there are not, and states that nothing leads to."""
    targets = {name: list(_targets(state, f"{path}/States/{name}")) for name, state in states.items()}
    for field, target, place in [
        ("StartAt", start, f"{path}/StartAt"),
        *(one for some in targets.values() for one in some),
    ]:
        if target not in states:
            yield Problem(_TARGET, f"Missing '{field}' target: {target}", place)
    reached, ahead = set(), [start]
    while ahead:
        name = ahead.pop()
        if name in states and name not in reached:
            reached.add(name)
            ahead += [target for _, target, _ in targets[name]]
    for name in states:
        if start in states and name not in reached:
            yield Problem(_TARGET, f'State "{name}" is not reachable.', f"{path}/States/{name}")


def _targets(state: Object, path: str) -> Iterator[tuple[str, Any, str]]:
    for field in ("Next", "Default"):
        if field in state:
            yield field, state[field], f"{path}/{field}"
    for name in ("Catch", "Choices"):
        parts = state.get(name)
        for number, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, dict) and "Next" in part:
                yield "Next", part["Next"], f"{path}/{name}[{number}]/Next"


def _twins(definition: Object) -> Iterator[Problem]:
    """State names that stand twice in the machine, whatever the scope."""
    seen: set[str] = set()
    for name, path in _names(definition, ""):
        if name in seen:
            yield Problem("DUPLICATE_STATE_NAME", f"Duplicate State name: {name}", path)
        seen.add(name)


def _names(scope: Any, path: str) -> Iterator[tuple[str, str]]:
    states = scope.get("States") if isinstance(scope, dict) else None
    for name, state in (states if isinstance(states, dict) else {}).items():
        place = f"{path}/States/{name}"
        yield name, place
        if isinstance(state, dict):
            for part in ("ItemProcessor", "Iterator"):
                yield from _names(state.get(part), f"{place}/{part}")
            branches = state.get("Branches")
            for number, branch in enumerate(branches if isinstance(branches, list) else ()):
                yield from _names(branch, f"{place}/Branches[{number}]")
