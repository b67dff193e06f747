"""What every shape shares: strict types, no unknown keys, and problems told in plain sentences.

Checks that compare keys run on the raw value, so that they report even where other keys are invalid.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NoReturn, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from batch_processor.document.pointers import pointer
from batch_processor.document.problem import Problem
from batch_processor.document.wording import choices, lowered, nearest, shown, suggestion

Location = tuple[str | int, ...]
MARK = "\0"  # begins the tags of unions, which stand in pydantic's locations and are no keys
_SENTENCE = "sentence"
_KINDS = {
    "model_type": "an object {…}",
    "dict_type": "an object {…}",
    "list_type": "a list […]",
    "too_short": "at least one entry",
}


@dataclass(frozen=True)
class Finding:
    """A problem at a location relative to the value that was checked."""

    location: Location
    message: str


class Shape(BaseModel):
    """A JSON object with known keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    misplaced: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:  # noqa: ARG003
        """Yield the problems that only several keys together show, in the raw object; its values may be of any type."""
        yield from ()

    @model_validator(mode="wrap")
    @classmethod
    def _report_all(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(given, dict):
            return handler(given)  # which tells that no object was given, in words that fit the place
        model: Self = _validated(given, handler, cls._all_contradictions, cls._explained)
        return model

    @classmethod
    def _all_contradictions(cls, given: dict[str, Any]) -> Iterator[Finding]:
        for key, field in cls._keys().items():
            if key in given and given[key] is None and field.default is None and not field.is_required():
                yield Finding((key,), "null is no value here; leave the key out or give it a value")
        yield from cls.contradictions(given)

    @classmethod
    def _explained(cls, error: ErrorDetails) -> str:
        key = error["loc"][-1] if error["loc"] else ""
        match error["type"]:
            case "extra_forbidden":
                return cls._unknown_key(str(key), error["input"])
            case "missing":
                return f"'{key}' is missing: {lowered(cls._keys()[str(key)].description)}"
        return _sentence(error)

    @classmethod
    def _unknown_key(cls, key: str, value: Any) -> str:  # noqa: ARG003
        if key in cls.misplaced:
            return cls.misplaced[key]
        return f"{shown(key)} is not a key here; {suggestion(key, cls._keys())}"

    @classmethod
    def _keys(cls) -> dict[str, Any]:
        return {field.alias or name: field for name, field in cls.model_fields.items()}


def sentence_error(message: str) -> PydanticCustomError:
    """Return the error that carries a finished sentence through pydantic."""
    return PydanticCustomError(_SENTENCE, "{message}", {"message": message})


def fail(findings: Iterable[Finding]) -> NoReturn:
    """Raise one ValidationError of pydantic's that carries all findings."""
    raise ValidationError.from_exception_data(
        "configuration",
        [
            InitErrorDetails(type=sentence_error(finding.message), loc=finding.location, input=None)
            for finding in findings
        ],
    )


def problems_of(exc: ValidationError, document: Any, at: Callable[[Any, Location], str] = pointer) -> list[Problem]:
    """The problems that the error carries; `at(document, location)` makes the JSON pointer of each."""
    return [Problem(at(document, error["loc"]), error["msg"]) for error in exc.errors(include_url=False)]


def checked(find: Callable[[Any], Iterable[Finding]]) -> WrapValidator:
    """Return a validator that reports what `find(raw value)` finds along with what the type itself finds."""

    def validate(given: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        return _validated(given, handler, find, _sentence)

    return WrapValidator(validate)


def once_sound(find: Callable[[Any], Iterable[Finding]]) -> WrapValidator:
    """Return a validator that calls `find(raw value)` only if the type itself finds nothing wrong."""

    def validate(given: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        value = handler(given)
        if findings := list(find(given)):
            fail(findings)
        return value

    return WrapValidator(validate)


def expected(what: str, advice: Callable[[Any], str] = lambda _: "") -> WrapValidator:
    """Return a validator that reports a value of the wrong kind as "expected <what>, got <value>".

    `advice(value)` says what to write instead, if that can be told.
    """

    def validate(given: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(given)
        except ValidationError as exc:
            if not all(error["type"] != _SENTENCE and _is_of_whole_value(error["loc"]) for error in exc.errors()):
                raise
            told = advice(given)
            instead = f"; {told}" if told else _unquoted(given, handler)
            raise sentence_error(f"expected {what}, got {shown(given)}{instead}") from None

    return WrapValidator(validate)


def one_of(*names: str) -> WrapValidator:
    """Return a validator that answers a value other than `names` with the choices and the one probably meant."""

    def validate(given: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(given)
        except ValidationError:
            raise sentence_error(f"expected {choices(names)}, got {shown(given)}{_meant(given, names)}") from None

    return WrapValidator(validate)


def _validated(
    given: Any,
    handler: Callable[[Any], Any],
    find: Callable[[Any], Iterable[Finding]],
    explain: Callable[[ErrorDetails], str],
) -> Any:
    findings = []
    value = None
    try:
        value = handler(given)
    except ValidationError as exc:
        for error in exc.errors(include_url=False):
            findings.append(Finding(error["loc"], error["msg"] if error["type"] == _SENTENCE else explain(error)))
    findings += find(given)
    if findings:
        fail(findings)
    return value


def _sentence(error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    kind = _KINDS.get(error["type"])
    return f"expected {kind}, got {shown(error['input'])}" if kind else error["msg"]


def _is_of_whole_value(location: Location) -> bool:
    return all(str(step).startswith(MARK) for step in location)


def _unquoted(given: Any, handler: ValidatorFunctionWrapHandler) -> str:
    """Return the advice to drop the quotes if the value is valid without them, else ""."""
    try:
        handler(json.loads(given))
    except (TypeError, ValueError, RecursionError):  # ValidationError is a ValueError
        return ""
    return f"; write it without quotes: {given}"


def _meant(given: Any, names: tuple[str, ...]) -> str:
    meant = nearest(given, names) if isinstance(given, str) else None
    return f"; did you mean '{meant}'?" if meant else ""


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Text = Annotated[str, Field(min_length=1), expected("a string that is not empty")]
Flag = Annotated[bool, expected("true or false")]
WHOLE = BeforeValidator(_whole)  # JSON has one kind of number: 10.0 is 10
