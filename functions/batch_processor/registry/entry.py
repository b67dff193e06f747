"""What all registry entries have in common."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field

from batch_processor.document.shape import Shape, Text, expected, sentence_error
from batch_processor.document.wording import shown
from batch_processor.registry.versions import ACTIVE, parse_version

Kind = Literal["agent", "tool", "template", "schema"]
KINDS: tuple[Kind, ...] = ("agent", "tool", "template", "schema")
Document = dict[str, Any]
# Where an entry may have JSON as text, outermost first; "*" is every key.
Paths = tuple[tuple[str, ...], ...]


def _version(text: str) -> str:
    if parse_version(text) is None:
        raise sentence_error(f"expected a semantic version, as 1.2.0, got {shown(text)}")
    return text


EntryVersion = Annotated[Text, AfterValidator(_version)]
LONGEST_NAME = 255
EntryName = Annotated[
    str,
    # "@" comes between name and version.
    Field(pattern=rf"^[^@\x00-\x1f\x7f]{{1,{LONGEST_NAME}}}$"),
    expected("a name of 1 to 255 characters in one line, without @"),
]
# "#" comes between the name of the target and that of the batch, in the keys of the results table.
TargetName = Annotated[
    str,
    Field(pattern=rf"^[^@#\x00-\x1f\x7f]{{1,{LONGEST_NAME}}}$"),
    expected("a name of 1 to 255 characters in one line, without @ and #"),
]
Status = Annotated[Text, Field(description="`active`, or why the entry is not to be used.")]
JsonObject = Annotated[dict[str, Any], expected("an object {…}, or the JSON text of one")]


class Part(Shape):
    """A JSON object inside an entry; keys that nobody here knows are kept."""

    model_config = ConfigDict(extra="allow")


class Entry(Part):
    """An entry of a registry; `key` are the attributes of its primary key, the name first."""

    kind: ClassVar[Kind]
    key: ClassVar[tuple[str, ...]]
    json_texts: ClassVar[Paths]

    status: Status = ACTIVE

    @property
    def name(self) -> str:
        name: str = getattr(self, self.key[0])
        return name

    @property
    def own_version(self) -> str | None:
        """The version; None for a kind that has none."""
        version: str | None = getattr(self, self.key[1]) if len(self.key) > 1 else None
        return version

    @property
    def id(self) -> str:
        """`agent/triage@1.2.0`, or `tool/enrich`."""
        return entry_id(self.kind, self.name, self.own_version)

    def document(self) -> Document:
        """The entry as plain JSON: every key that it was given, and its status even if that was left out."""
        return {"status": self.status, **self.model_dump(by_alias=True, exclude_unset=True)}


def entry_id(kind: str, name: str, version: str | None) -> str:
    """What an entry is called, in messages and by CloudFormation."""
    return f"{kind}/{name}@{version}" if version else f"{kind}/{name}"


def with_fields(document: Mapping[str, Any], output_fields: tuple[str, ...]) -> Document:
    """The document with the list of its output fields: DynamoDB's maps forget the order in which a schema has them."""
    return {**document, "output_fields": list(output_fields)} if output_fields else {**document}
