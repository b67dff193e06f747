"""RenderTemplate: a registered template, or one that comes along, with the variables of one row in it."""

from typing import TYPE_CHECKING, Any, TypedDict

from batch_processor.errors import TemplateInvalid
from batch_processor.logs import logger
from batch_processor.mustache import render
from batch_processor.settings import required

if TYPE_CHECKING:
    from batch_processor.registry.template_entry import TemplateEntry


class RenderedTemplate(TypedDict):
    """The rendered template; without id and version where it came along."""

    rendered: Any
    template_id: str | None
    version: str | None


def handle(event: dict[str, Any], context: object) -> RenderedTemplate:
    """Takes {template_id, version, variables}, or {template, variables}. Without version the latest active one counts.

    TemplateInvalid and VariableMissing: no other attempt would help.
    """
    variables = event.get("variables", {})
    if not isinstance(variables, dict) or not {"template_id", "template"} & event.keys():
        raise TemplateInvalid(
            "Expected {template_id, version, variables} or {template, variables}; variables are an object."
        )
    if "template_id" not in event:
        return RenderedTemplate(rendered=render(event["template"], variables), template_id=None, version=None)
    entry = _registered(event["template_id"], event.get("version"))
    logger.info("Rendering", extra={"template_id": entry.template_id, "template_version": entry.version})
    rendered = render(entry.template, {**entry.defaults, **variables})
    return RenderedTemplate(rendered=rendered, template_id=entry.template_id, version=entry.version)


def _registered(name: str, version: str | None) -> "TemplateEntry":
    # What reads the registry is loaded only where it is asked.
    from batch_processor.aws.registries import DynamoDbRegistries
    from batch_processor.registry.lookup import find_template

    name, _, pin = name.partition("@")
    pin = version or pin
    registries = DynamoDbRegistries({"template": required("TEMPLATE_REGISTRY")})
    return find_template(name, None if pin in ("", "latest") else pin, registries)
