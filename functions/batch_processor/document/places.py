"""Where in its text a value of a document stands."""

from typing import Any

from batch_processor.document.pointers import escaped


def places(text: str) -> dict[str, tuple[int, int]]:
    """Line and column of each key, and of each entry of a list, by JSON pointers; of JSON, or of YAML as it is read here.

    Empty for a text that is neither: it has no pointers.
    """
    # Imported where it is used: only who has something to tell needs places.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.YAMLError:
        return {}
    found: dict[str, tuple[int, int]] = {"": (1, 1)}
    waiting, seen = [("", root)], set[int]()
    while waiting:
        at, node = waiting.pop()
        if id(node) in seen:  # an alias
            continue
        seen.add(id(node))
        for step, marked, inner in _children(yaml, node):
            found[f"{at}/{escaped(step)}"] = (marked.start_mark.line + 1, marked.start_mark.column + 1)
            waiting.append((f"{at}/{escaped(step)}", inner))
    return found


def _children(yaml: Any, node: Any) -> list[tuple[str, Any, Any]]:
    if isinstance(node, yaml.MappingNode):
        return [(str(key.value), key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]
    if isinstance(node, yaml.SequenceNode):
        return [(str(index), item, item) for index, item in enumerate(node.value)]
    return []
