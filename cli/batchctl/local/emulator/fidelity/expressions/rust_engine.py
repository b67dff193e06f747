"""JSONata by jlens, which is written in Rust: each evaluation takes about a tenth of what jsonata-python takes.

It converts all that an expression could see, so it is given only what the expression reads. It follows JSONata 2.2.2, whose
newer syntax `newer_syntax` refuses; $eval is not there, as on AWS.
"""

import functools
import time
from collections.abc import Mapping
from typing import Any

import jlens
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.expressions import newer_syntax, reads
from batchctl.local.emulator.fidelity.services import lone_surrogates

# https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html allows one second. jlens measures by the clock,
# and forty iterations share two cores: an evaluation is tried again, and as long as it had less of a core than this.
_MAXIMUM_SECONDS = 1.0
_LEAST_CPU_SECONDS = 0.5
_TRIES = 4
_TOO_LONG = "D1012"


class Unfit(Exception):
    """jlens would change a value that the expression reads, or needs longer than it may.

    Replacing many matches takes it time with the square of their number, AWS's engine and jsonata-python not.
    """


def _refuse_eval(*_arguments: Any) -> None:
    raise ValueError("Attempted to invoke a non-function: $eval")


def _parse(text: str) -> Any:
    value = stepfunctions._sfn_jsonata_parse(text)
    if "\\u" in text and lone_surrogates.may_be_in(value):
        raise Unfit
    return value


_FUNCTIONS = {
    "partition": stepfunctions._sfn_jsonata_partition,
    "range": stepfunctions._sfn_jsonata_range,
    "hash": stepfunctions._sfn_jsonata_hash,
    "random": stepfunctions._sfn_jsonata_random,
    "uuid": stepfunctions._sfn_jsonata_uuid,
    "parse": _parse,
    "eval": _refuse_eval,
}


class Program:
    """Expressions that are evaluated together, each for itself."""

    def __init__(self, expressions: tuple[str, ...], functions: Mapping[str, Any]) -> None:
        for expression in expressions:
            newer_syntax.refuse(expression)
            # By itself, as in brackets `1) + (2` would be one.
            jlens.Expression(expression)
        # In an object, undefined is no key and null is one; jlens answers None for both.
        members = ",".join(f'"{number}":({expression}\n)' for number, expression in enumerate(expressions))
        self._program = jlens.Expression(f"{{{members}}}")
        for name, function in functions.items():
            # Each that is registered takes time in every evaluation.
            if f"${name}" in members:
                self._program.register_function(name, function)
        self._reads = self._read_by(expressions)

    def _read_by(self, expressions: tuple[str, ...]) -> dict[str, Any]:
        by_text: dict[str, Any] = {}
        for expression in expressions:
            by_text = reads.merged(by_text, reads.reads(expression))
        told = {name: below for name, below in self._program.reads()["bindings"].items() if below is not True}
        # A variable may have the name of a function, and is then what is meant: jlens tells of no such one.
        return {**by_text, **told}

    def evaluate(self, bindings: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """The values by the numbers of their expressions, as text; undefined ones are not there."""
        read = {name: _cut(bindings[name], self._reads[name]) for name in self._reads.keys() & bindings.keys()}
        # jlens would silently make U+FFFD of half an emoji.
        if lone_surrogates.may_be_in(read):
            raise Unfit
        values: dict[str, Any] = self._program.evaluate(None, read, **options)
        return values


@functools.lru_cache(maxsize=4096)
def _program(expressions: tuple[str, ...]) -> Program:
    return Program(expressions, _FUNCTIONS)


def evaluate(expressions: tuple[str, ...], bindings: Mapping[str, Any]) -> dict[str, Any]:
    """The values by the numbers of their expressions, as text; undefined ones are not there."""
    program = _program(expressions)
    try:
        return program.evaluate(bindings, timeout=_MAXIMUM_SECONDS)
    except jlens.JlensError as exc:
        if exc.code != _TOO_LONG:
            raise
    return _again(program, bindings)


def _again(program: Program, bindings: Mapping[str, Any]) -> dict[str, Any]:
    for remaining in reversed(range(_TRIES)):
        began = time.thread_time()
        try:
            return program.evaluate(bindings, timeout=_MAXIMUM_SECONDS)
        except jlens.JlensError as exc:
            had = time.thread_time() - began
            if exc.code != _TOO_LONG:
                raise
            if had > _LEAST_CPU_SECONDS or not remaining:
                raise Unfit from exc
    raise AssertionError("unreachable: the last try returns or raises")


def _cut(value: Any, reads: Any) -> Any:
    """What an expression reads of a value: all of it, or these keys of it or of the objects in it."""
    if reads is True:
        return value
    kind = type(value)
    if kind is dict:
        return {
            name: value[name] if below is True else _cut(value[name], below)
            for name, below in reads.items()
            if name in value
        }
    if kind is list:
        return [_cut(item, reads) for item in value]
    return value
