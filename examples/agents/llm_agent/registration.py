"""What the registry says of an agent that is a language model: its prompt, its model, and the schema of its answer."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from agent_errors import UnusableRegistration
from strict_faults import strict_faults
from tool_schema import strict_schema

# The agent itself adds these to an answer, where the schema has them; the model is not asked for them.
USAGE_FIELDS = ("asks", "input_tokens", "output_tokens")
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_ASKS = 3
_MOST_TOKENS = 1000


@dataclass(frozen=True)
class Registration:
    """`schema` is that of the whole structured output, `tool_schema` what of it the model is held to."""

    model_id: str
    system_prompt: str
    inference: dict[str, Any]
    most_asks: int
    tool_name: str
    tool_description: str
    tool_schema: dict[str, Any]
    schema: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def read_registration(item: Mapping[str, Any]) -> Registration:
    """The registration of an entry; nested values may be JSON or its text. UnusableRegistration has all problems."""
    parameters = _value(item.get("parameters")) or {}
    output = _value(item.get("structured_output")) or {}
    name, schema = _schema(output)
    tool_name = output.get("tool_name") or f"return_{name}"
    problems = [*_problems(parameters, schema), *_tool_problems(tool_name, schema)]
    if problems:
        called = f"{item.get('agent_name')}@{item.get('version')}"
        raise UnusableRegistration(f"{called} cannot be asked: {'; '.join(problems)}.")
    return Registration(
        model_id=parameters["model_id"],
        system_prompt=parameters["system_prompt"],
        inference=_inference(parameters),
        most_asks=parameters.get("max_asks", _MOST_ASKS),
        tool_name=tool_name,
        tool_description=schema.get("description") or "Takes the answer.",
        tool_schema=strict_schema(schema, without=USAGE_FIELDS),
        schema=schema,
    )


def _problems(parameters: Any, schema: Any) -> Iterator[str]:
    for key, why in (("model_id", "which model to ask"), ("system_prompt", "what to tell it")):
        if not (isinstance(parameters.get(key), str) and parameters[key].strip()):
            yield f"parameters.{key} is missing: {why}"
    if not _is_object(schema):
        yield "structured_output.schemas has no schema of an object with properties"
    asks = parameters.get("max_asks", _MOST_ASKS)
    if not isinstance(asks, int) or not 1 <= asks <= 10:
        yield "parameters.max_asks is not a number from 1 to 10"


def _tool_problems(tool_name: Any, schema: Any) -> Iterator[str]:
    """Yield what keeps Bedrock from taking the tool, which it would tell of the whole request only."""
    if not (isinstance(tool_name, str) and _TOOL_NAME.fullmatch(tool_name)):
        yield (
            f"structured_output.tool_name, else return_ and the schema's name, is {tool_name!r}: "
            "name the tool with 1 to 64 letters, digits, _ and -"
        )
    if _is_object(schema):
        yield from (f"structured_output.schemas, in the schema: {fault}" for fault in strict_faults(schema))


def _is_object(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") == "object" and bool(schema.get("properties"))


def _schema(output: Mapping[str, Any]) -> tuple[str, Any]:
    """The schema that `structured_output.schema` names, else the first one."""
    schemas = _value(output.get("schemas")) or {}
    chosen = output.get("schema")
    name = str(chosen) if chosen in schemas else next(iter(schemas), "")
    entry = _value(schemas.get(name)) or {}
    return name, _value(entry.get("schema"))


def _inference(parameters: Mapping[str, Any]) -> dict[str, Any]:
    temperature = {"Temperature": parameters["temperature"]} if "temperature" in parameters else {}
    return {"MaxTokens": parameters.get("max_tokens", _MOST_TOKENS), **temperature}


def _value(value: Any) -> Any:
    """What DynamoDB has, as JSON has it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner) for inner in value]
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
