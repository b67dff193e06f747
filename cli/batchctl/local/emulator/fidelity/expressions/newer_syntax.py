"""JSONata's syntax after 2.0.6, which Step Functions refuses and both engines here understand: `a ?? b` and `a ?: b`.

https://github.com/jsonata-js/jsonata/blob/master/CHANGELOG.md: both came with 2.1.
"""

import functools
import re

# Whatever may hold question marks that are no operators; a regular expression only where no operand precedes it, and
# a signature (`function($x)<s?:n>{…}`) only behind the parameters of a function.
_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | `[^`]*`)
      | (?P<comment>/\*.*?\*/)
      | (?P<function>(?:\bfunction|λ)\s*\([^)]*\)\s*<(?:[^<>]|<[^<>]*>)*>)
      | (?P<newer>\?\?|\?:)
      | (?P<operand>[\w$.)\]}]+)
      | (?P<slash>/)
      | (?P<blank>\s+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:\\.|[^/\\])+/[a-z]*", re.DOTALL)


class NewerSyntax(Exception):
    """An operator that AWS does not know; `code` is what JSONata 2.0.6 answers."""

    code = "S0211"


@functools.lru_cache(maxsize=4096)
def operator(expression: str) -> str | None:
    """The first operator in the expression that 2.0.6 does not have."""
    if "??" not in expression and "?:" not in expression:
        return None
    position, is_behind_operand = 0, False
    while found := _TOKEN.match(expression, position):
        position, kind = found.end(), found.lastgroup
        if kind == "newer":
            return found[0]
        if kind == "slash" and not is_behind_operand and (regex := _REGEX.match(expression, found.start())):
            position, kind = regex.end(), "text"
        if kind not in ("blank", "comment"):
            is_behind_operand = kind in ("text", "operand")
    return None


def refuse(expression: str) -> None:
    """NewerSyntax if AWS could not read the expression."""
    found = operator(expression)
    if found is not None:
        raise NewerSyntax(f'The symbol "{found[-1]}" cannot be used as a unary operator')
