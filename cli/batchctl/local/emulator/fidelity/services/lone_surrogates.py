r"""Half an emoji in an answer: no answer of the embedded AWS fails for it.

A text in JSON may have one half of a surrogate pair (`"\ud83d"`, RFC 8259, section 8.2), which no text in UTF-8 can. Where
JSON stands as text (inputs and outputs in histories, events, files of results), the half stays escaped, as whoever wrote
it had to write it: what reads the text gets what the state machine had. Everywhere else, in causes and messages for
instance, it is U+FFFD: an SDK hands such texts to programs that print them.
"""

import json
import marshal
import re
from types import SimpleNamespace
from typing import Any

from ministack.core import responses

_LONE = re.compile("[\ud800-\udfff]")
# The same in UTF-8, as marshal writes texts. In a number or a length it may stand by chance.
_FIRST, _MARSHALLED = b"\xed", re.compile(rb"\xed[\xa0-\xbf]")


def may_be_in(value: Any) -> bool:
    """Whether a text in a value of JSON may have a half; hardly ever true where none has."""
    written = marshal.dumps(value)
    # A byte is found many times as fast as a pattern; hardly any text has it.
    return _FIRST in written and _MARSHALLED.search(written) is not None


def escaped(text: str) -> str:
    """JSON text that can be written as UTF-8 and means the same."""
    if text.isascii() or not _LONE.search(text):
        return text
    return _LONE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def replaced(value: Any) -> Any:
    """The value with U+FFFD in place of every half in its texts."""
    return _replaced(value) if isinstance(value, str) or may_be_in(value) else value


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else _LONE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_replaced(name): _replaced(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner) for inner in value]
    return value


def _dumps(document: Any, **options: Any) -> str:
    return str(replaced(json.dumps(document, **options)))


def apply() -> None:
    """Replace how responses write JSON, which every service imports from one module."""
    responses.json = SimpleNamespace(**{**vars(json), "dumps": _dumps})
