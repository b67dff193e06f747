"""What an expression with functions of its own is given of the variables."""

from typing import Any

import pytest

from batchctl.local.emulator.fidelity.expressions import reads

F = "$f := function($x, $y) { $x & $y }; "


@pytest.mark.parametrize(
    ("expression", "read"),
    [
        ("$f($plan.target.arn, $row.index)", {"f": True, "plan": {"target": {"arn": True}}, "row": {"index": True}}),
        ("$f($plan.batch.name, $plan.batch)", {"f": True, "plan": {"batch": True}}),
        ("$f($plan, $plan.a)", {"f": True, "plan": True}),
        ("$x.a", {"x": True}),  # a parameter has that name
        ("($z := $z.a; $z.b)", {"z": True}),
        ("$rows#$place.{ 'a': $rows.b }", {"rows": True, "place": True}),
        ("$a.b.$f(1)", {"a": {"b": True}, "f": True}),
        ("$a.b[0].c", {"a": {"b": True}}),
        ("$a . b", {"a": True}),
        ("$a.`b c`", {"a": True}),
        ("$a.b.(%.c)", {"a": True}),
        ("$a.b and %.c", {"a": True}),
        ("($a.b - 1) % $a.c", {"a": {"b": True, "c": True}}),
        ("$a.b@$v.c", {"a": True, "v": True}),
        ("$a.straße.b", {"a": {"straße": {"b": True}}}),
        ("$a.b’c", {"a": True}),
    ],
)
def test_only_plain_paths_are_cut(expression: str, read: dict[str, Any]) -> None:
    found = reads.reads(f"({F}{expression})")
    assert {name: below for name, below in found.items() if name in read} == read


def test_two_expressions_read_what_both_do() -> None:
    one, other = {"a": {"b": True}, "c": True}, {"a": {"d": True}, "c": {"e": True}}
    assert reads.merged(one, other) == {"a": {"b": True, "d": True}, "c": True}
