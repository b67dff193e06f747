"""Three JSONata engines with what Step Functions adds: JavaScript 2.0.6, which AWS follows, and the embedded AWS's two."""

import hashlib
import json
import math
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from jsonata import Jsonata
from jsonata.utils import Utils

from batchctl.local.emulator.fidelity.expressions import newer_syntax, rust_engine
from batchctl.local.emulator.fidelity.expressions.jsonata_library import keep_characters

HERE = Path(__file__).parent
NOW_MS = 1_795_253_684_123
_PATIENCE_SECONDS = 0.5
UUID = "7a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"


class QueryEvaluationError(Exception):
    """What Step Functions reports as States.QueryEvaluationError; an undefined result is one."""


class Engine(Protocol):
    """Evaluates expressions; `random` is what $random() gives, and $uuid() gives UUID."""

    random: float

    def evaluate(self, expression: str, variables: Mapping[str, Any]) -> Any:
        """The value of the expression, or QueryEvaluationError."""
        ...


class JavaScriptEngine:
    """A long-lived node process that answers one JSON line for each that it reads."""

    def __init__(self, node: str) -> None:
        self.random = 0.5
        self._process = subprocess.Popen(
            [node, "engine.mjs"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def evaluate(self, expression: str, variables: Mapping[str, Any]) -> Any:
        """The value of the expression, or QueryEvaluationError."""
        return self._ask(expression=expression, variables=variables, now=NOW_MS, random=self.random, uuid=UUID)

    def free_variables(self, expression: str) -> list[str]:
        """The variables that the expression expects to be there, `$states` excepted."""
        return list(self._ask(free=expression))

    def regexes(self, expression: str) -> list[str]:
        """The regular expressions in the expression."""
        return list(self._ask(regexes=expression))

    def objections(self, definition: Mapping[str, Any]) -> list[str]:
        """What asl-validator has against the definition."""
        return list(self._ask(definition=definition))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _ask(self, **request: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        response: dict[str, Any] = json.loads(self._process.stdout.readline())
        if "value" in response:
            return response["value"]
        raise QueryEvaluationError(response.get("error", "undefined"))


class JlensEngine:
    """jlens, which the embedded Step Functions evaluates with where there is a wheel of it.

    What takes it too long, as long texts of control characters do, jsonata-python evaluates there, and so it does here.
    """

    def __init__(self) -> None:
        self.random = 0.5
        self._programs: dict[str, rust_engine.Program] = {}
        self._instead = JsonataPythonEngine()

    def evaluate(self, expression: str, variables: Mapping[str, Any]) -> Any:
        """The value of the expression, or QueryEvaluationError."""
        try:
            if expression not in self._programs:
                self._programs[expression] = rust_engine.Program((expression,), self._functions())
            values = self._programs[expression].evaluate(variables, now=NOW_MS, timeout=_PATIENCE_SECONDS)
        except Exception as exc:
            if getattr(exc, "code", None) == "D1012":
                return self._instead.evaluate(expression, variables)
            raise QueryEvaluationError(f"{type(exc).__name__}: {exc}") from exc
        if "0" not in values:
            raise QueryEvaluationError("undefined")
        return json.loads(json.dumps(values["0"]))

    def _functions(self) -> dict[str, Any]:
        return {
            "random": lambda: self.random,
            "parse": json.loads,
            "uuid": lambda: UUID,
            "hash": _hash,
            "partition": _partition,
            "range": _range,
        }


class JsonataPythonEngine:
    """jsonata-python, which the embedded Step Functions evaluates with elsewhere."""

    def __init__(self) -> None:
        self.random = 0.5
        self._compiled: dict[str, Jsonata] = {}
        keep_characters()

    def evaluate(self, expression: str, variables: Mapping[str, Any]) -> Any:
        """The value of the expression, or QueryEvaluationError."""
        # jsonata-python takes a variable that is None for undefined.
        bindings = {name: Utils.NULL_VALUE if value is None else value for name, value in variables.items()}
        try:
            value = self._compile(expression).evaluate(None, bindings)
        except Exception as exc:
            raise QueryEvaluationError(f"{type(exc).__name__}: {exc}") from exc
        if value is None:
            raise QueryEvaluationError("undefined")
        # Its sequences and sentinels become plain JSON.
        return json.loads(json.dumps(Utils.convert_nulls(value)))

    def _compile(self, expression: str) -> Jsonata:
        if expression not in self._compiled:
            newer_syntax.refuse(expression)
            program = self._compiled[expression] = Jsonata(expression)
            # Left as they are, nulls differ from undefined, which is None.
            program.set_output_convert_nulls(False)
            instant = datetime.fromtimestamp(NOW_MS / 1000, UTC)
            program.register_lambda("now", lambda: instant.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
            program.register_lambda("millis", lambda: NOW_MS)
            program.register_lambda("random", lambda: self.random)
            program.register_lambda("parse", json.loads)
            program.register_lambda("uuid", lambda: UUID)
            program.register_lambda("hash", _hash)
            program.register_lambda("partition", _partition)
            program.register_lambda("range", _range)
        return self._compiled[expression]


def _hash(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("-", ""), text.encode()).hexdigest()


def _partition(array: list[Any], size: int) -> list[list[Any]]:
    return [array[i : i + size] for i in range(0, len(array), size)]


def _range(start: int, end: int, step: int) -> list[int]:
    return list(range(start, end + int(math.copysign(1, step)), step))


Engines = tuple[JavaScriptEngine, JlensEngine, JsonataPythonEngine]
