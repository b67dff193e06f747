"""TransformInput against the same in plain Python, over random plans and rows."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.statemachine.definition import all_states, load
from tests.statemachine.engines import Engine, Engines, JsonataPythonEngine
from tests.statemachine.json_text import canonical
from tests.statemachine.samples import plan
from tests.statemachine.visit import visit

STATE = all_states(load())["TransformInput"]
MISSING = object()

# Unpaired surrogates are no UTF-8. '__proto__' means something in JavaScript only.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.one_of(
    TEXT, st.sampled_from(["email#2", "column_1", "0", "a b", "ä", "😀", 'q"', "back\\slash", "`"])
).filter(lambda name: name != "__proto__")
CELLS = st.one_of(TEXT, st.sampled_from(["", "007", "1.10", "null", "=1+1", 'say "hi"', "a\nb", "\\n", "日本"]))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.floats(-1e6, 1e6, width=32), TEXT
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str]]:
    """A plan's input and a row that has the cells which the plan uses."""
    cells = draw(st.dictionaries(NAMES, CELLS, min_size=1, max_size=5))
    fields = []
    for number, name in enumerate(draw(st.lists(NAMES, max_size=5, unique=True))):
        source = draw(st.sampled_from(["column", "columns", "segments", "path"]))
        if source == "path":
            document = draw(JSON)
            cells[f"json {number}"] = json.dumps(document, ensure_ascii=draw(st.booleans()))
            field = {"column": f"json {number}", "path": draw(_paths(document))}
        else:
            field = draw(_sources(source, sorted(cells)))
        fields.append({"field": name, **field})
    constants = draw(st.dictionaries(NAMES, JSON, max_size=3))
    return {"constants": constants, "fields": fields}, cells


def _sources(source: str, columns: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    column = st.sampled_from(columns)
    if source == "column":
        return st.fixed_dictionaries({"column": column})
    if source == "columns":
        return st.fixed_dictionaries({"columns": st.lists(column, min_size=1, max_size=3), "separator": TEXT})
    piece = st.one_of(st.fixed_dictionaries({"text": TEXT}), st.fixed_dictionaries({"column": column}))
    return st.fixed_dictionaries({"segments": st.lists(piece, min_size=1, max_size=4)})


@st.composite
def _paths(draw: st.DrawFn, value: Any) -> list[str | int]:
    """Mostly steps that lead somewhere, for random ones seldom do."""
    steps: list[str | int] = []
    for _ in range(draw(st.integers(0, 3))):
        random_step = draw(st.integers(0, 5)) == 0
        if isinstance(value, dict) and value and not random_step:
            steps.append(draw(st.sampled_from(sorted(value))))
        elif isinstance(value, list) and value and not random_step:
            steps.append(draw(st.integers(-len(value), len(value) - 1)))
        else:
            # Every JavaScript object has a 'constructor' and the like; other engines' have not.
            steps.append(draw(st.one_of(st.integers(-2, 2), st.sampled_from(["missing", "", "0"]))))
        value = follow(value, steps[-1:])
    return steps


def follow(value: Any, path: list[str | int]) -> Any:
    """What stands at the end of the path, or MISSING."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
        else:
            inside = isinstance(value, list) and -len(value) <= step < len(value)
            value = value[step] if inside else MISSING
    return value


def expected_input(plan_input: dict[str, Any], cells: dict[str, str]) -> dict[str, Any]:
    """The agent's input: constants, then fields; a path that leads nowhere makes no field."""
    built = {field["field"]: _built(field, cells) for field in plan_input["fields"]}
    return {
        **plan_input["constants"],
        **{name: value for name, value in built.items() if value is not MISSING},
    }


def _built(field: dict[str, Any], cells: dict[str, str]) -> Any:
    if "path" in field:
        return follow(json.loads(cells[field["column"]]), field["path"])
    if "columns" in field:
        return field["separator"].join(cells[column] for column in field["columns"])
    if "segments" in field:
        return "".join(piece["text"] if "text" in piece else cells[piece["column"]] for piece in field["segments"])
    return cells[field["column"]]


def picks_a_null_by_index(plan_input: dict[str, Any], cells: dict[str, str]) -> bool:
    """What jsonata-python cannot do; test_expressions notices when it can."""
    paths = [(json.loads(cells[f["column"]]), f["path"]) for f in plan_input["fields"] if "path" in f]
    return any(path and isinstance(path[-1], int) and follow(value, path) is None for value, path in paths)


def transformed(engine: Engine, plan_input: dict[str, Any], cells: dict[str, str]) -> Any:
    """The agent's input by an engine."""
    seen = visit(STATE, engine, {"plan": plan(input=plan_input)}, {"index": 1, "row": cells})
    return seen.assigned["row"]["input"]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(situation=situations())
def test_any_plan_and_row_give_the_same_input_everywhere(
    situation: tuple[dict[str, Any], dict[str, str]], engines: Engines
) -> None:
    expected = canonical(expected_input(*situation))
    for engine in engines:
        if not isinstance(engine, JsonataPythonEngine) or not picks_a_null_by_index(*situation):
            assert canonical(transformed(engine, *situation)) == expected
