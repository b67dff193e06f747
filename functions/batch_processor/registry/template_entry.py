"""A template as the TemplateRegistry has it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from batch_processor.document.pointers import location
from batch_processor.document.shape import Finding, Text, once_sound, sentence_error
from batch_processor.document.wording import shown
from batch_processor.registry.entry import Entry, EntryName, EntryVersion, Kind, Paths


def _json(value: Any) -> Any:
    if not isinstance(value, dict | list):
        raise sentence_error(f"expected an object {{…}} or a list […], or the JSON text of one, got {shown(value)}")
    return value


def _faults(template: Any) -> Iterator[Finding]:
    # Imported where it is used: whoever meets no template does not wait for it.
    from batch_processor.mustache import template_faults

    for at, message in template_faults(template):
        yield Finding(location(template, at), message)


class TemplateEntry(Entry):
    """A template, which is JSON whose texts have Mustache tags, and what it says of its variables."""

    kind: ClassVar[Kind] = "template"
    key: ClassVar[tuple[str, ...]] = ("template_id", "version")
    json_texts: ClassVar[Paths] = tuple((name,) for name in ("template", "variables", "metadata", "tags"))

    template_id: EntryName = Field(description="the template's name")
    version: EntryVersion = Field(description="a semantic version, as 1.2.0")
    extraction_name: Text | None = None
    template: Annotated[Any, once_sound(_faults), AfterValidator(_json)] = Field(description="the template, as JSON")
    variables: Any = Field(default=None, description="the variables, by name or as a list")

    @property
    def defaults(self) -> dict[str, Any]:
        """The default of each variable that has one; that of other optional variables is an empty text."""
        return {
            name: declaration.get("default", "")
            for name, declaration in _declared(self.variables)
            if isinstance(declaration, Mapping) and ("default" in declaration or declaration.get("required") is False)
        }


def _declared(variables: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(variables, Mapping):
        yield from variables.items()
    elif isinstance(variables, list):
        yield from (
            (declaration["name"], declaration)
            for declaration in variables
            if isinstance(declaration, Mapping) and isinstance(declaration.get("name"), str)
        )
