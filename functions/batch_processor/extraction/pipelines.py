r"""Reads where a field's value stands: `$.content | parse('Exchange: (.+)') | trim`, `results[0].title`."""

import re
from collections.abc import Iterator
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

from batch_processor.contract.rules import Path, Treatment
from batch_processor.document.regexes import compile_regex
from batch_processor.document.singular_query import parse_singular_query
from batch_processor.document.wording import shown, suggestion
from batch_processor.extraction.transforms import TRANSFORMS, transform_named

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_CALL = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\((.*)\)\s*)?", re.DOTALL)
_PARSE = "parse"


def read_pipeline(text: str, *, within: str | None = None) -> Path:
    """The normal form of a path and of what is done with the value there; ValueError says what is wrong.

    A path may leave out `$.` at its beginning, and after it the name `within`, which then is put in.
    """
    query, *treatments = _split(text)
    steps = list(parse_singular_query(_query(query)))
    if within and steps[:1] != [within]:
        steps.insert(0, within)
    path = Path(steps=steps)
    if treatments:
        path["treatments"] = [_treatment(call) for call in treatments]
    return path


def read_expression(text: str) -> Path:
    """The normal form of a JMESPath expression; ValueError says what is wrong."""
    try:
        tree = jmespath.compile(text).parsed
    except (JMESPathError, RecursionError) as exc:
        fault = str(exc).splitlines()[0].rstrip(":")
        raise ValueError(f"{shown(text)} is no JMESPath expression: {fault}; write it as messages[-1].content") from exc
    if unknown := next((name for name in _called(tree) if name not in Functions.FUNCTION_TABLE), None):
        raise ValueError(
            f"{shown(unknown)} is no function of JMESPath; what is to be done with the value, say as 'transform'"
        )
    return Path(expression=text)


def read_transform(name: str) -> Treatment:
    """The normal form of a transform; ValueError names the one that was meant."""
    if transform_named(name) is None:
        raise ValueError(f"{shown(name)} is no transform; {suggestion(name, (*TRANSFORMS, _PARSE))}")
    return Treatment(transform=name)


def read_pattern(pattern: str) -> Treatment:
    """The normal form of a pattern; ValueError says why it cannot be used."""
    try:
        groups = compile_regex(pattern).groups
    except ValueError as exc:
        raise ValueError(f"the pattern {shown(pattern)} cannot be used: {exc}") from exc
    if groups != 1:
        raise ValueError(
            f"the pattern {shown(pattern)} has {groups or 'no'} group{'' if groups == 1 else 's'}, expected exactly one around "
            "the wanted part, as 'Exchange: (.+)'; write (?:…) for the others"
        )
    return Treatment(parse=pattern)


def _called(node: Any) -> Iterator[str]:
    """The functions in a parsed JMESPath expression."""
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node["children"]:
        if isinstance(child, dict):
            yield from _called(child)


def _split(text: str) -> Iterator[str]:
    """The text's parts between its bars; a bar within quotes is no bar."""
    start = at = 0
    while at < len(text):
        if quoted := _QUOTED.match(text, at):
            at = quoted.end()
            continue
        if text[at] == "|":
            yield text[start:at]
            start = at + 1
        at += 1
    yield text[start:]


def _query(text: str) -> str:
    text = text.strip()
    if text.startswith("$"):
        return text
    return f"${text}" if text.startswith("[") else f"$.{text}"


def _treatment(call: str) -> Treatment:
    match = _CALL.fullmatch(call)
    if not match:
        raise ValueError(
            f"{shown(call.strip())} is nothing that can be done with a value; write parse('…') or a transform"
        )
    name, argument = match[1], match[2]
    if name == _PARSE:
        return read_pattern(_unquoted(argument))
    treatment = read_transform(name)
    if argument is not None and argument.strip():
        raise ValueError(f"{name} takes nothing in parentheses; write {name} alone")
    return treatment


def _unquoted(argument: str | None) -> str:
    quoted = _QUOTED.fullmatch((argument or "").strip())
    if not quoted:
        raise ValueError("parse needs a pattern in quotes, as parse('Exchange: (.+)')")
    # A backslash before the quote is for the quote; all others are the pattern's.
    return quoted[1].replace(r"\'", "'") if quoted[1] is not None else quoted[2].replace(r"\"", '"')
