"""The library of expressions computes the same, faster or not."""

import json
import os
import subprocess

from batchctl.local.emulator.process import PACKAGE_ROOT
from tests.emulator.local_aws import PYTHON

EXPRESSIONS = """
a.b ;; a.b[0] ;; a[0].b ;; a.* ;; **.price ;; *.name ;; $.a ;; $$.a ;; `two words` ;; nope ;; [nope] ;; {"k": nope}
nope & nope ;; null ;; n ;; [n] ;; items.price ;; items[price > 2].name ;; items[-1] ;; items[0..1]
items[name = "x"] ;; items[name = "x"][] ;; items[] ;; items.name[0] ;; (items.name)[0] ;; items{name: price}
items{name: $sum(price)} ;; items.[name, price] ;; items.{"n": name} ;; items.(price * 2) ;; items^(price)
items^(>price).name ;; items#$i.($i) ;; items@$x.{"p": $x.price} ;; items ~> |$|{"z": 1}| ;; items ~> |$|{}, "price"|
nested.list ;; nested.list.v ;; nested.list[0].v[1] ;; nested.single ;; [nested.single] ;; nested.empty
$count(nested.empty) ;; nested.list.%.x ;; {"a": {"b": [1]}}.a.b ;; {"a": [[1]]}.a ;; [{"a": [1]}].a
[{"a": 1}, {"a": 2}].a[0] ;; [[1, 2], [3]][0] ;; [1..5] ;; $map(items, function($v, $i) { $v.price * $i })
$filter(items, function($v) { $v.price > 1 }) ;; $each(a, function($v, $k) { $k })
$reduce([1, 2, 3], function($x, $y) { $x + $y }) ;; $sort(items, function($l, $r) { $l.price < $r.price })
$spread(a) ;; $keys(a) ;; ($x := 1; $y := 2; $x + $y)
($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(10)) ;; ($p := $substring(?, 0, 2); $p("hey"))
($t := function($n, $a) { $n = 0 ? $a : $t($n - 1, $a + $n) }; $t(500, 0))
($c := $uppercase ~> $lowercase; $c("X")) ;; a ~> $string ;; $merge([{"a": 1}, {"b": null}])
$string({"a": [1, {"b": null}]}) ;; $lookup(a, "b") ;; $append(1, 2) ;; $zip([1, 2], [3, 4]) ;; -(1)
$contains("abc", /b/) ;; $replace("abc", /b/, "x") ;; $match("abc", /b/) ;; $split("a,b", ",") ;; "a" in ["a", "b"]
a ? 1 : 2 ;; nope ? 1 ;; $count(nope) ;; $sum([]) ;; $exists(nope) ;; $not(nope) ;; $type(null) ;; $boolean(items)
$error("boom") ;; $assert(false, "no") ;; 3 > "a"
""".replace("\n", " ;; ").split(" ;; ")
DATA = {
    "a": {"b": [1, 2], "c": "x"},
    "items": [{"name": "x", "price": 1}, {"name": "y", "price": 2.5}, {"name": "z", "price": 3}],
    "n": None,
    "nested": {"x": 7, "list": [{"v": [1, 2]}, {"v": [3]}], "single": [5], "empty": []},
    "two words": 1,
}
PROGRAM = """
import json, sys
from jsonata import Jsonata

if sys.argv[1] == "faster":
    from batchctl.local.emulator.fidelity.expressions import jsonata_library

    jsonata_library.apply()
given = json.load(sys.stdin)
for expression in given["expressions"]:
    try:
        print(repr(Jsonata(expression).evaluate(json.loads(given["data"]))))
    except Exception as error:
        print(type(error).__name__, error)
"""


def values(how: str) -> list[str]:
    """What each expression yields."""
    given = json.dumps({"expressions": [text for text in EXPRESSIONS if text.strip()], "data": json.dumps(DATA)})
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)}
    run = subprocess.run(
        [PYTHON, "-c", PROGRAM, how], input=given, capture_output=True, text=True, check=True, env=environment
    )
    return run.stdout.splitlines()


def test_faster_library_computes_the_same() -> None:
    as_it_is = values("as it is")
    assert len(as_it_is) > 80
    assert values("faster") == as_it_is
