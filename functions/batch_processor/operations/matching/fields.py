"""The input fields of a target, as its registration describes them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from batch_processor.document.json_path import follow
from batch_processor.document.pointers import location
from batch_processor.errors import TemplateInvalid
from batch_processor.mustache import tag_names
from batch_processor.operations.naming.meaning import Meaning, meaning_of
from batch_processor.operations.naming.words import words, written_words
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.json_schema import main_schema
from batch_processor.registry.lookup import Registries, find_template
from batch_processor.registry.tool_entry import ToolEntry

# Concepts of which any text will do that somebody has written.
_TEXTS = frozenset({"ticket", "body"})
_TEXT_TOLD = ("the text of", "free text", "text to ", "the text that", "the message", "message of", "full text")
_NEGATED = re.compile(
    r"\b(?:not|no|without|excluding|except|rather|instead|other than|unlike|never|nicht|ohne|sin|sans)\b", re.I
)
_BETWEEN = re.compile(r"""[/,;:|()\[\]"'“”„«»「」、・–—]+|\.(?:\s|$)""")
_NO_TEXT = ("enum", "format", "pattern", "const")


@dataclass(frozen=True)
class InputField:
    """A field of the input: its schema as registered, an empty one if nothing is said of it; `about` is what the target does."""

    name: str
    required: bool
    schema: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)
    about: str = ""

    @cached_property
    def meaning(self) -> Meaning:
        """What its name means."""
        return meaning_of(self.name)

    @cached_property
    def types(self) -> frozenset[str]:
        """The JSON types that it takes, null aside; none if it takes any."""
        given = self.schema.get("type", ())
        return frozenset([given] if isinstance(given, str) else given) - {"null"}

    @cached_property
    def context(self) -> frozenset[str]:
        """The words that say what the target and the field are about."""
        return frozenset(words(self.about)) | self.told

    @cached_property
    def told(self) -> frozenset[str]:
        """The words of its own description."""
        return frozenset(words(str(self.schema.get("description", ""))))

    @cached_property
    def affirmed(self) -> frozenset[str]:
        """The words that its title and description say of it, up to the first that says what it is not."""
        texts = [str(self.schema.get(key, "")) for key in ("title", "description")]
        said = [_NEGATED.split(text, maxsplit=1)[0] for text in texts]
        return frozenset(word for text in said for word in (*words(text), *written_words(text)))

    @cached_property
    def other_names(self) -> frozenset[tuple[str, ...]]:
        """The parts of its title and description, each of which may be what a column of it is called."""
        texts = [str(self.schema.get(key, "")) for key in ("title", "description")]
        parts = [part for text in texts for part in _BETWEEN.split(_NEGATED.split(text, maxsplit=1)[0])]
        return frozenset(found for part in parts if (found := written_words(part)))

    @cached_property
    def takes_any_text(self) -> bool:
        """Whether it is a text that people write, whatever the column is called that has it."""
        if any(key in self.schema for key in _NO_TEXT) or not self.types <= {"string"}:
            return False
        told = str(self.schema.get("description", "")).lower()
        is_text = self.meaning.concept in _TEXTS and not self.meaning.others - {"ticket", "customer", "email"}
        return is_text or any(words in told for words in _TEXT_TOLD)


def input_fields(entry: AgentEntry | ToolEntry, registries: Registries) -> tuple[InputField, ...] | None:
    """The fields that the target takes, required ones first; None if its registration names none."""
    about = f"{entry.name} {entry.description}"
    fields = list(_of_schema(entry.input_schema, about)) or list(_of_template(entry, registries, about))
    if entry.input_format != "structured" and all(known.name != "prompt" for known in fields):
        fields.append(InputField("prompt", required=True, schema={"type": "string"}, about=about))
    return tuple(sorted(fields, key=lambda known: not known.required)) or None


def _of_schema(schema: Mapping[str, Any] | None, about: str) -> Iterator[InputField]:
    root = schema or {}
    main = main_schema(root)
    required = main.get("required", ())
    for name, given in dict(main.get("properties", {})).items():
        yield InputField(name, name in required, _followed(given, root), about)


def _followed(given: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The property's schema; what it refers to within the whole schema, with what it says beside that."""
    if not isinstance(given, Mapping):
        return {}
    reference = given.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        found = follow(location(root, reference[1:]), root)
        return {**(found if isinstance(found, Mapping) else {}), **given}
    return dict(given)


def _of_template(entry: AgentEntry | ToolEntry, registries: Registries, about: str) -> Iterator[InputField]:
    """The variables of the template that the agent renders."""
    config = entry.template_config if isinstance(entry, AgentEntry) else {}
    name = config.get("template_id")
    if not isinstance(name, str):
        return
    version = config.get("version")
    try:
        template = find_template(
            name, version if isinstance(version, str) and version != "latest" else None, registries
        )
    except TemplateInvalid:
        return
    for variable in dict.fromkeys(tag.partition(".")[0] for _, tag in tag_names(template.template)):
        yield InputField(variable, variable not in template.defaults, {}, about)
