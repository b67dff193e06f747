"""The Mustache tags in what a browser is told: they ask for the agent's inputs, and nothing else."""

import re
from collections.abc import Collection, Iterator, Mapping

from batch_processor.document.wording import shown, suggestion
from batch_processor.mustache import tag_names, template_faults

# A dot is a path in Mustache, and these end a tag or begin another kind of it.
_UNSAYABLE = re.compile(r"^$|^\s|\s$|^[#^/&!>=]|[.{}\n]")


def can_be_named(variable: str) -> bool:
    """Whether a tag can name the variable."""
    return not _UNSAYABLE.search(variable)


def goal_for(texts: Mapping[str, bool], required: Collection[str]) -> str:
    """What the browser does with the inputs, by name and whether they are texts, where the schema does not say it."""
    parts = (_handed_over(name, always=name in required or not is_text) for name, is_text in texts.items())
    return f"Fill in the form with these values and submit it.{''.join(parts)}"


def _handed_over(name: str, *, always: bool) -> str:
    # A section is not rendered for false and 0, which are values, and once for every item of a list.
    part = f" {name}: {{{{{name}}}}}."
    return part if always else f"{{{{#{name}}}}}{part}{{{{/{name}}}}}"


def tag_problems(text: str, inputs: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the tags of a text, as sentences."""
    if faults := [message for _, message in template_faults(text)]:
        yield from faults
        return
    for _, name in tag_names(text):
        if name.partition(".")[0] not in inputs:
            yield f"{shown(name)} is not an input; {suggestion(name, inputs)}"
