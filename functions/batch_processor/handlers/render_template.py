"""RenderTemplate: a registered template, or one that comes along, with the variables of one row in it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from batch_processor import mustache
from batch_processor.document.json_value import parsed
from batch_processor.errors import TemplateInvalid, VariableMissing
from batch_processor.logs import logger
from batch_processor.settings import read

if TYPE_CHECKING:
    from batch_processor.registry.template_entry import TemplateEntry


@dataclass(frozen=True, slots=True)
class Settings:
    """`template_registry` is the name of the table with templates."""

    template_registry: str


class RenderedTemplate(TypedDict):
    """The rendered template; id and version are null if the template came with the request."""

    rendered: Any
    template_id: str | None
    version: str | None


def handle(event: dict[str, Any], context: object) -> RenderedTemplate:
    """Takes {template_id, version, variables}, or {template, variables}. Without version the latest active one counts.

    Fails with TemplateInvalid or VariableMissing, where no other attempt would help.
    """
    variables = _variables(event)
    if "template_id" not in event:
        rendered = _rendered(_document(event["template"]), variables)
        return RenderedTemplate(rendered=rendered, template_id=None, version=None)
    entry = _registered(event["template_id"], event.get("version"))
    logger.info("Rendering", extra={"template_id": entry.template_id, "template_version": entry.version})
    rendered = _rendered(entry.template, {**entry.defaults, **variables})
    return RenderedTemplate(rendered=rendered, template_id=entry.template_id, version=entry.version)


def _rendered(template: Any, variables: dict[str, Any]) -> Any:
    try:
        return mustache.render(template, variables)
    except mustache.Unrenderable as exc:
        raise TemplateInvalid(str(exc)) from exc
    except mustache.VariablesNotGiven as exc:
        raise VariableMissing(str(exc)) from exc


def _variables(event: Any) -> dict[str, Any]:
    """The variables; TemplateInvalid if the request is not of the right form."""
    if isinstance(event, dict) and {"template_id", "template"} & event.keys():
        variables, name, version = event.get("variables", {}), event.get("template_id", "-"), event.get("version")
        if isinstance(variables, dict) and isinstance(name, str) and name and isinstance(version, str | None):
            return variables
    raise TemplateInvalid(
        "Expected {template_id, version, variables} or {template, variables}; template_id is the name of a template, "
        "version a text, and variables are an object."
    )


def _document(template: Any) -> Any:
    """The template, parsed if it is JSON text, so that no value can end a text in it."""
    return parsed(template) if isinstance(template, str) and template.lstrip()[:1] in ("{", "[") else template


def _registered(name: str, version: str | None) -> "TemplateEntry":
    # What reads the registry is loaded only where it is asked.
    from batch_processor.registry.lookup import find_template
    from batch_processor.registry.tables import DynamoDbRegistries

    name, _, pin = name.partition("@")
    if version and pin and version != pin:
        raise TemplateInvalid(f"Expected one version of the template {name!r}, got {pin} and {version}.")
    pin = version or pin
    registries = DynamoDbRegistries({"template": read(Settings).template_registry})
    return find_template(name, None if pin in ("", "latest") else pin, registries)
