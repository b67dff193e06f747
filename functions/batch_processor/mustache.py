"""Renders JSON templates with Mustache tags: each text by itself, so that no value can change the JSON around it.

No HTML is escaped, no value is rendered again, and keys are left alone. docs/templates.md has the rules.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from pystache import parse
from pystache.context import ContextStack, KeyNotFoundError
from pystache.parsed import ParsedTemplate
from pystache.parser import (
    ParsingError,
    _ChangeNode,
    _EscapeNode,
    _InvertedNode,
    _LiteralNode,
    _PartialNode,
    _SectionNode,
)
from pystache.renderengine import RenderEngine

from batch_processor.document.json_path import MISSING

# pystache's kinds of tags have no public names; its version is pinned.

_OPENING = "{{"
# A JSON Schema in a template, as that of an act_with_schema step, is data: braces in its texts are no tags.
_DATA_KEY = "schema"
_DEEPEST = 100
_NAMING_NODES = (_EscapeNode, _LiteralNode, _SectionNode, _InvertedNode)


class Unrenderable(ValueError):
    """The template cannot be rendered, whatever its variables are; the message has all places and reasons."""


class VariablesNotGiven(ValueError):
    """The template names variables that are not given; the message has each one's name and its places."""


def render(template: Any, variables: Mapping[str, Any]) -> Any:
    """The parsed template with the variables in it.

    A text that is a single `{{{name}}}` becomes the variable's value, whatever its type. Raises Unrenderable or
    VariablesNotGiven, whose message names all places at once.
    """
    if problems := [f"{pointer or 'the template'}: {message}" for pointer, message in template_faults(template)]:
        raise Unrenderable(f"The template cannot be rendered: {'; '.join(problems)}.")
    missing: dict[str, list[str]] = {}
    rendered = _mapped(template, "", lambda text, pointer: _rendered(text, pointer, variables, missing))
    if missing:
        names = "; ".join(f"{name!r} ({', '.join(places)})" for name, places in missing.items())
        raise VariablesNotGiven(f"The template needs variables that are not given: {names}.")
    return rendered


def template_faults(template: Any) -> Iterator[tuple[str, str]]:
    """(JSON pointer, reason) of all that keeps the template from being rendered, whatever its variables are."""
    if _is_deeper(template, _DEEPEST):
        yield "", f"it is nested deeper than {_DEEPEST} levels"
        return
    for pointer, key, value in _places("", None, template):
        if isinstance(key, str) and _OPENING in key:
            yield pointer, "only values are rendered; take the tag out of the key"
        if isinstance(value, str):
            yield from ((pointer, fault) for fault in _faults(value))


def tag_names(template: Any) -> Iterator[tuple[str, str]]:
    """(JSON pointer, name) of each variable that the tags of a faultless template name; dotted names in full."""
    for pointer, _, value in _places("", None, template):
        if isinstance(value, str):
            names = (node.key for node in _nodes(_parsed(value)) if isinstance(node, _NAMING_NODES))
            yield from ((pointer, name) for name in dict.fromkeys(names))


def _mapped(value: Any, pointer: str, convert: Callable[[str, str], Any]) -> Any:
    """A copy of the value with `convert(text, pointer)` in place of each text; data under `schema` stays as it is."""
    if isinstance(value, str):
        return convert(value, pointer)
    if isinstance(value, list):
        return [_mapped(inner, f"{pointer}/{index}", convert) for index, inner in enumerate(value)]
    if not isinstance(value, dict):
        return value
    return {
        key: inner if _is_data(key, inner) else _mapped(inner, f"{pointer}/{_escaped(key)}", convert)
        for key, inner in value.items()
    }


def _places(pointer: str, key: Any, value: Any) -> Iterator[tuple[str, Any, Any]]:
    """(JSON pointer, key or index, value) of the value and all values within it, without data under `schema`."""
    yield pointer, key, value
    for inner_key, inner in _children(value):
        if not _is_data(inner_key, inner):
            yield from _places(f"{pointer}/{_escaped(str(inner_key))}", inner_key, inner)


def _children(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _is_data(key: Any, value: Any) -> bool:
    return key == _DATA_KEY and isinstance(value, dict)


def _is_deeper(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels + 1):
        layer = [inner for outer in layer for _, inner in _children(outer)]
    return bool(layer)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _faults(text: str) -> Iterator[str]:
    try:
        nodes = list(_nodes(_parsed(text)))
    except ParsingError as exc:
        yield str(exc)
        return
    except IndexError:  # from within pystache, for {{=x=}}
        yield "delimiters are changed by two of them with a space between, as {{=<% %>=}}"
        return
    changes_delimiters = any(isinstance(node, _ChangeNode) for node in nodes)
    for node in nodes:
        if isinstance(node, _PartialNode):
            yield f"{{{{>{node.key}}}}} asks for another template; there are no partials, put it in here"
        elif isinstance(node, str) and _OPENING in node and not changes_delimiters:
            yield f"a tag is not closed: {node[node.index(_OPENING) :][:40]!r}"


def _nodes(parsed: ParsedTemplate) -> Iterator[Any]:
    """The texts and tags of a parsed text, those within sections too."""
    for node in parsed._parse_tree:
        yield node
        if isinstance(node, _SectionNode):
            yield from _nodes(node.parsed)
        elif isinstance(node, _InvertedNode):
            yield from _nodes(node.parsed_section)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> ParsedTemplate:
    return parse(text, raise_on_mismatch=True)


def _rendered(text: str, pointer: str, variables: Mapping[str, Any], missing: dict[str, list[str]]) -> Any:
    if _OPENING not in text:
        return text
    parsed, engine, context = _parsed(text), _Engine(), ContextStack(dict(variables))
    match parsed._parse_tree:
        case [_LiteralNode(key=name)]:
            rendered = engine.value(context, name)
        case _:
            rendered = parsed.render(engine, context)
    for name in engine.missing:
        missing.setdefault(name, []).append(pointer or "the template")
    return rendered


class _Engine(RenderEngine):  # type: ignore[misc]
    """Looks names up in the variables, and collects in `missing` those that are not given."""

    def __init__(self) -> None:
        super().__init__(literal=_as_it_is, escape=_as_it_is, resolve_context=_value_or_none)
        self.missing: dict[str, None] = {}

    def value(self, context: ContextStack, name: str) -> Any:
        """The variable's value; None if it is missing, which is remembered."""
        value = _value(context, name)
        if value is MISSING:
            self.missing[name] = None
            return None
        return value

    def fetch_string(self, context: ContextStack, name: str) -> str:
        """The text that stands for the variable; pystache calls this for every one."""
        return _text(self.value(context, name))


def _as_it_is(text: str) -> str:
    return text


def _value(context: ContextStack, name: str) -> Any:
    try:
        return context.get(name)
    except KeyNotFoundError:
        return MISSING


def _value_or_none(context: ContextStack, name: str) -> Any:
    """The value by which a section is rendered or not; None, so that it is not, for a missing variable."""
    value = _value(context, name)
    return None if value is MISSING else value


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
