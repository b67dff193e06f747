"""Reads a CloudFormation template; `!Ref X` and the like become `{"!Ref": "X"}`."""

import copy
import functools
from pathlib import Path
from typing import Any

import yaml


# Without libyaml it takes ten times as long.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    pass


def _intrinsic(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.MappingNode):
        return {f"!{tag}": loader.construct_mapping(node, deep=True)}
    if isinstance(node, yaml.SequenceNode):
        return {f"!{tag}": loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.ScalarNode)
    return {f"!{tag}": loader.construct_scalar(node)}


_Loader.add_multi_constructor("!", _intrinsic)


def load(path: Path) -> dict[str, Any]:
    """The template, of which each who asks has one of their own."""
    return copy.deepcopy(_read(path))


@functools.cache
def _read(path: Path) -> dict[str, Any]:
    template: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    return template
