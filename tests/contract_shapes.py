"""The shapes that one state hands to another, pinned to the contract's number: `python -m tests.contract_shapes` writes them.

What reads a shape may be one build older or newer than what made it. A key that is new, and may be absent, misleads
neither, and is written down as it is. Any other change asks for a new number, or for the word that it is alike.
"""

import json
import sys
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from batch_processor import contract, errors
from batch_processor.batch import work_folder
from batch_processor.batch.names import batch_key
from batch_processor.batch.trigger import execution_name
from batch_processor.contract import Location, RowRange, rules
from batch_processor.contract.number import CONTRACT
from batchctl.definition.files import definition_file
from batchctl.project import ROOT

PINNED = Path(__file__).parent / "contract_shapes.json"
ALIKE = "--alike"
_MACHINES = ("batch_processor", "row_batch")
# What of a state another side reads.
_HANDED = ("Arguments", "Assign", "Output", "ItemBatcher")
# What the names in the work folder are made of besides the folder.
_ROWS = RowRange(first=1, last=2)
_OTHERS: dict[str, list[Any]] = {
    "part_key": [_ROWS],
    "joined_key": [_ROWS],
    "unfinished_key": [_ROWS],
    "unsettled_key": [_ROWS],
    "unstored_key": [_ROWS],
    "answer_key": [7],
    "successors_key": ["f"],
}
_MAY_BE_ABSENT = "NotRequired"
_ADVICE = f"""
A function or a definition of another build may meet these. If it could misread them, raise CONTRACT in
functions/batch_processor/contract/number.py and add a step to contract/upgrades.py, then: python -m tests.contract_shapes
If neither side can be misled, as each does without the key, say so: python -m tests.contract_shapes {ALIKE}"""


def shapes() -> dict[str, str]:
    """Every key that is handed on, by its path, with what is written there."""
    return dict(sorted([*_typed(), *_defined(), *_stored()]))


def pinned() -> tuple[int, dict[str, str]]:
    """The number, and the shapes that were written down with it."""
    found = json.loads(PINNED.read_text())
    return found["contract"], found["shapes"]


def unlike(was: Mapping[str, str], is_now: Mapping[str, str]) -> list[str]:
    """The paths of what another build could misread."""
    changed = [path for path in {**was, **is_now} if was.get(path) != is_now.get(path)]
    return [path for path in changed if path in was or not is_now[path].startswith(_MAY_BE_ABSENT)]


def told(paths: list[str]) -> str:
    """What has changed, and what to do about it."""
    return "\n".join(["These shapes have changed:", *(f"- {path}" for path in paths), _ADVICE])


def write(alike: bool) -> str | None:
    """Writes the shapes down; if they are unlike, and neither number nor word says so, what to do about it instead."""
    number, was = pinned() if PINNED.exists() else (CONTRACT, {})
    is_now = shapes()
    if number == CONTRACT and was and not alike and (changed := unlike(was, is_now)):
        return told(changed)
    PINNED.write_text(json.dumps({"contract": CONTRACT, "shapes": is_now}, ensure_ascii=False, indent=1) + "\n")
    return None


def _typed() -> Iterator[tuple[str, str]]:
    for name, shape in {**vars(contract), **vars(rules)}.items():
        if typing.is_typeddict(shape):
            for key, kind in shape.__annotations__.items():
                yield f"{name}.{key}", _said(kind, is_required=key in shape.__required_keys__)


def _said(kind: Any, *, is_required: bool) -> str:
    said = kind.__forward_arg__ if isinstance(kind, typing.ForwardRef) else kind
    text = said.__name__ if isinstance(said, type) and not typing.get_args(said) else str(said)
    name = text.replace("typing.", "").replace("batch_processor.contract.", "").replace("batch_processor.document.", "")
    return name if is_required or name.startswith(_MAY_BE_ABSENT) else f"{_MAY_BE_ABSENT}[{name}]"


def _stored() -> Iterator[tuple[str, str]]:
    """The names under which a batch, and what started it, are found again."""
    work, arn = Location(bucket="b", prefix="w/"), "arn:aws:states:r:1:execution:m:night"
    for name, key in vars(work_folder).items():
        if name.endswith("_key") and name not in ("tally_key",):
            yield f"stored/{name}", key(work, *_OTHERS.get(name, []))
    yield "stored/parts", work_folder.parts_prefix(work)
    yield "stored/histories", work_folder.kept_histories_prefix(work)
    yield "stored/batch", batch_key(arn)
    event = {"bucket": {"name": "b"}, "object": {"key": "configs/night.json", "version-id": "v1"}}
    yield "stored/execution", execution_name(event)


def _defined() -> Iterator[tuple[str, str]]:
    for machine in _MACHINES:
        source = ROOT / "statemachine" / "source" / f"{machine}.asl.yaml"
        yield from _states(machine, json.loads(definition_file(source).read_text())["States"])


def _states(machine: str, states: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, state in states.items():
        yield f"{machine}/{name}", state["Type"]
        for field in _HANDED:
            yield from _keys(f"{machine}/{name}.{field}", state.get(field))
        # By its name a state knows what a function could not do.
        for handler in (*state.get("Retry", []), *state.get("Catch", [])):
            yield from ((f"{machine}/{name}!{error}", "") for error in handler["ErrorEquals"] if _is_own(error))
        if "ItemProcessor" in state:
            yield from _states(f"{machine}/{name}", state["ItemProcessor"]["States"])


def _is_own(error: str) -> bool:
    return hasattr(errors, error)


def _keys(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """The keys alone: how a value comes about is the definition's own affair."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}", ""
            yield from _keys(f"{path}.{key}", inner)


if __name__ == "__main__":
    sys.exit(write(ALIKE in sys.argv[1:]))
