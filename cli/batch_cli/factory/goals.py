"""The Mustache tags in what a browser is told: variables and sections of the agent's inputs, nothing else."""

import re
from collections.abc import Collection, Iterator

from batch_processor.config.wording import shown, suggestion

_TAG = re.compile(r"\{\{(\{?)\s*([#^/&!>=]?)\s*(.*?)\s*\}?\}\}", re.DOTALL)
# A dot is a path in Mustache, and these end a tag or begin another kind of it.
_UNSAYABLE = re.compile(r"^$|^\s|\s$|^[#^/&!>=]|[.{}\n]")


def can_be_named(variable: str) -> bool:
    """Whether a tag can name the variable."""
    return not _UNSAYABLE.search(variable)


def goal_for(inputs: Collection[str], required: Collection[str]) -> str:
    """What the browser does with the inputs where the schema does not say it."""
    parts = [
        f" {name}: {{{{{name}}}}}." if name in required else f"{{{{#{name}}}}} {name}: {{{{{name}}}}}.{{{{/{name}}}}}"
        for name in inputs
    ]
    return f"Fill in the form with these values and submit it.{''.join(parts)}"


def tag_problems(text: str, inputs: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the tags of a text, as sentences."""
    open_sections: list[str] = []
    for _, sigil, name in _TAG.findall(text):
        if sigil == "!":
            continue
        if sigil in (">", "="):
            yield f"{shown(f'{{{{{sigil}{name}}}}}')}: partials and other delimiters are not supported"
            continue
        if sigil == "/":
            if not open_sections or open_sections.pop() != name:
                yield f"{{{{/{name}}}}} ends a section that is not open"
            continue
        if name not in inputs:
            yield f"{shown(name)} is not an input; {suggestion(name, inputs)}"
        if sigil in ("#", "^"):
            open_sections.append(name)
    for name in open_sections:
        yield f"the section {{{{#{name}}}}} is not closed"
    if text.count("{{") != len(_TAG.findall(text)):
        yield "a tag is not closed; write {{name}}"
