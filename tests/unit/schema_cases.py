"""Schemas, answers that fit them, and answers that violate them in exactly one way. No part of it validates anything."""

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Value = Any
SECRET = "6789"  # in every text that an answer has of its own: no message may say it


@dataclass(frozen=True)
class Violation:
    """A value with one fault: its kind, and the JSON pointer from the value on."""

    kind: str
    value: Value
    pointer: str = ""

    def within(self, kind: str, step: str | int, put: Callable[[Value], Value]) -> "Violation":
        return Violation(kind, put(self.value), f"/{step}{self.pointer}")


@dataclass(frozen=True)
class Node:
    """A schema, how to make a value of it, and the ways to break one."""

    schema: dict[str, Any]
    make: Callable[[random.Random], Value]
    violations: Callable[[random.Random, Value], list[Violation]] = field(default=lambda _rng, _value: [])


@dataclass(frozen=True)
class Case:
    """An answer and its schema; `violation` is None for an answer that fits."""

    schema: dict[str, Any]
    answer: Value
    violation: Violation | None = None


FORMATS = {
    "date": (["2026-02-28", "1999-12-31"], ["2026-02-30", "28.02.2026", "2026-2-8", ""]),
    "date-time": (["2026-11-21T09:34:44Z", "2026-11-21t09:34:44.5+01:00"], ["2026-11-21 09:34Z", "2026-11-21T25:00:00Z", "now"]),
    "email": (["ana@example.com", "o'brien+x@mail.example"], ["ana", "ana@", "a b@example.com", "ana@-example.com"]),
    "uri": (["https://example.com/a?b=c#d", "s3://bucket/key", "urn:a:b"], ["example.com/a", "https://exa mple.com", "/path"]),
    "uuid": (["7a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"], ["7a1b2c3d4e5f4a6b8c7d9e0f1a2b3c4d", "7a1b2c3d"]),
    "ipv4": (["192.0.2.1"], ["192.0.2.256", "192.0.2", "01.0.2.1"]),
}  # fmt: skip
PATTERNS = {
    r"^[A-Z]{2}[0-9]{3}$": (lambda rng: f"{rng.choice('ABXZ')}Q{rng.randrange(100, 999)}", ["aq123", "AQ12", "AQ123\n", ""]),
    r"(?:^|\s)[\w.-]+\.pdf$": (lambda rng: f"report-{rng.randrange(99)}.pdf", ["report.doc", "report.pdf.exe"]),
    r"^\p{Lu}\p{L}*$": (lambda rng: rng.choice(["Ärger", "Zoë", "X"]), ["ärger", "Ärger 1"]),
}  # fmt: skip


def make_case(rng: random.Random, kind: str | None) -> Case | None:
    """A case with a violation of that kind, or one that fits; None if this schema has no such violation."""
    node = _object(rng, depth=rng.randrange(1, 4))
    answer = node.make(rng)
    if kind is None:
        return Case(node.schema, answer)
    broken = [violation for violation in node.violations(rng, answer) if violation.kind == kind]
    if not broken:
        return None
    violation = rng.choice(broken)
    assert violation.value != answer or repr(violation.value) != repr(answer)
    return Case(node.schema, violation.value, violation)


def _text(rng: random.Random, least: int = 4, most: int = 12) -> str:
    length = rng.randrange(max(least, len(SECRET)), max(most, len(SECRET)) + 1)
    return SECRET + "".join(rng.choice("abcäß😀 \"'&\n{}") for _ in range(length - len(SECRET)))


def _any_node(rng: random.Random, depth: int) -> Node:
    plain = [_string, _choice, _formatted, _patterned, _number, _money, _integer, _boolean, _nullable, _constant]
    return rng.choice([*plain, _array, _object] if depth > 0 else plain)(rng, depth)


def _string(rng: random.Random, depth: int) -> Node:
    least, most = rng.randrange(4, 7), rng.randrange(8, 13)
    return Node(
        {"type": "string", "minLength": least, "maxLength": most},
        lambda rng: _text(rng, least, most),
        lambda rng, _value: [
            Violation("type", rng.choice([6789, None, [SECRET], {"a": SECRET}, True])),
            Violation("range", SECRET[: least - 1]),
            Violation("range", SECRET + "x" * most),
        ],
    )


def _choice(rng: random.Random, depth: int) -> Node:
    choices = rng.sample(["low", "medium", "high", 1, 2.5, None, "1"], rng.randrange(1, 5))
    others = [SECRET, "LOW", "", 7, True]
    return Node(
        {"enum": choices}, lambda rng: rng.choice(choices), lambda rng, _: [Violation("enum", rng.choice(others))]
    )


def _constant(rng: random.Random, depth: int) -> Node:
    return Node({"const": "v1"}, lambda _rng: "v1", lambda _rng, _value: [Violation("enum", f"v{SECRET}")])


def _formatted(rng: random.Random, depth: int) -> Node:
    name = rng.choice(sorted(FORMATS))
    right, wrong = FORMATS[name]
    return Node(
        {"type": "string", "format": name},
        lambda rng: rng.choice(right),
        lambda rng, _value: [Violation("format", rng.choice(wrong))],
    )


def _patterned(rng: random.Random, depth: int) -> Node:
    pattern = rng.choice(sorted(PATTERNS))
    make, wrong = PATTERNS[pattern]
    return Node({"type": "string", "pattern": pattern}, make, lambda rng, _: [Violation("pattern", rng.choice(wrong))])


def _number(rng: random.Random, depth: int) -> Node:
    low, high = rng.randrange(-50, 0), rng.randrange(1, 50)
    exclusive = rng.random() < 0.5
    bounds = {"exclusiveMinimum": low, "exclusiveMaximum": high} if exclusive else {"minimum": low, "maximum": high}
    outside = [low, high] if exclusive else [low - 0.001, high + 0.001]
    inside = [0, 0.5, *([] if exclusive else [low, high])]
    return Node(
        {"type": "number", **bounds},
        lambda rng: rng.choice(inside),
        lambda rng, _value: [
            Violation("range", rng.choice([*outside, low - 6789, high + 6789])),
            Violation("type", rng.choice(["0", True, None, []])),
        ],
    )


def _money(rng: random.Random, depth: int) -> Node:
    return Node(
        {"type": "number", "multipleOf": 0.01},
        lambda rng: rng.choice([19.99, 0.07, 1.1, 0, -4.35, 1e6, rng.randrange(10**9) / 100]),
        lambda rng, _value: [Violation("range", rng.choice([19.995, 0.001, 1e-9]))],
    )


def _integer(rng: random.Random, depth: int) -> Node:
    return Node(
        {"type": "integer"},
        lambda rng: rng.choice([0, 7, -3, 5.0, 2**53]),
        lambda rng, _value: [Violation("type", rng.choice([0.5, "7", False, None]))],
    )


def _boolean(rng: random.Random, depth: int) -> Node:
    return Node(
        {"type": "boolean"},
        lambda rng: rng.choice([True, False]),
        lambda rng, _value: [Violation("type", rng.choice([0, 1, "true", None]))],
    )


def _nullable(rng: random.Random, depth: int) -> Node:
    form: dict[str, Any] = rng.choice([{"type": ["string", "null"]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}])
    return Node(
        form,
        lambda rng: rng.choice([None, _text(rng)]),
        lambda rng, _value: [Violation("type", rng.choice([6789, False, {}]))],
    )


def _array(rng: random.Random, depth: int) -> Node:
    inner = _any_node(rng, depth - 1)
    least, most = rng.randrange(0, 2), rng.randrange(3, 5)
    schema = {"type": "array", "items": inner.schema, "minItems": least, "maxItems": most}

    def violations(rng: random.Random, value: list[Value]) -> list[Violation]:
        too_many = [inner.make(rng) for _ in range(most + 1)]
        found = [Violation("type", {"0": value}), Violation("range", too_many)]
        if least:
            found.append(Violation("range", []))
        for index, item in enumerate(value):
            found += [
                v.within("array items", index, lambda broken, at=index: _replaced(value, at, broken))  # type: ignore[misc]
                for v in inner.violations(rng, item)
            ]
        return found

    return Node(
        schema, lambda rng: [inner.make(rng) for _ in range(rng.randrange(max(least, 1), most + 1))], violations
    )


def _object(rng: random.Random, depth: int) -> Node:
    names = rng.sample(
        ["category", "priority", "score", "größe", "a/b", "~x", "when", "Download Speed"], rng.randrange(1, 5)
    )
    inner = {name: _any_node(rng, depth - 1) for name in names}
    required = names[: rng.randrange(1, len(names) + 1)]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: node.schema for name, node in inner.items()},
        "required": required,
        "additionalProperties": False,
    }

    def make(rng: random.Random) -> Value:
        return {name: node.make(rng) for name, node in inner.items() if name in required or rng.random() < 0.7}

    def violations(rng: random.Random, value: dict[str, Value]) -> list[Violation]:
        extra = rng.choice(["other", "Category", f"{SECRET}@example.com"])
        found = [
            Violation("type", [value]),
            Violation("extra property", {**value, extra: SECRET}),
            *(Violation("required", {n: v for n, v in value.items() if n != name}) for name in required),
        ]
        for name, part in value.items():
            broken = inner[name].violations(rng, part)
            found += [
                v.within(_kind_inside(v, inner[name]), _escaped(name), lambda new, at=name: {**value, at: new})  # type: ignore[misc]
                for v in broken
            ]
        return found

    return Node(schema, make, violations)


def _kind_inside(violation: Violation, inner: Node) -> str:
    """An object within an object makes it a nested violation; a plain value is one of the object itself."""
    return "nested" if "properties" in inner.schema and violation.kind != "array items" else violation.kind


def _replaced(values: list[Value], at: int, new: Value) -> list[Value]:
    replaced = copy.copy(values)
    replaced[at] = new
    return replaced


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
